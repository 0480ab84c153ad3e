"""A store that is older than the checkpoint outside it, as after restoring a backup,
is refused at the start, and goes on when the loss was declared by whoever runs it and
approved by a privacy officer, which the log tells."""
import base64
import json
import os
import pathlib
import random
import shutil
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import exported_log  # noqa: E402
from installation import Installation, alert_set  # noqa: E402
from town import BASE, Town  # noqa: E402

REFUSED, AWAY = 78, 69  # EX_CONFIG, EX_UNAVAILABLE
LOSS_DECLARED, STARTED = 70, 2  # AuditAction


class RollbackTest(unittest.TestCase):
    def setUp(self):
        seed = int(os.environ.get("SAMKOER_SEED", random.SystemRandom().randrange(10**9)))
        print(f"SAMKOER_SEED={seed}", flush=True)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.town = Town(folder.name, random.Random(seed), people=60)
        self.it = Installation(folder.name).__enter__()
        self.addCleanup(self.it.__exit__)
        self.it.start()
        self.push(BASE)
        self.push("familie")

    def push(self, department):
        for _ in range(30):
            self.town.mutate(department) if department != BASE else None
        self.town.write(department)
        self.it.push(department, "--allow-shrink")

    def wanted(self, *departments):
        return self.town.alerts({d: self.town.cases[d] for d in departments})

    def checkpoint(self, server):
        return exported_log.checkpoint_of(
            (self.it.work / f"{server.program}-outside/checkpoint").read_text(encoding="utf-8"))

    def swap(self, server, old):
        """Puts a copy of the store in the store's place; returns what was there."""
        data = self.it.work / f"{server.program}/data"
        kept = self.it.work / f"{server.program}.kept"
        shutil.rmtree(kept, ignore_errors=True)
        data.rename(kept)
        shutil.copytree(old, data)
        return kept

    def assert_refused(self, server, *extra, words):
        server.start(may_die=True, extra=extra)
        self.assertFalse(server.running())
        log = server.log()
        self.assertEqual(server.process.returncode, REFUSED, log)
        self.assertRegex(log, rf"(?m)^error: .*{words}")

    def leaves(self, name):
        folder = self.it.work / f"export-{name}"
        result = self.it.audit("export", folder, "--server", name)
        self.assertEqual(result.returncode, 0, result.stderr)
        return exported_log.entries(folder)

    def check(self, server, name, stop):
        program = server.program
        for _ in range(2):  # each leaves a leaf of its own
            self.assertEqual(self.it.audit("verify", "--server", name).returncode, 0)
        stop(server)
        old = self.it.work / f"{program}.old"
        shutil.copytree(self.it.work / f"{program}/data", old)
        server.start()
        size_then = self.checkpoint(server)[0]
        self.push("jobcenter")
        self.assertEqual(self.it.audit("verify", "--server", name).returncode, 0)
        both = self.wanted(BASE, "familie", "jobcenter")
        self.assertEqual(alert_set(self.it.alerts()), both)
        stop(server)
        outside = self.checkpoint(server)

        newer = self.swap(server, old)
        for _ in range(2):
            self.assert_refused(server, words=r"the store ends at leaf \d+ but the checkpoint .*--declare-loss")
        self.assertEqual(self.checkpoint(server), outside, "the refusal changed the checkpoint")

        # Nothing is spoilt: with the right store all is as it was.
        old_again = self.it.work / f"{program}.newer"
        shutil.copytree(newer, old_again)
        self.swap(server, old_again)
        server.start()
        self.assertEqual(alert_set(self.it.alerts()), both)
        self.assertEqual(self.it.audit("verify", "--server", name).returncode, 0)
        self.assertGreater(self.checkpoint(server)[0], size_then)
        stop(server)
        lost = self.checkpoint(server)

        self.swap(server, old)
        self.assert_refused(server, words="the store ends at leaf")
        self.declare(server, name, lost)
        kept = list((self.it.work / f"{program}-outside").glob("checkpoint.lost-*"))
        self.assertEqual([exported_log.checkpoint_of(p.read_text(encoding="utf-8")) for p in kept], [lost])
        # The privacy officer sees the break, and goes on only when told to.
        broken = self.it.audit("verify", "--server", name)
        self.assertNotEqual(broken.returncode, 0, broken.stdout)
        accepted = self.it.audit("verify", "--server", name, "--after-declared-loss")
        self.assertEqual(accepted.returncode, 0, accepted.stdout + accepted.stderr)
        self.assertEqual(self.it.audit("verify", "--server", name).returncode, 0)
        declared = exported_log.of_action(self.leaves(name), LOSS_DECLARED)
        self.assertEqual([exported_log.count_of(leaf, "checkpoint_size") for leaf in declared], [lost[0]])
        self.assertLess(exported_log.count_of(declared[0], "store_size"), lost[0])
        stop(server)
        # Declared once; there is nothing more to declare.
        self.assert_refused(server, "--declare-loss", words="no loss to declare")
        server.start()

    def open_losses(self, name):
        listed = self.it.audit("--format", "json", "loss", "list", "--server", name)
        self.assertEqual(listed.returncode, 0, listed.stderr)
        return [p for p in json.loads(listed.stdout)["proposals"] if p["state"] == "PROPOSAL_STATE_OPEN"]

    def decide(self, name, decision, proposal):
        extra = ["--digest", base64.b64decode(proposal["digest"]).hex()] if decision == "approve" else []
        result = self.it.audit("loss", decision, proposal["number"], *extra, "--server", name, "--reason", "journal 7")
        self.assertEqual(result.returncode, 0, result.stderr)

    def declare(self, server, name, lost):
        """Declared, it waits: killed, stopped, rejected, and approved at last."""
        server.start(extra=["--declare-loss"])
        [proposal] = self.open_losses(name)
        self.assertEqual(proposal["proposer"], name)
        self.assertEqual(int(proposal["content"]["loss"]["checkpoint_size"]), lost[0])
        self.assertIn("loss.awaits_approval", server.log())
        # Nothing else is served, and the checkpoint outside stays.
        refused = self.it.audit("kek", "status", *(["--key-service"] if name == "keyd" else []))
        self.assertEqual(refused.returncode, AWAY, refused.stderr)
        self.assertIn("samkoer-audit loss list", refused.stderr)
        self.assertEqual(self.checkpoint(server), lost)
        server.kill()
        self.assert_refused(server, words="the store ends at leaf")
        server.start(extra=["--declare-loss"])
        self.assertEqual([p["number"] for p in self.open_losses(name)], [proposal["number"]])
        self.assertEqual(server.stop(), 0)
        server.start(extra=["--declare-loss"])
        self.decide(name, "reject", proposal)
        self.assertEqual(server.process.wait(30), REFUSED, server.log())
        self.assertEqual(self.checkpoint(server), lost)

        server.start(extra=["--declare-loss"])
        [proposal] = self.open_losses(name)
        self.decide(name, "approve", proposal)
        outside = self.it.work / f"{server.program}-outside/checkpoint"
        for _ in range(300):  # it is not there while the old one is put aside
            if outside.exists() and self.checkpoint(server) != lost and self.it.audit("verify", "--server", name).returncode != AWAY:
                break
            time.sleep(0.1)
        self.assertTrue(server.running(), server.log())

    def test_the_matchers_store(self):
        self.check(self.it.matcherd, "matcher", lambda server: self.assertEqual(server.stop(), 0))
        self.assertEqual(alert_set(self.it.alerts()), self.wanted(BASE, "familie"))
        self.it.push("jobcenter")
        self.assertEqual(alert_set(self.it.alerts()), self.wanted(BASE, "familie", "jobcenter"))

    def test_the_matchers_store_after_a_kill(self):
        self.check(self.it.matcherd, "matcher", lambda server: server.kill())

    def test_the_key_services_store(self):
        self.check(self.it.keyd, "keyd", lambda server: self.assertEqual(server.stop(), 0))
        self.push("social")


if __name__ == "__main__":
    unittest.main()
