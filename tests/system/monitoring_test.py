"""deploy/monitoring: the rules hold in promtool's own tests, name only metrics
that the servers serve, and each has a runbook page.
"""
import json
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from installation import ROOT, Installation, run  # noqa: E402

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

    def test_every_rule_has_a_page_that_bears_its_name(self):
        rules = (MONITORING / "alert-rules.yaml").read_text(encoding="utf-8")
        alerts = re.findall(r"- alert: (\w+)(?:.*\n)+?\s+runbook: (\S+)", rules)
        self.assertEqual(len(alerts), rules.count("- alert:"))
        for alert, page in alerts:
            self.assertTrue((ROOT / page).read_text(encoding="utf-8").startswith(f"# {alert}\n"), page)

    def test_rules_and_dashboard_name_only_metrics_that_are_served(self):
        dashboard = json.loads((MONITORING / "dashboard.json").read_text(encoding="utf-8"))
        asked = names((MONITORING / "alert-rules.yaml").read_text(encoding="utf-8"))
        for panel in dashboard["panels"]:
            asked |= names(" ".join(target["expr"] for target in panel["targets"]))
        self.assertGreater(len(asked), 15)
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(run([sys.executable, ROOT / "deploy/lib/demo_data.py", folder]).returncode, 0)
            with Installation(folder) as it:
                ports = {name: free_port() for name in ("keyd", "matcherd")}
                for name, port in ports.items():
                    it.edit(name, lambda c, port=port: c.update(metrics_listen=f"127.0.0.1:{port}"))
                it.start()
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
                    page = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10).read().decode()
                    served |= set(re.findall(r"^# TYPE (\S+)", page, re.M))
        # What the drill writes for another exporter.
        drill = set(re.findall(r"^# TYPE (\S+)", (ROOT / "deploy/backup-drill").read_text(encoding="utf-8"), re.M))
        self.assertEqual(asked - served - drill, set())


if __name__ == "__main__":
    unittest.main()
