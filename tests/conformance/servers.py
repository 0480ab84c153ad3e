"""A key service and a matcher over mutual TLS that behave as a scenario tells them, and
write down what reached them."""
import hashlib
import threading
from concurrent import futures

import grpc

import group
from people import CRITERIA, DEPARTMENT, PERMITTED, PURPOSE, UNITS
from samkoer.v1 import intake_pb2, keys_pb2, types_pb2

IDENTITY = f"samkoer://proeveby/department/{DEPARTMENT}"
MAX_BATCH = MAX_ELEMENTS = 1000
BUCKETS = 16


class Refuse(Exception):
    """Ends a call with a gRPC status."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code, self.text = getattr(grpc.StatusCode, code), text


def blake(data, size, key=b""):
    return hashlib.blake2b(data, digest_size=size, key=key).digest()


def canonical(r):
    """proto/canonical_record.h."""
    def text(value):
        return len(value.encode()).to_bytes(2, "little") + value.encode()

    def number(value):
        return value.to_bytes(4, "little")
    criteria = sorted(r.criteria, key=str.encode)
    flags = r.coordinator_exists + 2 * r.plan.exists + 4 * r.protected_identity
    return (b"\1" + r.pseudonym + text(r.case_ref) + text(r.unit) + bytes([r.domain, r.status]) + number(r.opened_month)
            + number(r.closed_month) + number(r.birth_month) + bytes([len(criteria)]) + b"".join(map(text, criteria))
            + bytes([r.consent, flags]) + text(r.plan.owner_unit) + number(r.plan.last_review_month) + text(r.contact))


class Stand:
    """What both servers share. `faults`: breaches of the contract, in words."""

    def __init__(self, pki, faults, certificate="server", ca="ca"):
        self.faults, self.calls, self.wire, self.lock = faults, [], bytearray(), threading.RLock()
        self.server = grpc.server(futures.ThreadPoolExecutor(8), options=[("grpc.so_reuseport", 0)])
        read = {end: (pki / f"{certificate}.{end}").read_bytes() for end in ("key", "pem")}
        credentials = grpc.ssl_server_credentials([(read["key"], read["pem"])], (pki / f"{ca}.pem").read_bytes(), True)
        self.server.add_generic_rpc_handlers([self])
        self.address = f"127.0.0.1:{self.server.add_secure_port('127.0.0.1:0', credentials)}"
        self.server.start()

    def stop(self):
        self.server.stop(0).wait(5)

    # Messages are taken as bytes, to see the wire as it was.
    def service(self, call):
        method = call.method.rsplit("/", 1)[1]
        with self.lock:
            self.calls.append(method)
            for name, value in call.invocation_metadata:
                self.wire += f"{name}: {value}\n".encode() if isinstance(value, str) else value
        if method == "Push":
            return grpc.stream_stream_rpc_method_handler(self.stream)
        handler = getattr(self, method, None)
        return handler and grpc.unary_unary_rpc_method_handler(
            lambda request, context: self.guarded(context, lambda: handler(request)))

    def guarded(self, context, work):
        try:
            self.check_identity(context)
            return work().SerializeToString()
        except Refuse as refusal:
            context.abort(refusal.code, refusal.text)

    def check_identity(self, context):
        seen = [value.decode(errors="replace") for values in context.auth_context().values() for value in values]
        if IDENTITY not in seen:
            self.fault("the client certificate is not the department's")

    def parse(self, kind, data):
        with self.lock:
            self.wire += data
        message = kind.FromString(data)
        known = kind.FromString(data)
        known.DiscardUnknownFields()
        if known.SerializeToString(deterministic=True) != message.SerializeToString(deterministic=True):
            self.fault(f"a {kind.__name__} has fields that the proto does not know")
        return message

    def fault(self, text):
        with self.lock:
            if text not in self.faults:
                self.faults.append(text)


class KeyService(Stand):
    """`keys`: epoch -> group.Key as it says; `evaluate`: (blinded, epoch, number of the call)
    -> (evaluated bytes, proof), or Refuse."""

    def __init__(self, pki, faults, keys, evaluate=None, info=None, **options):
        self.keys, self.evaluate, self.edit_info, self.elements = keys, evaluate or self.honest, info, []
        super().__init__(pki, faults, **options)

    def honest(self, blinded, epoch, unused_number):
        evaluated = self.keys[epoch].evaluate(blinded)
        return b"".join(evaluated), self.keys[epoch].prove(blinded, evaluated)

    def GetKeyInfo(self, data):
        if self.parse(keys_pb2.GetKeyInfoRequest, data).purpose != PURPOSE:
            raise Refuse("NOT_FOUND", "the purpose is unknown")
        answer = keys_pb2.GetKeyInfoResponse(context=group.CONTEXT, quota_available=100_000)
        for epoch, key in sorted(self.keys.items()):
            answer.keys.add(epoch=epoch, public_key=key.public, self_test=key.self_test,
                            closes_on="" if epoch == max(self.keys) else "2099-01-02")
        if self.edit_info:
            self.edit_info(answer)
        return answer

    def BlindEvaluate(self, data):
        request = self.parse(keys_pb2.BlindEvaluateRequest, data)
        if request.purpose != PURPOSE or request.epoch not in self.keys:
            raise Refuse("NOT_FOUND", "the purpose or epoch is unknown")
        raw = request.blinded_elements
        if not 0 < len(raw) <= 32 * MAX_ELEMENTS or len(raw) % 32:
            self.fault(f"BlindEvaluate with {len(raw)} bytes of elements: 1 to 1,000 of 32 bytes")
            raise Refuse("INVALID_ARGUMENT", "elements")
        blinded = [raw[at:at + 32] for at in range(0, len(raw), 32)]
        with self.lock:
            number = len(self.elements)
            self.elements.append(blinded)
        if not all(map(group.is_element, blinded)):
            self.fault("a blinded element is not the canonical encoding of an element")
            raise Refuse("INVALID_ARGUMENT", "elements")
        evaluated, proof = self.evaluate(blinded, request.epoch, number)
        return keys_pb2.BlindEvaluateResponse(evaluated_elements=evaluated, proof=proof)


class Push:
    def __init__(self, begin):
        self.begin, self.batches, self.digests, self.buckets, self.committed = begin, [], [], None, None


class Matcher(Stand):
    """`on_begin`, `on_batch`, `on_commit`: called with (push, frame, receipt) before the
    receipt is sent; may change it, or raise Refuse (the frame then counts only if they say so
    with `keep`)."""

    def __init__(self, pki, faults, keys, day, info=None, on_begin=None, on_batch=None, on_commit=None, **options):
        self.keys, self.day, self.edit_info = keys, day, info
        self.on = {"begin": on_begin, "batch": on_batch, "commit": on_commit}
        self.digest_key, self.pushes, self.begins, self.batches, self.commits = bytes(range(32)), {}, [], [], []
        super().__init__(pki, faults, **options)

    def GetIntakeInfo(self, data):
        self.parse(intake_pb2.GetIntakeInfoRequest, data)
        answer = intake_pb2.GetIntakeInfoResponse(
            department=DEPARTMENT, purpose=PURPOSE, units=UNITS, criteria=CRITERIA, day=self.day.isoformat(),
            policy_version=3)
        for epoch, key in sorted(self.keys.items()):
            answer.epochs.add(epoch=epoch, public_key=key.public, self_test=key.self_test,
                              closes_on="" if epoch == max(self.keys) else "2099-01-02")
        for domain, (age_from, age_below) in PERMITTED.items():
            answer.permitted.add(domain=types_pb2.Domain.Value(f"DOMAIN_{domain}")).ages.add(
                age_from=age_from, age_below=age_below)
        if self.edit_info:
            self.edit_info(answer)
        return answer

    def stream(self, frames, context):
        self.check_identity(context)
        push, ended = None, False
        try:
            for data in frames:
                frame = self.parse(intake_pb2.PushRequest, data)
                kind = frame.WhichOneof("frame")
                if (kind == "begin") != (push is None) or ended or kind is None:
                    self.fault("a push is one begin, then batches, then one commit")
                    raise Refuse("INVALID_ARGUMENT", "the order of the frames")
                if kind == "begin":
                    push, receipt = self.begin(frame.begin)
                else:
                    receipt = {"digests": self.digests, "batch": self.batch, "commit": self.commit}[kind](
                        push, getattr(frame, kind))
                ended = kind == "commit"
                yield receipt.SerializeToString()
                if kind == "begin" and push.committed:
                    yield push.committed.SerializeToString()
                    ended = True
        except Refuse as refusal:
            context.abort(refusal.code, refusal.text)

    def scripted(self, name, push, frame, receipt):
        if self.on[name]:
            self.on[name](push, frame, receipt)

    def begin(self, begin):
        with self.lock:
            self.begins.append(begin)
        if len(begin.push_id) != 16:
            self.fault("the push id does not have 16 bytes")
        if begin.kind not in (intake_pb2.PUSH_KIND_SNAPSHOT, intake_pb2.PUSH_KIND_DELTA) or begin.purpose != PURPOSE:
            self.fault("begin names no kind, or another purpose")
        newest = max(self.keys)
        if begin.epoch != newest or begin.self_test != self.keys[newest].self_test:
            self.fault("begin does not name the newest epoch with its self-test")
            raise Refuse("FAILED_PRECONDITION", "the epoch is not live or the self-test differs")
        if begin.previous_epoch and (begin.previous_epoch != newest - 1 or begin.previous_epoch not in self.keys or
                                     begin.previous_self_test != self.keys[newest - 1].self_test):
            self.fault("begin names a previous epoch that is not the one before, or with another self-test")
            raise Refuse("FAILED_PRECONDITION", "the previous epoch")
        if begin.day not in {(self.day.fromordinal(self.day.toordinal() + d)).isoformat() for d in (-1, 0, 1)}:
            raise Refuse("FAILED_PRECONDITION", "the push's day lies more than one day away")
        push = self.pushes.setdefault(begin.push_id, Push(begin))
        if push.begin != begin:
            self.fault("a begin with the same push id says something else")
            raise Refuse("ALREADY_EXISTS", "the push id was used with other contents")
        receipt = intake_pb2.PushReceipt(begun=intake_pb2.PushBegun(
            next_batch=len(push.batches), digest_key=self.digest_key, bucket_count=BUCKETS,
            committed=push.committed is not None))
        if push.buckets:
            receipt.begun.difference.differing = b"\xff" * (BUCKETS // 8)
        self.scripted("begin", push, begin, receipt)
        return push, receipt

    def digests(self, push, digests):
        if len(digests.digests) != 16 * BUCKETS or push.batches or push.buckets:
            self.fault("bucket digests of another length, or not before the first batch, once")
        push.buckets = digests
        return intake_pb2.PushReceipt(difference=intake_pb2.DigestDifference(differing=b"\xff" * (BUCKETS // 8)))

    def mark(self, record):
        return blake(b"\2" + canonical(record), 16, self.digest_key)

    def case_id(self, reference):
        return blake(b"\1" + reference.encode(), 16, self.digest_key)

    def batch(self, push, batch):
        with self.lock:
            self.batches.append(batch)
        digest = blake(b"".join(map(self.mark, batch.records))
                       + b"".join(map(self.case_id, batch.withdrawn_case_refs)), 32)
        if not 0 < len(batch.records) + len(batch.withdrawn_case_refs) <= MAX_BATCH:
            self.fault("a batch is empty or has more than 1,000 records")
        if batch.number < len(push.batches):
            self.fault(f"batch {batch.number} was sent again although it was known to be on disk")
        elif batch.number > len(push.batches):
            self.fault(f"batch {batch.number} came where {len(push.batches)} was expected")
            raise Refuse("INVALID_ARGUMENT", "batch numbers have no gaps")
        receipt = intake_pb2.PushReceipt(batch=intake_pb2.BatchReceipt(
            number=batch.number, record_count=len(batch.records), digest=digest))

        def keep():
            push.batches.append(batch)
            push.digests.append(digest)
        push.keep = keep
        self.scripted("batch", push, batch, receipt)
        if batch.number == len(push.batches):
            keep()
        return receipt

    def commit(self, push, commit):
        with self.lock:
            self.commits.append(commit)
        records = self.records(push)
        if (commit.batch_count, commit.record_count, commit.digest) != (
                len(push.batches), len(records), blake(b"".join(push.digests), 32)):
            self.fault("the commit's counts or digest are not those of the batches")
            raise Refuse("FAILED_PRECONDITION", "count or digest differs")
        self.check_buckets(push, records)
        receipt = intake_pb2.PushReceipt(commit=intake_pb2.CommitReceipt(record_count=len(records), added=len(records)))
        push.receipt = receipt
        self.scripted("commit", push, commit, receipt)
        push.committed = receipt
        return receipt

    @staticmethod
    def records(push):
        return [record for batch in push.batches for record in batch.records]

    def check_buckets(self, push, records):
        if not push.buckets:
            return
        sums = [0] * BUCKETS
        for record in records:
            bucket = int.from_bytes(self.case_id(record.case_ref)[:2], "big") % BUCKETS
            sums[bucket] = (sums[bucket] + int.from_bytes(self.mark(record), "little")) % 2**128
        if (push.buckets.digests != b"".join(s.to_bytes(16, "little") for s in sums)
                or push.buckets.record_count != len(records)):
            self.fault("the bucket digests are not those of the records")

    def committed(self):
        return [push for push in self.pushes.values() if push.committed]
