// Makes batches of records and pushes them as a snapshot (proto/samkoer/v1/intake.proto).
//
// One batch is on the way at a time; up to 16 may be, where the line is slow.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import grpc from '@grpc/grpc-js';
import { blake2b } from '@noble/hashes/blake2b';

const MAX_BATCH_RECORDS = 1000;
const STREAM_SECONDS = 900; // a stream that takes longer is given up and begun again
const ATTEMPTS = 6; // streams in a row that may break without one more receipt
const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 10_000;

// After these the same push may go on; after all others somebody must look.
const GO_ON = new Set([
  grpc.status.UNAVAILABLE, grpc.status.DEADLINE_EXCEEDED, grpc.status.CANCELLED,
  grpc.status.RESOURCE_EXHAUSTED, grpc.status.INTERNAL, grpc.status.UNKNOWN,
]);

// The matcher answered what the contract does not allow. Nothing was committed.
export class PushError extends Error {}

// ---- digests ----

function u32(number) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(number);
  return bytes;
}

function text(value) {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeUInt16LE(bytes.length);
  return Buffer.concat([length, bytes]);
}

// The bytes that the fingerprint covers, version 1. `numbers`: enum name -> number.
function canonicalRecord(record, numbers) {
  const criteria = record.criteria.map((code) => Buffer.from(code)).sort(Buffer.compare);
  const flags = (record.coordinator_exists ? 1 : 0) | (record.protected_identity ? 4 : 0); // 2: a plan exists
  return Buffer.concat([
    Buffer.of(1), record.pseudonym, text(record.case_ref), text(record.unit),
    Buffer.of(numbers[record.domain], numbers[record.status]),
    u32(record.opened_month), u32(record.closed_month), u32(record.birth_month),
    Buffer.of(criteria.length), ...criteria.map((code) => text(code)),
    Buffer.of(numbers[record.consent], flags),
    text(''), u32(0), // the plan's owner unit and last review, which this adapter does not know
    text(record.contact),
  ]);
}

function fingerprint(digestKey, record, numbers) {
  const bytes = Buffer.concat([Buffer.of(2), canonicalRecord(record, numbers)]);
  return Buffer.from(blake2b(bytes, { key: Uint8Array.from(digestKey), dkLen: 16 }));
}

const digestOf = (parts) => Buffer.from(blake2b(Buffer.concat(parts), { dkLen: 32 }));

// ---- batches ----

// The whole push, worked out: the same records give the same batches, in whatever order they
// came. So a broken stream can go on where it stopped.
function makePlan(records, digestKey, numbers) {
  const marked = records
    .map((record) => ({ record, ref: Buffer.from(record.case_ref), mark: fingerprint(digestKey, record, numbers) }))
    .sort((a, b) => Buffer.compare(a.ref, b.ref) || Buffer.compare(a.mark, b.mark));
  const batches = [];
  for (let at = 0; at < marked.length;) {
    let end = Math.min(at + MAX_BATCH_RECORDS, marked.length);
    // All records of one case stand in one batch.
    while (end < marked.length && end > at && marked[end - 1].ref.equals(marked[end].ref)) --end;
    if (end === at) throw new PushError('one case has more than 1,000 people; is case_ref the right column?');
    const part = marked.slice(at, end);
    batches.push({ records: part.map((m) => m.record), digest: digestOf(part.map((m) => m.mark)) });
    at = end;
  }
  return batches;
}

// ---- the stream ----

// One Push call: send a frame, get its answer.
class Stream {
  constructor(matcher) {
    this.answers = [];
    this.waiting = [];
    this.call = matcher.Push({ deadline: Date.now() + STREAM_SECONDS * 1000 });
    this.call.on('data', (receipt) => this.deliver({ receipt }));
    this.call.on('error', (error) => this.deliver({ error }));
    this.call.on('end', () => this.deliver({ error: new PushError('the matcher ended the stream without an answer') }));
  }

  deliver(answer) {
    // A stream that fails reports its end first, its error a moment later.
    if (answer.error instanceof PushError) {
      setTimeout(() => this.deliver({ ended: answer.error }), 1000).unref();
      return;
    }
    const waiting = this.waiting.shift();
    if (waiting) waiting(answer);
    else this.answers.push(answer);
  }

  async answer(expected) {
    const { receipt, error, ended } = this.answers.shift() ??
      await new Promise((resolve) => this.waiting.push(resolve));
    if (error ?? ended) throw error ?? ended;
    if (receipt.receipt !== expected) throw new PushError(`the matcher answered something else than '${expected}'`);
    return receipt[expected];
  }

  ask(frame, expected) {
    this.call.write(frame);
    return this.answer(expected);
  }

  close() {
    this.call.end();
    this.call.cancel();
  }
}

async function oneStream(matcher, begin, records, numbers, progress) {
  const stream = new Stream(matcher);
  try {
    const begun = await stream.ask({ begin }, 'begun');
    if (begun.committed) return await stream.answer('commit'); // the line broke after the commit
    if (begun.digest_key.length !== 32) throw new PushError('the digest key does not have 32 bytes');
    const plan = makePlan(records, begun.digest_key, numbers);
    const next = Number(begun.next_batch);
    if (next > plan.length) throw new PushError('the matcher expects a batch after the last one');
    for (let number = next; number < plan.length; ++number) {
      const batch = plan[number];
      const receipt = await stream.ask({ batch: { number, records: batch.records } }, 'batch');
      if (Number(receipt.number) !== number || receipt.record_count !== batch.records.length ||
          !batch.digest.equals(receipt.digest)) {
        throw new PushError(`the receipt of batch ${number} is not of what was sent; nothing is committed`);
      }
      progress.receipts += 1;
    }
    const commit = {
      batch_count: plan.length, record_count: records.length, digest: digestOf(plan.map((batch) => batch.digest)),
    };
    return await stream.ask({ commit }, 'commit');
  } finally {
    stream.close();
  }
}

// One push through as many streams as it takes, under one push id. Gives the CommitReceipt:
// then the snapshot is in force, on disk. Throws as the matcher answered, or PushError.
export async function push(matcher, begin, records, numbers) {
  const named = { ...begin, push_id: randomBytes(16) };
  const progress = { receipts: 0 };
  let failures = 0;
  let pause = FIRST_PAUSE_MS;
  for (;;) {
    const before = progress.receipts;
    try {
      return await oneStream(matcher, named, records, numbers, progress);
    } catch (error) {
      if (progress.receipts > before) {
        failures = 0;
        pause = FIRST_PAUSE_MS;
      }
      failures += 1;
      if (!GO_ON.has(error.code) || failures >= ATTEMPTS) throw error;
    }
    await sleep(pause);
    pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
  }
}
