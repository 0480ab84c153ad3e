"""Statistics and records over real processes: rounded, the same for everybody until the
month is over, also after a kill -9; the sample of the log is the same for a seed; the
records are files of the verified log."""
import json
import os
import pathlib
import random
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from installation import Installation  # noqa: E402
from town import Town  # noqa: E402

BASE = 5


class ReportsTest(unittest.TestCase):
    def setUp(self):
        seed = int(os.environ.get("SAMKOER_SEED", random.SystemRandom().randrange(10**9)))
        print(f"SAMKOER_SEED={seed}", flush=True)
        self.rng = random.Random(seed)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.town = Town(folder.name, self.rng, people=200)
        self.it = Installation(folder.name).__enter__()
        self.addCleanup(self.it.__exit__)
        self.it.start()
        for department in self.it.departments:
            self.town.write(department)
            self.it.push(department, "--allow-shrink")

    def audit(self, *arguments):
        result = self.it.audit(*arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def statistics(self):
        return json.loads(self.audit("--format", "json", "report", "statistics"))

    def test_reports(self):
        first = self.statistics()
        self.assertEqual(len(first["tables"]), 5)
        self.assertEqual(first["withhold_below"], BASE)
        cells = [c for t in first["tables"] for c in t["cells"]]
        for cell in cells:
            self.assertEqual(int(cell["count"]) % BASE, 0)
        self.assertTrue(any(int(c["count"]) > 0 for c in cells))
        self.assertTrue(any(c["withheld"] for c in cells))

        # The numbers change, the tables do not.
        department = self.it.departments[-1]
        for _ in range(60):
            self.town.mutate(department)
        self.town.write(department)
        self.it.push(department, "--allow-shrink")
        self.it.matcherd.kill()
        self.it.matcherd.start()
        self.assertEqual(self.statistics(), first)

        self.assertEqual(self.it.alerts_program("list").returncode, 0)
        # Reading the log makes an entry; the sample is of the same reads all the same.
        sample, again = (json.loads(self.audit("--format", "json", "report", "log-control",
                                               "--seed", "fro1", "--sample", "3")) for _ in range(2))
        self.assertEqual(sample["seed"], "fro1")
        self.assertGreater(len(sample["sample"]), 0)
        self.assertEqual(again["sample"], sample["sample"])

        for name in ("article30", "dpia"):
            page, data = self.it.work / f"{name}.html", self.it.work / f"{name}.json"
            self.audit("report", name, "--out", page)
            self.assertIn("<h1>", page.read_text(encoding="utf-8"))
            self.assertEqual(page.stat().st_mode & 0o777, 0o600)
            self.audit("report", name, "--format", "json", "--out", data)
            record = json.loads(data.read_text(encoding="utf-8"))
            self.assertEqual(record["log"]["policy"]["times"], 1)
            self.assertGreater(record["log"]["reads_by_role"]["coordinator"], 0)
        again = self.it.audit("report", "dpia", "--out", self.it.work / "dpia.html")
        self.assertNotEqual(again.returncode, 0)


if __name__ == "__main__":
    unittest.main()
