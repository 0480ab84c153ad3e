"""The page's server without a browser: certificates that are renewed while it runs, its figures and
its log, an address that is taken, and who is logged where many read the same."""
import collections
import hashlib
import http.client
import json
import pathlib
import re
import socket
import ssl
import sys
import tempfile
import threading
import time
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import exported_log  # noqa: E402
from installation import BIN, ROOT, Installation, run  # noqa: E402
from web_page import Web  # noqa: E402

UNAVAILABLE, CONFIGURATION = 69, 78
WAIT_SECONDS = 90
# AuditAction, and fields of AuditLeaf.
ALERTS_READ, OVERVIEW_READ = 22, 99
TIME, ACTOR, CERTIFICATE, SUBJECTS = 2, 3, 4, 8


class Page(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.assertEqual(run([sys.executable, ROOT / "deploy/lib/demo_data.py", folder.name]).returncode, 0)
        self.it = Installation(folder.name).__enter__()
        self.addCleanup(self.it.__exit__)
        self.pki = self.it.work / "pki"
        for name in ("webside", "anna"):
            self.it.pki("client", self.pki, "coordinator", name)
        self.it.pki("server", self.pki, "web-server")
        self.it.start()
        self.it.push_all()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.metrics = free.getsockname()[1]
        self.it.edit("web", lambda c: c.update(metrics_listen=f"127.0.0.1:{self.metrics}"))
        self.web = Web(self.it).start()
        self.addCleanup(self.web.kill)
        self.host = self.web.address.removeprefix("https://")
        self.cookie = ""

    def connect(self, name="anna"):
        # The certificate may be renewed, too.
        context = ssl.create_default_context(cafile=self.pki / "ca.pem")
        context.check_hostname = False
        context.load_cert_chain(self.pki / f"{name}.pem", self.pki / f"{name}.key")
        return http.client.HTTPSConnection(self.host, context=context, timeout=30)

    def ask(self, verb, path, connection=None):
        """Status and body."""
        own = connection or self.connect()
        own.request(verb, path, headers={"Origin": self.web.address, "Cookie": self.cookie})
        answer = own.getresponse()
        body = answer.read().decode()
        if cookie := answer.getheader("Set-Cookie"):
            self.cookie = cookie.split(";")[0]
        if connection is None:
            own.close()
        return answer.status, body

    def shown(self):
        connection = self.connect()
        connection.connect()
        certificate = connection.sock.getpeercert(binary_form=True)
        connection.close()
        return certificate

    def figures(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics}/metrics", timeout=10) as page:
            return {name: float(value) for name, value in
                    re.findall(r"^(samkoer_[^ ]+) (\S+)$", page.read().decode(), re.M)}

    def until(self, reached, what):
        deadline = time.monotonic() + WAIT_SECONDS
        while not reached():
            self.assertLess(time.monotonic(), deadline, what + "\n" + self.web.log())
            time.sleep(0.2)

    def events(self):
        return [json.loads(line) for line in self.web.log().splitlines()]

    def test_renewed_certificates_are_taken_up_while_it_runs(self):
        self.assertEqual(self.ask("POST", "/api/session")[0], 200)
        before = self.shown()
        # Half of a renewal: what is in use stays so, and is told once.
        key = (self.pki / "web-server.key").read_bytes()
        (self.pki / "web-server.key").write_bytes((self.pki / "matcherd.key").read_bytes())
        broken = 'samkoer_certificate_files_broken{certificate="page"}'
        self.until(lambda: self.figures()[broken] == 1, "the broken file")
        self.assertEqual(self.shown(), before)
        (self.pki / "web-server.key").write_bytes(key)
        self.until(lambda: self.figures()[broken] == 0, "the mended file")
        open_line = self.connect()
        self.addCleanup(open_line.close)

        old = {}
        for ending in ("pem", "key"):
            old[ending] = self.it.work / f"old.{ending}"
            old[ending].touch(mode=0o600)
            old[ending].write_bytes((self.pki / f"webside.{ending}").read_bytes())
        renewed = run([ROOT / "deploy/pki", "renew", self.pki, "--within", "400"])
        self.assertLessEqual({"webside", "web-server"}, set(renewed.stdout.split()), renewed.stderr)
        # A connection that stands goes on meanwhile.
        self.until(lambda: self.ask("GET", "/api/session", open_line)[0] == 200 and self.shown() != before,
                   "the page's new certificate")
        self.assertEqual(self.ask("GET", "/api/alerts", open_line)[0], 200)
        self.assertEqual(self.figures()['samkoer_certificate_expiry_timestamp_seconds{certificate="page"}'],
                         self.it.expiry("web-server"))
        revoked = run([ROOT / "deploy/pki", "revoke", self.it.work / "revoked.txt", old["pem"]])
        self.assertEqual(revoked.returncode, 0, revoked.stderr)
        # The matcher reads its list within ten seconds, and within a minute ends what the old one opened.
        time.sleep(20)
        self.until(lambda: self.ask("GET", "/api/alerts")[0] == 200, "a call under the new certificate")
        contact = self.figures()["samkoer_web_matcher_contact_timestamp_seconds"]
        self.until(lambda: self.figures()["samkoer_web_matcher_contact_timestamp_seconds"] > contact + 60,
                   "the feed under the new certificate")
        self.assertEqual(self.web.stop(), 0)
        events = self.events()
        told = [(e["event"], e.get("certificate")) for e in events if e["event"].startswith("certificate.")]
        self.assertEqual(sorted(told), [
            ("certificate.not_read", "page"), ("certificate.read_again", "page"),
            ("certificate.renewed", "matcher"), ("certificate.renewed", "page")], events)

    def test_figures_log_and_address(self):
        strange = ssl.create_default_context(cafile=self.pki / "ca.pem")
        strange.check_hostname = False
        with self.assertRaises((ssl.SSLError, ConnectionError, http.client.RemoteDisconnected)):
            connection = http.client.HTTPSConnection(self.host, context=strange, timeout=30)
            self.addCleanup(connection.close)
            connection.request("GET", "/")
            connection.getresponse()
        self.assertEqual(self.ask("GET", "/api/alerts")[0], 401)
        self.assertEqual(self.ask("POST", "/api/session")[0], 200)
        status, body = self.ask("GET", "/api/alerts")
        self.assertEqual(status, 200)
        line = self.connect()
        self.addCleanup(line.close)
        line.request("GET", "/api/events", headers={"Cookie": self.cookie})
        self.assertEqual(line.getresponse().readline(), b"retry: 1000\n")
        found = self.figures()
        for name, value in (
                ("samkoer_web_sessions", 1), ("samkoer_web_event_lines", 1), ("samkoer_web_logins_refused_total", 0),
                ("samkoer_web_connections_refused_total", 1), ("samkoer_web_matcher_failures_total", 0),
                ('samkoer_web_calls_total{status="4xx"}', 1), ('samkoer_web_calls_total{status="2xx"}', 3)):
            self.assertEqual(found[name], value, name)
        for which, name in (("page", "web-server"), ("matcher", "webside")):
            self.assertEqual(found[f'samkoer_certificate_expiry_timestamp_seconds{{certificate="{which}"}}'],
                             self.it.expiry(name))
        self.assertLess(time.time() - found["samkoer_web_matcher_contact_timestamp_seconds"], 60)

        # The address is this process's alone, and looking at the files takes none.
        self.assertEqual(run([BIN / "samkoer-web", "check", "--config", self.web.config]).returncode, 0)
        second = run([BIN / "samkoer-web", "run", "--config", self.web.config])
        self.assertEqual(second.returncode, UNAVAILABLE, second.stderr)
        self.assertIn("taken by nothing else", second.stderr)

        for setting in ({"metrics_listen": "0.0.0.0:9445"}, {"log_level": "loud"}):
            wrong = self.it.work / "wrong.yaml"
            wrong.write_text(json.dumps(json.loads(self.web.config.read_text(encoding="utf-8")) | setting))
            refused = run([BIN / "samkoer-web", "check", "--config", wrong])
            self.assertEqual(refused.returncode, CONFIGURATION, refused.stderr)
            self.assertIn(next(iter(setting)), refused.stderr)
        wrong.write_text(json.dumps({"key_file": "k", "state_dir": "s", "metrics_listen": "10.0.0.1:9446"}))
        refused = run([BIN / "samkoer-audit", "--config", wrong, "witness", "status"])
        self.assertEqual(refused.returncode, CONFIGURATION, refused.stderr)

        self.it.matcherd.kill()
        self.assertEqual(self.ask("GET", "/api/alerts")[0], 503)
        self.assertEqual(self.figures()["samkoer_web_matcher_failures_total"], 1)
        self.until(lambda: "matcher.lost" in self.web.log(), "the loss in the log")
        self.it.matcherd.start()
        self.until(lambda: "matcher.back" in self.web.log(), "the return in the log")
        self.assertEqual(self.web.stop(), 0)
        events = [event["event"] for event in self.events()]
        self.assertEqual((events[0], events[-1]), ("web.started", "web.stopped"))
        self.assertEqual(events.count("connection.refused"), 1)
        for alert in json.loads(body)["alerts"]:
            for secret in ["anna", self.cookie.split("=")[1], alert["alert_id"],
                           *(participant["case_ref"] for participant in alert["participants"])]:
                self.assertNotIn(secret, self.web.log())

    def test_who_reads_the_same_at_once_stands_alone_in_the_log(self):
        people, times = ["anna", *(f"person{n}" for n in range(9))], 12
        lines = {}
        for name in [*people, "bo"]:
            if name != "anna":
                self.it.pki("client", self.pki, "coordinator", name)
            self.cookie = ""
            self.assertEqual(self.ask("POST", "/api/session", line := self.connect(name))[0], 200)
            lines[name] = (line, self.cookie)
            self.addCleanup(line.close)
        # Two who may not: one whose certificate is revoked since, on a line that stands, and another role
        # with the session of somebody who may.
        revoked = run([ROOT / "deploy/pki", "revoke", self.it.work / "revoked.txt", self.pki / "bo.pem"])
        self.assertEqual(revoked.returncode, 0, revoked.stderr)
        time.sleep(21)
        lines["databeskyttelse"] = (self.connect("databeskyttelse"), lines["anna"][1])
        self.addCleanup(lines["databeskyttelse"][0].close)
        # The lines have waited nearly as long as they may.
        for name in people:
            line, self.cookie = lines[name]
            self.assertEqual(self.ask("GET", "/api/session", line)[0], 200)

        begin, answers = threading.Barrier(len(lines)), collections.Counter()
        bodies, lock = collections.defaultdict(set), threading.Lock()

        def read(name):
            line, cookie = lines[name]
            begin.wait()
            for path in ("/api/alerts", "/api/overview") * times:
                try:
                    line.request("GET", path, headers={"Cookie": cookie})
                    answer = line.getresponse()
                    status, body = answer.status, answer.read()
                except (OSError, http.client.HTTPException):
                    line.close()
                    status, body = 0, b""
                with lock:
                    answers[name, path, status] += 1
                    if status == 200:
                        bodies[path].add(body)

        threads = [threading.Thread(target=read, args=[name]) for name in lines]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for path in ("/api/alerts", "/api/overview"):
            self.assertEqual({name: count for (name, asked, status), count in answers.items()
                              if asked == path and status == 200}, dict.fromkeys(people, times))
            self.assertEqual(len(bodies[path]), 1)
        alerts = len(json.loads(bodies["/api/alerts"].pop())["alerts"])
        self.assertGreater(alerts, 0)

        folder = self.it.work / "export"
        self.assertEqual(self.it.audit("export", folder).returncode, 0)
        portal = hashlib.sha256(ssl.PEM_cert_to_DER_cert((self.pki / "webside.pem").read_text())).digest()
        together = collections.defaultdict(set)
        for action, subjects in ((ALERTS_READ, alerts), (OVERVIEW_READ, 0)):
            readers = collections.Counter()
            for leaf in exported_log.of_action(exported_log.entries(folder), action):
                if leaf[CERTIFICATE] != [portal]:
                    continue
                name = leaf[ACTOR][0].decode().rpartition("/")[2]
                readers[name] += 1
                self.assertEqual(len(leaf.get(SUBJECTS, [])), subjects, name)
                together[action, leaf[TIME][0]].add(name)
            self.assertEqual(readers, dict.fromkeys(people, times))
        # A command has its time for itself: some were asked together, or this has shown nothing.
        self.assertGreater(max(len(names) for names in together.values()), 1)


if __name__ == "__main__":
    unittest.main()
