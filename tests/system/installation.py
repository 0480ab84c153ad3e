"""One whole installation on loopback for a test: real processes, TLS, disks.

Uses the test build's programs (failpoints compiled in). Everything lives in one
temporary folder; every process is ended by pid when the test ends.
"""
import base64
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
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("SAMKOER_BIN", ROOT / "build/test/bin"))
sys.path.insert(0, str(ROOT / "deploy/lib"))
START_SECONDS = 60
PURPOSE = "ungeindsats"


def run(command, **options):
    """Runs to the end; returns the finished process with text output."""
    options.setdefault("timeout", 300)
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False, **options)


def copy_to_file(pipe, path):
    with pipe, open(path, "wb") as file:
        while chunk := pipe.read1(65536):
            file.write(chunk)
            file.flush()


class Server:
    """A samkoer-keyd or samkoer-matcherd that can be killed and restarted on the same port."""

    def __init__(self, installation, program, arguments=()):
        self.installation, self.program, self.arguments = installation, program, list(arguments)
        self.process, self.address, self.generation, self.environment = None, None, 0, {}

    @property
    def config_path(self):
        return self.installation.work / f"{self.program}.yaml"

    def start(self, environment=None, may_die=False, extra=()):
        self.generation += 1
        self.environment = environment or {}
        out = self.installation.work / f"{self.program}.{self.generation}.out"
        log = self.log_path
        with open(out, "wb") as stdout:
            self.process = subprocess.Popen(
                [BIN / f"samkoer-{self.program}", "run", "--config", self.config_path, *self.arguments, *extra],
                stdout=stdout, stderr=subprocess.PIPE, cwd=self.installation.work,
                env={**os.environ, **self.environment})
        # Through a pipe: a limit on the size of files must not cut the log short.
        self.logger = threading.Thread(target=copy_to_file, args=(self.process.stderr, log), daemon=True)
        self.logger.start()
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            match = re.search(r"^listening on (\S+)", out.read_text(encoding="utf-8", errors="replace"), re.M)
            if match:
                self.address = match[1]
                self.keep_port()
                return self
            if self.process.poll() is not None:
                if may_die:
                    return self
                raise AssertionError(f"{self.program} ended with {self.process.returncode}:\n{self.log()[-3000:]}")
            time.sleep(0.02)
        raise AssertionError(f"{self.program} did not start in {START_SECONDS} s")

    def keep_port(self):
        config = json.loads(self.config_path.read_text(encoding="utf-8"))
        config["tls"]["listen"] = self.address
        self.config_path.write_text(json.dumps(config, ensure_ascii=False), encoding="utf-8")

    @property
    def log_path(self):
        return self.installation.work / f"{self.program}.{self.generation}.log"

    def log(self):
        """What it has written on standard error since it started; all of it once it has ended."""
        if not self.running():
            self.logger.join(10)
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def running(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        if self.running():
            self.process.send_signal(signal.SIGKILL)
        if self.process:
            self.process.wait(30)

    def stop(self):
        """Ends in order; returns the exit code."""
        if self.running():
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60) if self.process else 0


class Installation:
    """Use as a context manager: `with Installation(folder, day) as it: it.start()`."""

    def __init__(self, data, day=None):
        self.data = pathlib.Path(data)
        self.plan = json.loads((self.data / "plan.json").read_text(encoding="utf-8"))
        self.day = day or self.plan["as_of"]
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="samkoer-system."))
        self.departments = [d["id"] for d in self.plan["departments"]]
        self.keyd = Server(self, "keyd")
        self.matcherd = Server(self, "matcherd", ["--as-of", self.day])

    def __enter__(self):
        try:
            self.prepare()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *unused):
        for server in (self.matcherd, self.keyd):
            server.kill()
        if not os.environ.get("SAMKOER_KEEP"):
            shutil.rmtree(self.work, ignore_errors=True)
        return False

    def pki(self, *arguments):
        result = run([ROOT / "deploy/pki", *arguments])
        assert result.returncode == 0, result.stderr

    def expiry(self, name):
        """When a certificate of the installation's expires, in Unix seconds."""
        shown = run(["openssl", "x509", "-in", self.work / f"pki/{name}.pem", "-noout", "-enddate"])
        return ssl.cert_time_to_seconds(shown.stdout.strip().removeprefix("notAfter="))

    def prepare(self):
        pki = self.work / "pki"
        slug = self.config("departments").split()[0]
        self.pki("ca", pki, slug)
        for name in ("keyd", "matcherd"):
            self.pki("server", pki, name)
            self.passphrase(self.work / name / "passphrase")
        for department in self.departments:
            self.pki("client", pki, "department", department)
            self.passphrase(self.work / "state" / department / "cache-passphrase")
        self.pki("client", pki, "coordinator", "ungekoordinator")
        self.pki("client", pki, "privacy-officer", "databeskyttelse")
        (self.work / "revoked.txt").write_text("")
        self.config("servers")
        self.program("keyd", "init", "--config", self.keyd.config_path, "--purpose", PURPOSE, "--fast-unlock")
        public = self.program("keyd", "public", "--config", self.keyd.config_path)
        keys = re.findall(r'epoch: (\d+)\s+public_key: "?([A-Za-z0-9+/=]+)"?\s+self_test: "?([A-Za-z0-9+/=]+)', public)
        self.edit("matcherd", lambda c: c.update(oprf_keys=[
            {"epoch": int(e), "public_key": k, "self_test": t} for e, k, t in keys]))
        self.program("matcherd", "init", "--config", self.matcherd.config_path, "--fast-unlock")

    def passphrase(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text("a passphrase of this test alone\n")

    def config(self, step, *arguments):
        result = run([sys.executable, ROOT / "deploy/lib/plan_config.py", step, "--data", self.data,
                      "--work", self.work, *arguments])
        assert result.returncode == 0, result.stderr
        return result.stdout

    def edit(self, name, change):
        path = self.work / f"{name}.yaml"
        value = json.loads(path.read_text(encoding="utf-8"))
        change(value)
        path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")

    def program(self, name, *arguments):
        result = run([BIN / f"samkoer-{name}", *arguments])
        assert result.returncode == 0, f"samkoer-{name}: {result.returncode}\n{result.stderr}"
        return result.stdout

    def start(self):
        self.keyd.start()
        self.matcherd.start()
        self.write_client_configs()
        self.approve_policy()
        return self

    def open_proposals(self):
        listed = self.audit("--format", "json", "policy", "list")
        assert listed.returncode == 0, listed.stderr
        return [p for p in json.loads(listed.stdout)["proposals"] if p["state"] == "PROPOSAL_STATE_OPEN"]

    def try_approve(self, proposal):
        digest = base64.b64decode(proposal["digest"]).hex()
        return self.audit("policy", "approve", proposal["number"], "--digest", digest, "--reason", "gennemgået")

    def approve_policy(self):
        """What the matcher has proposed, the privacy officer approves."""
        for proposal in self.open_proposals()[:1]:
            result = self.try_approve(proposal)
            assert result.returncode == 0, result.stderr

    def write_client_configs(self, matcher=None, key_service=None):
        self.config("clients", "--matcher", matcher or self.matcherd.address,
                    "--key-service", key_service or self.keyd.address,
                    "--matcher-verifier", self.program("matcherd", "verifier-key", "--config",
                                                       self.matcherd.config_path).strip(),
                    "--key-service-verifier", self.program("keyd", "verifier-key", "--config",
                                                           self.keyd.config_path).strip())

    # ---- people ----

    def agent(self, department, *arguments, **options):
        return run([BIN / "samkoer-agent", "--config", self.work / f"agent-{department}.yaml", *arguments], **options)

    def try_push(self, department, *arguments, day=None, **options):
        return self.agent(department, "push", "--day", day or self.day, "--fast-unlock", *arguments, **options)

    def push(self, department, *arguments, **options):
        """Pushes; fails the test unless it went through."""
        result = self.try_push(department, *arguments, **options)
        assert result.returncode in (0, 2), f"{department}: {result.returncode}\n{result.stderr}"
        return result

    def push_all(self):
        for department in self.departments:
            self.push(department)

    def alerts_program(self, *arguments, **options):
        return run([BIN / "samkoer-alerts", "--config", self.work / "ungekoordinator.yaml", *arguments], **options)

    def alerts(self):
        result = self.alerts_program("--format", "json", "list", "--all")
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)

    def audit(self, *arguments, **options):
        return run([BIN / "samkoer-audit", "--config", self.work / "databeskyttelse.yaml", *arguments], **options)


def alert_set(alerts):
    """Alerts as a sorted list of sorted (department, case reference) pairs."""
    return sorted(tuple(sorted((p["department"], p["case_ref"]) for p in a["participants"])) for a in alerts)


def expected_set(folder):
    expected = json.loads((pathlib.Path(folder) / "expected-alerts.json").read_text(encoding="utf-8"))
    return sorted(tuple(sorted((d["department"], ref) for d in a["departments"] for ref in d["case_refs"]))
                  for a in expected["alerts"])
