"""Viborg's year: authority units count, providers never; one youth guide."""
import datetime
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from year import NOT_NOW, YearTest  # noqa: E402


class ViborgTest(YearTest):
    def test_a_year_in_viborg(self):
        self.begin("viborg")
        anna = self.town.person(datetime.date(2010, 3, 20))
        family = self.town.case("familieafdelingen", anna)
        self.town.case("basistilbud", anna)
        ole = self.town.person(datetime.date(1996, 11, 20))
        self.town.case("jobcenter-team-unge", ole)
        social = self.town.case("socialafdelingen", ole)
        self.pushed()
        # One authority and a provider make no alert.
        self.assertIsNone(self.of(family))
        ole_alert = self.of(social)["alert_id"]
        self.do("half-year", ole_alert, "2026-2")

        self.on("2026-02-09")
        job = self.town.case("jobcenter-team-unge", anna)
        self.pushed()
        alert = self.of(family)
        alert_id = alert["alert_id"]
        self.assertEqual(sorted(p["department"] for p in alert["participants"]),
                         ["familieafdelingen", "jobcenter-team-unge"])
        self.do("offer", alert_id)
        self.assertEqual(self.inbox("familieafdelingen"), [])
        conference, = self.plan("2026-02-16 13:00", "Ungekoordinatoren", alert_id)
        self.assertEqual(self.state(alert_id), "CONFERENCE_PLANNED")
        self.assertEqual([e["case_ref"] for e in self.inbox("familieafdelingen")], [family])
        self.assertEqual([e["case_ref"] for e in self.inbox("jobcenter-team-unge")], [job])
        # Whose department has no case in the alert agrees on nothing.
        self.do("conferences", "action", conference, alert_id, "Ring", "--department", "socialafdelingen",
                "--unit", "Voksen rådgivning", "--by", "2026-03-02", code=NOT_NOW)
        self.assertEqual(self.hold(conference, "jobcenter-team-unge", "Team Unge", "2026-03-02"), [alert_id])
        self.do("guide", alert_id, "--name", "Mette H.", "--department", "jobcenter-team-unge",
                "--unit", "Team Unge", "--wished", "--accepted", "--at-conference")
        self.assertEqual(self.state(alert_id), "GUIDE_ASSIGNED")
        guides = {g["unit"]: int(g["alerts"]) for g in self.do("overview")["guides"]}
        self.assertEqual(guides, {"Team Unge": 1, "": len(self.others) + 1})
        self.assertEqual(self.months(), {202601: (len(self.others) + 1, 0, len(self.others) + 1),
                                         202602: (1, 1, len(self.others) + 1)})

        self.on("2026-06-08")
        # Half a year before somebody is 30 it is announced.
        ahead = [a["alert_id"] for a in self.do("list", "--all", "--transition")]
        self.assertIn(ole_alert, ahead)
        self.assertNotIn(alert_id, ahead)
        self.do("handover", alert_id, "guide", "--name", "Lars K.", "--department", "familieafdelingen",
                "--unit", "Familie- og rådgivning")
        self.do("set", alert_id, "afsluttet", code=NOT_NOW)
        entry, = self.inbox("familieafdelingen")
        self.agent("familieafdelingen", "handover", alert_id, entry["handover"]["handover_id"], "--accept")
        self.do("plan", alert_id, "--exists")
        self.assertEqual(self.do("show", alert_id)["coordination"]["guide"]["holder"]["name"], "Lars K.")

        self.on("2026-12-07")
        self.assertEqual(self.state(ole_alert), "WITHDRAWN")
        self.assertEqual(self.state(alert_id), "PLAN_ACTIVE")
        self.ends()


if __name__ == "__main__":
    unittest.main()
