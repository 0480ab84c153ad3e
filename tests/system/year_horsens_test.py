"""Horsens' year: one centre, so domains are counted; a conference every fortnight."""
import datetime
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from year import NOT_NOW, YearTest  # noqa: E402

CENTRE, CASES = "ungecenter", 12


class HorsensTest(YearTest):
    def test_a_year_in_horsens(self):
        self.begin("horsens")
        eva = self.town.person(datetime.date(2008, 9, 20))
        school = self.town.case(CENTRE, eva, "EDUCATION", unit="Uddannelsesvejledningen")
        self.town.case(CENTRE, eva, "EDUCATION", unit="Jobteamet")
        self.town.case(CENTRE, eva, "EMPLOYMENT", unit="Mentorordningen")
        per = self.town.person(datetime.date(2001, 8, 14))
        job = self.town.case(CENTRE, per, "EMPLOYMENT", unit="Jobteamet")
        self.town.case(CENTRE, per, "SOCIAL", unit="Socialteamet")
        self.pushed()
        # Two units of one profession, and a unit that decides nothing, make no alert.
        self.assertIsNone(self.of(school))
        per_alert = self.of(job)["alert_id"]

        self.on("2026-02-09")
        family = self.town.case(CENTRE, eva, "FAMILY", unit="Familierådgivningen")
        self.pushed()
        alert_id = self.of(school)["alert_id"]
        self.assertEqual(alert_id, self.of(family)["alert_id"])

        # The fortnight's conference: she and eleven others; a thirteenth waits for the next.
        chosen = [alert_id] + [a["alert_id"] for a in self.it.alerts()
                               if a["alert_id"] not in (alert_id, per_alert)][:CASES - 1]
        first, second = self.plan("2026-02-11 09:00", "Pia S.", *chosen, count=2)
        starts = [c["details"]["start"][:10] for c in self.do("conferences", "list")]
        self.assertEqual(starts, ["2026-02-11", "2026-02-25"])
        self.do("conferences", "add", first, per_alert, code=NOT_NOW)
        convened = {e["alert_id"] for e in self.inbox(CENTRE)}
        self.assertEqual(convened, set(chosen))
        self.do("set", chosen[1], "afslået", "--note", "den unge siger nej tak")
        self.assertEqual(self.state(chosen[1]), "DECLINED")
        self.do("conferences", "move", first, chosen[2], second)
        held = self.hold(first, CENTRE, "Jobteamet", "2026-02-25")
        self.assertEqual(held, [a for a in chosen if a not in chosen[1:3]])
        self.do("guide", alert_id, "--name", "Pia S.", "--department", CENTRE, "--unit", "Jobteamet", "--accepted",
                "--at-conference")
        self.assertEqual(self.do("show", alert_id)["coordination"]["guide"]["conference_id"], first)
        self.assertEqual(self.months(), {202601: (len(self.others) + 1, 0, len(self.others) + 1),
                                         202602: (1, 1, len(self.others))})

        self.on("2026-06-08")
        ahead = [a["alert_id"] for a in self.do("list", "--all", "--transition")]
        self.assertTrue({alert_id, per_alert} <= set(ahead))
        self.do("handover", alert_id, "guide", "--name", "Bo T.", "--department", CENTRE,
                "--unit", "Uddannelsesvejledningen")
        handover = next(e["handover"] for e in self.inbox(CENTRE) if e["alert_id"] == alert_id and "handover" in e)
        self.agent(CENTRE, "handover", alert_id, handover["handover_id"], "--accept")
        self.assertEqual(self.do("show", alert_id)["coordination"]["guide"]["holder"]["name"], "Bo T.")

        self.on("2026-09-07")
        # He is 25; she goes on.
        self.assertEqual(self.state(per_alert), "WITHDRAWN")
        self.assertEqual(self.state(alert_id), "GUIDE_ASSIGNED")
        self.ends()


if __name__ == "__main__":
    unittest.main()
