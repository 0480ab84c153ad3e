"""A new key for a store, over real processes: kill -9 in the middle, pushes meanwhile,
and afterwards neither a copy of the store from before nor any file of it now can be
read without the key that is gone."""
import json
import os
import pathlib
import random
import re
import shutil
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import exported_log  # noqa: E402
from installation import BIN, Installation, alert_set, run  # noqa: E402
from town import BASE, CHANGING, Town  # noqa: E402

REFUSED = 78  # EX_CONFIG
BEGUN, FINISHED = 71, 72  # AuditAction


class KekTest(unittest.TestCase):
    def setUp(self):
        seed = int(os.environ.get("SAMKOER_SEED", random.SystemRandom().randrange(10**9)))
        print(f"SAMKOER_SEED={seed}", flush=True)
        self.rng = random.Random(seed)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.town = Town(folder.name, self.rng, people=300)
        self.it = Installation(folder.name).__enter__()
        self.addCleanup(self.it.__exit__)
        self.it.start()
        self.pushed = set()
        self.push(BASE)
        self.push("familie")
        self.make_operator()

    def make_operator(self):
        self.it.pki("client", self.it.work / "pki", "operator", "drift")
        text = (self.it.work / "databeskyttelse.yaml").read_text(encoding="utf-8")
        (self.it.work / "drift.yaml").write_text(text.replace("databeskyttelse", "drift"), encoding="utf-8")

    def kek(self, server, *arguments, person="drift"):
        which = ["--key-service"] if server is self.it.keyd else []
        return run([BIN / "samkoer-audit", "--config", self.it.work / f"{person}.yaml", "--format", "json",
                    "kek", *arguments, *which])

    def status(self, server):
        result = self.kek(server, "status", person="databeskyttelse")
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def wait_for(self, server, generation):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            status = self.status(server)
            if not status["older_generations"]:
                self.assertEqual(status["current_generation"], generation)
                return
            time.sleep(0.05)
        self.fail(f"the rotation does not end: {status}\n{server.log()[-2000:]}")

    def push(self, department):
        for _ in range(60):
            self.town.mutate(department) if department != BASE else None
        self.town.write(department)
        self.it.push(department, "--allow-shrink")
        self.pushed.add(department)

    def check(self):
        self.assertEqual(alert_set(self.it.alerts()), self.town.alerts({d: self.town.cases[d] for d in self.pushed}))
        for name in ("matcher", "keyd"):
            result = self.it.audit("verify", "--full", "--server", name)
            self.assertEqual(result.returncode, 0, result.stderr)

    def values_of(self, folder, generation):
        """How often a sealed value's header of that generation stands in the folder's files,
        before a random nonce and not before the zeros of the engine's own numbers."""
        header = re.compile(re.escape(b"\x01" + generation.to_bytes(4, "little")) + rb"(?!\0\0\0)")
        return sum(len(header.findall(path.read_bytes())) for path in pathlib.Path(folder).iterdir()
                   if path.suffix in (".sst", ".log"))

    def rotate(self, server, name, department):
        data, program = self.it.work / f"{server.program}/data", server.program
        keyring = self.it.work / f"{program}/keyring"
        self.assertEqual(server.stop(), 0)
        old, old_keyring = self.it.work / f"{program}.old", self.it.work / f"{program}.old-keyring"
        shutil.copytree(data, old)
        shutil.copy(keyring, old_keyring)
        self.assertGreater(self.values_of(old, 1), 20)
        server.start()

        # Killed in the middle, whenever that is; pushes go on in between.
        begun = self.kek(server, "rotate", "--reason", "en kopi er mistet")
        self.assertEqual(begun.returncode, 0, begun.stderr)
        self.assertEqual(json.loads(begun.stdout)["current_generation"], 2)
        for round_ in range(3):
            time.sleep(self.rng.random() * 0.1)
            server.kill()
            server.start()
            if round_ == 1:
                self.push(department)
        self.wait_for(server, 2)
        self.check()

        # No file of the store holds anything sealed under the key that is gone, running or stopped.
        self.assertEqual(self.values_of(data, 1), 0)
        self.assertGreater(self.values_of(data, 2), 20)
        self.assertEqual([p.name for p in keyring.parent.iterdir() if p.name.startswith("keyring")], ["keyring"])
        again = self.kek(server, "rotate", "--reason", "igen", "--wait", person="databeskyttelse")
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertEqual(json.loads(again.stdout)["older_generations"], [])
        self.assertEqual(self.status(server)["current_generation"], 3)
        self.assertEqual(self.values_of(data, 2), 0)
        self.check()
        self.assertEqual(server.stop(), 0)

        # The copy does not open with the keyring of now, nor the store with the keyring of then.
        self.refuse(server, data, old, r"generation 1, which the keyring does not have")
        self.refuse(server, keyring, old_keyring, r"generation 3, which the keyring does not have")
        server.start()
        self.check()

        folder = self.it.work / f"export-{name}"
        self.assertEqual(self.it.audit("export", folder, "--server", name).returncode, 0)
        leaves = exported_log.entries(folder)
        for action in (BEGUN, FINISHED):
            found = exported_log.of_action(leaves, action)
            self.assertEqual([exported_log.count_of(leaf, "generation") for leaf in found], [2, 3])

    def refuse(self, server, path, replacement, words):
        """The server does not start with the replacement in the path's place."""
        kept = path.with_name(path.name + ".kept")
        path.rename(kept)
        (shutil.copytree if replacement.is_dir() else shutil.copy)(replacement, path)
        server.start(may_die=True)
        self.assertFalse(server.running())
        log = server.log()
        self.assertEqual(server.process.returncode, REFUSED, log)
        self.assertRegex(log, rf"(?m)^error: .*{words}")
        shutil.rmtree(path) if path.is_dir() else path.unlink()
        kept.rename(path)

    def test_the_matchers_store(self):
        self.rotate(self.it.matcherd, "matcher", CHANGING[1])

    def test_the_key_services_store(self):
        self.rotate(self.it.keyd, "keyd", CHANGING[2])

    def test_a_reason_is_needed_and_others_may_not(self):
        server = self.it.matcherd
        for reason in ("", "om 2311045672"):
            self.assertEqual(self.kek(server, "rotate", "--reason", reason).returncode, 65)
        self.assertEqual(self.kek(server, "rotate").returncode, 64)
        refused = self.kek(server, "rotate", "--reason", "nysgerrig", person="ungekoordinator")
        self.assertEqual(refused.returncode, 77, refused.stderr)
        # The keyring's passphrase is gone: nothing changes, and it says so.
        passphrase = self.it.work / "matcherd/passphrase"
        passphrase.rename(passphrase.with_suffix(".away"))
        refused = self.kek(server, "rotate", "--reason", "plan")
        self.assertEqual(refused.returncode, 78, refused.stderr)
        self.assertIn("passphrase", refused.stderr)
        self.assertEqual(self.status(server)["current_generation"], 1)


if __name__ == "__main__":
    unittest.main()
