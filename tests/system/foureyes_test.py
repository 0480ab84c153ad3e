"""Four eyes over real processes: a policy is proposed, read and approved by two people,
through kill -9, and nothing is taken in before the first approval."""
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import exported_log  # noqa: E402
from installation import BIN, Installation, run  # noqa: E402
from town import BASE, Town  # noqa: E402

REFUSED, NOT_PERMITTED, AWAY, DATA = 78, 77, 69, 65
PROPOSED, APPROVED, REJECTED, APPLIED, SWEEP = 5, 6, 7, 4, 50  # AuditAction


class FourEyesTest(unittest.TestCase):
    def setUp(self):
        seed = int(os.environ.get("SAMKOER_SEED", random.SystemRandom().randrange(10**9)))
        print(f"SAMKOER_SEED={seed}", flush=True)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.town = Town(folder.name, random.Random(seed), people=200)
        self.it = Installation(folder.name).__enter__()
        self.addCleanup(self.it.__exit__)
        self.it.keyd.start()
        self.it.matcherd.start()
        self.it.write_client_configs()
        self.person("operator", "drift")
        self.person("privacy-officer", "drift", "drift-som-raadgiver")
        self.town.write(BASE)

    def person(self, role, name, config=None):
        """A certificate and a configuration of samkoer-audit; one name may have two roles."""
        config = config or name
        pki = self.it.work / "pki"
        if config != name:
            for suffix in ("pem", "key"):
                (pki / f"{name}.{suffix}").rename(pki / f"{name}.{suffix}.kept")
        self.it.pki("client", pki, role, name)
        if config != name:
            for suffix in ("pem", "key"):
                (pki / f"{name}.{suffix}").rename(pki / f"{config}.{suffix}")
                (pki / f"{name}.{suffix}.kept").rename(pki / f"{name}.{suffix}")
        text = (self.it.work / "databeskyttelse.yaml").read_text(encoding="utf-8")
        (self.it.work / f"{config}.yaml").write_text(text.replace("databeskyttelse", config), encoding="utf-8")

    def audit(self, person, *arguments):
        return run([BIN / "samkoer-audit", "--config", self.it.work / f"{person}.yaml", *arguments],
                   stdin=subprocess.DEVNULL)

    def digest(self, number):
        shown = self.audit("databeskyttelse", "policy", "show", number)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        return next(line.split()[1] for line in shown.stdout.splitlines() if line.startswith("  digest "))

    def approve(self, person, number):
        return self.audit(person, "policy", "approve", number, "--digest", self.digest(number), "--reason", "læst")

    def propose(self, change):
        policy = json.loads((self.it.work / "policy.yaml").read_text(encoding="utf-8"))
        change(policy)
        file = self.it.work / "proposed.yaml"
        file.write_text(json.dumps(policy, ensure_ascii=False), encoding="utf-8")
        return self.audit("drift", "--format", "json", "policy", "propose", file, "--reason", "flere aldre")

    def test_nothing_is_taken_in_before_two_people_have_agreed(self):
        refused = self.it.try_push(BASE)
        self.assertEqual(refused.returncode, REFUSED, refused.stderr)
        self.assertIn("no policy has been approved yet", refused.stderr)
        self.assertIn("samkoer-audit policy approve", refused.stderr)
        listed = self.it.alerts_program("list")
        self.assertEqual(listed.returncode, REFUSED, listed.stderr)
        self.assertEqual(self.it.audit("verify").returncode, 0)

        # The proposal survives; the same file makes no second one.
        self.it.matcherd.kill()
        self.it.matcherd.start()
        self.it.matcherd.process.send_signal(signal.SIGHUP)
        self.assertEqual([p["proposer"] for p in self.it.open_proposals()], ["matcher"])

        self.assertEqual(self.approve("drift", 1).returncode, NOT_PERMITTED)
        asked = self.audit("databeskyttelse", "policy", "approve", "1", "--reason", "uden at læse")
        self.assertEqual(asked.returncode, DATA, asked.stderr)
        other = self.audit("databeskyttelse", "policy", "approve", "1", "--digest", "0" * 64, "--reason", "ulæst")
        self.assertEqual(other.returncode, REFUSED, other.stderr)

        # Killed in the middle of the approval: it holds whole or not at all.
        self.it.matcherd.kill()
        self.it.matcherd.start({"SAMKOER_FAILPOINT": "proposal.before-write:1"})
        self.assertEqual(self.approve("databeskyttelse", 1).returncode, AWAY)
        self.assertEqual(self.it.matcherd.process.wait(30), -signal.SIGKILL)
        self.it.matcherd.start()
        self.assertEqual(self.it.try_push(BASE).returncode, REFUSED)
        approved = self.approve("databeskyttelse", 1)
        self.assertEqual(approved.returncode, 0, approved.stderr)
        self.it.matcherd.kill()
        self.it.matcherd.start()
        self.it.push(BASE)

    def test_a_change_is_proposed_read_and_approved_by_another(self):
        self.it.approve_policy()
        self.it.push(BASE)

        def wider(policy):
            policy["version"] += 1
            policy["rules"][0]["at_least"] += 1
            policy["retention"]["closed_case_months"] = 3
        proposed = self.propose(wider)
        self.assertEqual(proposed.returncode, 0, proposed.stderr)
        number = json.loads(proposed.stdout)["proposal"]["number"]
        diff = self.audit("databeskyttelse", "policy", "diff", number)
        self.assertEqual(diff.returncode, 0, diff.stderr)
        for words in ("kravet ændres fra", "ændres fra 6 måneder til 3 måneder", "Flere unge omfattes",
                      "Færre unge omfattes"):
            self.assertIn(words, diff.stdout)

        # The proposer's name does not approve, under any role.
        for person in ("drift", "drift-som-raadgiver"):
            self.assertEqual(self.approve(person, number).returncode, NOT_PERMITTED)
        self.assertEqual(self.approve("databeskyttelse", number).returncode, 0)
        again = self.approve("databeskyttelse", number)
        self.assertEqual(again.returncode, REFUSED, again.stderr)
        older = self.propose(lambda policy: None)
        self.assertEqual(older.returncode, REFUSED, older.stderr)

        def next_one(policy):
            policy["version"] += 2
        number = json.loads(self.propose(next_one).stdout)["proposal"]["number"]
        rejected = self.audit("databeskyttelse", "policy", "reject", number, "--reason", "ikke nu")
        self.assertEqual(rejected.returncode, 0, rejected.stderr)
        history = self.audit("databeskyttelse", "policy", "history")
        self.assertEqual(history.stdout.count("Forslag"), 2, history.stdout)

        # The file on the server is older now, and the matcher starts all the same.
        self.it.matcherd.kill()
        self.it.matcherd.start()
        self.assertEqual(self.it.open_proposals(), [])
        self.assertIn("policy.not_proposed", self.it.matcherd.log())

        plan = self.it.audit("retention")
        self.assertEqual(plan.returncode, 0, plan.stderr)
        proof = self.it.audit("--format", "json", "retention", "proof", "--day", self.it.day)
        self.assertEqual(proof.returncode, 0, proof.stderr)
        self.assertTrue(json.loads(proof.stdout)["proven"])

        folder = self.it.work / "export"
        self.assertEqual(self.it.audit("export", folder).returncode, 0)
        for path in [folder, *folder.rglob("*")]:
            self.assertEqual(path.stat().st_mode & 0o077, 0, path)
        leaves = exported_log.entries(folder)
        counts = [len(exported_log.of_action(leaves, action))
                  for action in (PROPOSED, APPROVED, REJECTED, APPLIED, SWEEP)]
        self.assertEqual(counts, [3, 2, 1, 2, 2])


if __name__ == "__main__":
    unittest.main()
