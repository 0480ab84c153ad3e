"""A municipality's year over real processes: its own policy, agents and roles from
deploy/municipalities, invented people, and days that pass (--as-of)."""
import datetime
import json
import os
import pathlib
import random
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from installation import Installation  # noqa: E402
import municipality_data  # noqa: E402

JANUARY = datetime.date(2026, 1, 12)


class YearTest(unittest.TestCase):
    """After `begin`: `town` has the people, `it` the processes, `others` the demo's alerts."""

    def begin(self, municipality):
        seed = int(os.environ.get("SAMKOER_SEED", random.SystemRandom().randrange(10**9)))
        print(f"SAMKOER_SEED={seed}", flush=True)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.town = municipality_data.Town(municipality, folder.name, JANUARY, seed)
        self.others = municipality_data.example(self.town)
        self.town.write()
        self.it = Installation(folder.name).__enter__()
        self.addCleanup(self.it.__exit__)
        self.it.start()

    def pushed(self):
        """Every department's export as it is now."""
        self.town.write()
        self.it.push_all()

    def on(self, day):
        """The day comes, and with it the night's exports."""
        self.town.day = datetime.date.fromisoformat(day)
        self.it.day, self.it.matcherd.arguments = day, ["--as-of", day]
        self.assertEqual(self.it.matcherd.stop(), 0, self.it.matcherd.log())
        self.it.matcherd.start()
        self.pushed()

    def of(self, reference):
        """The alert in which the case stands; None if there is none."""
        found = [a for a in self.it.alerts() if reference in [p["case_ref"] for p in a["participants"]] +
                 [n["case_ref"] for n in a.get("coordination", {}).get("nominations", [])]]
        self.assertLessEqual(len(found), 1)
        return found[0] if found else None

    def do(self, *arguments, code=0):
        """samkoer-alerts; returns its JSON."""
        result = self.it.alerts_program("--format", "json", *arguments)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return json.loads(result.stdout) if code == 0 else result.stderr

    def inbox(self, department):
        result = self.it.agent(department, "--format", "json", "inbox")
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)["entries"]

    def agent(self, department, *arguments):
        result = self.it.agent(department, *arguments)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def state(self, alert_id):
        return self.do("show", alert_id)["state"].removeprefix("ALERT_STATE_")

    def ends(self):
        """The report for the steering group, and a log that holds."""
        result = self.it.audit("--format", "json", "report", "statistics")
        self.assertEqual(result.returncode, 0, result.stderr)
        report = json.loads(result.stdout)
        cells = [c for t in report["tables"] for c in t["cells"]]
        self.assertTrue(cells)
        for cell in cells:
            self.assertEqual(int(cell["count"]) % report["withhold_below"], 0)
        for reference in [r for d in self.town.departments.values() for r in d.rows]:
            self.assertNotIn(reference, result.stdout)
        verified = self.it.audit("verify")
        self.assertEqual(verified.returncode, 0, verified.stderr)
        return report
