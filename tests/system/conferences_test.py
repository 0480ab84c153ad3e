"""Conferences and questions over real processes, which are killed in between:
from a plan to a calendar, the agenda in each department's own inbox, an action
a case, and a doubt that is asked and answered."""
import json
import os
import pathlib
import random
import re
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from installation import Installation, run, BIN  # noqa: E402
from town import BASE, Town  # noqa: E402

USAGE, DATA, UNAVAILABLE, NO_INPUT, CONFIG = 64, 65, 69, 66, 78


class ConferencesTest(unittest.TestCase):
    def setUp(self):
        seed = int(os.environ.get("SAMKOER_SEED", random.SystemRandom().randrange(10**9)))
        print(f"SAMKOER_SEED={seed}", flush=True)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.town = Town(folder.name, random.Random(seed), people=3)
        for n, (digits, _) in enumerate(list(self.town.cases[BASE].values())):
            self.town.cases["familie"][f"FAM-{n}"] = (digits, True)
        self.town.write("familie")
        self.it = Installation(folder.name).__enter__()
        self.addCleanup(self.it.__exit__)
        policy = self.it.work / "policy.yaml"
        value = json.loads(policy.read_text(encoding="utf-8"))
        value["coordination"] = {"conference_rhythm_days": 14, "conference_cases": 2, "conference_minutes": 90}
        policy.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
        self.it.start()
        self.it.push(BASE)
        self.it.push("familie")

    def alerts_program(self, *arguments, code=0):
        result = self.it.alerts_program(*arguments)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result.stdout if code == 0 else result.stderr

    def asked(self, *arguments, code=0):
        out = self.alerts_program("--format", "json", *arguments, code=code)
        return json.loads(out) if code == 0 else out

    def conference(self, *arguments, code=0):
        return self.asked("conferences", *arguments, code=code)

    def agent(self, *arguments, department="familie", code=0):
        result = self.it.agent(department, *arguments)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result.stdout if code == 0 else result.stderr

    def kill(self):
        self.it.matcherd.kill()
        self.it.matcherd.start()

    def state(self, alert):
        return self.asked("show", alert)["state"].removeprefix("ALERT_STATE_")

    def test_from_a_plan_to_a_calendar(self):
        alerts = sorted(a["alert_id"] for a in self.it.alerts())
        self.assertEqual(len(alerts), 3)
        plan = ("plan", "--start", "2027-03-15 09:00", "--leader", "Anna Leder", "--place", "Rådhuset, lokale 2",
                "--team", "Jobcentret", "--count", "3")
        planned = self.conference(*plan)
        self.assertIn("already", self.conference(*plan, code=DATA))
        first, second, _ = (c["conference_id"] for c in planned)
        starts = [c["details"]["start"] for c in planned]
        self.assertEqual([s[:10] for s in starts], ["2027-03-15", "2027-03-29", "2027-04-12"])
        self.assertEqual(planned[0]["details"]["minutes"], 90)

        # Two coordinators with the same view: one wins, the other is told.
        self.conference("add", first, alerts[0], "--revision", "1")
        self.conference("add", first, alerts[1], "--revision", "1", code=UNAVAILABLE)
        self.conference("add", first, alerts[1])
        self.conference("add", first, alerts[2], code=CONFIG)  # full, by the policy
        self.conference("add", second, alerts[1], code=CONFIG)  # has a seat
        self.conference("add", second, alerts[2])
        self.kill()
        shown = self.conference("show", first)
        self.assertEqual([item["alert_id"] for item in shown["agenda"]], alerts[:2])
        self.assertEqual(self.state(alerts[0]), "CONFERENCE_PLANNED")

        # Each department finds its own cases by its own references, and no other's.
        page = self.alerts_program("conferences", "show", first)
        self.assertIn("Mødeleder: Anna Leder", page)
        self.assertNotRegex(page, r"FAM-\d")
        sheet = self.agent("inbox", "--agenda")
        self.assertEqual(sorted(re.findall(r"\[ \] A-\S+ +(\S+)", sheet)), ["FAM-0", "FAM-1", "FAM-2"])
        self.assertIn(f"Ungekonference {first}: 15-03-2027", sheet)
        for reference in self.town.cases[BASE]:
            self.assertNotIn(reference, sheet.split())  # "G-2" is also the middle of an id
        self.assertRegex(self.agent("inbox"), rf"\(FAM-\d\): conference {first}")

        # An action a case, before the conference counts as held.
        def action(alert, text, code=0):
            return self.conference("action", first, alert, text, "--department", "familie", "--unit", "Enhed",
                                   "--by", "2027-03-22", code=code)
        seen = self.asked("show", alerts[0])["revision"]
        action(alerts[0], "Ring til skolen")
        # Who has not seen it does not take it away with the seat.
        for leave in (["remove", first, alerts[0]], ["move", first, alerts[0], second]):
            self.assertIn("revision", self.conference(*leave, "--alert-revision", seen, code=UNAVAILABLE))
        self.conference("close", first, code=CONFIG)
        self.assertIn("Handling: Ring til skolen (Enhed, senest 22-03-2027)", self.agent("inbox", "--agenda"))
        self.assertNotIn("Ring til skolen", self.agent("inbox", department=BASE))
        action(alerts[1], "til 010203-1234", code=DATA)
        self.conference("move", first, alerts[1], second)
        # A colleague's words are not replaced by whoever has not seen them.
        self.assertIn("--revision", self.conference("change", second, "--place", "Skolen", code=DATA))
        revision = self.conference("show", second)["conference"]["revision"]
        self.conference("change", second, "--place", "Skolen", "--revision", revision)
        self.assertEqual(self.asked("show", alerts[1])["history"][-1]["event"], "conference-rescheduled")
        self.assertIn("--revision", action(alerts[0], "Ring til familien", code=CONFIG))
        self.assertEqual(self.conference("show", first)["agenda"][0]["action"]["text"], "Ring til skolen")

        # Killed while it closes: as a whole or not at all.
        held = False
        for failpoint in ("loop.before-write:3", "loop.after-write:3"):
            if held:
                break
            self.it.matcherd.kill()
            self.it.matcherd.start(environment={"SAMKOER_FAILPOINT": failpoint}, may_die=True)
            answer = run([BIN / "samkoer-alerts", "--config", self.it.work / "ungekoordinator.yaml",
                          "conferences", "close", first])
            self.kill()
            now = self.conference("show", first)["conference"]["state"]
            held = now == "CONFERENCE_STATE_HELD"
            self.assertTrue(held or answer.returncode, now)
            seat = self.asked("show", alerts[0])["coordination"]["conference"]
            self.assertEqual(seat.get("held", False), held)
        if not held:
            self.conference("close", first)
        guided = self.asked("guide", alerts[0], "--name", "Mette H.", "--department", "familie", "--unit", "Enhed",
                            "--accepted", "--at-conference")
        self.assertEqual(guided["coordination"]["guide"]["conference_id"], first)
        self.assertTrue(self.asked("action-done", alerts[0])["coordination"]["conference"]["action"]["done"])
        self.conference("cancel", planned[2]["conference_id"], "--reason", "påske")

        calendar = self.alerts_program("conferences", "calendar")
        self.assertEqual(re.findall(r"UID:(\S+)@samkoer", calendar), [c["conference_id"] for c in planned])
        self.assertEqual(re.findall(r"STATUS:(\S+)", calendar), ["CONFIRMED", "CONFIRMED", "CANCELLED"])
        self.assertIn("DTSTART:20270315T", calendar)
        for word in ("Anna", "Jobcentret", *alerts, *self.town.cases["familie"]):
            self.assertNotIn(word, calendar)
        self.questions()
        self.log()

    def questions(self):
        question = "Hører en elev på FGU til målgruppen?"
        self.agent("ask", question)
        self.agent("ask", "--dropout", "Hvem følger op på frafald?", department=BASE)
        self.agent("ask", "om 010203-1234", code=DATA)
        self.kill()
        listed = self.asked("inquiries", "list")
        self.assertEqual([(i["kind"], i["department"]) for i in listed],
                         [("INQUIRY_KIND_TARGET_GROUP", "familie"), ("INQUIRY_KIND_DROPOUT", BASE)])
        self.asked("inquiries", "answer", *(i["inquiry_id"] for i in listed), "--text", "Ja, under 30.")
        self.asked("inquiries", "answer", listed[0]["inquiry_id"], "--text", "nej", code=CONFIG)
        self.assertEqual(self.asked("inquiries", "list"), [])
        own = self.agent("inquiries", "--answered")
        self.assertIn("Ja, under 30.", own)
        self.assertNotIn("frafald", own)
        # Words that name somebody after all go, and the department is told.
        first = listed[0]["inquiry_id"]
        refused = self.it.alerts_program("inquiries", "delete", first)
        self.assertEqual(refused.returncode, USAGE, refused.stderr)
        self.asked("inquiries", "delete", first, "--reason", "nævner en person")
        self.asked("inquiries", "delete", first, "--reason", "igen", code=CONFIG)
        self.kill()
        own = self.agent("inquiries", "--answered")
        self.assertIn("the coordinator deleted the words", own)
        self.assertNotIn("FGU", own)
        self.assertNotIn("under 30", own)

    def log(self):
        self.assertEqual(self.it.audit("verify").returncode, 0)
        log = self.it.audit("log", "--limit", "1000").stdout
        for words in ("Ring til skolen", "Anna Leder", "FGU", "FAM-"):
            self.assertNotIn(words, log)
        for words in ("Konference ændret", "Spørgsmål besvaret", "Spørgsmål slettet", "nævner en person"):
            self.assertIn(words, log)


if __name__ == "__main__":
    unittest.main()
