"""What must be refused is refused, with a message that says what to do, and
changes nothing."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from installation import ROOT, Installation, alert_set, expected_set  # noqa: E402


class RefusalsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        subprocess.run([sys.executable, ROOT / "deploy/lib/demo_data.py", cls.folder.name], check=True)
        cls.it = Installation(cls.folder.name)
        try:
            cls.it.__enter__().start().push_all()
        except BaseException:
            cls.it.__exit__()
            raise

    @classmethod
    def tearDownClass(cls):
        cls.it.__exit__()
        cls.folder.cleanup()

    def tearDown(self):
        self.assertEqual(alert_set(self.it.alerts()), expected_set(self.folder.name), "the state changed")

    def with_config(self, name, change, program, *arguments, **options):
        """Runs a client with a changed copy of its configuration."""
        config = json.loads((self.it.work / f"{name}.yaml").read_text(encoding="utf-8"))
        change(config)
        path = self.it.work / f"{name}-changed.yaml"
        path.write_text(json.dumps(config, ensure_ascii=False, indent=1), encoding="utf-8")
        from installation import BIN, run
        return run([BIN / program, "--config", path, *arguments], **options)

    def certificate(self, name):
        pki = self.it.work / "pki"
        return lambda c: c["tls"].update(certificate_file=f"{pki}/{name}.pem", key_file=f"{pki}/{name}.key")

    def refused(self, result, *words):
        text = result.stdout + result.stderr
        self.assertNotEqual(result.returncode, 0, text)
        for word in words:
            self.assertIn(word.lower(), text.lower())

    def test_a_department_cannot_read_alerts(self):
        self.refused(self.with_config("ungekoordinator", self.certificate("familie"), "samkoer-alerts", "list"))

    def test_a_coordinator_cannot_push_or_read_the_log(self):
        self.refused(self.with_config("agent-familie", self.certificate("ungekoordinator"), "samkoer-agent",
                                      "push", "--day", self.it.day))
        self.refused(self.with_config("databeskyttelse", self.certificate("ungekoordinator"), "samkoer-audit",
                                      "verify"))

    def test_another_departments_certificate_cannot_push_its_cases(self):
        self.refused(self.with_config("agent-familie", self.certificate("social"), "samkoer-agent",
                                      "push", "--day", self.it.day))

    def test_a_certificate_of_another_authority(self):
        other = self.it.work / "other-pki"
        self.it.pki("ca", other, "eksempelby")
        self.it.pki("client", other, "coordinator", "fremmed")

        def change(config):
            config["tls"].update(certificate_file=f"{other}/fremmed.pem", key_file=f"{other}/fremmed.key")
        self.refused(self.with_config("ungekoordinator", change, "samkoer-alerts", "list"))

    def test_a_certificate_of_another_municipality(self):
        pki = self.it.work / "pki"
        municipality = (pki / "municipality").read_text()
        try:
            (pki / "municipality").write_text("naboby\n")
            self.it.pki("client", pki, "coordinator", "nabo")
        finally:
            (pki / "municipality").write_text(municipality)
        self.refused(self.with_config("ungekoordinator", self.certificate("nabo"), "samkoer-alerts", "list"))

    def test_unknown_config_keys_are_named_with_their_line(self):
        def change(config):
            config["dialect"]["delimeter"] = ";"
        result = self.with_config("agent-familie", change, "samkoer-agent", "validate-config")
        self.refused(result, "delimeter", "agent-familie-changed.yaml:")
        self.assertEqual(result.returncode, 78)

    def test_a_wrong_day(self):
        self.refused(self.it.agent("familie", "push", "--day", "2025-01-01"), "day")

    def test_a_truncated_export_does_not_wipe_a_department(self):
        export = pathlib.Path(self.folder.name) / "familie.csv"
        whole = export.read_bytes()
        try:
            export.write_bytes(b"\r\n".join(whole.split(b"\r\n")[:6]) + b"\r\n")
            self.refused(self.it.agent("familie", "push", "--day", self.it.day), "--allow-shrink")
        finally:
            export.write_bytes(whole)

    def test_a_key_service_that_is_away_is_named(self):
        def change(config):
            config["key_service"]["address"] = "127.0.0.1:9"
            config["state_dir"] += "-other"
        result = self.with_config("agent-familie", change, "samkoer-agent", "push", "--day", self.it.day)
        self.refused(result, "key service")
        self.assertEqual(result.returncode, 69)


if __name__ == "__main__":
    unittest.main()
