"""deploy/monitoring: the rules hold in promtool's own tests, each in one of them; they name only
metrics that are served, and each has a runbook page.
"""
import json
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from installation import BIN, ROOT, Installation, run  # noqa: E402
from web_page import Web  # noqa: E402

MONITORING = ROOT / "deploy/monitoring"
NAME = re.compile(r"samkoer_[a-z_]+")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def names(text):
    """Metrics by the names under which they are declared."""
    return {re.sub(r"_bucket$", "", name) for name in NAME.findall(text)}


def promtool(work):
    """Debian's, unpacked and not installed: its package starts a server."""
    if shutil.which("promtool"):
        return "promtool"
    fetched = run(["apt-get", "download", "prometheus"], cwd=work)
    package = next(pathlib.Path(work).glob("prometheus_*.deb"), None)
    if package is None:
        raise AssertionError(fetched.stderr)
    subprocess.run(["dpkg-deb", "-x", package, work], check=True, timeout=120)
    return pathlib.Path(work) / "usr/bin/promtool"


class Monitoring(unittest.TestCase):
    def test_the_rules_are_valid_and_raise_what_they_should(self):
        with tempfile.TemporaryDirectory() as work:
            tool = promtool(work)
            for arguments in (("check", "config", MONITORING / "prometheus.yaml"),
                              ("test", "rules", MONITORING / "alert-rules-test.yaml")):
                done = run([tool, *arguments])
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_every_rule_is_raised_in_a_test_and_not_raised_in_one(self):
        rules = (MONITORING / "alert-rules.yaml").read_text(encoding="utf-8")
        cases = re.split(r"(?=eval_time: )", (MONITORING / "alert-rules-test.yaml").read_text(encoding="utf-8"))
        raised = {re.search(r"alertname: (\w+)", case)[1] for case in cases[1:] if "exp_alerts:" in case}
        quiet = {re.search(r"alertname: (\w+)", case)[1] for case in cases[1:] if "exp_alerts:" not in case}
        alerts = set(re.findall(r"- alert: (\w+)", rules))
        self.assertEqual(alerts - raised, set())
        # Where there is no earlier moment at which it is quiet, a series beside it is.
        self.assertLessEqual(alerts - quiet, {"SamkoerCertificateExpires", "SamkoerManyDenials", "SamkoerBackupUnreadable",
                                              "SamkoerBackupDrillFailed"})
        self.assertEqual((raised | quiet) - alerts, set())

    def test_every_rule_has_a_page_that_bears_its_name(self):
        rules = (MONITORING / "alert-rules.yaml").read_text(encoding="utf-8")
        alerts = re.findall(r"- alert: (\w+)(?:.*\n)+?\s+runbook: (\S+)", rules)
        self.assertEqual(len(alerts), rules.count("- alert:"))
        for alert, page in alerts:
            self.assertTrue((ROOT / page).read_text(encoding="utf-8").startswith(f"# {alert}\n"), page)

    def page(self, port):
        for _ in range(300):
            try:
                return urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10).read().decode()
            except urllib.error.URLError:
                time.sleep(0.1)
        raise AssertionError(f"nothing answers on {port}")

    def start_witness(self, it, port):
        pki, config = it.work / "pki", it.work / "witness.yaml"
        key = it.program("keyd", "verifier-key", "--config", it.work / "keyd.yaml").strip()
        config.write_text(json.dumps({
            "key_file": "witness.key", "state_dir": "witness", "metrics_listen": f"127.0.0.1:{port}",
            "logs": [{"name": "keyd", "server": {"address": it.keyd.address}, "log_verifier_key": key, "tls": {
                "ca_file": str(pki / "ca.pem"), "certificate_file": str(pki / "nabo.pem"),
                "key_file": str(pki / "nabo.key")}}]}), encoding="utf-8")
        made = run([BIN / "samkoer-audit", "--config", config, "witness", "init", "--name", "nabo.example/w"])
        self.assertEqual(made.returncode, 0, made.stderr)
        service = subprocess.Popen([BIN / "samkoer-audit", "--config", config, "witness", "run"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(service.wait, 10)
        self.addCleanup(service.kill)

    def test_rules_and_dashboard_name_only_metrics_that_are_served(self):
        dashboard = json.loads((MONITORING / "dashboard.json").read_text(encoding="utf-8"))
        asked = names((MONITORING / "alert-rules.yaml").read_text(encoding="utf-8"))
        for panel in dashboard["panels"]:
            asked |= names(" ".join(target["expr"] for target in panel["targets"]))
        self.assertGreater(len(asked), 15)
        jobs = (MONITORING / "prometheus.yaml").read_text(encoding="utf-8")
        self.assertEqual(re.findall(r"job_name: (\S+)", jobs),
                         ["samkoer-matcherd", "samkoer-keyd", "samkoer-web", "samkoer-witness"])
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(run([sys.executable, ROOT / "deploy/lib/demo_data.py", folder]).returncode, 0)
            with Installation(folder) as it:
                ports = {name: free_port() for name in ("keyd", "matcherd", "web", "witness")}
                for name in ("keyd", "matcherd"):
                    it.edit(name, lambda c, port=ports[name]: c.update(metrics_listen=f"127.0.0.1:{port}"))
                pki = it.work / "pki"
                it.pki("server", pki, "web-server")
                it.pki("client", pki, "coordinator", "webside")
                it.pki("client", pki, "witness", "nabo")
                it.start()
                it.edit("web", lambda c: c.update(metrics_listen=f"127.0.0.1:{ports['web']}"))
                web = Web(it).start()
                self.addCleanup(web.kill)
                self.start_witness(it, ports["witness"])
                it.push_all()
                # A coordinator's certificate may not push.
                department = it.departments[0]
                it.edit(f"agent-{department}", lambda c: c["tls"].update(
                    certificate_file=str(it.work / "pki/ungekoordinator.pem"),
                    key_file=str(it.work / "pki/ungekoordinator.key")))
                self.assertNotEqual(it.try_push(department).returncode, 0)
                # The agent's service writes its own figures.
                other = it.departments[1]
                self.assertIn(it.agent(other, "run", "--once", "--day", it.day, "--fast-unlock").returncode, (0, 2))
                figures = (it.work / "state" / other / "metrics.prom").read_text(encoding="utf-8")
                served = set(re.findall(r"^# TYPE (\S+)", figures, re.M))
                for port in ports.values():
                    page = self.page(port)
                    served |= set(re.findall(r"^# TYPE (\S+)", page, re.M))
        # What the drill writes for another exporter.
        drill = set(re.findall(r"^# TYPE (\S+)", (ROOT / "deploy/backup-drill").read_text(encoding="utf-8"), re.M))
        self.assertEqual(asked - served - drill, set())


if __name__ == "__main__":
    unittest.main()
