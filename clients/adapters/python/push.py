"""Makes batches of records and pushes them as a snapshot (proto/samkoer/v1/intake.proto).

One batch is on the way at a time; up to 16 may be, where the line is slow.
"""
import hashlib
import os
import queue
import time

import grpc
from samkoer.v1 import intake_pb2

MAX_BATCH_RECORDS = 1000
STREAM_SECONDS = 900  # a stream that takes longer is given up and begun again
ATTEMPTS = 6          # streams in a row that may break without one more receipt
FIRST_PAUSE, LONGEST_PAUSE = 0.3, 10

# After these the same push may go on; after all others somebody must look.
_GO_ON = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.CANCELLED,
          grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN}


class PushError(Exception):
    """The matcher answered what the contract does not allow. Nothing was committed."""


# ---- digests ----

def _text(text):
    data = text.encode()
    return len(data).to_bytes(2, "little") + data


def _u32(number):
    return number.to_bytes(4, "little")


def canonical_record(record):
    """The bytes that the fingerprint covers, version 1."""
    criteria = sorted(code.encode() for code in record.criteria)
    flags = record.coordinator_exists | record.plan.exists << 1 | record.protected_identity << 2
    return b"".join([
        b"\x01", record.pseudonym, _text(record.case_ref), _text(record.unit),
        bytes([record.domain, record.status]),
        _u32(record.opened_month), _u32(record.closed_month), _u32(record.birth_month),
        bytes([len(criteria)]), *(_text(code.decode()) for code in criteria),
        bytes([record.consent, flags]),
        _text(record.plan.owner_unit), _u32(record.plan.last_review_month), _text(record.contact)])


def fingerprint(digest_key, record):
    return hashlib.blake2b(b"\x02" + canonical_record(record), key=digest_key, digest_size=16).digest()


def digest_of(parts):
    return hashlib.blake2b(b"".join(parts), digest_size=32).digest()


# ---- batches ----

class Plan:
    """The whole push, worked out: the same records give the same batches, in whatever order
    they came. So a broken stream can go on where it stopped."""

    def __init__(self, records, digest_key):
        marked = sorted(((r.case_ref.encode(), fingerprint(digest_key, r), r) for r in records), key=lambda m: m[:2])
        self.batches, self.digests, self.record_count = [], [], len(marked)
        at = 0
        while at < len(marked):
            end = min(at + MAX_BATCH_RECORDS, len(marked))
            # All records of one case stand in one batch.
            while end < len(marked) and end > at and marked[end - 1][0] == marked[end][0]:
                end -= 1
            if end == at:
                raise PushError("one case has more than 1,000 people; is case_ref the right column?")
            self.batches.append([record for _, _, record in marked[at:end]])
            self.digests.append(digest_of([mark for _, mark, _ in marked[at:end]]))
            at = end

    def batch(self, number):
        return intake_pb2.PushRequest(batch=intake_pb2.RecordBatch(number=number, records=self.batches[number]))

    def commit(self):
        return intake_pb2.PushRequest(commit=intake_pb2.PushCommit(
            batch_count=len(self.batches), record_count=self.record_count, digest=digest_of(self.digests)))


# ---- the stream ----

class Stream:
    """One Push call: send a frame, get its answer."""

    def __init__(self, open_push):
        self._frames = queue.SimpleQueue()
        self._call = open_push(iter(self._frames.get, None), timeout=STREAM_SECONDS)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self._frames.put(None)
        self._call.cancel()

    def ask(self, frame, expected):
        self._frames.put(frame)
        return self.answer(expected)

    def answer(self, expected):
        try:
            receipt = next(self._call)
        except StopIteration:
            raise PushError("the matcher ended the stream without an answer") from None
        if receipt.WhichOneof("receipt") != expected:
            raise PushError(f"the matcher answered something else than '{expected}'")
        return getattr(receipt, expected)


class Push:
    """One push through as many streams as it takes, under one push id."""

    def __init__(self, open_push, begin, records):
        self._open_push, self._records, self._receipts = open_push, records, 0
        self._begin = intake_pb2.PushBegin()
        self._begin.CopyFrom(begin)
        self._begin.push_id = os.urandom(16)

    def run(self):
        """The CommitReceipt: then the snapshot is in force, on disk. Raises grpc.RpcError as
        the matcher answered, or PushError."""
        failures, pause = 0, FIRST_PAUSE
        while True:
            before = self._receipts
            try:
                return self._one_stream()
            except grpc.RpcError as error:
                if self._receipts > before:
                    failures, pause = 0, FIRST_PAUSE
                failures += 1
                if error.code() not in _GO_ON or failures >= ATTEMPTS:
                    raise
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _one_stream(self):
        with Stream(self._open_push) as stream:
            begun = stream.ask(intake_pb2.PushRequest(begin=self._begin), "begun")
            if begun.committed:  # the line broke after the commit, before its receipt
                return stream.answer("commit")
            if len(begun.digest_key) != 32:
                raise PushError("the digest key does not have 32 bytes")
            plan = Plan(self._records, begun.digest_key)
            if begun.next_batch > len(plan.batches):
                raise PushError("the matcher expects a batch after the last one")
            for number in range(begun.next_batch, len(plan.batches)):
                receipt = stream.ask(plan.batch(number), "batch")
                if (receipt.number, receipt.record_count, receipt.digest) != (
                        number, len(plan.batches[number]), plan.digests[number]):
                    raise PushError(f"the receipt of batch {number} is not of what was sent; nothing is committed")
                self._receipts += 1
            return stream.ask(plan.commit(), "commit")
