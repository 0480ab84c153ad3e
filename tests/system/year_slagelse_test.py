"""Slagelse's year: routing by age and need, coordinating caseworker, contact person,
and a chain that nobody leaves before the successor has accepted."""
import datetime
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from year import NOT_NOW, YearTest  # noqa: E402


class SlagelseTest(YearTest):
    def contacts(self, department):
        """The department's cases without a coordinated effort, and whom to turn to."""
        result = self.it.agent(department, "--format", "json", "contacts", "--day", self.it.day)
        self.assertEqual(result.returncode, 0, result.stderr)
        return {case["case_ref"]: case["contact"] for case in json.loads(result.stdout)["cases"]}

    def test_a_year_in_slagelse(self):
        self.begin("slagelse")
        liv = self.town.person(datetime.date(2008, 5, 10))
        family = self.town.case("boern-og-unge", liv)
        school = self.town.case("arbejdsmarked-integration", liv, "EDUCATION", unit="Team Unge")
        sam = self.town.person(datetime.date(2010, 3, 1))
        alone = self.town.case("arbejdsmarked-integration", sam, "EDUCATION", unit="Ungehuset")
        nina = self.town.person(datetime.date(1996, 10, 5))
        care = self.town.case("handicap-og-psykiatri", nina)
        self.town.case("borgerservice", nina)
        self.pushed()

        alert = self.of(family)
        alert_id, coordination = alert["alert_id"], alert["coordination"]
        self.assertEqual(coordination["route"]["department"], "boern-og-unge")
        self.assertEqual(coordination["suggestion"]["department"], "boern-og-unge")
        self.assertTrue(coordination["suggestion"]["reason"])
        nina_alert = self.of(care)
        self.assertEqual(nina_alert["coordination"]["route"]["department"], "handicap-og-psykiatri")
        self.assertIn(alert_id, [a["alert_id"] for a in self.do("list", "--all", "--transition")])
        # Known to one centre only: no alert until somebody nominates, and then Ungehuset.
        self.assertIsNone(self.of(alone))
        self.assertEqual(self.contacts("arbejdsmarked-integration")[alone], "Ungehuset, ungevejlederen")
        # Nobody is convened yet, and no department is told that there is an alert.
        self.assertIn(school, self.contacts("arbejdsmarked-integration"))
        self.agent("arbejdsmarked-integration", "nominate", alone, "--reason", "har brug for en samlet indsats")
        self.assertEqual(self.of(alone)["coordination"]["route"]["unit"], "Ungehuset")

        self.on("2026-02-09")
        self.do("offer", alert_id)
        conference, = self.plan("2026-02-18 10:00", "Karen B.", alert_id)
        self.assertNotIn(school, self.contacts("arbejdsmarked-integration"))
        self.assertIn(alone, self.contacts("arbejdsmarked-integration"))
        self.do("caseworker", alert_id, "--name", "Karen B.", "--department", "boern-og-unge",
                "--unit", "Familie- og rådgivning")
        self.do("contact", alert_id, "--name", "Jens P.", "--external", "boldklubben")
        self.assertEqual(self.hold(conference, "boern-og-unge", "Familie- og rådgivning", "2026-03-04"), [alert_id])

        self.on("2026-06-08")
        # She is 18: another centre's, and so is the caseworker, once the centre says yes.
        alert = self.do("show", alert_id)
        self.assertEqual(alert["coordination"]["route"]["department"], "arbejdsmarked-integration")
        self.do("handover", alert_id, "caseworker", "--name", "Ali M.", "--department", "arbejdsmarked-integration",
                "--unit", "Team Unge")
        self.do("set", alert_id, "afsluttet", code=NOT_NOW)
        holder = self.do("show", alert_id)["coordination"]["caseworker"]["holder"]["name"]
        self.assertEqual(holder, "Karen B.")
        entry, = self.inbox("arbejdsmarked-integration")
        self.assertEqual(entry["case_ref"], school)
        self.agent("arbejdsmarked-integration", "handover", alert_id, entry["handover"]["handover_id"], "--accept")
        holder = self.do("show", alert_id)["coordination"]["caseworker"]["holder"]["name"]
        self.assertEqual(holder, "Ali M.")

        self.on("2026-11-09")
        self.assertEqual(self.state(nina_alert["alert_id"]), "WITHDRAWN")
        self.do("contact-end", alert_id, "--why", "i lære, forankret")
        self.do("set", alert_id, "afsluttet")
        # The effort has ended: from now on the default contact, at 18 another one.
        self.assertEqual(self.contacts("arbejdsmarked-integration")[school], "Team Unge, den unges jobkonsulent")
        self.assertEqual(self.state(alert_id), "CLOSED")
        self.ends()


if __name__ == "__main__":
    unittest.main()
