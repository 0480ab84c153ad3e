"""A machine's clock that is wrong stops the servers; it does not empty their stores."""
import datetime
import os
import pathlib
import random
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from installation import Installation, alert_set  # noqa: E402
from other_clock import clock  # noqa: E402
from town import BASE, Town  # noqa: E402

WRONG = 71  # EX_OSERR: the clock


class ClockTest(unittest.TestCase):
    def setUp(self):
        seed = int(os.environ.get("SAMKOER_SEED", random.SystemRandom().randrange(10**9)))
        print(f"SAMKOER_SEED={seed}", flush=True)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        town = Town(folder.name, random.Random(seed), people=60)
        self.it = Installation(folder.name, datetime.date.today().isoformat()).__enter__()
        self.addCleanup(self.it.__exit__)
        self.it.start()
        for department in (BASE, "familie"):
            for _ in range(30):
                town.mutate(department) if department != BASE else None
            town.write(department)
            self.it.push(department, "--allow-shrink")
        self.alerts = alert_set(self.it.alerts())
        self.assertTrue(self.alerts)
        self.servers = (self.it.matcherd, self.it.keyd)
        # The day follows the clock.
        self.it.matcherd.arguments = []

    def test_a_clock_that_is_weeks_ahead_at_the_start_is_refused_until_somebody_says_it_is_right(self):
        ahead = self.it.work / "ahead"
        ahead.write_text("+20d\n", encoding="utf-8")
        for server in self.servers:
            server.stop()
        for server in self.servers:
            server.start(may_die=True, environment=clock(ahead))
            self.assertEqual(server.process.wait(30), WRONG, server.log())
            self.assertIn("more than 14 days before", server.log())
            self.assertIn("--clock-is-right", server.log())
        ahead.write_text("+13d\n", encoding="utf-8")
        for server in self.servers:
            server.start(environment=clock(ahead))
            server.stop()
        ahead.write_text("+28d\n", encoding="utf-8")
        for server in self.servers:
            server.start(environment=clock(ahead), extra=["--clock-is-right"])
            server.stop()

    def test_a_clock_that_leaps_by_weeks_stops_the_servers_and_deletes_nothing(self):
        now = self.it.work / "now"
        now.write_text("+0\n", encoding="utf-8")
        for server in self.servers:
            server.stop()
        for server in (self.it.keyd, self.it.matcherd):
            server.start(environment=clock(now))
        now.write_text("+28d\n", encoding="utf-8")
        for server in self.servers:
            self.assertEqual(server.process.wait(60), WRONG, server.log())
            self.assertIn("ran ahead by more than 24 hours", server.log())
            self.assertIn("nothing was deleted by it", server.log())
            # What it wrote at its end does not make the wrong clock right.
            server.start(may_die=True, environment=clock(now))
            self.assertEqual(server.process.wait(30), WRONG, server.log())
            self.assertIn("more than 14 days before", server.log())
        for server in (self.it.keyd, self.it.matcherd):
            server.start()
        self.assertEqual(alert_set(self.it.alerts()), self.alerts)


if __name__ == "__main__":
    unittest.main(verbosity=2)
