"""What is played to the adapter, and what is expected of it.

A scenario is a function that takes a Stage (stage.py), plays, and judges.
"""
import hashlib
import socket
import threading

import group
import people
from people import PURPOSE
from samkoer.v1 import intake_pb2
from servers import Refuse

SCENARIOS = {}


def scenario(text):
    """`text`: what happens; what must follow."""
    def add(function):
        SCENARIOS[function.__name__.replace("_", "-")] = (text, function)
        return function
    return add


# ---- good servers ----

@scenario("honest servers, twice; exactly the right records, nothing secret, a new push id")
def good(stage):
    stage.key_service()
    stage.matcher()
    stage.ends_well()
    stage.expect("GetIntakeInfo" in stage.intake.calls and "GetKeyInfo" in stage.keyd.calls,
                 "it does not ask GetIntakeInfo and GetKeyInfo")
    asked = sum(map(len, stage.keyd.elements))
    stage.expect(asked >= len({digits for _, digits in stage.export.expected}), "it asks for too few evaluations")
    stage.one_push()
    stage.ends_well()
    pushes = stage.intake.committed()
    stage.expect(len(pushes) == 2, "the second run does not make a push of its own")
    for push in pushes:
        stage.check_records(stage.intake.records(push))
        stage.expect(push.begin.kind == intake_pb2.PUSH_KIND_SNAPSHOT, "it does not push a snapshot")
        stage.expect(not push.begin.allow_shrink, "it says allow_shrink without being told to")
    stage.check_secrecy()


@scenario("1,015 people, 30 of them in one case; several evaluations and batches, no case in two")
def many_people(stage):
    stage.export = people.many_people(stage.day, "many people")
    stage.key_service()
    stage.matcher()
    stage.ends_well()
    stage.one_push()


@scenario("two live keys; it pushes under the newest")
def two_epochs(stage):
    keys = {1: stage.key, 2: group.Key()}
    stage.key_service(keys)
    stage.matcher(keys)
    stage.ends_well()
    stage.one_push()


@scenario("the matcher permits nothing; no record leaves")
def nothing_permitted(stage):
    stage.key_service()
    stage.matcher(info=lambda answer: answer.ClearField("permitted"))
    stage.play()
    stage.expect(not any(batch.records for batch in stage.intake.batches), "it sends records")


# ---- a hostile key service ----

def cheating(change):
    """An evaluation that is honest and then changed: (elements, proof) -> (elements, proof)."""
    def play(stage):
        def evaluate(blinded, epoch, unused_number):
            evaluated = stage.key.evaluate(blinded)
            elements, proof = change(list(evaluated), stage.key.prove(blinded, evaluated))
            return b"".join(elements), proof
        stage.key_service(evaluate=evaluate)
        stage.matcher()
        stage.refuses()
    return play


@scenario("a bit of the proof is wrong; it refuses")
def wrong_proof(stage):
    cheating(lambda elements, proof: (elements, proof[:40] + bytes([proof[40] ^ 1]) + proof[41:]))(stage)


@scenario("the proof is empty; it refuses")
def no_proof(stage):
    cheating(lambda elements, proof: (elements, b""))(stage)


@scenario("a scalar of the proof is not reduced; it refuses")
def proof_not_canonical(stage):
    cheating(lambda elements, proof: (
        elements, proof[:32] + (int.from_bytes(proof[32:], "little") + group.L).to_bytes(32, "little")))(stage)


@scenario("the identity comes back; it refuses")
def identity(stage):
    cheating(lambda elements, proof: ([group.IDENTITY] + elements[1:], proof))(stage)


@scenario("only identities come back, with the proof of a key that is zero; it refuses")
def zero_key(stage):
    # Everything of such a key verifies but for the identity itself.
    def evaluate(blinded, unused_epoch, unused_number):
        seed = hashlib.sha512(group.framed(group.IDENTITY, b"Seed-" + group.CONTEXT)).digest()
        m = None
        for i, c in enumerate(blinded):
            di = group.hash_to_scalar(group.framed(seed) + i.to_bytes(2, "big") + group.framed(c, group.IDENTITY)
                                      + b"Composite")
            term = group.multiply(di, c)
            m = term if m is None else group.call("crypto_core_ristretto255_add", m, term)
        r = 12345
        c = group.hash_to_scalar(group.framed(group.IDENTITY, m, group.IDENTITY, group.base(r), group.multiply(r, m))
                                 + b"Challenge")
        return group.IDENTITY * len(blinded), group.scalar(c) + group.scalar(r)

    def output(data):
        return hashlib.sha512(group.framed(data, group.IDENTITY) + b"Finalize").digest()
    stage.key.public, stage.key.output = group.IDENTITY, output
    stage.key.self_test = hashlib.sha256(output(group.SELF_TEST_INPUT)).digest()
    stage.key_service(evaluate=evaluate)
    stage.matcher()
    stage.refuses()


@scenario("an element with bit 255 set, which some libraries read as the element; it refuses")
def high_bit(stage):
    cheating(lambda elements, proof: (
        [elements[0][:31] + bytes([elements[0][31] | 0x80])] + elements[1:], proof))(stage)


@scenario("an element too few; it refuses")
def element_missing(stage):
    cheating(lambda elements, proof: (elements[:-1], proof))(stage)


@scenario("an element too many; it refuses")
def element_added(stage):
    cheating(lambda elements, proof: (elements + elements[-1:], proof))(stage)


@scenario("it evaluates with another key than it says, and proves that one; it refuses")
def another_key(stage):
    other = group.Key()

    def evaluate(blinded, *unused):
        evaluated = other.evaluate(blinded)
        return b"".join(evaluated), other.prove(blinded, evaluated)
    stage.key_service(evaluate=evaluate)
    stage.matcher()
    stage.refuses()


@scenario("honest at the first evaluation, another key from the second on; it refuses")
def another_key_later(stage):
    other = group.Key()

    def evaluate(blinded, epoch, number):
        key = stage.key if number == 0 else other
        evaluated = key.evaluate(blinded)
        return b"".join(evaluated), key.prove(blinded, evaluated)
    stage.key_service(evaluate=evaluate)
    stage.matcher()
    went_well = stage.play()
    if len(stage.keyd.elements) > 1:
        stage.expect(not went_well, "it ends with 0, as if all were well")
        stage.nothing_pushed()


@scenario("a key for this department alone: all fits, but the matcher publishes another; it stops at once")
def tagging_key(stage):
    stage.key_service({1: group.Key()})
    stage.matcher()
    stage.refuses()
    stage.expect(sum(map(len, stage.keyd.elements)) <= 1, "it asks for people's pseudonyms all the same")


@scenario("both publish a self-test that is not the key's; it refuses")
def wrong_self_test(stage):
    stage.key.self_test = hashlib.sha256(b"another algorithm").digest()
    stage.key_service()
    stage.matcher()
    stage.refuses()


@scenario("the key service does not have the matcher's newest epoch; it stops")
def epoch_missing(stage):
    stage.key_service({1: group.Key()})
    stage.matcher({1: stage.key, 2: group.Key()})
    stage.refuses()


@scenario("the key service names another algorithm; it stops")
def wrong_algorithm(stage):
    def info(answer):
        answer.context = b"OPRFV1-\x00-ristretto255-SHA512"
    stage.key_service(info=info)
    stage.matcher()
    stage.refuses()


@scenario("the quota is used up; it stops, without asking again and again")
def quota(stage):
    def evaluate(*unused):
        raise Refuse("RESOURCE_EXHAUSTED", "the quota covers this batch at 03:00")

    def info(answer):
        answer.quota_available = 0
    stage.key_service(evaluate=evaluate, info=info)
    stage.matcher()
    stage.refuses()
    stage.expect(len(stage.keyd.elements) <= 10, f"it asks {len(stage.keyd.elements)} times")


# ---- a matcher that refuses ----

@scenario("the matcher's day lies ten days away; it stops, and does not try again")
def day_differs(stage):
    stage.key_service()
    stage.matcher(day=stage.day.fromordinal(stage.day.toordinal() - 10))
    stage.refuses()
    stage.expect(len(stage.intake.begins) <= 1, "it begins again")


@scenario("the matcher works for another purpose; it stops")
def wrong_purpose(stage):
    def info(answer):
        answer.purpose = "andet-formaal"
    stage.key_service()
    stage.matcher(info=info)
    stage.refuses()


@scenario("PERMISSION_DENIED at GetIntakeInfo; it stops and asks nothing of the key service about people")
def not_permitted(stage):
    def info(unused):
        raise Refuse("PERMISSION_DENIED", "not permitted")
    stage.key_service()
    stage.matcher(info=info)
    stage.refuses()
    stage.expect(not stage.intake.begins, "it begins a push")
    stage.expect(sum(map(len, stage.keyd.elements)) <= 1, "it asks for people's pseudonyms")


def refusing_batch(code, text):
    def on_batch(*unused):
        raise Refuse(code, text)
    return on_batch


@scenario("INVALID_ARGUMENT at a batch; it stops, and does not try again")
def record_refused(stage):
    stage.key_service()
    stage.matcher(on_batch=refusing_batch("INVALID_ARGUMENT", "batch 0, record 2: unit: unknown"))
    stage.must_fail()
    stage.nothing_committed()
    stage.begins_once()


@scenario("ABORTED at a batch, a newer push has begun; it stops, and does not try again")
def overtaken(stage):
    stage.key_service()
    stage.matcher(on_batch=refusing_batch("ABORTED", "a newer push of this department has begun"))
    stage.must_fail()
    stage.nothing_committed()
    stage.begins_once()


@scenario("ALREADY_EXISTS at a batch; it stops or begins a new push, but never goes on with this one")
def contents_differ(stage):
    refused = set()

    def on_batch(push, *unused):
        if not refused:
            refused.add(push.begin.push_id)
            raise Refuse("ALREADY_EXISTS", "batch 0 was used with other contents")
    stage.key_service()
    stage.matcher(on_batch=on_batch)
    stage.play()
    ids = [begin.push_id for begin in stage.intake.begins]
    stage.expect(len(set(ids)) == len(ids), "it goes on with the same push id")
    stage.expect(bool(stage.runs[-1].returncode) == (not stage.intake.commits),
                 "its exit code does not say how it went")
    stage.play()
    stage.expect(stage.intake.commits, "its next run does not go through")
    stage.expect(all(push.begin.push_id not in refused for push in stage.intake.committed()),
                 "it commits the push that was refused")


@scenario("the commit would remove too much; it stops, and does not say allow_shrink of its own")
def too_much_removed(stage):
    def on_commit(*unused):
        raise Refuse("FAILED_PRECONDITION", "the snapshot would remove 80 % of the department's records")
    stage.key_service()
    stage.matcher(on_commit=on_commit)
    stage.must_fail()
    stage.begins_once()
    stage.expect(len(stage.intake.commits) == 1, "it commits again")
    stage.expect(not any(begin.allow_shrink for begin in stage.intake.begins), "it says allow_shrink of its own")


@scenario("a receipt has another digest than the batch; it does not commit")
def receipt_digest(stage):
    def on_batch(unused_push, unused_batch, receipt):
        receipt.batch.digest = bytes(32)
    stage.key_service()
    stage.matcher(on_batch=on_batch)
    stage.must_fail()
    stage.nothing_committed()


@scenario("a receipt has another number than the batch; it does not commit")
def receipt_number(stage):
    def on_batch(unused_push, unused_batch, receipt):
        receipt.batch.number += 1
    stage.key_service()
    stage.matcher(on_batch=on_batch)
    stage.must_fail()
    stage.nothing_committed()


# ---- broken streams ----

def broken(stage, on_batch=None, on_commit=None, on_begin=None):
    stage.export = people.many_cases(stage.day, "many cases")
    stage.key_service()
    stage.matcher(on_batch=on_batch, on_commit=on_commit, on_begin=on_begin)
    stage.ends_well(times=3)
    stage.one_push()
    ids = {begin.push_id for begin in stage.intake.begins}
    stage.expect(len(ids) == 1, "it does not go on with the same push id")
    stage.expect(len(stage.intake.begins) == 2, f"it begins {len(stage.intake.begins)} times; twice is right")


def once(action):
    """Does it the first time only."""
    left = [action]

    def maybe(*arguments):
        if left:
            left.pop()(*arguments)
    return maybe


def lose(push, *unused):
    raise Refuse("UNAVAILABLE", "the line broke")


@scenario("the line breaks before the receipt of a batch that is on disk; it goes on with the next one")
def line_broken(stage):
    def keep_and_lose(push, *unused):
        push.keep()
        lose(push)
    breaking = once(keep_and_lose)
    broken(stage, on_batch=lambda push, batch, receipt: batch.number == 1 and breaking(push))
    numbers = [batch.number for batch in stage.intake.batches]
    stage.expect(sorted(set(numbers)) == list(range(max(numbers, default=-1) + 1)), "a batch is missing")


@scenario("the line breaks and the batch is lost; it sends that one again, and no earlier one")
def batch_lost(stage):
    breaking = once(lose)
    broken(stage, on_batch=lambda push, batch, receipt: batch.number == 1 and breaking(push))


@scenario("the push is given up and begins at batch 0 under the same id; it sends everything again")
def given_up(stage):
    def give_up(push, *unused):
        push.batches.clear()
        push.digests.clear()
        push.buckets = None
        lose(push)
    breaking = once(give_up)
    broken(stage, on_batch=lambda push, batch, receipt: batch.number == 1 and breaking(push))


@scenario("the line breaks after the commit, before its receipt; it learns that all is done")
def commit_receipt_lost(stage):
    def commit_and_lose(push, unused_frame, receipt):
        push.committed = receipt
        lose(push)
    broken(stage, on_commit=once(commit_and_lose))
    stage.expect(len(stage.intake.commits) == 1, "it commits again")


# ---- the connection ----

def unreachable(stage):
    """The adapter must not have talked to anybody who is not who they say."""
    stage.must_fail()
    stage.expect(not stage.intake.batches, "it sends records")


@scenario("the matcher's certificate is for another name; it does not talk to it")
def matcher_name(stage):
    stage.key_service()
    stage.matcher(certificate="other-name")
    unreachable(stage)
    stage.expect(not stage.intake.calls, "it calls a server whose name is not the right one")


@scenario("the key service's certificate is for another name; it does not talk to it")
def key_service_name(stage):
    stage.key_service(certificate="other-name")
    stage.matcher()
    unreachable(stage)
    stage.expect(not stage.keyd.calls, "it calls a server whose name is not the right one")


@scenario("the matcher's certificate is of another authority; it does not talk to it")
def matcher_authority(stage):
    stage.key_service()
    stage.matcher(certificate="other-authority")
    unreachable(stage)
    stage.expect(not stage.intake.calls, "it calls a server of another authority")


@scenario("the key service's certificate is of another authority; it does not talk to it")
def key_service_authority(stage):
    stage.key_service(certificate="other-authority")
    stage.matcher()
    unreachable(stage)
    stage.expect(not stage.keyd.calls, "it calls a server of another authority")


@scenario("the key service is away; it stops, and sends nothing")
def key_service_away(stage):
    stage.key_service()
    stage.matcher()
    address = stage.keyd.address
    stage.keyd.stop()
    stage.must_fail(key_service=address)
    stage.nothing_pushed()


@scenario("somebody without TLS listens in the matcher's place; not a word in the clear")
def no_tls(stage):
    heard = bytearray()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        ended = threading.Event()

        def listen():
            while not ended.is_set():
                try:
                    with listener.accept()[0] as connection:
                        connection.settimeout(2)
                        heard.extend(connection.recv(65536) or b"\x16")
                        # An answer in the clear, too: the settings frame of an HTTP/2 server.
                        connection.sendall(bytes(3) + b"\x04" + bytes(5))
                except OSError:
                    continue
        thread = threading.Thread(target=listen)
        thread.start()
        stage.key_service()
        stage.matcher()
        stage.must_fail(matcher="127.0.0.1:%d" % listener.getsockname()[1])
        ended.set()
        thread.join()
    stage.expect(heard[:1] in (b"", b"\x16"), "its first byte is not a TLS handshake's")
    stage.expect(PURPOSE.encode() not in heard and b"PRI * HTTP" not in heard, "it talks in the clear")
