"""Ballerup's year: two profiles that the agent judges, a tovholder, Kontaktperson+."""
import datetime
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from year import YearTest  # noqa: E402

UU = "ungeindsats-uu"


class BallerupTest(YearTest):
    def test_a_year_in_ballerup(self):
        self.begin("ballerup")
        kim = self.town.person(datetime.date(2008, 10, 15))
        school = self.town.case(UU, kim, unit="UU 15-17")
        self.town.life(kim, ("10. klasse", datetime.date(2025, 1, 8), datetime.date(2025, 12, 1), "gennemført"))
        self.pushed()
        # Six weeks after school nobody can say that there will be no education.
        self.assertIsNone(self.of(school))
        profiles = [a["rule"] for a in self.it.alerts()]
        self.assertEqual((profiles.count("profil-15-17"), profiles.count("profil-18-29")), (5, 5))

        self.on("2026-03-09")
        alert = self.of(school)
        alert_id = alert["alert_id"]
        self.assertEqual(alert["rule"], "profil-15-17")
        self.assertEqual([p["department"] for p in alert["participants"]], [UU])
        # The tovholder is an education counsellor.
        self.assertEqual(alert["coordination"]["suggestion"]["department"], UU)
        self.do("caseworker", alert_id, "--name", "Rikke V.", "--department", UU, "--unit", "UU 15-17")
        self.do("contact", alert_id, "--name", "Stine F.", "--department", "social", "--unit", "Socialafdelingen",
                "--extended")
        shown = self.it.alerts_program("show", alert_id).stdout
        self.assertIn("Rikke V.", shown)
        self.assertIn("Stine F.", shown)

        job = self.town.case("beskaeftigelse", kim)
        self.on("2026-06-08")
        self.assertEqual(self.of(job)["alert_id"], alert_id)
        self.assertIn(alert_id, [a["alert_id"] for a in self.do("list", "--all", "--transition")])
        conference, = self.plan("2026-06-10 10:00", "Rikke V.", alert_id)
        self.assertEqual(self.hold(conference, UU, "UU 15-17", "2026-06-24"), [alert_id])
        self.do("guide", alert_id, "--name", "Rikke V.", "--department", UU, "--unit", "UU 15-17", "--accepted",
                "--at-conference")
        self.do("handover", alert_id, "caseworker", "--name", "Omar D.", "--department", "beskaeftigelse",
                "--unit", "Team Unge")
        entry, = self.inbox("beskaeftigelse")
        self.assertEqual(entry["case_ref"], job)
        self.agent("beskaeftigelse", "handover", alert_id, entry["handover"]["handover_id"], "--accept")
        self.assertEqual(self.do("show", alert_id)["coordination"]["caseworker"]["holder"]["name"], "Omar D.")

        # Of 18, the first profile no longer fits; with one authority left nothing does.
        self.town.close("beskaeftigelse", job)
        self.on("2026-11-09")
        ended = self.do("show", alert_id)
        self.assertEqual((ended["participants"], ended["history"][-1]["event"]), ([], "rule-ceased"))
        # A young person with a guide is not dropped by the rule; the coordinator ends it.
        self.assertEqual(self.state(alert_id), "GUIDE_ASSIGNED")
        self.do("set", alert_id, "afsluttet")
        self.assertEqual(self.state(alert_id), "CLOSED")
        self.ends(missing=["2026-02"])


if __name__ == "__main__":
    unittest.main()
