"""A witness on another machine catches a server that forks and one that is rolled back, store
and outside checkpoint together; without a witness changes wait, across restarts, until it is back."""
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import exported_log  # noqa: E402
from installation import BIN, ROOT, Installation, alert_set, run  # noqa: E402
from shifted_clock import ShiftedClock  # noqa: E402
from town import BASE, Town  # noqa: E402

BROKEN, UNAVAILABLE, STATE = 65, 69, 78
COSIGNED, OVERDUE, BACK = 80, 81, 82  # AuditAction
HOUR = 3600


class WitnessTest(unittest.TestCase):
    def setUp(self):
        seed = int(os.environ.get("SAMKOER_SEED", random.SystemRandom().randrange(10**9)))
        print(f"SAMKOER_SEED={seed}", flush=True)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.town = Town(folder.name, random.Random(seed), people=40)
        self.it = Installation(folder.name).__enter__()
        self.addCleanup(self.it.__exit__)
        self.clock = ShiftedClock(folder.name)
        self.it.pki("client", self.it.work / "pki", "witness", "nabokommunen")
        self.config = self.it.work / "witness.yaml"
        self.write_config({})
        shown = self.ok(self.witness("init", "--name", "nabo.example/w1"))
        self.key = shown.split('verifier_key: "')[1].split('"')[0]
        witnesses = [{"subject": f"samkoer://{self.municipality()}/witness/nabokommunen", "verifier_key": self.key}]
        for name in ("keyd", "matcherd"):
            self.it.edit(name, lambda c: c.update(witnesses=witnesses, witness_hours=1))

    def municipality(self):
        return (self.it.work / "pki/municipality").read_text(encoding="utf-8").strip()

    def write_config(self, addresses):
        pki = self.it.work / "pki"
        tls = {"ca_file": str(pki / "ca.pem"), "certificate_file": str(pki / "nabokommunen.pem"),
               "key_file": str(pki / "nabokommunen.key")}
        logs = [{"name": name, "server": {"address": address}, "tls": tls,
                 "log_verifier_key": self.it.program(name, "verifier-key", "--config", self.it.work / f"{name}.yaml").strip()}
                for name, address in addresses.items()]
        self.config.write_text(json.dumps({"key_file": "witness.key", "state_dir": "witness", "interval_seconds": 10,
                                           "logs": logs}), encoding="utf-8")

    def start(self):
        self.it.keyd.start(environment=self.clock.environment)
        self.it.matcherd.start(environment=self.clock.environment)
        self.it.write_client_configs()
        self.it.approve_policy()
        self.write_config({"matcherd": self.it.matcherd.address, "keyd": self.it.keyd.address})

    def witness(self, *arguments):
        return run([BIN / "samkoer-audit", "--config", self.config, "witness", *arguments],
                   env={**os.environ, **self.clock.environment})

    def ok(self, result):
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result.stdout

    def push(self, department, mutations=10):
        for _ in range(mutations if department != BASE else 0):
            self.town.mutate(department)
        self.town.write(department)
        return self.it.push(department, "--allow-shrink")

    def copy(self, server):
        """Store and outside checkpoint as they are now: all that a server remembers with."""
        self.assertEqual(server.stop(), 0)
        for part in ("data", "outside"):
            old = self.it.work / f"{server.program}.{part}.old"
            shutil.copytree(self.folder(server, part), old)
        server.start(environment=self.clock.environment)

    def folder(self, server, part):
        return self.it.work / (f"{server.program}/data" if part == "data" else f"{server.program}-outside")

    def put_back(self, server):
        self.assertEqual(server.stop(), 0)
        for part in ("data", "outside"):
            shutil.rmtree(self.folder(server, part))
            shutil.copytree(self.it.work / f"{server.program}.{part}.old", self.folder(server, part))
        server.start(environment=self.clock.environment)

    def seen(self, name):
        return exported_log.checkpoint_of(self.ok(self.witness("show", "--log", name)))

    def leaves(self, name):
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.it.work)) / "log"
        self.ok(self.it.audit("export", folder, "--server", name))
        return exported_log.entries(folder)

    def wait_for(self, server, event):
        # Abseil looks at the system's clock every few seconds only.
        deadline = time.monotonic() + 60
        while event not in server.log():
            self.assertLess(time.monotonic(), deadline, server.log())
            time.sleep(0.1)

    def test_a_renewed_certificate_is_used_by_the_next_round(self):
        self.start()
        pki = self.it.work / "pki"
        config = json.loads(self.config.read_text(encoding="utf-8"))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.config.write_text(json.dumps({**config, "metrics_listen": f"127.0.0.1:{port}"}), encoding="utf-8")
        old = {}
        for ending in ("pem", "key"):
            old[ending] = self.it.work / f"old.{ending}"
            old[ending].touch(mode=0o600)
            old[ending].write_bytes((pki / f"nabokommunen.{ending}").read_bytes())
        log = open(self.it.work / "witness.log", "wb")
        self.addCleanup(log.close)
        service = subprocess.Popen([BIN / "samkoer-audit", "--lang", "en", "--config", self.config, "witness", "run"],
                                   stdout=log, stderr=log)
        self.addCleanup(service.wait, 10)
        self.addCleanup(service.kill)

        def figures():
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as page:
                return {(name, log): float(value) for name, log, value in re.findall(
                    r'^(samkoer_\w+)\{log="(\w+)"\} (\S+)$', page.read().decode(), re.M)}

        def until(reached, what):
            deadline = time.monotonic() + 90
            while True:
                self.assertIsNone(service.poll(), (self.it.work / "witness.log").read_text(encoding="utf-8"))
                try:
                    if reached(found := figures()):
                        return found
                except OSError:
                    pass
                self.assertLess(time.monotonic(), deadline, what)
                time.sleep(0.2)

        def rounds(found):
            return min(found[("samkoer_witness_round_timestamp_seconds", log)] for log in ("matcherd", "keyd"))
        first = until(lambda found: rounds(found) > 0, "the first round")
        # Half of a renewal is no reason to stop.
        (pki / "nabokommunen.key").write_bytes((pki / "matcherd.key").read_bytes())
        until(lambda found: found[("samkoer_certificate_files_broken", "keyd")] == 1 and rounds(found) > rounds(first),
              "a round with what was in use")
        (pki / "nabokommunen.key").write_bytes(old["key"].read_bytes())
        self.ok(run([ROOT / "deploy/pki", "renew", pki, "--within", "400"]))
        self.ok(run([ROOT / "deploy/pki", "revoke", self.it.work / "revoked.txt", old["pem"]]))
        self.write_config({"matcherd": self.it.matcherd.address, "keyd": self.it.keyd.address})
        for file in ("pem", "key"):
            text = self.config.read_text(encoding="utf-8")
            self.config.write_text(text.replace(str(pki / f"nabokommunen.{file}"), str(old[file])), encoding="utf-8")
        self.config.write_text(json.dumps({**json.loads(self.config.read_text(encoding="utf-8")),
                                           "state_dir": "witness.old"}), encoding="utf-8")
        deadline = time.monotonic() + 60
        while self.witness("run", "--once").returncode == 0:
            self.assertLess(time.monotonic(), deadline, "the old certificate's end")
            time.sleep(0.5)
        revoked = figures()
        last = until(lambda found: rounds(found) > max(rounds(revoked), time.time() - 9), "a round under the new certificate")
        self.assertEqual(last[("samkoer_certificate_files_broken", "keyd")], 0)
        self.assertEqual(last[("samkoer_certificate_expiry_timestamp_seconds", "keyd")], self.it.expiry("nabokommunen"))
        self.assertEqual([last[("samkoer_witness_log_refused", log)] for log in ("matcherd", "keyd")], [0, 0])
        service.send_signal(signal.SIGTERM)
        self.assertEqual(service.wait(30), 0)
        told = (self.it.work / "witness.log").read_text(encoding="utf-8")
        self.assertEqual(told.count("does not belong to"), 2, told)  # once for each log

    def test_a_fork_and_a_rollback_are_caught(self):
        self.start()
        self.push(BASE)
        self.ok(self.witness("run", "--once"))
        for name in ("matcher", "keyd"):
            self.assertIn("nabo.example/w1", self.ok(self.it.audit("verify", "--server", name, "--witness", self.key)))
        self.ok(self.witness("status"))
        self.copy(self.it.matcherd)
        self.copy(self.it.keyd)

        self.push("familie")
        self.ok(self.witness("run", "--once"))
        matcher_saw, keyd_saw = self.seen("matcherd"), self.seen("keyd")

        # The matcher goes on from the old copy, with other pushes, until its log is longer than what was seen; the
        # key service goes on from its own and is shorter. Neither refuses to start: its own checkpoint is old too.
        self.put_back(self.it.matcherd)
        outside = self.it.work / "matcherd-outside/checkpoint"
        self.push("jobcenter")
        while exported_log.checkpoint_of(outside.read_text(encoding="utf-8"))[0] <= matcher_saw[0]:
            self.ok(self.it.alerts_program("list"))
            time.sleep(0.2)  # the file follows the log
        self.put_back(self.it.keyd)
        caught = self.witness("run", "--once")
        self.assertEqual(caught.returncode, BROKEN, caught.stdout + caught.stderr)
        self.assertRegex(caught.stderr, r"(?m)^fejl: matcherd: LOGGEN ER SKREVET OM")
        self.assertRegex(caught.stderr, r"(?m)^fejl: keyd: LOGGEN ER BLEVET KORTERE")
        for name, saw in (("matcherd", matcher_saw), ("keyd", keyd_saw)):
            self.assertEqual(self.seen(name), saw, "what was seen must stay")
            kept = list((self.it.work / "witness").glob(f"evidence-{name}-*.txt"))
            self.assertEqual(len(kept), 1)
            self.assertIn(self.ok(self.witness("show", "--log", name)), kept[0].read_text(encoding="utf-8"))
        self.assertEqual(self.witness("status").returncode, BROKEN)

        # It stays so, whatever the logs become; as a service, too.
        self.push("social")
        self.assertEqual(self.witness("run", "--once").returncode, BROKEN)
        self.assertEqual(self.witness("run").returncode, BROKEN)
        self.assertEqual(len(list((self.it.work / "witness").glob("evidence-*"))), 2)
        # Until a person has resolved it, with a reason.
        for name in ("matcherd", "keyd"):
            self.ok(self.witness("resolve", "--log", name, "--reason", "Efter en gendannelse, journal 2026-12"))
        self.assertEqual(self.witness("resolve", "--log", "keyd", "--reason", "igen").returncode, STATE)
        self.ok(self.witness("run", "--once"))
        self.assertNotEqual(self.seen("matcherd"), matcher_saw)

    def test_without_a_witness_changes_wait_until_it_is_back(self):
        self.start()
        self.push(BASE)
        self.push("familie")
        self.ok(self.witness("run", "--once"))
        alerts = self.it.alerts()
        self.town.mutate("familie")
        self.town.write("familie")

        self.clock.set(2 * HOUR)
        for server in (self.it.matcherd, self.it.keyd):
            self.wait_for(server, "witness.overdue")
        for restarted in (False, True):
            refused = self.it.try_push("familie", "--allow-shrink")
            self.assertEqual(refused.returncode, UNAVAILABLE, refused.stderr)
            self.assertIn("no witness has cosigned", refused.stderr)
            if not restarted:
                for server in (self.it.matcherd, self.it.keyd):
                    server.kill()
                    server.start(environment=self.clock.environment)
        state = self.it.alerts_program("set", alerts[0]["alert_id"], "tilbudt") if alerts else None
        if state:
            self.assertEqual(state.returncode, UNAVAILABLE, state.stderr)
            self.assertIn("vidne", state.stderr)
        # Reading goes on, and so does the log.
        self.assertEqual(alert_set(self.it.alerts()), alert_set(alerts))
        self.ok(self.it.audit("verify", "--witness", self.key))
        self.assertEqual(self.witness("status").returncode, UNAVAILABLE, "nobody has looked for two hours")

        # The witness is back, as a service, and ends in order.
        with subprocess.Popen([BIN / "samkoer-audit", "--config", self.config, "witness", "run"], stdout=subprocess.PIPE,
                              text=True, env={**os.environ, **self.clock.environment}) as service:
            lines = [service.stdout.readline() for _ in range(2)]
            service.send_signal(signal.SIGTERM)
            self.assertEqual(service.wait(40), 0)
        self.assertEqual({line.split(":")[0] for line in lines}, {"matcherd", "keyd"})
        self.it.push("familie", "--allow-shrink")
        for name in ("matcher", "keyd"):
            actions = self.leaves(name)
            self.assertEqual([len(exported_log.of_action(actions, a)) for a in (COSIGNED, OVERDUE, BACK)], [2, 1, 1], name)


if __name__ == "__main__":
    unittest.main()
