"""The coordinators' page in a real browser, against a real matcher: whole stories from login to
a guide, two people at once, restarts; what departments sent stays text.

SAMKOER_PICTURES=FOLDER lets it make the guide's pictures (docs/da/billeder)."""
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from installation import ROOT, Installation, run  # noqa: E402
from town import BASE, Town  # noqa: E402
from web_page import SOURCE, Web, browse, node_folder  # noqa: E402

# Texts that departments could send as references of their cases.
HOSTILE = ["<img src=x onerror=alert(1)>", "ref\u200fabc&lt'", "W" * 64, "</td><script>alert(2)</script>"]
ALERTS = 70


class WebTest(unittest.TestCase):
    def setUp(self):
        seed = int(os.environ.get("SAMKOER_SEED", random.SystemRandom().randrange(10**9)))
        print(f"SAMKOER_SEED={seed}", flush=True)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.town = Town(folder.name, random.Random(seed), people=ALERTS + 10)
        for number, person in enumerate(self.town.people[:ALERTS]):
            reference = HOSTILE[number] if number < len(HOSTILE) else f"S-{number}"
            self.town.cases["social"][reference] = (person, True)
        # Only those with a hostile reference are known to three departments.
        for person in self.town.people[:len(HOSTILE)]:
            self.town.cases["familie"][self.town.reference("familie")] = (person, True)
        for department in ("social", "familie"):
            self.town.write(department)
        self.it = Installation(folder.name).__enter__()
        self.addCleanup(self.it.__exit__)
        pki = self.it.work / "pki"
        for name in ("webside", "anna", "bo"):
            self.it.pki("client", pki, "coordinator", name)
        self.it.pki("server", pki, "web-server")
        self.coordinate(self.it.work / "policy.yaml")
        self.it.start()
        for department in (BASE, "familie", "social"):
            self.it.push(department)
        self.it.edit("web", lambda config: config.update(access_contact="It-service, lokal 1234"))
        self.web = Web(self.it).start()
        self.addCleanup(self.web.kill)

    @staticmethod
    def coordinate(path):
        policy = json.loads(path.read_text(encoding="utf-8"))
        names = {BASE: "Uddannelse", "familie": "Familieafdelingen", "jobcenter": "Jobcenter", "social": "Socialafdelingen"}
        for department in policy["departments"]:
            department["name"] = names[department["id"]]
            if department["id"] == "jobcenter":
                department["units"] += [{"name": "Team Unge"}, {"name": "Team Nord"}]
        policy["coordination"] = {
            "significance": ["EDUCATION", "FAMILY"], "transition_months": 24, "plan_review_months": 6,
            "handover_days": 14, "contact_person_from": 13, "contact_person_below": 31,
            "conference_rhythm_days": 14, "conference_minutes": 60, "conference_cases": 4}
        path.write_text(json.dumps(policy, ensure_ascii=False), encoding="utf-8")

    def browse(self, script, timeout, actions):
        code, said = browse(script, {
            "WEB_ORIGIN": self.web.address, "WEB_PKI": self.it.work / "pki",
            "WEB_PICTURES": os.environ.get("SAMKOER_PICTURES", "")}, actions, timeout)
        self.assertEqual(code, 0, said + self.web.log())
        return said

    def ask_three_questions(self):
        for department, *words in (("familie", "Hører en elev på FGU til målgruppen?"),
                                   ("social", "Må en ung på 29 være med?"),
                                   (BASE, "--dropout", "Hvem følger op på\nfrafald?")):
            asked = self.it.agent(department, "ask", *words)
            self.assertEqual(asked.returncode, 0, asked.stderr)

    def test_coordinators_at_their_browsers(self):
        person = self.town.people[0]
        acts = {"a-number": lambda: f"ring {person[:6]}-{person[6:]}",
                "stop-matcher": self.it.matcherd.kill, "start-matcher": lambda: bool(self.it.matcherd.start()),
                "three-questions": self.ask_three_questions,
                "answers": lambda: self.it.agent("familie", "inquiries", "--answered").stdout,
                "stop-web": self.web.stop, "start-web": lambda: bool(self.web.start()), "crash-web": self.web.kill,
                "web-stands-still": self.web.stand_still, "web-goes-on": self.web.go_on,
                "offer-by-command": lambda alert: self.it.alerts_program("set", alert, "tilbudt").returncode}
        for script, stories in (("alerts.mjs", 6), ("coordination.mjs", 9), ("restarts.mjs", 11),
                                ("conferences.mjs", 11), ("tabs.mjs", 3)):
            said = self.browse(script, 600, acts)
            self.assertEqual(len(re.findall("^ok: ", said, re.M)), stories)
        self.assertEqual(self.it.audit("verify").returncode, 0)
        for person in self.town.people:
            self.assertNotIn(person, self.web.log())

    def test_the_page_in_the_repository_is_what_its_sources_make(self):
        folder = node_folder()
        with tempfile.TemporaryDirectory() as out:
            checked = run(["npm", "run", "--silent", "check"], cwd=folder)
            self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
            built = run(["node", "build.mjs", out], cwd=folder)
            self.assertEqual(built.returncode, 0, built.stderr)
            same = subprocess.run(["diff", "-r", out, ROOT / "clients/web/dist"], capture_output=True, text=True,
                                  check=False)
            self.assertEqual(same.returncode, 0, "run clients/web/page/build\n" + same.stdout[:300])


class DaysTest(unittest.TestCase):
    def test_days_are_read_as_people_write_them(self):
        result = run(["node", "days.mjs"], cwd=node_folder())
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertIn("ok: days", result.stdout)


class WordsTest(unittest.TestCase):
    # What the page never asks for: the agents' own, and what is wrong with a machine.
    OTHERS = ("no such feed entry", "no such open case of the department", "has several persons",
              "the inbox has no such handover", "does not know the time zone", "request id was used")

    def test_each_refusal_of_a_step_is_said_in_danish(self):
        text = (SOURCE / "src/coordination_words.ts").read_text(encoding="utf-8")
        known = [words[1:-1].replace("\\'", "'") for words in
                 re.findall(r"""^  \[('(?:[^'\\]|\\.)*'|"[^"]*"),""", text, re.M)]
        literal = r'"(?:[^"\\]|\\.)*"'
        refusal = re.compile(r'absl::(?:FailedPrecondition|NotFound|AlreadyExists)Error\('
                             rf'((?:[^()"]|{literal}|\((?:[^()"]|{literal})*\))*)\)')
        found = []
        for name in ("alert_lifecycle", "coordination_*", "conference*", "inquir*", "nomination_*"):
            for path in sorted((ROOT / "matcher").glob(f"{name}.cc")):
                for call in refusal.findall(path.read_text(encoding="utf-8")):
                    words = re.findall(r'"((?:[^"\\]|\\.)*)"', re.sub(r'"\s*"', "", call))
                    if words:
                        found.append((path.name, "1".join(words)))
        self.assertGreater(len(found), 15, found)
        for where, message in found:
            if not any(other in message for other in self.OTHERS):
                self.assertTrue(any(part in message for part in known), f"{where}: {message}")


if __name__ == "__main__":
    unittest.main()
