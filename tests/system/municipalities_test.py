"""Each municipality's exports give exactly the alerts they must, and the log verifies."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from installation import ROOT, Installation, alert_set, expected_set  # noqa: E402
import municipality_data  # noqa: E402


class MunicipalitiesTest(unittest.TestCase):
    def check(self, folder):
        with Installation(folder) as it:
            it.start()
            it.push_all()
            self.assertEqual(alert_set(it.alerts()), expected_set(folder))
            verified = it.audit("verify")
            self.assertEqual(verified.returncode, 0, verified.stderr)
            # Everything again: nothing changes, nothing is doubled.
            it.push_all()
            self.assertEqual(alert_set(it.alerts()), expected_set(folder))
            self.assertEqual(it.matcherd.stop(), 0)
            self.assertEqual(it.keyd.stop(), 0)

    def test_viborg(self):
        self.check(ROOT / "tests/data/viborg")

    def test_slagelse(self):
        self.check(ROOT / "tests/data/slagelse")

    def test_ballerup(self):
        self.check(ROOT / "tests/data/ballerup")

    def test_each_of_deploys_municipalities(self):
        for name in municipality_data.names():
            with self.subTest(municipality=name), tempfile.TemporaryDirectory() as folder:
                municipality_data.make(name, folder, seed=3)
                self.check(pathlib.Path(folder))

    def test_the_demos_own_data_with_other_seeds(self):
        for seed in (1, 2):
            with self.subTest(seed=seed), tempfile.TemporaryDirectory() as folder:
                subprocess.run([sys.executable, ROOT / "deploy/lib/demo_data.py", folder, "--seed", str(seed)],
                               check=True)
                self.check(pathlib.Path(folder))


if __name__ == "__main__":
    unittest.main()
