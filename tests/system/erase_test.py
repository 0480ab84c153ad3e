"""A citizen is erased over real processes: followers and departments are told, the
others' nightly pushes go on, an objection holds until it is lifted, and the log is whole."""
import json
import os
import pathlib
import random
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from installation import Installation, alert_set  # noqa: E402
from town import BASE, Town  # noqa: E402

REASON = "Sletning, journal 43"


class EraseTest(unittest.TestCase):
    def setUp(self):
        seed = int(os.environ.get("SAMKOER_SEED", random.SystemRandom().randrange(10**9)))
        print(f"SAMKOER_SEED={seed}", flush=True)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.town = Town(folder.name, random.Random(seed), people=12)
        self.citizen, self.other = self.town.people[:2]
        self.case = self.town.reference("familie")
        self.town.cases["familie"] = {self.case: (self.citizen, True),
                                      self.town.reference("familie"): (self.other, True)}
        self.town.write("familie")
        self.it = Installation(folder.name).__enter__()
        self.addCleanup(self.it.__exit__)
        self.it.start()
        for department in (BASE, "familie"):
            self.it.push(department)
        self.base_case = next(r for r, (number, _) in self.town.cases[BASE].items() if number == self.citizen)

    def person(self, *arguments, code=0):
        result = self.it.audit("--format", "json", "person", *arguments, "--reason", REASON, input=self.citizen + "\n")
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        self.assertNotIn(self.citizen, result.stdout + result.stderr)
        return json.loads(result.stdout) if code == 0 else result.stderr

    def alerts_without(self, number):
        cases = {d: {r: c for r, c in self.town.cases[d].items() if c[0] != number} for d in (BASE, "familie")}
        return self.town.alerts(cases)

    def all_alerts(self):
        return self.town.alerts({d: self.town.cases[d] for d in (BASE, "familie")})

    def follow(self):
        result = self.it.alerts_program("--format", "json", "follow", "--from-start", "--until-caught-up")
        self.assertEqual(result.returncode, 0, result.stderr)
        return [json.loads(line) for line in result.stdout.splitlines()]

    def notices(self, department, *arguments):
        result = self.it.agent(department, "--format", "json", "inbox", *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return [(n["case_ref"], n["kind"]) for n in json.loads(result.stdout)["notices"]]

    def test_an_erasure_and_an_objection(self):
        self.assertEqual(alert_set(self.it.alerts()), self.all_alerts())
        alert = next(a["alert_id"] for a in self.it.alerts()
                     if self.case in [p["case_ref"] for p in a["participants"]])
        before = self.follow()
        # Without a word that it is meant, nothing happens.
        self.assertIn("--yes", self.person("erase", code=65))
        erased = self.person("erase", "--yes")
        self.assertEqual((erased["records"], erased["alerts"], erased["departments"]), ("2", "1", 2))
        self.assertEqual(alert_set(self.it.alerts()), self.alerts_without(self.citizen))
        feed = self.follow()
        self.assertEqual(len(feed), len(before) + 1)
        self.assertEqual(feed[-1]["tombstone"], {"alert_id": alert, "cause": "TOMBSTONE_CAUSE_ERASURE"})
        self.assertFalse(any(entry.get("alert", {}).get("alert_id") == alert for entry in feed))
        danish = self.it.alerts_program("follow", "--from-start", "--until-caught-up")
        self.assertIn("slettet: personen er slettet", danish.stdout)
        self.assertFalse(self.person()["known"])
        self.assertEqual(self.notices("familie"), [(self.case, "NOTICE_KIND_ERASED")])
        self.assertEqual(self.notices(BASE, "--acknowledge"), [(self.base_case, "NOTICE_KIND_ERASED")])
        self.assertEqual(self.notices(BASE), [])

        # The department still has the case: it comes back as somebody new.
        self.it.push("familie")
        self.it.push(BASE)
        self.assertEqual(alert_set(self.it.alerts()), self.all_alerts())
        self.assertNotIn(alert, [a["alert_id"] for a in self.it.alerts()])

        # The citizen objects: night after night everybody else's cases go through.
        self.person("erase", "--yes", "--objection")
        for _ in range(2):
            self.it.push("familie")
            self.it.push(BASE)
            self.assertEqual(alert_set(self.it.alerts()), self.alerts_without(self.citizen))
            self.assertEqual(self.notices("familie"), [(self.case, "NOTICE_KIND_OBJECTION")])
        self.assertEqual(self.it.matcherd.stop(), 0)
        self.it.matcherd.start()
        self.it.push("familie")
        held = self.person()
        self.assertEqual((held["known"], held["objection"]), (False, True))
        self.assertTrue(self.person("lift-objection")["lifted"])
        for department in (BASE, "familie"):
            self.it.push(department)
        self.assertEqual(alert_set(self.it.alerts()), self.all_alerts())

        result = self.it.audit("verify", "--full")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        log = json.loads(self.it.audit("--format", "json", "log", "--limit", "0", "--action", "person-erased").stdout)
        self.assertEqual(len(log), 2)
        for entry in log:
            self.assertEqual(entry["leaf"]["subjects"], [])
            self.assertEqual(entry["leaf"]["reason"], REASON)


if __name__ == "__main__":
    unittest.main()
