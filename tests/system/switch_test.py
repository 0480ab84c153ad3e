"""Four eyes over real processes for what is no policy: a department is switched off in the
middle of its push and on again, and a quota is raised, each by two people and through kill -9."""
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
from installation import BIN, Installation, alert_set, run  # noqa: E402
from push_tap import PushTap  # noqa: E402
from town import BASE, Town  # noqa: E402

REFUSED, NOT_PERMITTED, AWAY, USAGE, DATA = 78, 77, 69, 64, 65
SUSPENDED, RESUMED, QUOTA_CHANGED, PROPOSALS_READ = 8, 9, 64, 54  # AuditAction
OFFICER, OPERATOR = "databeskyttelse", "drift"


class BatchTap(PushTap):
    """Does something once, before the first batch is handed on."""

    def __init__(self, *arguments):
        self.before_batch = None
        super().__init__(*arguments)

    def count(self):
        if self.sent and self.before_batch:
            action, self.before_batch = self.before_batch, None
            action()


class SwitchTest(unittest.TestCase):
    def setUp(self):
        seed = int(os.environ.get("SAMKOER_SEED", random.SystemRandom().randrange(10**9)))
        print(f"SAMKOER_SEED={seed}", flush=True)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.town = Town(folder.name, random.Random(seed), people=80)
        self.it = Installation(folder.name).__enter__()
        self.addCleanup(self.it.__exit__)
        self.it.start()
        self.it.pki("client", self.it.work / "pki", "operator", OPERATOR)
        text = (self.it.work / f"{OFFICER}.yaml").read_text(encoding="utf-8")
        (self.it.work / f"{OPERATOR}.yaml").write_text(text.replace(OFFICER, OPERATOR), encoding="utf-8")

    def audit(self, person, *arguments):
        return run([BIN / "samkoer-audit", "--config", self.it.work / f"{person}.yaml", *arguments],
                   stdin=subprocess.DEVNULL)

    def good(self, result):
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result.stdout

    def propose(self, person, *arguments):
        shown = self.good(self.audit(person, "--format", "json", *arguments, "--reason", "mistanke"))
        return json.loads(shown)["proposal"]["number"]

    def approve(self, person, family, number):
        shown = self.good(self.audit(OFFICER, family, "show", number))
        digest = next(line.split()[1] for line in shown.splitlines() if line.startswith("  digest "))
        return self.audit(person, family, "approve", number, "--digest", digest, "--reason", "enig")

    def switch(self, *arguments):
        self.good(self.approve(OFFICER, "department", self.propose(OPERATOR, "department", *arguments)))

    def grow(self, department, times):
        for _ in range(times):
            self.town.mutate(department)
        self.town.write(department)

    def restart(self, server):
        server.kill()
        server.start()

    def assert_switched_off(self, result):
        self.assertEqual(result.returncode, NOT_PERMITTED, result.stderr)
        self.assertIn("the department is switched off", result.stderr)
        self.assertIn("samkoer-audit department resume", result.stderr)
        self.assertIn("the certificate is in order", result.stderr)

    def alerts(self):
        return alert_set(self.it.alerts())

    def wanted(self, *departments):
        return self.town.alerts({d: self.town.cases[d] for d in departments})

    def actions(self, server, *actions):
        folder = self.it.work / f"export-{server}-{len(list(self.it.work.iterdir()))}"
        self.good(self.it.audit("export", folder, "--server", server))
        leaves = exported_log.entries(folder)
        return [len(exported_log.of_action(leaves, action)) for action in actions]

    def test_a_department_is_switched_off_in_the_middle_of_its_push(self):
        for department in ("familie", "jobcenter"):
            self.grow(department, 40)
        for department in (BASE, "familie", "jobcenter"):
            self.it.push(department, "--allow-shrink")
        both = self.alerts()
        self.assertEqual(both, self.wanted(BASE, "familie", "jobcenter"))
        ids = {a["alert_id"] for a in self.it.alerts()}
        known = dict(self.town.cases["jobcenter"])

        # The officer proposes, the operator approves, while the agent pushes.
        self.grow("jobcenter", 30)
        number = self.propose(OFFICER, "department", "suspend", "jobcenter", "--records", "count")
        self.assertEqual(self.approve(OFFICER, "department", number).returncode, NOT_PERMITTED)
        tap = BatchTap(self.it.matcherd.address, self.it.work / "pki", "matcherd", "jobcenter")
        self.addCleanup(tap.close)
        tap.before_batch = lambda: self.good(self.approve(OPERATOR, "department", number))
        self.it.edit("agent-jobcenter", lambda c: c.update(
            matcher={"address": tap.address, "server_name": "localhost"}))
        self.assert_switched_off(self.it.try_push("jobcenter", "--allow-shrink"))
        self.assertIsNone(tap.before_batch, "nobody switched it off")
        self.assertFalse(tap.commit_receipt)
        self.assertEqual(self.alerts(), both)

        # Whatever it asks, also after a restart; the others go on.
        for _ in range(2):
            self.assert_switched_off(self.it.try_push("jobcenter"))
            self.assert_switched_off(self.it.agent("jobcenter", "inbox"))
            self.grow("familie", 3)
            self.it.push("familie", "--allow-shrink")
            self.restart(self.it.matcherd)
        self.assertIn("jobcenter", self.good(self.audit(OPERATOR, "department", "list")))

        # Its records stop counting, and count again under the same ids.
        self.switch("suspend", "jobcenter", "--records", "do-not-count")
        self.assertEqual(self.alerts(), self.wanted(BASE, "familie"))
        self.restart(self.it.matcherd)
        self.assertEqual(self.alerts(), self.wanted(BASE, "familie"))
        self.switch("resume", "jobcenter")
        held = {**{d: self.town.cases[d] for d in (BASE, "familie")}, "jobcenter": known}
        self.assertEqual(self.alerts(), self.town.alerts(held))
        again = {a["alert_id"] for a in self.it.alerts()}
        self.assertTrue(ids & again)
        self.it.push("jobcenter", "--allow-shrink")
        self.assertEqual(self.alerts(), self.wanted(BASE, "familie", "jobcenter"))
        self.assertEqual(self.actions("matcher", SUSPENDED, RESUMED), [2, 1])
        self.assertEqual(self.it.audit("verify").returncode, 0)

    def test_what_is_wrong_is_said(self):
        unknown = self.audit(OPERATOR, "department", "suspend", "skolen", "--records", "count", "--reason", "x")
        self.assertEqual(unknown.returncode, DATA, unknown.stderr)
        unsaid = self.audit(OPERATOR, "department", "suspend", "jobcenter", "--reason", "x")
        self.assertEqual(unsaid.returncode, USAGE, unsaid.stderr)
        on = self.audit(OPERATOR, "department", "resume", "jobcenter", "--reason", "x")
        self.assertEqual(on.returncode, REFUSED, on.stderr)
        number = self.propose(OPERATOR, "department", "suspend", "jobcenter", "--records", "count")
        mistaken = self.audit(OFFICER, "policy", "reject", number, "--reason", "x")
        self.assertEqual(mistaken.returncode, DATA, mistaken.stderr)
        self.assertIn("samkoer-audit department", mistaken.stderr)
        self.good(self.audit(OPERATOR, "department", "reject", number, "--reason", "fortrudt"))

    def test_a_quota_is_raised_while_the_key_service_runs(self):
        self.it.keyd.stop()
        self.it.edit("keyd", lambda c: c["quotas"][0].update(burst=5))
        self.it.keyd.start()  # lower: at once
        refused = self.it.try_push(BASE)
        self.assertEqual(refused.returncode, AWAY, refused.stderr)
        self.assertIn("quota", refused.stderr)

        # Higher in the file alone is a proposal that waits.
        self.it.keyd.stop()
        self.it.edit("keyd", lambda c: c["quotas"][0].update(burst=1000))
        self.it.keyd.start()
        self.assertIn("quota.awaits_approval", self.it.keyd.log())
        self.assertEqual(self.it.try_push(BASE).returncode, AWAY)
        listed = self.good(self.audit(OFFICER, "quota", "list"))
        self.assertIn("kvote for department: 5 på én gang", listed)
        self.assertIn("Venter på godkendelse", listed)

        number = self.propose(OPERATOR, "quota", "propose", "department", "--burst", 2000, "--per-day", 500)
        self.assertEqual(self.approve(OPERATOR, "quota", number).returncode, NOT_PERMITTED)
        self.assertEqual(self.it.try_push(BASE).returncode, AWAY)
        self.restart(self.it.keyd)
        self.good(self.approve(OFFICER, "quota", number))
        self.it.push(BASE)  # without a restart

        # Through kill -9, and whatever the file says: it has not changed since.
        self.restart(self.it.keyd)
        listed = self.good(self.audit(OFFICER, "quota", "list", "--server", "keyd"))
        self.assertIn("kvote for department: 2000 på én gang, 500 om dagen", listed)
        self.assertNotIn("Venter på godkendelse", listed)
        changed, read = self.actions("keyd", QUOTA_CHANGED, PROPOSALS_READ)
        self.assertEqual(changed, 4)  # two of the first start, the lower one, the raise
        self.assertGreater(read, 0)
        self.assertEqual(self.it.audit("verify", "--server", "keyd").returncode, 0)


if __name__ == "__main__":
    unittest.main()
