"""Slagelse's year: routing by age and need, coordinating caseworker, contact person,
a guide found at the conference, and a chain that nobody leaves before the successor
has accepted, whoever closes a case meanwhile."""
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
        bo = self.town.person(datetime.date(2003, 9, 15))
        debt = self.town.case("borgerservice", bo)
        self.town.case("boern-og-unge", bo)
        ea = self.town.person(datetime.date(2001, 4, 20))
        self.town.case("boern-og-unge", ea)
        job = self.town.case("arbejdsmarked-integration", ea, "EMPLOYMENT", criteria="foertidspension")
        per = self.town.person(datetime.date(2001, 4, 21))
        self.town.case("boern-og-unge", per)
        other_job = self.town.case("arbejdsmarked-integration", per, "EMPLOYMENT")
        self.pushed()

        alert = self.of(family)
        alert_id, coordination = alert["alert_id"], alert["coordination"]
        self.assertEqual(coordination["route"]["department"], "boern-og-unge")
        self.assertEqual(coordination["suggestion"]["department"], "boern-og-unge")
        self.assertTrue(coordination["suggestion"]["reason"])
        nina_alert = self.of(care)
        self.assertEqual(nina_alert["coordination"]["route"]["department"], "handicap-og-psykiatri")
        # Housing and debt; early retirement, which the job centre knows; and the same cases without it.
        bo_id = self.of(debt)["alert_id"]
        self.assertEqual(self.of(debt)["coordination"]["route"]["department"], "borgerservice")
        self.assertEqual(self.of(job)["coordination"]["route"]["department"], "handicap-og-psykiatri")
        self.assertEqual(self.of(other_job)["coordination"]["route"]["department"], "arbejdsmarked-integration")
        # The code decides where she belongs, and nobody reads it in the alert.
        self.assertNotIn("foertidspension", json.dumps(self.of(job)))
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
        conference, = self.plan("2026-02-18 10:00", "Karen B.", alert_id, bo_id)
        self.assertNotIn(school, self.contacts("arbejdsmarked-integration"))
        self.assertIn(alone, self.contacts("arbejdsmarked-integration"))
        self.do("caseworker", alert_id, "--name", "Karen B.", "--department", "boern-og-unge",
                "--unit", "Familie- og rådgivning")
        self.do("contact", alert_id, "--name", "Jens P.", "--external", "boldklubben")
        self.assertCountEqual(self.hold(conference, "boern-og-unge", "Familie- og rådgivning", "2026-03-04"),
                              [alert_id, bo_id])
        self.do("guide", bo_id, "--name", "Mia L.", "--department", "borgerservice", "--unit", "Økonomisk rådgivning",
                "--accepted", "--at-conference")
        guide = self.do("show", bo_id)["coordination"]["guide"]
        self.assertEqual((guide["holder"]["name"], guide["conference_id"]), ("Mia L.", conference))
        self.assertEqual(self.state(bo_id), "GUIDE_ASSIGNED")

        self.on("2026-06-08")
        # She is 18: another centre's, and so is the caseworker, once the centre says yes.
        alert = self.do("show", alert_id)
        self.assertEqual(alert["coordination"]["route"]["department"], "arbejdsmarked-integration")
        self.do("handover", alert_id, "caseworker", "--name", "Ali M.", "--department", "arbejdsmarked-integration",
                "--unit", "Team Unge")
        self.do("set", alert_id, "afsluttet", code=NOT_NOW)
        # Børn og Unge closes its case before anybody has said yes. One centre is left, which makes no alert; but she
        # is not let go, and the centre that is asked still finds its case.
        self.town.close("boern-og-unge", family)
        self.pushed()
        alert = self.do("show", alert_id)
        self.assertEqual((alert["state"], alert["participants"], alert["history"][-1]["event"]),
                         ("ALERT_STATE_CONFERENCE_PLANNED", [], "rule-ceased"))
        self.assertEqual(alert["coordination"]["caseworker"]["holder"]["name"], "Karen B.")
        self.assertNotIn(alert_id, [e["alert_id"] for e in self.inbox("boern-og-unge")])
        entry, = self.inbox("arbejdsmarked-integration")
        self.assertEqual(entry["case_ref"], school)
        self.agent("arbejdsmarked-integration", "handover", alert_id, entry["handover"]["handover_id"], "--accept")
        holder = self.do("show", alert_id)["coordination"]["caseworker"]["holder"]["name"]
        self.assertEqual(holder, "Ali M.")
        # The centre now answers for her: there is a coordinated effort, and no default contact.
        self.assertNotIn(school, self.contacts("arbejdsmarked-integration"))

        self.on("2026-11-09")
        self.assertEqual(self.state(nina_alert["alert_id"]), "WITHDRAWN")
        self.assertEqual(self.state(bo_id), "GUIDE_ASSIGNED")
        self.assertEqual(self.state(alert_id), "CONFERENCE_PLANNED")
        self.do("contact-end", alert_id, "--why", "i lære, forankret")
        self.assertEqual(self.state(alert_id), "CONFERENCE_PLANNED")
        self.do("set", alert_id, "afsluttet")
        # The effort has ended: from now on the default contact, at 18 another one.
        self.assertEqual(self.contacts("arbejdsmarked-integration")[school], "Team Unge, den unges jobkonsulent")
        self.assertEqual(self.state(alert_id), "CLOSED")
        self.ends()


if __name__ == "__main__":
    unittest.main()
