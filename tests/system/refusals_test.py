"""What must be refused is refused, with a message that says what to do, and
changes nothing."""
import json
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import exported_log  # noqa: E402
from grpc_reader import PREFACE, fields  # noqa: E402
from installation import BIN, ROOT, Installation, alert_set, expected_set, run  # noqa: E402

AWAY, NOT_PERMITTED, CONFIG = 69, 77, 78  # sysexits
# AuditAction: reads, evaluations, refusals and the alarms on them, and a push that was begun and came to nothing.
HARMLESS = {10, 11, 13, 22, 23, 24, 30, 31, 40, 51, 60, 61}
REREAD_SECONDS = 60


class RefusalsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        subprocess.run([sys.executable, ROOT / "deploy/lib/demo_data.py", cls.folder.name], check=True)
        cls.it = Installation(cls.folder.name)
        try:
            cls.it.__enter__().start().push_all()
            cls.exports = 0
            cls.leaves = cls.changes()
        except BaseException:
            cls.it.__exit__()
            raise

    @classmethod
    def tearDownClass(cls):
        cls.it.__exit__()
        cls.folder.cleanup()

    @classmethod
    def changes(cls):
        """The leaves of both logs that tell of a change."""
        cls.exports += 1
        found = []
        for name in ("matcher", "keyd"):
            folder = cls.it.work / f"export-{name}-{cls.exports}"
            result = cls.it.audit("export", folder, "--server", name)
            assert result.returncode == 0, result.stderr
            found += [leaf for leaf in exported_log.entries(folder)
                      if fields(leaf)[exported_log.ACTION][0] not in HARMLESS]
        return found

    def tearDown(self):
        self.assertEqual(alert_set(self.it.alerts()), expected_set(self.folder.name), "the state changed")
        added = [fields(leaf)[exported_log.ACTION] for leaf in self.changes()[len(self.leaves):]]
        self.assertEqual(added, [], "the log tells of a change")

    def with_config(self, name, change, program, *arguments, **options):
        """Runs a client with a changed copy of its configuration."""
        config = json.loads((self.it.work / f"{name}.yaml").read_text(encoding="utf-8"))
        change(config)
        path = self.it.work / f"{name}-changed.yaml"
        path.write_text(json.dumps(config, ensure_ascii=False, indent=1), encoding="utf-8")
        return run([BIN / program, "--config", path, *arguments], **options)

    def certificate(self, name):
        pki = self.it.work / "pki"
        return lambda c: c["tls"].update(certificate_file=f"{pki}/{name}.pem", key_file=f"{pki}/{name}.key")

    def refused(self, code, result, *words):
        text = result.stdout + result.stderr
        self.assertEqual(result.returncode, code, text)
        self.assertRegex(result.stderr, r"^(error|fejl): ")
        for word in words:
            self.assertIn(word.lower(), text.lower())

    def push_as(self, certificate):
        return self.with_config("agent-familie", self.certificate(certificate), "samkoer-agent", "push",
                                "--day", self.it.day, "--fast-unlock")

    def list_as(self, certificate):
        return self.with_config("ungekoordinator", self.certificate(certificate), "samkoer-alerts", "list")

    def verify_as(self, certificate, *arguments):
        return self.with_config("databeskyttelse", self.certificate(certificate), "samkoer-audit", "verify", *arguments)

    # ---- certificates ----

    def test_a_department_cannot_read_alerts_or_the_log(self):
        self.refused(NOT_PERMITTED, self.list_as("familie"), "not permitted")
        self.refused(NOT_PERMITTED, self.verify_as("familie"), "not permitted")
        self.refused(NOT_PERMITTED, self.verify_as("familie", "--server", "keyd"), "not permitted")

    def test_a_coordinator_cannot_push_or_read_the_log(self):
        self.refused(NOT_PERMITTED, self.push_as("ungekoordinator"), "not permitted")
        self.refused(NOT_PERMITTED, self.verify_as("ungekoordinator"), "not permitted")

    def test_a_privacy_officer_cannot_push_or_read_alerts(self):
        self.refused(NOT_PERMITTED, self.push_as("databeskyttelse"), "not permitted")
        self.refused(NOT_PERMITTED, self.list_as("databeskyttelse"), "not permitted")

    def test_another_departments_certificate_cannot_push_its_cases(self):
        self.refused(CONFIG, self.push_as("social"), "department", "social")

    def test_a_department_that_the_policy_does_not_know(self):
        self.it.pki("client", self.it.work / "pki", "department", "skoler")
        self.refused(NOT_PERMITTED, self.push_as("skoler"), "not permitted")

    def test_a_certificate_of_another_authority(self):
        other = self.it.work / "other-pki"
        self.it.pki("ca", other, "eksempelby")
        self.it.pki("client", other, "coordinator", "fremmed")

        def change(config):
            config["tls"].update(certificate_file=f"{other}/fremmed.pem", key_file=f"{other}/fremmed.key")
        self.refused(AWAY, self.with_config("ungekoordinator", change, "samkoer-alerts", "list"))

    def test_a_certificate_of_another_municipality(self):
        pki = self.it.work / "pki"
        municipality = (pki / "municipality").read_text()
        try:
            (pki / "municipality").write_text("naboby\n")
            self.it.pki("client", pki, "coordinator", "nabo")
        finally:
            (pki / "municipality").write_text(municipality)
        self.refused(NOT_PERMITTED, self.list_as("nabo"), "not permitted")

    def test_an_expired_certificate(self):
        os.environ["SAMKOER_PKI_DAYS"] = "0"
        try:
            self.it.pki("client", self.it.work / "pki", "coordinator", "udloebet")
        finally:
            del os.environ["SAMKOER_PKI_DAYS"]
        time.sleep(1.1)  # it ends in the second in which it begins
        self.refused(AWAY, self.list_as("udloebet"))

    def test_a_revoked_certificate(self):
        pki, revoked = self.it.work / "pki", self.it.work / "revoked.txt"
        self.it.pki("client", pki, "coordinator", "tidligere")
        self.assertEqual(self.list_as("tidligere").returncode, 0)
        print_of = run([ROOT / "deploy/pki", "fingerprint", pki / "tidligere.pem"])
        revoked.write_text(print_of.stdout)
        deadline = time.monotonic() + REREAD_SECONDS
        while self.list_as("tidligere").returncode == 0 and time.monotonic() < deadline:
            time.sleep(0.5)
        self.refused(NOT_PERMITTED, self.list_as("tidligere"), "not permitted")

    # ---- connections ----

    def servers(self):
        for server in (self.it.matcherd, self.it.keyd):
            host, port = server.address.rsplit(":", 1)
            yield server, (host, int(port))

    def test_a_plaintext_connection(self):
        for server, address in self.servers():
            with self.subTest(server.program), socket.create_connection(address, 30) as plain:
                plain.sendall(PREFACE + bytes(9))
                plain.settimeout(30)
                try:
                    answer = plain.recv(4096)
                except ConnectionResetError:
                    answer = b""
                # Nothing, or a TLS alert; never HTTP/2.
                self.assertIn(answer[:1], (b"", b"\x15"), answer)
            self.assertTrue(server.running())

    def tls(self, version, certificate):
        context = ssl.create_default_context(cafile=self.it.work / "pki/ca.pem")
        context.set_alpn_protocols(["h2"])
        context.minimum_version = context.maximum_version = version
        if certificate:
            context.load_cert_chain(self.it.work / f"pki/{certificate}.pem", self.it.work / f"pki/{certificate}.key")
        return context

    def answered(self, address, context):
        """Does the server speak HTTP/2 over this TLS?"""
        try:
            with socket.create_connection(address, 30) as raw, \
                    context.wrap_socket(raw, server_hostname="localhost") as secure:
                secure.settimeout(30)
                secure.sendall(PREFACE + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]))
                return bool(secure.recv(9))
        except (ssl.SSLError, ConnectionError):
            return False

    def test_tls_without_a_certificate_or_of_an_older_version(self):
        for server, address in self.servers():
            with self.subTest(server.program):
                self.assertTrue(self.answered(address, self.tls(ssl.TLSVersion.TLSv1_3, "familie")))
                self.assertFalse(self.answered(address, self.tls(ssl.TLSVersion.TLSv1_3, None)))
                self.assertFalse(self.answered(address, self.tls(ssl.TLSVersion.TLSv1_2, "familie")))
                self.assertTrue(server.running())
                # What gRPC says about it is a line of the log, not one of its own form.
                self.assertIn("grpc.error", server.log())
                for line in server.log().splitlines(keepends=True):
                    if line.endswith("\n"):
                        json.loads(line)

    # ---- configurations ----

    def test_unknown_config_keys_are_named_with_their_line(self):
        programs = [("agent-familie", "samkoer-agent", ["validate-config"]),
                    ("ungekoordinator", "samkoer-alerts", ["list"]),
                    ("databeskyttelse", "samkoer-audit", ["verify"])]
        for name, program, arguments in programs:
            with self.subTest(program):
                result = self.with_config(name, lambda c: c["tls"].update(certifikat_file="x"), program, *arguments)
                self.refused(CONFIG, result, "certifikat_file")
                self.assertRegex(result.stderr, rf"{name}-changed\.yaml:\d+")
        for name in ("keyd", "matcherd"):
            with self.subTest(name):
                self.it.edit(name, lambda c: c.update(log_levle="info"))
                try:
                    result = run([BIN / f"samkoer-{name}", "check-config", "--config", self.it.work / f"{name}.yaml"])
                    started = run([BIN / f"samkoer-{name}", "run", "--config", self.it.work / f"{name}.yaml"])
                finally:
                    self.it.edit(name, lambda c: c.pop("log_levle"))
                for refused in (result, started):
                    self.refused(CONFIG, refused, "log_levle")
                    self.assertRegex(refused.stderr, rf"{name}\.yaml:\d+")

    def test_a_domain_without_a_legal_basis_is_not_sent(self):
        def change(config):
            config["domains"] = [{"prefix": d["prefix"], "domain": "HOUSING_ECONOMY"} for d in config["domains"]]
            config["state_dir"] += "-domain"
            config.pop("rejects_file", None)
        # Nothing would be left of the department: the shrink guard holds.
        result = self.with_config("agent-familie", change, "samkoer-agent", "push", "--day", self.it.day,
                                  "--fast-unlock")
        self.refused(CONFIG, result, "--allow-shrink")

    def test_a_policy_with_an_unknown_key_or_domain(self):
        for change, word in ((lambda p: p.update(perpose="x"), "perpose"),
                             (lambda p: p["departments"][0]["domains"].append("WEATHER"), "weather")):
            policy = (self.it.work / "policy.yaml").read_text(encoding="utf-8")
            self.it.edit("policy", change)
            try:
                result = run([BIN / "samkoer-matcherd", "check-config", "--config", self.it.work / "matcherd.yaml"])
            finally:
                (self.it.work / "policy.yaml").write_text(policy, encoding="utf-8")
            self.refused(CONFIG, result, word)
            self.assertRegex(result.stderr, r"policy\.yaml:\d+")

    # ---- pushes ----

    def test_a_wrong_day(self):
        self.refused(CONFIG, self.it.try_push("familie", day="2025-01-01"), "day")

    def test_a_truncated_export_does_not_wipe_a_department(self):
        export = pathlib.Path(self.folder.name) / "familie.csv"
        whole = export.read_bytes()
        try:
            export.write_bytes(b"\r\n".join(whole.split(b"\r\n")[:6]) + b"\r\n")
            self.refused(CONFIG, self.it.try_push("familie"), "--allow-shrink")
        finally:
            export.write_bytes(whole)

    def test_a_key_service_that_is_away_is_named(self):
        def change(config):
            config["key_service"]["address"] = "127.0.0.1:9"
            config["state_dir"] += "-other"
        result = self.with_config("agent-familie", change, "samkoer-agent", "push", "--day", self.it.day,
                                  "--fast-unlock")
        self.refused(AWAY, result, "key service")


if __name__ == "__main__":
    unittest.main()
