"""Alarms over real processes: raised by what people and departments do, kept through kill -9,
acknowledged once, and naming nobody who was looked at."""
import base64
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import exported_log  # noqa: E402
from grpc_reader import fields  # noqa: E402
from installation import BIN, Installation, run  # noqa: E402
from town import BASE, CHANGING, Town  # noqa: E402

NOT_PERMITTED, DATA = 77, 65
RAISED, ACKNOWLEDGED, READ = 51, 52, 53  # AuditAction
SUBJECTS = 8  # AuditLeaf.subjects
PEOPLE = 60
READS = 4


class AlarmsTest(unittest.TestCase):
    def setUp(self):
        seed = int(os.environ.get("SAMKOER_SEED", random.SystemRandom().randrange(10**9)))
        print(f"SAMKOER_SEED={seed}", flush=True)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.town = Town(folder.name, random.Random(seed), people=PEOPLE)
        for department in CHANGING[:2]:
            for _ in range(3):
                self.town.cases[department][self.town.reference(department)] = (self.town.someone(), True)
            self.town.write(department)
        self.it = Installation(folder.name).__enter__()
        self.addCleanup(self.it.__exit__)
        self.it.edit("policy", lambda p: p.update(alarms={
            "same_person_reads": READS - 1, "denied_attempts": 3, "silent_days": 2}))
        self.it.edit("keyd", lambda c: c.update(
            department_sizes=[{"department": BASE, "persons": PEOPLE // 2}],
            quotas=[*c["quotas"], {"subject": self.uri("department", BASE), "burst": PEOPLE + 2, "per_day": 0}]))
        self.it.start()
        self.it.pki("client", self.it.work / "pki", "operator", "drift")
        self.config_of("drift", "drift")

    def uri(self, role, name):
        return f"samkoer://{self.it.config('departments').split()[0]}/{role}/{name}"

    def config_of(self, certificate, name):
        text = (self.it.work / "databeskyttelse.yaml").read_text(encoding="utf-8")
        (self.it.work / f"{name}.yaml").write_text(text.replace("databeskyttelse", certificate), encoding="utf-8")

    def second_role(self, role, name):
        """The same name with another role: configuration and certificate NAME-2."""
        pki = self.it.work / "pki"
        for suffix in ("pem", "key"):
            (pki / f"{name}.{suffix}").rename(pki / f"{name}.{suffix}.kept")
        self.it.pki("client", pki, role, name)
        for suffix in ("pem", "key"):
            (pki / f"{name}.{suffix}").rename(pki / f"{name}-2.{suffix}")
            (pki / f"{name}.{suffix}.kept").rename(pki / f"{name}.{suffix}")
        self.config_of(f"{name}-2", f"{name}-2")

    def audit(self, person, *arguments):
        return run([BIN / "samkoer-audit", "--config", self.it.work / f"{person}.yaml", *arguments],
                   stdin=subprocess.DEVNULL)

    def alarms(self, *arguments, person="databeskyttelse"):
        """By what they are: (kind, about) -> alarm."""
        listed = self.audit(person, "--format", "json", "alarms", *arguments)
        self.assertEqual(listed.returncode, 0, listed.stderr)
        alarms = json.loads(listed.stdout).get("alarms", [])
        found = {(a["kind"].removeprefix("ALARM_KIND_"), a["about"]): a for a in alarms}
        self.assertEqual(len(found), len(alarms), "an alarm stands twice")
        return found

    def acknowledge(self, alarm, *arguments, person="databeskyttelse", reason="talt med lederen"):
        words = self.audit(person, "alarms", *arguments)
        self.assertEqual(words.returncode, 0, words.stderr)
        shown = [line.split()[0] for line in words.stdout.splitlines() if line and not line.startswith(" ")]
        identity = next(i for i in shown if bytes.fromhex(i) == self.bytes_of(alarm))
        return self.audit(person, "alarms", "acknowledge", identity, "--reason", reason, *arguments)

    @staticmethod
    def bytes_of(alarm):
        return base64.b64decode(alarm["alarm_id"])

    def look(self, times):
        alert = self.it.alerts()[0]
        for _ in range(times):
            shown = self.it.alerts_program("show", alert["alert_id"])
            self.assertEqual(shown.returncode, 0, shown.stderr)

    def test_what_people_do_is_told_once_and_through_crashes(self):
        self.it.push(BASE)
        for department in CHANGING[:2]:
            self.it.push(department)
        coordinator = ("SAME_PERSON", self.uri("coordinator", "ungekoordinator"))
        self.look(READS - 1)
        self.assertNotIn(coordinator, self.alarms())
        self.it.matcherd.kill()
        self.it.matcherd.start()
        self.look(1)
        raised = self.alarms()[coordinator]
        self.assertEqual(int(raised["count"]), READS)
        self.it.matcherd.kill()
        self.it.matcherd.start()
        self.look(1)
        kept = self.alarms()[coordinator]
        self.assertEqual((kept["alarm_id"], int(kept["count"])), (raised["alarm_id"], READS + 1))

        # Four calls that the role may not make; the later ones are told at the latest when the server ends.
        for _ in range(4):
            refused = self.audit("ungekoordinator", "alarms")
            self.assertEqual(refused.returncode, NOT_PERMITTED, refused.stderr)
        self.assertEqual(self.it.matcherd.stop(), 0)
        self.it.matcherd.start()
        denied = self.alarms(person="drift")[("DENIED_ATTEMPTS", coordinator[1])]
        self.assertEqual(int(denied["count"]), 4)

        # Who proposed does not approve, under any role.
        self.it.edit("policy", lambda p: p.update(version=2))
        proposed = self.audit("drift", "--format", "json", "policy", "propose", self.it.work / "policy.yaml",
                              "--reason", "flere aldre")
        self.assertEqual(proposed.returncode, 0, proposed.stderr)
        proposal = json.loads(proposed.stdout)["proposal"]
        self.second_role("privacy-officer", "drift")
        refused = self.audit("drift-2", "policy", "approve", proposal["number"], "--digest",
                             base64.b64decode(proposal["digest"]).hex(), "--reason", "selv læst")
        self.assertEqual(refused.returncode, NOT_PERMITTED, refused.stderr)
        self.assertIn(("OWN_APPROVAL", self.uri("privacy-officer", "drift")), self.alarms())

        # Nobody pushes for two days.
        self.assertEqual(self.it.matcherd.stop(), 0)
        later = self.town.day.replace(day=self.town.day.day + 2).isoformat()
        self.it.matcherd.arguments = ["--as-of", later]
        self.it.matcherd.start()
        silent = {about for kind, about in self.alarms() if kind == "SILENT_DEPARTMENT"}
        self.assertEqual(silent, set(self.it.departments))

        # Only the privacy officer acknowledges, with a reason that may stand in the log.
        self.assertEqual(self.acknowledge(kept, person="drift").returncode, NOT_PERMITTED)
        self.assertEqual(self.acknowledge(kept, reason="om 231104-5672").returncode, DATA)
        done = self.acknowledge(kept)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.it.matcherd.kill()
        self.it.matcherd.start()
        self.look(1)
        self.assertNotIn(coordinator, self.alarms())
        self.assertEqual(self.alarms("--all")[coordinator]["reason"], "talt med lederen")

        folder = self.it.work / "export"
        self.assertEqual(self.it.audit("export", folder).returncode, 0)
        leaves = exported_log.entries(folder)
        told = exported_log.of_action(leaves, RAISED)
        self.assertEqual(len(told), len(self.alarms("--all")))
        self.assertFalse(any(SUBJECTS in leaf for leaf in told + exported_log.of_action(leaves, ACKNOWLEDGED)))
        self.assertEqual(len(exported_log.of_action(leaves, ACKNOWLEDGED)), 1)
        self.assertGreater(len(exported_log.of_action(leaves, READ)), 5)
        at = fields(leaves[int(raised["leaf_index"])])
        self.assertEqual(at[exported_log.ACTION], [RAISED])

    def test_the_key_service_counts_quotas_and_new_numbers(self):
        self.it.push(BASE)
        department = self.uri("department", BASE)
        alarms = self.alarms("--server", "keyd")
        self.assertEqual(set(alarms), {("QUOTA", department), ("NEW_NUMBERS", department)})
        # The agent asks for a number or two of its own, to test itself.
        self.assertIn(int(alarms["NEW_NUMBERS", department]["count"]), range(200, 207))
        self.it.keyd.kill()
        self.it.keyd.start()
        self.assertEqual({a["alarm_id"] for a in self.alarms("--server", "keyd").values()},
                         {a["alarm_id"] for a in alarms.values()})
        done = self.acknowledge(alarms["QUOTA", department], "--server", "keyd")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(set(self.alarms("--server", "keyd")), {("NEW_NUMBERS", department)})
        self.assertEqual(self.it.audit("verify", "--server", "keyd").returncode, 0)


if __name__ == "__main__":
    unittest.main()
