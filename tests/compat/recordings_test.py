"""What every release has left goes on working: today's servers open its stores and logs and
answer its clients' calls as then, today's clients take its servers' answers and the agents'
caches, and its configurations still hold."""
import base64
import json
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import release  # noqa: E402
import wire  # noqa: E402
from installation import BIN, ROOT, run  # noqa: E402

import exported_log  # noqa: E402

RELEASES = sorted(path.parent.name for path in release.HERE.glob("*/wire.json"))
# Another each time: random, signed, or of the clock.
VOLATILE = {"proof", "signed_note", "hashes", "subjects", "actor_certificate", "detail", "padding"}
COUNTED_BY_DAY = {"samkoer.v1.Alarm.count"}
# New ones may come behind those of then.
GROWS = {"samkoer.v1.GetStatisticsResponse.tables"}
# Cosigns the log as it went on then; from the same store it goes on otherwise now.
NOW_REFUSED = {"/samkoer.v1.Witnesses/AddCosignature": "FAILED_PRECONDITION"}
EVALUATES = "/samkoer.v1.KeyService/BlindEvaluate"


def documents(text):
    """What a program said, one JSON document or one a line; no sentences."""
    try:
        return [json.loads(text)]
    except ValueError:
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def lost(path, then, now, ids, leaf):
    """What of the message `then` does not stand in `now`. `ids`: those of then and of now; what
    was made then has another one now, everywhere the same. `leaf` reads a leaf of the log."""
    problems = [f"{path}: a field {field.field_number} that nobody knows" for field in then.UnknownFields()]
    for field, value in then.ListFields():
        place = f"{path}.{field.name}"
        if (field.name in VOLATILE or field.full_name in COUNTED_BY_DAY or
                field.message_type and field.message_type.full_name == "google.protobuf.Timestamp"):
            continue
        current = getattr(now, field.name)
        if field.label == field.LABEL_REPEATED:
            if len(value) > len(current) or len(value) < len(current) and field.full_name not in GROWS:
                problems.append(f"{place}: were {len(value)}, are {len(current)}")
            pairs = list(zip(value, current))
        else:
            pairs = [(value, current)]
        if field.full_name == "samkoer.v1.LeafBatch.leaves":
            pairs = [(leaf(one), leaf(other)) for one, other in pairs]
        for one, other in pairs:
            if field.message_type or field.name == "leaves":
                problems += lost(place, one, other, ids, leaf)
            elif (ids.setdefault(one, other) if field.name.endswith("_id") else one) != other:
                problems.append(f"{place}: was {one!r}, is {other!r}")
    return problems


def missing(path, then, now):
    """What of the JSON `then` does not stand in `now`."""
    if isinstance(then, dict) and isinstance(now, dict):
        return [p for key, value in then.items() for p in
                (missing(f"{path}.{key}", value, now[key]) if key in now else [f"{path}.{key} is gone"])]
    if isinstance(then, list) and isinstance(now, list):
        if len(then) != len(now):
            return [f"{path}: were {len(then)}, are {len(now)}"]
        return [p for one, other in zip(then, now) for p in missing(path, one, other)]
    return [] if then == now else [f"{path}: was {then!r}, is {now!r}"]


class RecordingsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.contract = wire.Contract(ROOT / "proto")

    def each(self, check):
        self.assertIn("1", RELEASES)
        for name in RELEASES:
            with self.subTest(release=name), release.Recorded(name) as it:
                check(name, it)

    def test_every_call_of_a_release_is_recorded(self):
        self.each(self.every_call_of_a_release_is_recorded)

    def every_call_of_a_release_is_recorded(self, name, it):
        lines = (release.HERE / name / "protos.txt").read_text(encoding="utf-8").splitlines()
        calls = {f"/{line.split(': ')[0]}" for line in lines if " -> " in line}
        self.assertEqual({call["path"] for call in it.calls}, calls)
        self.assertTrue(all(call["status"] in ("OK", "CANCELLED") for call in it.calls))

    def test_stores_and_logs_are_whole(self):
        self.each(self.stores_and_logs_are_whole)

    def stores_and_logs_are_whole(self, _, it):
        for server, name in ((it.matcherd, "matcher"), (it.keyd, "keyd")):
            config = it.work / f"{server.program}.yaml"
            found = json.loads(it.program(server.program, "doctor", "--config", config, "--format", "json"))
            self.assertEqual(found["finding_count"], 0, found)
            it.start_server(server)
            it.point({release.MATCHER if name == "matcher" else release.KEYS: server.address})
            kept = it.work / f"state/{release.OFFICER}/{name}.checkpoint"
            before = exported_log.checkpoint_of(kept.read_text(encoding="utf-8"))
            with tempfile.TemporaryDirectory() as folder:
                out = pathlib.Path(folder) / "log"
                exported = it.audit("export", out, "--server", name)
                self.assertEqual(exported.returncode, 0, exported.stderr)
                leaves = exported_log.entries(out)
            roots = exported_log.roots(leaves)
            self.assertGreaterEqual(len(leaves), before[0])
            self.assertEqual(roots[before[0]], before[1], "the log is not the one that the officer has seen")
            # From what the officer's program kept then.
            verified = it.audit("verify", "--server", name)
            self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)

    def test_servers_answer_as_then(self):
        self.each(self.servers_answer_as_then)

    def servers_answer_as_then(self, _, it):
        it.start()
        channels, ids = {}, {}
        leaf = self.contract.message("samkoer.v1.AuditLeaf").FromString
        for number, call in enumerate(it.calls):
            server = {"matcherd": it.matcherd, "keyd": it.keyd}[call["to"]]
            key = (call["by"], call["to"])
            if key not in channels:
                channels[key] = wire.channel(server.address, it.work / "pki", it.names[call["by"]])
                self.addCleanup(channels[key].close)
            status, answers = wire.play(channels[key], call)
            place = f"{number} {call['by']} {call['path']}"
            if call["path"] in NOW_REFUSED:
                self.assertEqual(status, NOW_REFUSED[call["path"]], place)
                continue
            # A stream that the client left may have come to its end.
            self.assertIn(status, {call["status"], "OK"} if call["status"] == "CANCELLED" else {call["status"]}, place)
            then = [m for side, m in call["events"] if side == "server"]
            problems = [] if len(then) == len(answers) else [f"were {len(then)} answers, are {len(answers)}"]
            for message, answer in zip(then, answers):
                problems += lost(place, self.contract.parse(call["path"], "server", base64.b64decode(message)),
                                 self.contract.parse(call["path"], "server", answer), ids, leaf)
            self.assertEqual(problems, [])

    def test_clients_take_the_answers_of_then(self):
        self.each(self.clients_take_the_answers_of_then)

    def clients_take_the_answers_of_then(self, _, it):
        players = [wire.Player(it.work / "pki", name) for name in ("matcherd", "keyd")]
        for player in players:
            self.addCleanup(player.close)
        it.point({release.MATCHER: players[0].address, release.KEYS: players[1].address})
        played = 0
        for client in it.clients:
            calls = it.calls[slice(*client["calls"])]
            # What a client blinds today has another answer than what it blinded then.
            if any(call["path"] == EVALUATES for call in calls):
                continue
            for player in players:
                player.load(calls)
            arguments = [a.replace(release.PLACE, str(it.work)) for a in client["arguments"]]
            done = run([BIN / f"samkoer-{client['program']}", "--config", it.work / f"{client['config']}.yaml",
                        *arguments], input=client["typed"], cwd=it.work, timeout=60)
            asked = [path for player in players for path in player.strange]
            self.assertEqual((done.returncode, asked), (client["code"], []), f"{arguments}: {done.stderr}")
            said, then = map(documents, (done.stdout, client["said"].replace(release.PLACE, str(it.work))))
            self.assertEqual(missing(" ".join(arguments), then, said), [])
            played += 1
        self.assertGreater(played, 20)

    def test_what_is_lost_is_noticed(self):
        alert, participant = (self.contract.message(f"samkoer.v1.{name}") for name in ("Alert", "Participant"))

        def problems(now, then):
            return lost("x", then, now, {}, None)

        two = alert(alert_id="A-1", rule="r", participants=[participant(case_ref="a"), participant(case_ref="b")])
        more = alert(alert_id="A-2", rule="r", rule_version=2, participants=two.participants)
        self.assertEqual(problems(more, two), [])
        self.assertEqual(problems(two, more), ["x.rule_version: was 2, is 0"])
        self.assertEqual(problems(alert(alert_id="A-1", rule="r"), two), ["x.participants: were 2, are 0"])
        self.assertEqual(problems(alert(alert_id="A-1", rule="r", participants=[participant(case_ref="a")] * 2), two),
                         ["x.participants.case_ref: was 'b', is 'a'"])
        unknown = alert.FromString(two.SerializeToString() + bytes([0xf8, 0x3f, 1]))  # field 1023
        self.assertEqual(problems(two, unknown), ["x: a field 1023 that nobody knows"])
        ids = {}
        self.assertEqual(lost("x", two, more, ids, None), [])
        self.assertEqual(lost("x", two, two, ids, None), ["x.alert_id: was 'A-1', is 'A-1'"])
        self.assertEqual(missing("x", {"a": [1, {"b": 2}]}, {"a": [1, {"b": 2, "c": 3}], "d": 4}), [])
        self.assertEqual(missing("x", {"a": [1, {"b": 2}]}, {"a": [1, {"c": 3}]}), ["x.a.b is gone"])
        self.assertEqual(missing("x", {"a": [1]}, {"a": []}), ["x.a: were 1, are 0"])


if __name__ == "__main__":
    unittest.main()
