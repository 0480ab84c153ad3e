"""From a match and a nomination to a youth guide and a handover, over real
processes, which are killed in between: nothing that was answered is lost."""
import json
import os
import pathlib
import random
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from installation import Installation, run, BIN  # noqa: E402
from town import BASE, Town  # noqa: E402

DATA, UNAVAILABLE, NO_INPUT, CONFIG = 65, 69, 66, 78


class CoordinationTest(unittest.TestCase):
    def setUp(self):
        seed = int(os.environ.get("SAMKOER_SEED", random.SystemRandom().randrange(10**9)))
        print(f"SAMKOER_SEED={seed}", flush=True)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.town = Town(folder.name, random.Random(seed), people=6)
        self.it = Installation(folder.name).__enter__()
        self.addCleanup(self.it.__exit__)
        policy = self.it.work / "policy.yaml"
        value = json.loads(policy.read_text(encoding="utf-8"))
        value["coordination"] = {"offer_days": 14, "handover_days": 7,
                                 "significance": ["FAMILY", "EDUCATION"],
                                 "routing": [{"text": "15 og over", "age_from": 0, "age_below": 120,
                                              "department": BASE}]}
        policy.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
        self.it.start()
        self.it.push(BASE)

    def alert(self, *arguments, code=0):
        result = self.it.alerts_program("--format", "json", *arguments)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return json.loads(result.stdout) if code == 0 else result.stderr

    def nominate(self, reference, code=0):
        result = self.it.agent(BASE, "nominate", reference, "--reason", "har brug for en ungeguide")
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result

    def inbox(self, department):
        result = self.it.agent(department, "--format", "json", "inbox")
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)["entries"]

    def kill(self):
        self.it.matcherd.kill()
        self.it.matcherd.start()

    def guide(self, alert_id, *more, code=0):
        return self.alert("guide", alert_id, "--name", "Mette H.", "--department", BASE, "--unit", "Enhed", *more,
                          code=code)

    def test_from_a_nomination_to_a_handover(self):
        reference, (digits, _) = next(iter(self.town.cases[BASE].items()))
        # Known to one department only: no alert, until somebody nominates.
        self.assertEqual(self.it.alerts(), [])
        self.nominate("G-none", code=NO_INPUT)
        self.nominate(reference)
        self.nominate(reference)
        self.kill()
        alone, = self.it.alerts()
        self.assertEqual(alone["state"], "ALERT_STATE_NOMINATED")
        self.assertEqual(alone["coordination"]["nominations"][0]["case_ref"], reference)
        self.assertFalse(alone["coordination"]["matched"])

        # The match finds the same person: one alert, both sources.
        self.town.cases["familie"]["F-1"] = (digits, True)
        self.town.write("familie")
        self.it.push("familie")
        both, = self.it.alerts()
        self.assertEqual(both["alert_id"], alone["alert_id"])
        self.assertTrue(both["coordination"]["matched"])
        self.assertEqual(both["coordination"]["suggestion"]["department"], "familie")
        self.assertEqual(both["coordination"]["route"]["text"], "15 og over")
        alert_id = both["alert_id"]

        # Two coordinators with the same view: one wins, the other is told.
        revision = both["revision"]
        offered = self.alert("offer", alert_id, "--revision", revision)
        self.assertTrue(offered["coordination"]["offered"])
        self.guide(alert_id, "--accepted", "--revision", revision, code=UNAVAILABLE)
        self.assertEqual(self.it.alerts()[0]["revision"], offered["revision"])

        guided = self.guide(alert_id, "--accepted", "--wished")
        self.assertEqual(guided["state"], "ALERT_STATE_GUIDE_ASSIGNED")
        self.guide(alert_id, "--accepted", code=CONFIG)  # a handover instead
        self.alert("handover", alert_id, "guide", "--name", "Lars K.", "--department", "familie", "--unit", "Enhed")
        # Nobody is released before the successor has accepted.
        self.alert("set", alert_id, "afsluttet", code=CONFIG)
        self.kill()
        shown = self.alert("show", alert_id)
        self.assertEqual(shown["coordination"]["guide"]["holder"]["name"], "Mette H.")
        entry, = self.inbox("familie")
        self.assertEqual((entry["case_ref"], entry["handover"]["handover_id"]), ("F-1", 1))
        self.assertNotIn("handover", [e for e in self.inbox(BASE) if e["alert_id"] == alert_id][0])
        wrong = self.it.agent(BASE, "handover", alert_id, "1", "--accept")
        self.assertEqual(wrong.returncode, NO_INPUT, wrong.stderr)
        answered = self.it.agent("familie", "handover", alert_id, "1", "--accept")
        self.assertEqual(answered.returncode, 0, answered.stderr)
        shown = self.alert("show", alert_id)
        self.assertEqual(shown["coordination"]["guide"]["holder"]["name"], "Lars K.")
        planned = self.alert("plan", alert_id, "--exists")
        self.assertEqual(planned["state"], "ALERT_STATE_PLAN_ACTIVE")

        overview = self.alert("overview")
        self.assertEqual([(g["unit"], g["alerts"]) for g in overview["guides"]], [("Enhed", "1"), ("", "0")])
        page = self.it.alerts_program("show", alert_id)
        self.assertIn("Lars K. (familie, Enhed)", page.stdout)
        self.assertIn("indstillet af grund", page.stdout)

        # Killed while it takes steps: each is there as a whole or not at all.
        for n in range(3):
            step = [BIN / "samkoer-alerts", "--config", self.it.work / "ungekoordinator.yaml",
                    "half-year", alert_id, f"202{n}-1"]
            before = self.alert("show", alert_id)["coordination"].get("half_year", 0)
            self.it.matcherd.kill()
            self.it.matcherd.start(environment={"SAMKOER_FAILPOINT": "loop.before-write:3"}, may_die=True)
            answer = run(step)
            self.it.matcherd.kill()
            self.it.matcherd.start()
            now = self.alert("show", alert_id)["coordination"].get("half_year", 0)
            self.assertIn(now, (before, 20201 + 10 * n) if answer.returncode else (20201 + 10 * n,))
        self.assertEqual(self.it.audit("verify").returncode, 0)
        log = self.it.audit("log", "--limit", "1000").stdout
        self.assertIn("Indstillet", log)
        self.assertNotIn("Mette H.", log)
        self.assertNotIn(reference, log)


if __name__ == "__main__":
    unittest.main()
