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
NOT_NOW = 78  # sysexits


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

    def plan(self, start, leader, *alerts, count=1):
        """Plans a row of youth conferences; the alerts stand on the first one's agenda. Their ids."""
        planned = self.do("conferences", "plan", "--start", start, "--leader", leader, "--place", "Rådhuset",
                          "--team", "Ungeindsatsen", "--team", "PPR", "--count", str(count))
        ids = [c["conference_id"] for c in planned]
        for alert_id in alerts:
            self.do("conferences", "add", ids[0], alert_id)
        return ids

    def hold(self, conference, department, unit, by):
        """Each case gets its action, and the conference is over."""
        agenda = self.do("conferences", "show", conference)["agenda"]
        self.do("conferences", "close", conference, code=NOT_NOW)
        for item in agenda:
            self.do("conferences", "action", conference, item["alert_id"], "Inviter til en samtale",
                    "--department", department, "--unit", unit, "--by", by)
        closed = self.do("conferences", "close", conference)["conference"]
        self.assertEqual(closed["state"], "CONFERENCE_STATE_HELD")
        return [item["alert_id"] for item in agenda]

    def months(self):
        """The overview month by month: (new, with a guide, without)."""
        return {m["month"]: tuple(int(m[name]) for name in ("added", "assigned", "backlog"))
                for m in self.do("overview")["months"]}

    def quarter(self, quarter, missing):
        """The quarter's report in its three forms."""
        report = self.do("report", "quarter", "--quarter", quarter, "--as", "json")
        self.assertEqual((report["quarter"], report["missing"]), (quarter, missing))
        self.assertEqual(len(report["months"]) + len(missing), 3)
        for month in report["months"]:
            alone = self.do("report", "month", "--month", month["day"][:7], "--as", "json")["months"][0]
            self.assertEqual((alone["day"], alone["tables"]), (month["day"], month["tables"]))
        self.assertIn("report months", self.it.alerts_program("report", "month", "--month", "2001-01").stderr)
        page = self.it.alerts_program("report", "quarter", "--quarter", quarter)
        self.assertEqual(page.returncode, 0, page.stderr)
        self.assertIn(f"Kvartalsrapport, {quarter[-1]}. kvartal {quarter[:4]}", page.stdout)
        table = self.it.alerts_program("report", "quarter", "--quarter", quarter, "--as", "csv")
        self.assertIn("Åbne advis med og uden ungeguide", table.stdout)
        for text in (json.dumps(report), page.stdout, table.stdout):
            self.aggregates([t for m in report["months"] for t in m["tables"]],
                            report["months"][0]["withhold_below"], text)

    def aggregates(self, tables, base, text):
        cells = [c for t in tables for c in t["cells"]]
        self.assertTrue(cells)
        for cell in cells:
            self.assertEqual(int(cell["count"]) % base, 0)
        for reference in [r for d in self.town.departments.values() for r in d.rows]:
            self.assertNotIn(reference, text)

    def ends(self, missing=("2026-03",)):
        """The reports for steering group and council, and a log that holds."""
        report = self.do("report", "month", "--as", "json")
        month = report["months"][0]
        self.assertEqual({e["table"] for e in report["explanations"] if e["explanation"]},
                         {t["name"] for t in month["tables"]})
        self.assertEqual({(i["source"], i["period"]) for i in report["indicators"]}, {("Samkør", month["day"][:7])})
        self.aggregates(month["tables"], month["withhold_below"], json.dumps(month))
        self.quarter("2026-1", list(missing))
        result = self.it.audit("--format", "json", "report", "statistics")
        self.assertEqual(result.returncode, 0, result.stderr)
        report = json.loads(result.stdout)
        self.aggregates(report["tables"], report["withhold_below"], result.stdout)
        verified = self.it.audit("verify")
        self.assertEqual(verified.returncode, 0, verified.stderr)
        return report
