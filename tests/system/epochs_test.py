"""A new key for the pseudonyms, over real processes: one department comes at once, one
after the matcher was killed, one only when the window is over, one never. No alert is
lost, doubled or given another id, and the old key is gone from the keyring."""
import datetime
import json
import os
import pathlib
import random
import re
import signal
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import store_reader  # noqa: E402
from installation import Installation, alert_set  # noqa: E402
from town import BASE, FIRST_DAY, Town  # noqa: E402

WINDOW_DAYS = 30
PASSPHRASE = b"a passphrase of this test alone"
EVERYBODY = (BASE, "familie", "jobcenter", "social")


class EpochsTest(unittest.TestCase):
    def setUp(self):
        seed = int(os.environ.get("SAMKOER_SEED", random.SystemRandom().randrange(10**9)))
        print(f"SAMKOER_SEED={seed}", flush=True)
        self.rng = random.Random(seed)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.town = Town(folder.name, self.rng, people=40)
        self.it = Installation(folder.name).__enter__()
        self.addCleanup(self.it.__exit__)
        self.it.keyd.arguments += ["--as-of", self.it.day]
        self.it.start()
        # Once more, under the port that the configuration names from now on: a reload
        # takes the same one.
        self.assertEqual(self.it.keyd.stop(), 0)
        self.it.keyd.start()
        for department in EVERYBODY:
            self.push(department, mutations=0 if department == BASE else 12)

    def push(self, department, mutations=0):
        for _ in range(mutations):
            self.town.mutate(department)
        self.town.write(department)
        return self.it.push(department, "--allow-shrink")

    def ids(self):
        """Who stands in which alert: the alert's id by its cases."""
        return {tuple(sorted((p["department"], p["case_ref"]) for p in a["participants"])): a["alert_id"]
                for a in self.it.alerts()}

    def check(self, before=None):
        alerts = self.it.alerts()
        self.assertEqual(alert_set(alerts), self.town.alerts(self.town.cases))
        if before is not None:
            self.assertEqual(self.ids(), before)

    def epochs(self, server):
        result = self.it.audit("--format", "json", "epochs", "--server", server)
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)["epochs"]

    def keyring(self):
        """The key service's keyring, opened."""
        return store_reader.keyring_text(self.it.work / "keyd/keyring", PASSPHRASE, b"keyd-keyring")

    def wait_for_keys(self, count):
        """Until the key service serves so many keys, as its next push would see it."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            public = self.it.program("keyd", "public", "--config", self.it.keyd.config_path)
            keys = re.findall(r'epoch: (\d+)\s+public_key: "?([A-Za-z0-9+/=]+)"?\s+self_test: "?([A-Za-z0-9+/=]+)"?'
                              r'(?:\s+closes_on: "?([0-9-]+))?', public)
            if len(keys) == count:
                return [{"epoch": int(e), "public_key": k, "self_test": t, **({"closes_on": c} if c else {})}
                        for e, k, t, c in keys]
            time.sleep(0.1)
        self.fail(f"not {count} keys: {public}")

    def on_day(self, day):
        self.town.day, self.it.day = day, day.isoformat()
        for server in (self.it.matcherd, self.it.keyd):
            self.assertEqual(server.stop(), 0)
            server.arguments[server.arguments.index("--as-of") + 1] = self.it.day
            server.start()

    def keeps_ids(self, before):
        """Whoever's cases did not change has the same alert; no two have one."""
        now = self.ids()
        for cases, alert in before.items():
            self.assertEqual(now.get(cases, alert), alert)
        self.assertEqual(len(set(now.values())), len(now))
        return now

    def test_a_rotation(self):
        self.check()
        ids = self.ids()
        self.assertGreater(len(ids), 3)
        old = store_reader.oprf_seeds(self.keyring())
        self.assertEqual([active for active, _ in old.values()], [True])

        rotated = self.it.program("keyd", "rotate", "--config", self.it.keyd.config_path, "--window-days",
                                  str(WINDOW_DAYS), "--as-of", self.it.day)
        self.assertIn("closes_on", rotated)
        # A running service takes it when it is told to.
        self.it.keyd.process.send_signal(signal.SIGHUP)
        keys = self.wait_for_keys(2)
        self.it.edit("matcherd", lambda c: c.update(oprf_keys=keys))
        self.assertEqual(self.it.matcherd.stop(), 0)
        self.it.matcherd.start()
        self.check(ids)

        # One comes at once; the matcher is killed; another comes, with news.
        self.push("familie")
        self.check(ids)
        self.it.matcherd.kill()
        self.it.matcherd.start()
        self.check(ids)
        self.push("social", mutations=8)
        self.check()
        ids = self.keeps_ids(ids)

        # The window ends: the seed is gone, and both logs prove it.
        self.on_day(FIRST_DAY + datetime.timedelta(days=WINDOW_DAYS))
        self.check()
        ids = self.keeps_ids(ids)
        for server in ("keyd", "matcher"):
            self.assertEqual([(e["epoch"], "destroyed" in e) for e in self.epochs(server)], [(1, True), (2, False)])
        self.assertEqual([key["epoch"] for key in self.wait_for_keys(1)], [2])
        left = store_reader.oprf_seeds(self.keyring())
        self.assertEqual({epoch: active for epoch, (active, _) in left.items()}, {1: False, 2: True})
        self.assertEqual(left[1][1], bytes(32))
        self.assertNotIn(old[1][1], self.keyring())

        # One comes late, with its cache of the old pseudonyms; one never.
        self.push("jobcenter")
        self.check()
        self.keeps_ids(ids)
        for server in ("matcher", "keyd"):
            result = self.it.audit("verify", "--full", "--server", server)
            self.assertEqual(result.returncode, 0, result.stderr)


if __name__ == "__main__":
    unittest.main()
