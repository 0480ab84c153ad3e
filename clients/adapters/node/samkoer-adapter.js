#!/usr/bin/env node
// Pushes a department's export to the matcher as a snapshot. An example to copy.
//
// Uses no code of Samkør's: only its protos, gRPC and an RFC 9497 library. docs/adapters.md
// says what is done here and why, in the same order.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createSecureContext } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';
import { CONTEXT, evaluate, MAX_ELEMENTS, OprfError } from './oprf.js';
import { ExportError, parseDay, readExport } from './export.js';
import { push, PushError } from './push.js';

const SELF_TEST_INPUT = 'samkoer/v1/self-test';
const CALL_SECONDS = 60;
const HERE = path.dirname(fileURLToPath(import.meta.url));

// The two servers do not agree, or one cheats. Nothing more is sent.
class Refused extends Error {}
// The command line or the configuration cannot be used.
class ConfigError extends Error {}

// ---- 1. connect ----

function loadProtos(folder) {
  const definition = protoLoader.loadSync(['samkoer/v1/intake.proto', 'samkoer/v1/keys.proto'], {
    includeDirs: [folder], keepCase: true, longs: String, enums: String, defaults: true, oneofs: true,
  });
  const numbers = {}; // enum name -> number
  for (const { type } of Object.values(definition)) {
    for (const { name, number } of type?.value ?? []) numbers[name] = number;
  }
  return { services: grpc.loadPackageDefinition(definition).samkoer.v1, numbers };
}

function connect(Service, endpoint, config) {
  const credentials = grpc.credentials.createFromSecureContext(createSecureContext({
    ca: readFileSync(config.ca_file), cert: readFileSync(config.certificate_file),
    key: readFileSync(config.key_file), minVersion: 'TLSv1.3',
  }));
  const options = {
    'grpc.max_receive_message_length': 4 << 20, 'grpc.enable_http_proxy': 0,
    'grpc.enable_retries': 0, // a repeated evaluation costs quota again
  };
  if (endpoint.server_name) {
    options['grpc.ssl_target_name_override'] = endpoint.server_name;
    options['grpc.default_authority'] = endpoint.server_name;
  }
  return new Service(endpoint.address, credentials, options);
}

function call(client, method, request) {
  return new Promise((resolve, reject) => {
    client[method](request, { deadline: Date.now() + CALL_SECONDS * 1000 },
      (error, response) => (error ? reject(error) : resolve(response)));
  });
}

// The newest epoch, if key service and matcher say the same of it: a key service with a key
// for this department alone could tell its people from everybody else's.
async function agreedKey(keyService, info, purpose) {
  if (info.purpose !== purpose) throw new Refused('the matcher works for another purpose than the configuration says');
  const pinned = info.epochs.at(-1);
  if (!pinned) throw new Refused('the matcher has no live key');
  const answer = await call(keyService, 'GetKeyInfo', { purpose });
  if (!answer.context.equals(CONTEXT)) throw new Refused('the key service uses another algorithm');
  const key = answer.keys.find(({ epoch }) => epoch === pinned.epoch);
  if (!key) throw new Refused(`the key service has no key of epoch ${pinned.epoch}`);
  if (!key.public_key.equals(pinned.public_key) || !key.self_test.equals(pinned.self_test)) {
    throw new Refused("the key service's public key is not the one that the matcher publishes");
  }
  return pinned;
}

// ---- 2. pseudonyms ----

// Digits -> pseudonym (a Map). Costs one unit of quota a person, and one for the self-test: an
// adapter that pushes every night keeps them, encrypted, and asks for new people only.
async function pseudonyms(keyService, purpose, key, people) {
  const ask = (blinded) =>
    call(keyService, 'BlindEvaluate', { purpose, epoch: key.epoch, blinded_elements: blinded });
  const [selfTest] = await evaluate(key.public_key, [SELF_TEST_INPUT], ask);
  if (!createHash('sha256').update(selfTest).digest().equals(key.self_test)) {
    throw new Refused("the self-test gives another result than the matcher's");
  }
  const found = new Map();
  for (let at = 0; at < people.length; at += MAX_ELEMENTS) {
    const part = people.slice(at, at + MAX_ELEMENTS);
    const outputs = await evaluate(key.public_key, part, ask);
    part.forEach((digits, i) => found.set(digits, outputs[i]));
  }
  return found;
}

// ---- 3. push ----

async function run(config, day, dayText, allowShrink) {
  const { services, numbers } = loadProtos(config.proto_dir ?? path.join(HERE, '../../../proto'));
  const matcher = connect(services.CaseIntake, config.matcher, config);
  const keyService = connect(services.KeyService, config.key_service, config);
  const { purpose } = config;
  const info = await call(matcher, 'GetIntakeInfo', {});
  if (Math.abs(Date.parse(info.day) - Date.parse(dayText)) > 24 * 3600 * 1000) {
    throw new Refused(`the matcher's day is ${info.day}, ours ${dayText}: set the clock`);
  }
  const key = await agreedKey(keyService, info, purpose);
  const { cases, aside } = readExport(config.source_file, info, day);
  const found = await pseudonyms(keyService, purpose, key, [...new Set(cases.map((one) => one.digits))].sort());
  const records = cases.map(({ digits, record }) => ({ pseudonym: found.get(digits), ...record }));
  const begin = {
    kind: 'PUSH_KIND_SNAPSHOT', purpose, epoch: key.epoch, self_test: key.self_test, day: dayText,
    allow_shrink: allowShrink,
  };
  const receipt = await push(matcher, begin, records, numbers);
  for (const [reason, count] of [...aside].sort()) console.log(`not sent: ${count} (${reason})`);
  console.log(`sent: ${records.length}; held by the matcher: ${receipt.record_count} ` +
    `(new ${receipt.added}, changed ${receipt.changed}, withdrawn ${receipt.withdrawn})`);
  matcher.close();
  keyService.close();
}

// ---- 4. errors ----

// sysexits.h
const EXIT = { usage: 64, data: 65, unavailable: 69, tryLater: 75, protocol: 76, noPermission: 77, config: 78 };
const EXIT_OF_CODE = {
  [grpc.status.UNAVAILABLE]: EXIT.unavailable, [grpc.status.INVALID_ARGUMENT]: EXIT.data,
  [grpc.status.PERMISSION_DENIED]: EXIT.noPermission, [grpc.status.RESOURCE_EXHAUSTED]: EXIT.tryLater,
  [grpc.status.FAILED_PRECONDITION]: EXIT.config, [grpc.status.ABORTED]: EXIT.tryLater,
  [grpc.status.ALREADY_EXISTS]: EXIT.tryLater,
};

function explain(error) {
  if (error instanceof Refused || error instanceof OprfError || error instanceof PushError) {
    return [EXIT.protocol, error.message, 'nothing came into force; tell the operator before you try again'];
  }
  if (error instanceof ExportError) return [EXIT.data, error.message, 'nothing was sent; mend the export'];
  if (error.details !== undefined) {
    return [EXIT_OF_CODE[error.code] ?? EXIT.protocol, `${grpc.status[error.code]}: ${error.details}`,
      'docs/adapters.md, section 4, says what to do'];
  }
  return [EXIT.config, error.message, 'see README.md for the configuration'];
}

async function main() {
  const { values } = parseArgs({ options: {
    config: { type: 'string' }, day: { type: 'string' }, 'allow-shrink': { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  } });
  if (values.help) {
    console.log('usage: samkoer-adapter.js --config FILE [--day YYYY-MM-DD] [--allow-shrink]');
    return;
  }
  if (!values.config) throw new ConfigError('--config is missing');
  // Today as the clock of the wall says, not UTC.
  const dayText = values.day ?? new Date().toLocaleDateString('sv-SE');
  const day = parseDay(dayText);
  if (!day) throw new ConfigError('--day is not YYYY-MM-DD');
  await run(JSON.parse(readFileSync(values.config, 'utf8')), day, dayText, values['allow-shrink']);
}

try {
  await main();
} catch (error) {
  const [code, text, hint] = explain(error);
  console.error(`error: ${text}\nhint: ${hint}`);
  process.exit(code);
}
