"""samkoer-agent run, the service, over real TLS against real servers: schedule and
jitter, one at a time, back-off, metrics and health, an end that is asked for in the
middle of a push, a certificate that is renewed, and a drop folder.

Nothing here depends on how fast anything is: what is waited for comes, or the test
fails after WAIT_SECONDS.
"""
import datetime
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from installation import BIN, ROOT, Installation, alert_set, run  # noqa: E402
from push_tap import PushTap  # noqa: E402
from town import BASE, Town  # noqa: E402

WAIT_SECONDS = 120
AWAY, NOT_PERMITTED = 69, 77  # sysexits
DAY_SECONDS = 24 * 3600


class HoldingTap(PushTap):
    """Holds a push's commit back until it is let go."""

    def __init__(self, *arguments):
        self.held, self.let_go = threading.Event(), threading.Event()
        super().__init__(*arguments)

    def message(self, connection, from_client, stream, message):
        super().message(connection, from_client, stream, message)
        if from_client and self.commit_sent and not self.held.is_set():
            self.held.set()
            self.let_go.wait(WAIT_SECONDS)


class Service:
    """A running `samkoer-agent run` of one department."""

    def __init__(self, it, department, *arguments):
        self.it, self.department = it, department
        self.state = it.work / "state" / department
        self.log_path = it.work / f"run-{department}.log"
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [BIN / "samkoer-agent", "--config", it.work / f"agent-{department}.yaml", "run", "--day", it.day,
                 "--fast-unlock", *arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, "TZ": "UTC"})

    def log(self):
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def health(self):
        done = self.it.agent(self.department, "--format", "json", "health")
        return done.returncode, json.loads(done.stdout)

    def result(self):
        path = self.state / "last-result.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def metric(self, name):
        """A figure; -1 before the service has written any."""
        path = self.state / "metrics.prom"
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        value = re.search(rf'^samkoer_agent_{name}{{department="{self.department}",purpose="ungeindsats"}} (\d+)$',
                          text, re.M)
        return int(value[1]) if value else -1

    def until(self, holds, what):
        """Waits until `holds()`; what it returned."""
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            found = holds()
            if found:
                return found
            if self.process.poll() is not None:
                raise AssertionError(f"ended with {self.process.returncode} before {what}\n{self.log()}")
            time.sleep(0.1)
        raise AssertionError(f"not within {WAIT_SECONDS} s: {what}\n{self.log()}")

    def stop(self):
        """Asks it to end; returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(WAIT_SECONDS)


class RunTest(unittest.TestCase):
    def setUp(self):
        seed = int(os.environ.get("SAMKOER_SEED", random.SystemRandom().randrange(10**9)))
        print(f"SAMKOER_SEED={seed}", flush=True)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.town = Town(folder.name, random.Random(seed), people=40)
        for digits in self.town.people[:25]:
            self.town.cases["familie"][self.town.reference("familie")] = (digits, True)
        self.town.write("familie")
        self.it = Installation(folder.name).__enter__()
        self.addCleanup(self.it.__exit__)
        self.it.start()
        self.it.push(BASE)

    def service(self, *arguments, **run_settings):
        if run_settings:
            self.it.edit("agent-familie", lambda c: c.update(run=run_settings))
        service = Service(self.it, "familie", *arguments)
        self.addCleanup(service.process.wait, WAIT_SECONDS)
        self.addCleanup(service.process.kill)
        return service

    def assert_all_alerts(self):
        self.assertEqual(alert_set(self.it.alerts()),
                         self.town.alerts({**self.town.cases, "jobcenter": {}, "social": {}}))

    def test_a_missed_day_is_pushed_at_once_and_the_next_one_on_time(self):
        # Three hours ago: far enough from now that the next one is tomorrow's, whatever the jitter.
        at = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=3)
        settings = {"daily_at": f"{at:%H:%M}", "jitter_minutes": 30}
        service = self.service(**settings)
        service.until(lambda: service.result().get("ok"), "the first push")
        self.assert_all_alerts()
        code, health = service.until(lambda: service.health()[1]["next_attempt"] > time.time() and service.health(),
                                     "a plan for the next one")
        self.assertEqual((code, health["healthy"], health["failures_in_a_row"]), (0, True, 0))
        planned = at.replace(second=0, microsecond=0).timestamp() + DAY_SECONDS
        plans = set()
        self.assertLessEqual(planned, health["next_attempt"])
        self.assertLessEqual(health["next_attempt"], planned + 30 * 60)
        for name, value in (("pushes_total", 1), ("failures_total", 0), ("failures_in_a_row", 0), ("rows", 25),
                            ("records", 25), ("held_records", 25), ("over_limit", 0),
                            ("last_success_timestamp_seconds", health["last_success"])):
            self.assertEqual(service.metric(name), value, name)
        self.assertEqual((service.state / "metrics.prom").stat().st_mode & 0o777, 0o644)
        self.assertEqual((service.state / "last-result.json").stat().st_mode & 0o777, 0o600)
        self.assertEqual(service.result()["push"]["held"], 25)

        # A second one, with the first still there.
        second = self.it.agent("familie", "run", "--once")
        self.assertEqual(second.returncode, AWAY, second.stderr)
        self.assertIn("another", second.stderr)
        self.assertEqual(service.stop(), 0, service.log())

        # Restarted, it waits for tomorrow; not each time for the same minute.
        for _ in range(4):
            state = service.state / "run.state"
            state.write_text(re.sub(r"^next_attempt .*$", "next_attempt 0", state.read_text(), flags=re.M))
            service = self.service()
            plan = service.until(lambda s=service: s.health()[1]["next_attempt"], "a plan")
            plans.add(plan)
            self.assertLessEqual(planned, plan)
            self.assertLessEqual(plan, planned + 30 * 60)
            self.assertEqual(service.stop(), 0)
        self.assertGreater(len(plans), 1)
        self.assertEqual(service.metric("pushes_total"), 1)

    def test_an_unreachable_server_is_tried_again_ever_less_often(self):
        self.it.keyd.kill()
        service = self.service(retry_seconds=1, retry_most_seconds=4)
        waits = {}

        def failed(times):
            _, health = service.health()
            # Between a failure and the plan for the next one the plan is still the old one.
            if health["failures_in_a_row"] and health["next_attempt"] > health["last_attempt"]:
                waits.setdefault(health["failures_in_a_row"], health["next_attempt"] - health["last_attempt"])
            return health["failures_in_a_row"] >= times and max(waits, default=0) >= times
        service.until(lambda: failed(4), "the fourth failure")
        # Whole seconds of times with fractions: a second of doubt to each side.
        for failures, wait in waits.items():
            most = min(2 ** (failures - 1), 4)
            self.assertLessEqual(0.75 * most - 1, wait, waits)
            self.assertLessEqual(wait, most + 1, waits)
        code, health = service.health()
        self.assertEqual((code, health["healthy"], health["last_success"]), (AWAY, False, 0))
        result = service.result()
        self.assertEqual((result["ok"], result["exit_code"]), (False, AWAY))
        self.assertIn("key service", result["error"])
        self.assertTrue(result["hint"])
        self.assertGreaterEqual(service.metric("failures_in_a_row"), 4)
        self.assertEqual(service.metric("last_success_timestamp_seconds"), 0)
        self.assertEqual(alert_set(self.it.alerts()), [])

        self.it.keyd.start()
        service.until(lambda: service.result().get("ok"), "a push that goes through")
        service.until(lambda: service.health()[0] == 0, "health")
        self.assertEqual(service.metric("failures_in_a_row"), 0)
        self.assertGreaterEqual(service.metric("failures_total"), 4)
        self.assert_all_alerts()
        # Nothing of a row in what the service writes for others to read.
        shown = service.log() + (service.state / "metrics.prom").read_text() + json.dumps(service.result())
        for digits in self.town.people:
            self.assertNotIn(digits, shown)
        self.assertEqual(service.stop(), 0)

    def test_an_end_in_the_middle_of_a_push_waits_for_its_receipt(self):
        tap = HoldingTap(self.it.matcherd.address, self.it.work / "pki", "matcherd", "familie")
        self.addCleanup(tap.close)
        self.addCleanup(tap.let_go.set)
        self.it.edit("agent-familie", lambda c: c.update(
            matcher={"address": tap.address, "server_name": "localhost"}))
        service = self.service()
        service.until(tap.held.is_set, "the commit")
        service.process.send_signal(signal.SIGTERM)
        self.assertEqual(alert_set(self.it.alerts()), [])
        self.assertIsNone(service.process.poll(), service.log())
        tap.let_go.set()
        self.assertEqual(service.process.wait(WAIT_SECONDS), 0, service.log())
        self.assertTrue(service.result()["ok"])
        self.assertEqual(service.metric("pushes_total"), 1)
        self.assert_all_alerts()
        # An idle one ends, too.
        idle = self.service()
        idle.until(lambda: idle.health()[1]["next_attempt"] > time.time(), "a plan")
        self.assertEqual(idle.stop(), 0, idle.log())

    def test_a_killed_service_goes_on_where_it_was(self):
        tap = HoldingTap(self.it.matcherd.address, self.it.work / "pki", "matcherd", "familie")
        self.addCleanup(tap.close)
        self.addCleanup(tap.let_go.set)
        self.it.edit("agent-familie", lambda c: c.update(
            matcher={"address": tap.address, "server_name": "localhost"}))
        service = self.service()
        service.until(tap.held.is_set, "the commit")
        service.process.kill()
        service.process.wait(WAIT_SECONDS)
        tap.let_go.set()
        # Its lock went with it.
        again = self.service()
        again.until(lambda: again.result().get("ok"), "the push of the next one")
        self.assertTrue(again.result()["push"]["resumed"] or again.result()["push"]["unchanged"] == 25,
                        again.result())
        self.assertEqual(again.stop(), 0)
        self.assert_all_alerts()

    def test_a_renewed_certificate_is_used_by_the_next_push(self):
        folder = self.it.work / "ind"
        folder.mkdir()
        pki = self.it.work / "pki"

        def drop(c):
            c.pop("source_file")
            c["drop"] = {"folder": str(folder), "pattern": "*.csv", "quiet_seconds": 1}
        self.it.edit("agent-familie", drop)
        service = self.service(poll_seconds=1, retry_seconds=1, retry_most_seconds=2)
        self.drop(folder, "1.csv")
        service.until(lambda: service.metric("pushes_total") == 1, "the first file")

        # Renewed first, then the old one revoked, with the service running all the while.
        old = {}
        for ending in ("pem", "key"):
            old[ending] = self.it.work / f"old.{ending}"
            old[ending].touch(mode=0o600)
            old[ending].write_bytes((pki / f"familie.{ending}").read_bytes())
        renewed = run([ROOT / "deploy/pki", "renew", pki, "--within", "400"])
        self.assertIn("familie", renewed.stdout.split(), renewed.stderr)
        revoked = run([ROOT / "deploy/pki", "revoke", self.it.work / "revoked.txt", old["pem"]])
        self.assertEqual(revoked.returncode, 0, revoked.stderr)
        self.it.edit("agent-familie", lambda c: c["tls"].update(certificate_file=str(old["pem"]),
                                                                key_file=str(old["key"])))
        service.until(lambda: self.it.agent("familie", "inbox").returncode == NOT_PERMITTED,
                      "the old certificate's end")
        self.town.cases["familie"][self.town.reference("familie")] = (self.town.people[30], True)
        self.drop(folder, "2.csv")
        service.until(lambda: service.metric("pushes_total") == 2, "the push under the new certificate")
        self.assertEqual(service.metric("failures_total"), 0, service.log())
        self.assertEqual(service.metric("held_records"), 26)
        self.assert_all_alerts()
        self.dropped_files_have_their_ends(service, folder)
        self.assertEqual(service.stop(), 0)

    def drop(self, folder, name, text=None):
        """As a good sender does it: under another name first."""
        self.town.write("familie")
        text = text or (self.town.folder / "familie.csv").read_text(encoding="utf-8")
        part = folder / f"{name}.part"
        part.write_text(text, encoding="utf-8")
        part.rename(folder / name)

    def dropped_files_have_their_ends(self, service, folder):
        self.assertEqual(sorted(p.name for p in (service.state / "archive").iterdir()), ["1.csv", "2.csv"])
        (folder / "3.csv.part").write_text("cpr;ref\n", encoding="utf-8")
        self.drop(folder, "4.csv", "navn;andet\nIda Kjær;1\n")
        refused = service.state / "refused"
        service.until(lambda: service.metric("refused_files_total") == 1, "the refusal")
        self.assertIn("column", (refused / "4.csv.reason.txt").read_text(encoding="utf-8"))
        # An old export would turn time back.
        (folder / "5.csv").write_bytes((service.state / "archive/1.csv").read_bytes())
        service.until(lambda: service.metric("refused_files_total") == 2, "the refusal of the old export")
        self.assertTrue((folder / "3.csv.part").exists())
        self.assertEqual(service.metric("pushes_total"), 2)
        self.assertEqual(service.metric("held_records"), 26)
        self.assertNotIn("Ida", service.log())


if __name__ == "__main__":
    unittest.main()
