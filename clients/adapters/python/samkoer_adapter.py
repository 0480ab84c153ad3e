#!/usr/bin/python3
"""Pushes a department's export to the matcher as a snapshot. An example to copy.

Uses no code of Samkør's: only its protos (see README.md for the one protoc command), gRPC
and libsodium. docs/adapters.md says what is done here and why, in the same order.
"""
import argparse
import datetime
import hashlib
import json
import os
import pathlib
import sys

import grpc

import oprf
import push
from export import ExportError, read_export
from samkoer.v1 import intake_pb2, keys_pb2, types_pb2

SELF_TEST_INPUT = b"samkoer/v1/self-test"
MAX_ELEMENTS = 1000
CALL_SECONDS = 30
CHANNEL_OPTIONS = [("grpc.max_receive_message_length", 4 << 20), ("grpc.enable_http_proxy", 0),
                   ("grpc.enable_retries", 0)]  # a repeated evaluation costs quota again


class Refused(Exception):
    """The two servers do not agree, or one cheats. Nothing more is sent."""


# ---- 1. connect ----

def open_channel(endpoint, config):
    def read(name):
        return pathlib.Path(config[name]).read_bytes()
    credentials = grpc.ssl_channel_credentials(read("ca_file"), read("key_file"), read("certificate_file"))
    options = list(CHANNEL_OPTIONS)
    if endpoint.get("server_name"):
        options.append(("grpc.ssl_target_name_override", endpoint["server_name"]))
    return grpc.secure_channel(endpoint["address"], credentials, options)


def caller(channel, service, method, request, response, kind="unary_unary"):
    """What a generated stub would be; saves the gRPC plugin of protoc."""
    return getattr(channel, kind)(f"/samkoer.v1.{service}/{method}", request_serializer=request.SerializeToString,
                                  response_deserializer=response.FromString)


class Servers:
    def __init__(self, config):
        matcher = open_channel(config["matcher"], config)
        keys = open_channel(config["key_service"], config)
        self.get_intake_info = caller(matcher, "CaseIntake", "GetIntakeInfo", intake_pb2.GetIntakeInfoRequest,
                                      intake_pb2.GetIntakeInfoResponse)
        self.push = caller(matcher, "CaseIntake", "Push", intake_pb2.PushRequest, intake_pb2.PushReceipt,
                           "stream_stream")
        self.get_key_info = caller(keys, "KeyService", "GetKeyInfo", keys_pb2.GetKeyInfoRequest,
                                   keys_pb2.GetKeyInfoResponse)
        self.blind_evaluate = caller(keys, "KeyService", "BlindEvaluate", keys_pb2.BlindEvaluateRequest,
                                     keys_pb2.BlindEvaluateResponse)


def agreed_key(servers, info, purpose):
    """The newest epoch, if key service and matcher say the same of it: a key service with a
    key for this department alone could tell its people from everybody else's."""
    if info.purpose != purpose:
        raise Refused("the matcher works for another purpose than the configuration says")
    if not info.epochs:
        raise Refused("the matcher has no live key")
    pinned = info.epochs[-1]
    answer = servers.get_key_info(keys_pb2.GetKeyInfoRequest(purpose=purpose), timeout=CALL_SECONDS)
    if answer.context != oprf.CONTEXT:
        raise Refused("the key service uses another algorithm")
    for key in answer.keys:
        if key.epoch == pinned.epoch:
            if (key.public_key, key.self_test) != (pinned.public_key, pinned.self_test):
                raise Refused("the key service's public key is not the one that the matcher publishes")
            return pinned
    raise Refused(f"the key service has no key of epoch {pinned.epoch}")


# ---- 2. pseudonyms ----

def evaluate(servers, purpose, key, inputs):
    """The OPRF's outputs of up to 1,000 inputs, with the proof verified."""
    blinds, blinded = zip(*(oprf.blind(data) for data in inputs))
    answer = servers.blind_evaluate(
        keys_pb2.BlindEvaluateRequest(purpose=purpose, epoch=key.epoch, blinded_elements=b"".join(blinded)),
        timeout=CALL_SECONDS)
    return oprf.finalize(key.public_key, inputs, blinds, blinded, answer.evaluated_elements, answer.proof)


def pseudonyms(servers, purpose, key, people):
    """Digits -> pseudonym. Costs one unit of quota a person, and one for the self-test: an
    adapter that pushes every night keeps them, encrypted, and asks for new people only."""
    self_test = evaluate(servers, purpose, key, [SELF_TEST_INPUT])[0]
    if hashlib.sha256(self_test).digest() != key.self_test:
        raise Refused("the self-test gives another result than the matcher's")
    found = {}
    for at in range(0, len(people), MAX_ELEMENTS):
        part = people[at:at + MAX_ELEMENTS]
        found.update(zip(part, evaluate(servers, purpose, key, [digits.encode("ascii") for digits in part])))
    return found


# ---- 3. push ----

def make_record(case, pseudonym):
    return intake_pb2.CaseRecord(
        pseudonym=pseudonym, case_ref=case.case_ref, unit=case.unit, domain=case.domain,
        status=types_pb2.CASE_STATUS_OPEN, opened_month=case.opened_month, birth_month=case.birth_month,
        criteria=case.criteria, consent=case.consent, coordinator_exists=case.coordinator_exists,
        protected_identity=case.protected_identity, contact=case.contact)


def run(config, day, allow_shrink):
    servers, purpose = Servers(config), config["purpose"]
    info = servers.get_intake_info(intake_pb2.GetIntakeInfoRequest(), timeout=CALL_SECONDS)
    if abs((datetime.date.fromisoformat(info.day) - day).days) > 1:
        raise Refused(f"the matcher's day is {info.day}, ours {day}: set the clock")
    key = agreed_key(servers, info, purpose)
    cases, aside = read_export(config["source_file"], info, day)
    found = pseudonyms(servers, purpose, key, sorted({case.digits for case in cases}))
    begin = intake_pb2.PushBegin(
        kind=intake_pb2.PUSH_KIND_SNAPSHOT, purpose=purpose, epoch=key.epoch, self_test=key.self_test,
        day=day.isoformat(), allow_shrink=allow_shrink)
    records = [make_record(case, found[case.digits]) for case in cases]
    receipt = push.Push(servers.push, begin, records).run()
    for reason, count in sorted(aside.items()):
        print(f"not sent: {count} ({reason})")
    print(f"sent: {len(records)}; held by the matcher: {receipt.record_count} "
          f"(new {receipt.added}, changed {receipt.changed}, withdrawn {receipt.withdrawn})")


# ---- 4. errors ----

EXIT_CODES = {grpc.StatusCode.UNAVAILABLE: os.EX_UNAVAILABLE, grpc.StatusCode.INVALID_ARGUMENT: os.EX_DATAERR,
              grpc.StatusCode.PERMISSION_DENIED: os.EX_NOPERM, grpc.StatusCode.RESOURCE_EXHAUSTED: os.EX_TEMPFAIL,
              grpc.StatusCode.FAILED_PRECONDITION: os.EX_CONFIG, grpc.StatusCode.ABORTED: os.EX_TEMPFAIL,
              grpc.StatusCode.ALREADY_EXISTS: os.EX_TEMPFAIL}


def fail(code, text, hint):
    print(f"error: {text}\nhint: {hint}", file=sys.stderr)
    return code


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--config", required=True, type=pathlib.Path, help="JSON, see README.md")
    parser.add_argument("--day", type=datetime.date.fromisoformat, default=datetime.date.today(),
                        help="the day for which ages are judged (default: today)")
    parser.add_argument("--allow-shrink", action="store_true", help="the export is meant to be so much smaller")
    arguments = parser.parse_args()
    try:
        run(json.loads(arguments.config.read_text(encoding="utf-8")), arguments.day, arguments.allow_shrink)
    except grpc.RpcError as error:
        return fail(EXIT_CODES.get(error.code(), os.EX_PROTOCOL), f"{error.code().name}: {error.details()}",
                    "docs/adapters.md, section 4, says what to do")
    except (Refused, oprf.OprfError, push.PushError) as error:
        return fail(os.EX_PROTOCOL, error, "nothing came into force; tell the operator before you try again")
    except (ExportError, UnicodeDecodeError) as error:
        return fail(os.EX_DATAERR, error, "nothing was sent; mend the export")
    except (OSError, KeyError, ValueError) as error:
        return fail(os.EX_CONFIG, f"{arguments.config}: {error}", "see README.md for the configuration")
    return os.EX_OK


if __name__ == "__main__":
    sys.exit(main())
