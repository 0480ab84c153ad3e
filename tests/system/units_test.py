"""deploy/systemd: a service whose configuration is wrong stays down until a person has looked; its
program ends with the code that its unit names. A service tells systemd when it serves, once."""
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from installation import BIN, ROOT, Installation, run  # noqa: E402
from web_page import Web  # noqa: E402

CONFIGURATION = 78
STAY = ["samkoer-agent-run@.service", "samkoer-keyd.service", "samkoer-matcherd.service", "samkoer-web.service",
        "samkoer-witness.service"]
PATIENCE = 60


def staying():
    return [path for path in sorted((ROOT / "deploy/systemd").glob("*.service"))
            if "\nRestart=" in path.read_text(encoding="utf-8")]


class Units(unittest.TestCase):
    def test_a_wrong_configuration_is_not_tried_for_ever(self):
        self.assertEqual([unit.name for unit in staying()], STAY)
        for unit in staying():
            text = unit.read_text(encoding="utf-8")
            prevented = re.search(r"^RestartPreventExitStatus=(.+)$", text, re.M)[1].split()
            program, *arguments = re.search(r"^ExecStart=/usr/bin/(.+)$", text, re.M)[1].split()
            with tempfile.NamedTemporaryFile("w", suffix=".yaml") as config:
                config.write("no_such_setting: 1\n")
                config.flush()
                arguments = [config.name if word.startswith("/etc/samkoer/") else word for word in arguments]
                self.assertIn(config.name, arguments)
                ended = run([BIN / program, *arguments])
            self.assertEqual(ended.returncode, CONFIGURATION, f"{unit.name}: {ended.stderr}")
            self.assertIn("no_such_setting", ended.stderr)
            self.assertIn(str(ended.returncode), prevented, unit.name)

    def test_what_waits_to_be_told_may_be_told(self):
        for unit in staying():
            text = unit.read_text(encoding="utf-8")
            self.assertRegex(text, r"(?m)^Type=notify$", unit.name)
            self.assertRegex(text, r"(?m)^RestrictAddressFamilies=.*\bAF_UNIX\b", unit.name)


    def test_what_guides_say_about_logs_shows_them(self):
        """journalctl shows nothing of a unit with a journal of its own unless that is named."""
        own = {re.sub(r"@?\.service$", "", unit.name) for unit in (ROOT / "deploy/systemd").glob("*.service")
               if "\nLogNamespace=" in unit.read_text(encoding="utf-8")}
        self.assertIn("samkoer-witness", own)
        for path in (ROOT / "docs").rglob("*.md"):
            for line, unit in re.findall(r"(journalctl (?:(?!`|--namespace).)*-u (samkoer-[a-z-]+[a-z]))",
                                         path.read_text(encoding="utf-8")):
                self.assertNotIn(unit, own, f"{path}: {line}")


class Readiness(unittest.TestCase):
    """systemd's end of sd_notify(3)."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.work = pathlib.Path(folder.name)
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.manager.close)
        self.manager.bind(str(self.work / "notify"))
        os.environ["NOTIFY_SOCKET"] = str(self.work / "notify")
        self.addCleanup(os.environ.pop, "NOTIFY_SOCKET")

    def ready(self, name):
        """Once, and nothing else since the last time."""
        self.manager.settimeout(PATIENCE)
        self.assertEqual(self.manager.recv(4096).decode(), "READY=1\nSTATUS=Serving", name)
        self.manager.setblocking(False)
        with self.assertRaises(BlockingIOError, msg=name):
            self.manager.recv(4096)

    def beside(self, *command):
        process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait, 30)
        self.addCleanup(process.kill)
        return process

    def test_a_service_says_when_it_serves(self):
        data = self.work / "data"
        data.mkdir()
        self.assertEqual(run([sys.executable, ROOT / "deploy/lib/demo_data.py", data]).returncode, 0)
        it = Installation(data)
        self.addCleanup(it.__exit__)
        it.__enter__()
        pki = it.work / "pki"
        it.pki("server", pki, "web-server")
        it.pki("client", pki, "coordinator", "webside")
        it.pki("client", pki, "witness", "nabo")
        for server in (it.keyd, it.matcherd):
            server.start()
            self.ready(server.program)
        it.write_client_configs()
        it.approve_policy()
        web = Web(it).start()
        self.addCleanup(web.kill)
        self.ready("web")
        department = it.departments[0]
        agent = self.beside(BIN / "samkoer-agent", "--config", it.work / f"agent-{department}.yaml", "run", "--day",
                            it.day, "--fast-unlock")
        self.ready("agent")
        agent.terminate()
        # One round, as from a timer, is nothing that anybody waits for.
        once = it.agent(department, "run", "--once", "--day", it.day, "--fast-unlock")
        self.assertIn(once.returncode, (0, 2, 69), once.stderr)
        config = it.work / "witness.yaml"
        key = it.program("keyd", "verifier-key", "--config", it.keyd.config_path).strip()
        config.write_text(json.dumps({"key_file": "witness.key", "state_dir": "witness", "logs": [
            {"name": "keyd", "server": {"address": "127.0.0.1:9"}, "log_verifier_key": key, "tls": {
                "ca_file": str(pki / "ca.pem"), "certificate_file": str(pki / "nabo.pem"),
                "key_file": str(pki / "nabo.key")}}]}), encoding="utf-8")
        made = run([BIN / "samkoer-audit", "--config", config, "witness", "init", "--name", "nabo.example/w"])
        self.assertEqual(made.returncode, 0, made.stderr)
        # The log is away: the witness is there all the same.
        self.beside(BIN / "samkoer-audit", "--config", config, "witness", "run")
        self.ready("witness")


if __name__ == "__main__":
    unittest.main()
