"""A citizen asks for access: the report over real processes holds what is true,
somebody unknown gets an answer of the same size, and the number is nowhere."""
import json
import os
import pathlib
import random
import re
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import traces  # noqa: E402
from installation import BIN, Installation, run  # noqa: E402
from town import BASE, Town  # noqa: E402
from wire_tap import WireTap  # noqa: E402

LOOKED_UP = "person-looked-up"
REASON = "Indsigt, journal 42"


class AnswerTap(WireTap):
    """Counts what the server answers: the contents of HTTP/2's DATA frames."""

    def __init__(self, *arguments):
        self.from_server = {}
        super().__init__(*arguments)

    def passing(self, connection, from_client, data):
        super().passing(connection, from_client, data)
        if not from_client:
            self.from_server.setdefault(connection, bytearray()).extend(data)

    def answer_bytes(self):
        total = 0
        for stream in self.from_server.values():
            at = 0
            while at + 9 <= len(stream):
                length, kind = int.from_bytes(stream[at:at + 3], "big"), stream[at + 3]
                total += length if kind == 0 else 0
                at += 9 + length
        return total


class RightsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        seed = int(os.environ.get("SAMKOER_SEED", random.SystemRandom().randrange(10**9)))
        print(f"SAMKOER_SEED={seed}", flush=True)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.town = Town(folder.name, random.Random(seed), people=12)
        cls.known, cls.second = cls.town.people[:2]
        cls.unknown = cls.town.person()
        cls.reference = cls.town.reference("familie")
        cls.town.cases["familie"][cls.reference] = (cls.known, True)
        cls.town.write("familie")
        cls.it = Installation(folder.name).__enter__()
        cls.addClassCleanup(cls.it.__exit__)
        cls.it.start()
        cls.it.push(BASE)
        cls.it.push("familie")
        alerts = cls.it.alerts()
        assert len(alerts) == 1, alerts
        cls.alert = alerts[0]["alert_id"]
        set_state = cls.it.alerts_program("set", cls.alert, "konference planlagt", "--note", "aftalt")
        assert set_state.returncode == 0, set_state.stderr

    def report(self, typed, *arguments, code=0):
        result = self.it.audit("person", "report", "--reason", REASON, *arguments, input=typed)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        for digits in re.findall(r"\d{10}", typed):
            self.assertNotIn(digits, result.stdout + result.stderr)
        return result

    def folder(self):
        folder = tempfile.TemporaryDirectory(dir=self.it.work)
        self.addCleanup(folder.cleanup)
        return pathlib.Path(folder.name)

    def test_the_page_tells_what_is_held_and_who_has_seen_it(self):
        folder = self.folder()
        self.report(f"{self.known}\n", "--out", folder)
        files = list(folder.iterdir())
        self.assertEqual(len(files), 1)
        self.assertRegex(files[0].name, r"^indsigt-\d{8}-\d{6}\.html$")
        self.assertEqual(files[0].stat().st_mode & 0o777, 0o600)
        page = files[0].read_text(encoding="utf-8")
        for fact in ('<html lang="da">', self.reference, self.alert, "konference planlagt", "aftalt", REASON,
                     "Ungekoordinatoren", "Databeskyttelsesrådgiveren", "Læste adviset om dig", "Hjemmel",
                     "datatilsynet.dk", "2 sager fra 2 afdelinger"):
            self.assertIn(fact, page)
        for trace in (self.known, "ungekoordinator<", "<script", "src="):
            self.assertNotIn(trace, page)
        self.report(f"{self.known}\n", "--lang", "en", "--out", folder / "english.html")
        self.assertIn('<html lang="en">', (folder / "english.html").read_text(encoding="utf-8"))

    def test_json_holds_the_same_facts(self):
        file = self.folder() / "indsigt.json"
        self.report(f"{self.known}\n", "--format", "json", "--out", file)
        report = json.loads(file.read_text(encoding="utf-8"))
        held = report["persons"][0]["held"]
        self.assertEqual(sorted(r["department"] for r in held["records"]), ["familie", BASE])
        self.assertIn(self.reference, [r["participant"]["case_ref"] for r in held["records"]])
        for record in held["records"]:
            self.assertTrue(record["legal_bases"], record)
            self.assertTrue(record["department_name"])
        self.assertEqual(held["policy_version"], 1)
        self.assertEqual(held["alert"]["alert_id"], self.alert)
        self.assertEqual(held["accesses"][-1]["reason"], REASON)
        # Every access is the entry of the log that it names.
        log = json.loads(self.it.audit("--format", "json", "log", "--limit", "0").stdout)
        leaves = {int(entry["index"]): entry["leaf"] for entry in log}
        for access in held["accesses"]:
            leaf = leaves[int(access["leaf_index"])]
            self.assertEqual(leaf["action"], access["action"])
            self.assertIn(held["subject_id"], leaf["subjects"])

    def test_a_former_number_is_a_look_up_of_its_own(self):
        file = self.folder() / "begge.json"
        before = self.look_ups()
        self.report(f"{self.unknown}\n{self.known}\n", "--also", "--format", "json", "--out", file)
        persons = json.loads(file.read_text(encoding="utf-8"))["persons"]
        self.assertEqual([(p["number"], p["held"]["known"]) for p in persons],
                         [("present", False), ("former", True)])
        self.assertEqual(self.look_ups(), before + 2)

    def test_nobody_known_gets_an_answer_that_looks_the_same(self):
        folder = self.folder()
        held, sizes, captured = {}, {}, bytearray()
        for name, digits in (("known", self.known), ("unknown", self.unknown)):
            tap = AnswerTap(self.it.matcherd.address, self.it.work / "pki", "matcherd", "databeskyttelse")
            try:
                config = json.loads((self.it.work / "databeskyttelse.yaml").read_text(encoding="utf-8"))
                config["matcher"]["address"] = tap.address
                (self.it.work / "tapped.yaml").write_text(json.dumps(config), encoding="utf-8")
                result = run([BIN / "samkoer-audit", "--config", self.it.work / "tapped.yaml", "person", "report",
                              "--reason", REASON, "--format", "json", "--out", folder / f"{name}.json"],
                             input=digits + "\n")
                self.assertEqual(result.returncode, 0, result.stderr)
                tap.drain()
            finally:
                tap.close()
            sizes[name] = tap.answer_bytes()
            captured += tap.captured
            held[name] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))["persons"][0]["held"]
        self.assertTrue(held["known"]["known"])
        self.assertFalse(held["unknown"]["known"])
        self.assertEqual(len(held["unknown"]["accesses"]), 1)
        self.assertEqual(sizes["unknown"], sizes["known"])
        self.assertGreater(sizes["known"], 16384)
        # The two look-ups' leaves differ in their random id alone.
        log = json.loads(self.it.audit("--format", "json", "log", "--limit", "2", "--action", LOOKED_UP).stdout)
        for entry in log:
            self.assertEqual(len(entry["leaf"].pop("subjects")), 1)
            entry["leaf"].pop("time")
        self.assertEqual(log[0]["leaf"], log[1]["leaf"])
        self.report(f"{self.unknown}\n", "--out", folder / "unknown.html")
        self.assertIn("ikke registreret nogen oplysninger om dig", (folder / "unknown.html").read_text(encoding="utf-8"))
        # The numbers are nowhere: not on the wire, not in a log, store, state or report.
        blobs = {str(path): path.read_bytes() for path in self.it.work.rglob("*") if path.is_file()}
        blobs["wire"] = bytes(captured)
        self.assertIn(self.reference.encode(), blobs["wire"])
        self.assertEqual(traces.search(blobs, [self.known, self.unknown]), [])

    def look_ups(self):
        log = json.loads(self.it.audit("--format", "json", "log", "--limit", "0", "--action", LOOKED_UP).stdout)
        return len(log)

    def test_more_than_was_asked_for_is_refused_before_anybody_is_looked_up(self):
        folder = self.folder()
        before = self.look_ups()
        two = f"{self.known}\n{self.second}\n"
        self.report(two, "--out", folder, code=65)
        self.report(two + f"{self.unknown}\n", "--also", "--out", folder, code=65)
        self.report(f"{self.known}\n", "--also", "--out", folder, code=65)
        self.assertEqual(self.it.audit("person", "--reason", REASON, input=two).returncode, 65)
        there = folder / "there.html"
        there.write_text("another's")
        self.report(f"{self.known}\n", "--out", there, code=65)
        self.assertEqual(there.read_text(), "another's")
        self.report(f"{self.known}\n", "--out", folder / "none" / "x.html", code=66)
        self.assertEqual(list(folder.iterdir()), [there])
        self.assertEqual(self.look_ups(), before)


if __name__ == "__main__":
    unittest.main()
