"""deploy/pki with the root on a machine of its own: real servers and agents under
an issuing authority, renewal, revocation, and what is refused.
"""
import pathlib
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from installation import ROOT, Installation, expected_set, alert_set, run  # noqa: E402

PKI = ROOT / "deploy/pki"


def pki(*arguments, **environment):
    return run(["env", *(f"{name}={value}" for name, value in environment.items()), PKI, *arguments])


class Authority:
    """A root in one folder and an issuing authority in another."""

    def __init__(self, folder, issuing, municipality):
        self.root, self.issuing, self.passphrase = folder / "root", issuing, folder / "passphrase"
        self.passphrase.write_text("the root's own passphrase\n", encoding="utf-8")
        self.environment = {"SAMKOER_PKI_PASSPHRASE_FILE": self.passphrase}
        signed = folder / "issuing.pem"
        for arguments in (("root", self.root, municipality), ("issuing", issuing, municipality),
                          ("sign-issuing", self.root, issuing / "issuing.csr", signed),
                          ("accept-issuing", issuing, signed, self.root / "ca.pem")):
            done = pki(*arguments, **self.environment)
            assert done.returncode == 0, done.stderr


class UnderAnIssuingAuthority(Installation):
    def pki(self, *arguments):
        if arguments[0] == "ca":
            self.authority = Authority(self.work, arguments[1], arguments[2])
        else:
            super().pki(*arguments)


class PkiTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="samkoer-pki-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def refused(self, done, words):
        self.assertEqual(done.returncode, 64, done.stdout + done.stderr)
        self.assertIn("error: ", done.stderr)
        self.assertIn(words, done.stderr)

    def test_an_installation_lives_under_an_issuing_authority(self):
        data = self.folder / "data"
        self.assertEqual(run([sys.executable, ROOT / "deploy/lib/demo_data.py", data]).returncode, 0)
        with UnderAnIssuingAuthority(data) as it:
            it.start()
            it.push_all()
            self.assertEqual(alert_set(it.alerts()), expected_set(data))

            certificates, department = it.work / "pki", it.departments[0]
            renewed = pki("renew", certificates, "--within", "400")
            self.assertIn(department, renewed.stdout.split(), renewed.stderr)
            it.push(department)
            self.assertEqual(pki("renew", certificates).stdout, "", "nothing expires within 30 days")

            file = certificates / f"{department}.pem"
            self.assertEqual(pki("revoke", it.work / "revoked.txt", file).returncode, 0)
            listed = pki("list", certificates, it.work / "revoked.txt").stdout
            self.assertIn("revoked", next(line for line in listed.splitlines() if line.startswith(department + " ")))
            # The servers read the list again every ten seconds.
            for _ in range(60):
                if it.try_push(department).returncode != 0:
                    break
                time.sleep(0.5)
            self.assertEqual(it.try_push(department).returncode, 77)

    def test_the_roots_key_is_encrypted_and_no_other_passphrase_signs(self):
        authority = Authority(self.folder, self.folder / "issuing", "prøveby".replace("ø", "oe"))
        self.assertTrue((authority.root / "ca.key").read_text().startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----"))
        other = self.folder / "other"
        pki("issuing", other, "proeveby")
        wrong = self.folder / "wrong"
        wrong.write_text("not the passphrase\n", encoding="utf-8")
        self.refused(pki("sign-issuing", authority.root, other / "issuing.csr", self.folder / "out.pem",
                         SAMKOER_PKI_PASSPHRASE_FILE=wrong), "could not be opened")
        self.assertFalse((self.folder / "out.pem").exists())

    def test_what_does_not_belong_together_is_refused(self):
        authority = Authority(self.folder, self.folder / "issuing", "viborg")
        other = self.folder / "other"
        self.assertEqual(pki("issuing", other, "horsens").returncode, 0)
        self.refused(pki("sign-issuing", authority.root, other / "issuing.csr", self.folder / "o.pem",
                         **authority.environment), "horsens")
        self.refused(pki("accept-issuing", other, self.folder / "issuing.pem", authority.root / "ca.pem"),
                     "not for the key")
        trial = self.folder / "trial"
        self.assertEqual(pki("ca", trial, "viborg").returncode, 0)
        self.refused(pki("accept-issuing", self.folder / "issuing", self.folder / "issuing.pem", trial / "ca.pem"),
                     "does not chain")
        self.refused(pki("server", self.folder / "issuing", "issuing"), "the authority's own")
        self.refused(pki("client", self.folder / "none", "department", "familie"), "has no authority")
        self.refused(pki("root", authority.root, "viborg", **authority.environment), "exists")

    def test_renewing_keeps_names_and_use_and_changes_the_key(self):
        trial = self.folder / "trial"
        for arguments in (("ca", trial, "viborg"), ("server", trial, "keyd", "keyd.example", "10.0.0.1"),
                          ("client", trial, "department", "familie")):
            self.assertEqual(pki(*arguments).returncode, 0)

        def facts(name):
            shown = run(["openssl", "x509", "-in", trial / f"{name}.pem", "-noout", "-subject", "-ext",
                         "subjectAltName,extendedKeyUsage,basicConstraints"]).stdout
            return shown, (trial / f"{name}.key").read_text()
        before = {name: facts(name) for name in ("keyd", "familie")}
        self.assertEqual(pki("renew", trial).stdout.split(), ["familie", "keyd"])
        for name, (names, key) in before.items():
            self.assertEqual(facts(name)[0], names)
            self.assertNotEqual(facts(name)[1], key)
            self.assertEqual((trial / f"{name}.key").stat().st_mode & 0o777, 0o600)
            self.assertEqual(len(list(trial.glob(f"{name}.*.old"))), 1)


if __name__ == "__main__":
    unittest.main()
