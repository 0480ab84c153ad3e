"""Taps that understand what passes: which batches of a push were sent and which
have a receipt, and how many elements the key service has answered."""
import threading

from grpc_reader import GrpcReader, fields
from wire_tap import WireTap

BEGIN, DIGESTS, BATCH, COMMIT = 1, 2, 3, 4  # PushRequest.frame, PushReceipt.receipt
ELEMENT_BYTES, PROOF_BYTES = 32, 64


class ReadingTap(WireTap):
    """Calls `message(connection, from_client, stream, message)` for every gRPC message
    before it is handed on."""

    def __init__(self, *arguments):
        self.readers, self.lock, self.trigger, self.passed = {}, threading.Lock(), None, 0
        super().__init__(*arguments)

    def passing(self, connection, from_client, data):
        with self.lock:
            reader = self.readers.setdefault((connection, from_client), GrpcReader(from_client))
            for stream, message in reader.feed(data):
                self.message(connection, from_client, stream, message)

    def count(self):
        """One more message that matters has come; fires the trigger at its number."""
        self.passed += 1
        if self.trigger and self.passed == self.trigger[0]:
            self.trigger[1]()

    def arm(self, number, action):
        """Runs `action` when the number-th message that matters (from 1) comes, before
        it is handed on."""
        self.passed, self.trigger = 0, (number, action)

    def message(self, connection, from_client, stream, message):
        raise NotImplementedError


class PushTap(ReadingTap):
    """Between an agent and the matcher."""

    def __init__(self, *arguments):
        self.pushes, self.all_receipts, self.commits = set(), set(), 0
        self.forget()
        super().__init__(*arguments)

    def forget(self):
        """Begins to watch a new push."""
        self.sent = {}  # number -> (references stated, references withdrawn)
        self.receipts = set()
        self.commit_sent = self.commit_receipt = False

    def message(self, connection, from_client, stream, message):
        # Of the matcher's rpcs only Push never sends an empty request.
        if from_client and message:
            self.pushes.add((connection, stream))
        if (connection, stream) not in self.pushes:
            return
        frame = fields(message)
        if from_client:
            if BATCH in frame:
                batch = fields(frame[BATCH][0])
                records = [fields(r)[2][0].decode() for r in batch.get(2, [])]
                self.sent[batch.get(1, [0])[0]] = (records, [r.decode() for r in batch.get(3, [])])
            self.commit_sent |= COMMIT in frame
        else:
            if BATCH in frame:
                receipt = fields(frame[BATCH][0])
                self.receipts.add(receipt.get(1, [0])[0])
                self.all_receipts.add(receipt[3][0])
            if COMMIT in frame:
                self.commit_receipt = True
                self.commits += 1
        self.count()


class KeyTap(ReadingTap):
    """Between an agent and the key service."""

    def __init__(self, *arguments):
        self.answered = 0  # elements
        self.on_answer = None  # called before an answer is handed on
        super().__init__(*arguments)

    def message(self, connection, from_client, stream, message):
        answer = fields(message)
        if not from_client and [len(p) for p in answer.get(2, [])] == [PROOF_BYTES]:
            self.answered += len(answer[1][0]) // ELEMENT_BYTES
            if self.on_answer:
                self.on_answer()
        self.count()
