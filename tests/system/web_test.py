"""The coordinators' page in a real browser, against a real matcher: a person comes in, reads
and changes, and what departments sent stays text."""
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from installation import ROOT, Installation, run  # noqa: E402
from town import BASE, Town  # noqa: E402
from web_page import Web, browse, node_folder  # noqa: E402

# Texts that departments could send as references of their cases.
HOSTILE = ["<img src=x onerror=alert(1)>", "ref\u200fabc&lt'", "W" * 64, "</td><script>alert(2)</script>"]
ALERTS = 70


class WebTest(unittest.TestCase):
    def setUp(self):
        seed = int(os.environ.get("SAMKOER_SEED", random.SystemRandom().randrange(10**9)))
        print(f"SAMKOER_SEED={seed}", flush=True)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.town = Town(folder.name, random.Random(seed), people=ALERTS + 10)
        for number, person in enumerate(self.town.people[:ALERTS]):
            reference = HOSTILE[number] if number < len(HOSTILE) else f"S-{number}"
            self.town.cases["social"][reference] = (person, True)
        # Only those with a hostile reference are known to three departments.
        for person in self.town.people[:len(HOSTILE)]:
            self.town.cases["familie"][self.town.reference("familie")] = (person, True)
        for department in ("social", "familie"):
            self.town.write(department)
        self.it = Installation(folder.name).__enter__()
        self.addCleanup(self.it.__exit__)
        pki = self.it.work / "pki"
        for name in ("webside", "anna", "bo"):
            self.it.pki("client", pki, "coordinator", name)
        self.it.pki("server", pki, "web-server")
        self.it.start()
        for department in (BASE, "familie", "social"):
            self.it.push(department)
        self.web = Web(self.it).start()
        self.addCleanup(self.web.kill)

    def browse(self, script, timeout, **actions):
        code, said = browse(script, {
            "WEB_ORIGIN": self.web.address, "WEB_PKI": self.it.work / "pki",
            "WEB_PICTURES": os.environ.get("SAMKOER_PICTURES", "")}, actions, timeout)
        print(said)
        self.assertEqual(code, 0, said + self.web.log())
        return said

    def test_coordinators_at_their_browsers(self):
        said = self.browse("alerts.mjs", 150)
        self.assertEqual(len(re.findall("^ok: ", said, re.M)), 4)
        self.assertEqual(self.it.audit("verify").returncode, 0)
        for person in self.town.people:
            self.assertNotIn(person, self.web.log())

    def test_the_page_in_the_repository_is_what_its_sources_make(self):
        folder = node_folder()
        with tempfile.TemporaryDirectory() as out:
            checked = run(["npm", "run", "--silent", "check"], cwd=folder)
            self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
            built = run(["node", "build.mjs", out], cwd=folder)
            self.assertEqual(built.returncode, 0, built.stderr)
            same = subprocess.run(["diff", "-r", out, ROOT / "clients/web/dist"], capture_output=True, text=True,
                                  check=False)
            self.assertEqual(same.returncode, 0, "run clients/web/page/build\n" + same.stdout[:300])


if __name__ == "__main__":
    unittest.main()
