"""deploy/demo as a newcomer runs it, with the programs that are built: of each municipality,
and without any. The alerts are exactly those expected, this week's conference has its cases,
the page can be clicked in, and nothing is left running."""
import datetime
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from installation import BIN, ROOT, run  # noqa: E402
import demo_data  # noqa: E402
import municipality_data  # noqa: E402

WAIT_SECONDS = 60


def running(folder):
    """The processes that were started with a file of the folder."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and os.fsencode(folder) in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
        except OSError:  # it has ended
            continue
    return found


class Kept:
    """What deploy/demo --keep has left running."""

    def __init__(self, said):
        pids, work = re.search(r"^  kill ([\d ]+); rm -rf (\S+)$", said, re.M).groups()
        self.pids, self.work = [int(pid) for pid in pids.split()], pathlib.Path(work)
        self.origin = re.search(r"The coordinators' page: (https://\S+)", said)[1]
        self.cookie = self.csrf = ""

    def alerts(self, *words):
        done = run([BIN / "samkoer-alerts", "--config", self.work / "ungekoordinator.yaml", "--format", "json", *words])
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def page(self, verb, path):
        """What the page's server answers to the coordinator's browser."""
        pki = self.work / "pki"
        context = ssl.create_default_context(cafile=pki / "ca.pem")
        context.check_hostname = False
        context.load_cert_chain(pki / "ungekoordinator.pem", pki / "ungekoordinator.key")
        connection = http.client.HTTPSConnection(self.origin.removeprefix("https://"), context=context, timeout=30)
        try:
            connection.request(verb, path, headers={"Origin": self.origin, "Cookie": self.cookie})
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        assert response.status == 200, (path, response.status, body[:300])
        if set_cookie := response.getheader("Set-Cookie"):
            self.cookie = set_cookie.split(";")[0]
        return json.loads(body) if path.startswith("/api/") else body.decode()

    def end(self):
        """As the demo says: kill, rm."""
        for pid in self.pids:
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + WAIT_SECONDS
        while running(self.work) and time.monotonic() < deadline:
            time.sleep(0.05)
        left = running(self.work)
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.work)
        return left


class DemoTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def demo(self, *arguments):
        done = run([ROOT / "deploy/demo", "--bin", BIN, *arguments], stdin=subprocess.DEVNULL,
                   env={**os.environ, "TMPDIR": str(self.folder)})
        if done.returncode != 0:
            for pid in running(self.folder):
                os.kill(pid, signal.SIGKILL)
        self.assertEqual(done.returncode, 0, done.stdout[-3000:] + done.stderr)
        self.assertRegex(done.stdout, r"\n\d+ alerts, exactly as expected-alerts.json says\n")
        return done.stdout

    def nothing_is_left(self):
        self.assertEqual(running(self.folder), [])
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_without_anything_it_cleans_up(self):
        said = self.demo()
        self.assertIn("nothing is left running", said)
        self.assertRegex(said, r"youth conference K-\S+ is planned for \S+ 09:00, with 5 cases")
        self.nothing_is_left()

    def test_each_municipality_has_work_to_click_in(self):
        for name in municipality_data.names():
            with self.subTest(municipality=name):
                kept = Kept(self.demo("--municipality", name, "--keep"))
                try:
                    self.check_work(kept)
                finally:
                    left = kept.end()
                self.assertEqual(left, [])
                self.nothing_is_left()

    def check_work(self, kept):
        first, second = kept.alerts("conferences", "list")
        start = datetime.datetime.fromisoformat(first["details"]["start"].replace("Z", "+00:00"))
        now = datetime.datetime.now(datetime.timezone.utc)
        matchers = datetime.datetime.combine(demo_data.AS_OF, datetime.time(), datetime.timezone.utc)
        # Ahead for the browser and for the matcher, and soon: a weekend can be between.
        self.assertLess(max(now, matchers), start)
        self.assertLess(start, max(now, matchers) + datetime.timedelta(days=5))
        self.assertEqual((first["cases"], second.get("cases", 0)), (5, 0))
        agenda = kept.alerts("conferences", "show", first["conference_id"])["agenda"]
        self.assertEqual({kept.alerts("show", item["alert_id"])["state"] for item in agenda},
                         {"ALERT_STATE_CONFERENCE_PLANNED"})

        alerts = kept.alerts("list", "--all")
        guides = [a["coordination"]["guide"] for a in alerts if a.get("coordination", {}).get("guide")]
        self.assertEqual(sorted(g["holder"]["name"] for g in guides), ["Lars K.", "Mette H."])
        handovers = [h["state"] for a in alerts for h in a.get("coordination", {}).get("handovers", [])]
        self.assertEqual(handovers, ["HANDOVER_STATE_REQUESTED"])
        nominated, = [a for a in alerts if a["state"] == "ALERT_STATE_NOMINATED"]
        self.assertEqual(nominated.get("participants", []), [])  # no rule has found that one
        self.assertEqual(sorted(i["kind"] for i in kept.alerts("inquiries", "list")),
                         ["INQUIRY_KIND_DROPOUT", "INQUIRY_KIND_TARGET_GROUP"])

        self.assertIn("<script", kept.page("GET", "/"))
        kept.page("POST", "/api/session")
        shown, _ = kept.page("GET", "/api/conferences")["conferences"]
        self.assertEqual((shown["conference_id"], shown["cases"]), (first["conference_id"], 5))


if __name__ == "__main__":
    unittest.main()
