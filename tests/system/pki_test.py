"""deploy/pki with the root on a machine of its own: real servers and agents under
an issuing authority, renewal, revocation, and what is refused.
"""
import fcntl
import os
import pathlib
import pty
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

    def typed(self, *answers):
        """`pki root` on a terminal, which is asked for the passphrase; exit code and what was shown."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.execv(PKI, [PKI, "root", self.folder / "root", "viborg"])
        shown, asked = b"", list(answers)
        while True:
            try:
                shown += os.read(terminal, 4096)
            except OSError:  # the other end is closed
                break
            if asked and shown.count(b"phrase") > len(answers) - len(asked) and shown.endswith(b":"):
                os.write(terminal, asked.pop(0).encode() + b"\n")
        os.close(terminal)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()

    def test_a_slip_with_the_passphrase_leaves_no_root_and_it_is_typed_again(self):
        root = self.folder / "root"
        for answers in (("one passphrase", "another one"), ("a passphrase", "a passphrase", "not that one")):
            code, shown = self.typed(*answers)
            self.assertEqual(code, 64, shown)
            self.assertIn("hint: ", shown)
            self.assertEqual(list(root.iterdir()), [], answers)
        # What a power cut left is no key yet; a key whose certificate is gone is somebody's to judge.
        (root / "ca.key").touch()
        self.assertEqual(self.typed(*["a passphrase"] * 3)[0], 0)
        (root / "ca.pem").unlink()
        key = (root / "ca.key").read_bytes()
        code, shown = self.typed()
        self.assertEqual((code, (root / "ca.key").read_bytes()), (64, key), shown)
        self.assertIn("has no certificate", shown)

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

    def test_the_issuing_authority_gets_a_new_key_and_what_it_issued_goes_on(self):
        issuing = self.folder / "issuing"
        authority = Authority(self.folder, issuing, "viborg")
        for name in ("familie", "jobcenter"):
            self.assertEqual(pki("client", issuing, "department", name).returncode, 0)
        again = pki("issuing", issuing, "viborg")
        self.refused(again, "issuing.key exists")
        self.assertIn("renew-issuing", again.stderr)
        before = {name: (issuing / name).read_bytes() for name in ("issuing.pem", "issuing.key", "familie.pem")}
        # Asked for twice: the first request was lost on the way, and its key is not dropped by mistake.
        self.assertEqual(pki("renew-issuing", issuing).returncode, 0)
        pending = (issuing / "issuing.next.key").read_bytes()
        self.refused(pki("renew-issuing", issuing), "waits in")
        self.assertEqual((issuing / "issuing.next.key").read_bytes(), pending)
        self.assertEqual(pki("renew-issuing", issuing, "--again").returncode, 0)
        self.assertNotEqual((issuing / "issuing.next.key").read_bytes(), pending)
        # Until it is accepted, the present one issues.
        self.assertEqual(pki("client", issuing, "department", "social").returncode, 0)
        signed = self.folder / "next.pem"
        # The root signs for 100 days, so that its end is near.
        done = pki("sign-issuing", authority.root, issuing / "issuing.csr", signed, **authority.environment,
                   SAMKOER_PKI_ISSUING_DAYS=100)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.refused(pki("accept-issuing", issuing, self.folder / "issuing.pem", authority.root / "ca.pem"),
                     "not for the key")
        accepted = pki("accept-issuing", issuing, signed, authority.root / "ca.pem")
        self.assertEqual(accepted.returncode, 0, accepted.stderr)
        self.assertIn("holds until", accepted.stdout)
        self.assertNotEqual((issuing / "issuing.key").read_bytes(), before["issuing.key"])
        self.assertEqual((issuing / "issuing.key").stat().st_mode & 0o777, 0o600)
        [older] = [p for p in issuing.glob("issuing.*.old") if not p.name.endswith(".key.old")]
        self.assertEqual(older.read_bytes(), before["issuing.pem"])
        older_key = older.with_name(older.name.replace(".old", ".key.old"))
        self.assertEqual(older_key.read_bytes(), before["issuing.key"])
        self.assertEqual(older_key.stat().st_mode & 0o777, 0o600)
        self.assertFalse((issuing / "issuing.csr").exists() or (issuing / "issuing.next.key").exists())

        def chains(name):
            return run(["openssl", "verify", "-CAfile", issuing / "ca.pem", "-untrusted", issuing / f"{name}.pem",
                        issuing / f"{name}.pem"]).returncode == 0

        def row(name):
            listed = pki("list", issuing).stdout.splitlines()
            return next(line.split() for line in listed if line.split()[0] == name)
        # The older ones hold with the older authority; a new one does not outlive the new one.
        self.assertEqual((issuing / "familie.pem").read_bytes(), before["familie.pem"])
        self.assertEqual(pki("client", issuing, "department", "ny").returncode, 0)
        self.assertFalse(older_key.exists(), "the new key works: nobody goes back")
        for name in ("familie", "ny", "social"):
            self.assertTrue(chains(name), name)
        self.assertLessEqual(row("ny")[1], row("issuing")[1])
        self.assertEqual(row("issuing")[2], "renew")
        self.assertEqual(row("ca")[2], "valid")
        # By itself nothing is renewed, and somebody is told that the authority is next.
        told = pki("renew", issuing)
        self.assertEqual((told.returncode, told.stdout), (1, ""))
        self.assertIn("renew-issuing", told.stderr)
        # All of them anew, under the new one.
        self.assertEqual(pki("renew", issuing, "--within", "9999").stdout.split(),
                         ["familie", "jobcenter", "ny", "social"])
        ends = [run(["openssl", "x509", "-in", issuing / f"{name}.pem", "-noout", "-checkend", "8639900"]).returncode
                for name in ("issuing", "familie")]
        self.assertEqual(ends, [0, 1], "outlives its authority")
        # The request is on its way: no failure any more.
        self.assertEqual(pki("renew-issuing", issuing).returncode, 0)
        self.assertEqual(pki("renew", issuing).returncode, 0)
        self.assertTrue(chains("familie"))
        self.assertLessEqual(row("familie")[1], row("issuing")[1])

    def test_a_certificate_is_renewed_when_its_authority_ends_before_it(self):
        issuing = self.folder / "issuing"
        Authority(self.folder, issuing, "viborg")
        self.assertEqual(pki("client", issuing, "department", "familie").returncode, 0)
        # Its file holds an authority that ends in 10 days.
        ending = self.folder / "ending"
        self.assertEqual(pki("ca", ending, "viborg", SAMKOER_PKI_DAYS=10).returncode, 0)
        leaf = run(["openssl", "x509", "-in", issuing / "familie.pem"]).stdout
        (issuing / "familie.pem").write_text(leaf + (ending / "ca.pem").read_text(encoding="utf-8"), encoding="utf-8")
        self.assertEqual(pki("renew", issuing).stdout.split(), ["familie"])

    def test_an_old_and_a_new_root_stand_in_one_file(self):
        """How the root's end is met: both are trusted for a while."""
        issuing = self.folder / "issuing"
        first = Authority(self.folder, issuing, "viborg")
        second = self.folder / "second"
        self.assertEqual(pki("root", second, "viborg", **first.environment).returncode, 0)
        both = self.folder / "both.pem"
        both.write_bytes((first.root / "ca.pem").read_bytes() + (second / "ca.pem").read_bytes())
        self.assertEqual(pki("client", issuing, "department", "familie").returncode, 0)
        signed = self.folder / "next.pem"
        for arguments in (("renew-issuing", issuing), ("sign-issuing", second, issuing / "issuing.csr", signed),
                          ("accept-issuing", issuing, signed, both), ("client", issuing, "department", "ny")):
            done = pki(*arguments, **first.environment)
            self.assertEqual(done.returncode, 0, done.stderr)
        for name in ("familie", "ny"):
            checked = run(["openssl", "verify", "-CAfile", issuing / "ca.pem", "-untrusted", issuing / f"{name}.pem",
                           issuing / f"{name}.pem"])
            self.assertEqual(checked.returncode, 0, checked.stderr)
        self.assertIn("ca ", pki("list", issuing).stdout)

    def test_an_acceptance_that_was_cut_off_is_typed_again(self):
        for step in ("before the key", "after the key", "certificate moved away"):
            folder = self.folder / step.replace(" ", "-")
            folder.mkdir()
            issuing, signed = folder / "issuing", folder / "next.pem"
            authority = Authority(folder, issuing, "viborg")
            old = {name: (issuing / name).read_bytes() for name in ("issuing.pem", "issuing.key")}
            self.assertEqual(pki("renew-issuing", issuing).returncode, 0)
            self.assertEqual(pki("sign-issuing", authority.root, issuing / "issuing.csr", signed,
                                 **authority.environment).returncode, 0)
            key = (issuing / "issuing.next.key").read_bytes()
            accept = ("accept-issuing", issuing, signed, authority.root / "ca.pem")
            if step == "certificate moved away":  # as an older version did it
                (issuing / "issuing.pem").rename(issuing / "issuing.0123456789abcdef.old")
            else:
                # A program that ends it at the move.
                stops = folder / "bin"
                stops.mkdir()
                last = "issuing.next.key" if step == "before the key" else "issuing.next.pem"
                (stops / "mv").write_text(
                    f'#!/bin/sh\ncase "$*" in *{last}*) kill -9 $PPID; exit 1 ;; esac\nexec /usr/bin/mv "$@"\n',
                    encoding="ascii")
                (stops / "mv").chmod(0o755)
                cut = pki(*accept, PATH=f"{stops}:/usr/bin:/bin")
                self.assertEqual(cut.returncode, -9, cut.stderr)
                self.assertEqual((issuing / "issuing.pem").read_bytes(), old["issuing.pem"])
                self.assertEqual((issuing / "issuing.next.key").exists(), step == "before the key")
            if step != "before the key":
                for arguments in (("renew-issuing", issuing), ("client", issuing, "department", "familie"),
                                  ("renew", issuing)):
                    stuck = pki(*arguments)
                    self.refused(stuck, "cut off")
                    self.assertIn("run it again", stuck.stderr)
                self.assertFalse((issuing / "familie.key").exists())
            for _ in range(2):  # and once too often
                done = pki(*accept)
                self.assertEqual(done.returncode, 0, step + done.stderr)
                self.assertEqual((issuing / "issuing.key").read_bytes(), key)
                self.assertEqual((issuing / "issuing.pem").read_bytes(), signed.read_bytes())
            olds = {p.read_bytes() for p in issuing.glob("issuing.*.old")}
            self.assertIn(old["issuing.pem"], olds)
            if step != "certificate moved away":
                self.assertEqual(olds, set(old.values()))
            self.assertEqual(pki("client", issuing, "department", "familie").returncode, 0)

    def test_a_first_request_that_was_lost_is_made_again_with_the_same_key(self):
        issuing = self.folder / "issuing"
        self.assertEqual(pki("issuing", issuing, "viborg").returncode, 0)
        key = (issuing / "issuing.key").read_bytes()
        (issuing / "issuing.csr").unlink()
        self.refused(pki("renew-issuing", issuing), "not signed yet")
        self.assertEqual(pki("issuing", issuing, "viborg").returncode, 0)
        self.assertEqual((issuing / "issuing.key").read_bytes(), key)
        self.assertTrue((issuing / "issuing.csr").exists())

    def test_another_root_does_not_replace_the_present_one_by_mistake(self):
        issuing = self.folder / "issuing"
        authority = Authority(self.folder, issuing, "viborg")
        second, signed = self.folder / "second", self.folder / "next.pem"
        for arguments in (("root", second, "viborg"), ("renew-issuing", issuing),
                          ("sign-issuing", second, issuing / "issuing.csr", signed)):
            self.assertEqual(pki(*arguments, **authority.environment).returncode, 0)
        before = {p.name: p.read_bytes() for p in issuing.iterdir()}
        done = pki("accept-issuing", issuing, signed, second / "ca.pem")
        self.refused(done, "does not hold the present root")
        self.assertIn("both", done.stderr)
        self.assertEqual({p.name: p.read_bytes() for p in issuing.iterdir()}, before)

    def test_the_root_that_lies_there_already_is_taken(self):
        issuing = self.folder / "issuing"
        authority = Authority(self.folder, issuing, "viborg")
        signed = self.folder / "next.pem"
        for arguments in (("renew-issuing", issuing),
                          ("sign-issuing", authority.root, issuing / "issuing.csr", signed),
                          ("accept-issuing", issuing, signed, issuing / "ca.pem")):
            done = pki(*arguments, **authority.environment)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual((issuing / "ca.pem").read_bytes(), (authority.root / "ca.pem").read_bytes())

    def test_what_cannot_be_renewed_is_named_and_the_others_are_renewed(self):
        issuing = self.folder / "issuing"
        Authority(self.folder, issuing, "viborg")
        for name in ("familie", "jobcenter", "social"):
            self.assertEqual(pki("client", issuing, "department", name, SAMKOER_PKI_DAYS=5).returncode, 0)
        (issuing / "familie.pem").write_text("not a certificate\n", encoding="ascii")
        (issuing / "jobcenter.pem").write_bytes((issuing / "issuing.pem").read_bytes())
        # An authority's certificate is no leaf, and ends within the days asked for.
        done = pki("renew", issuing, "--within", "9999")
        self.assertEqual((done.returncode, done.stdout.split()), (1, ["social"]), done.stderr)
        for name in ("familie", "jobcenter"):
            self.assertRegex(done.stderr, rf"{name}\S* (holds no certificate and )?was not renewed")
        self.assertEqual((issuing / "familie.pem").read_text(encoding="ascii"), "not a certificate\n")
        self.assertEqual(list(issuing.glob("*.next.*")), [])
        listed = pki("list", issuing)
        self.assertRegex(listed.stdout, r"familie +- +unread")
        self.assertIn("social ", listed.stdout)

    def test_a_failed_signature_leaves_nothing_and_says_why(self):
        issuing = self.folder / "issuing"
        Authority(self.folder, issuing, "viborg")
        self.refused(pki("server", issuing, "keyd", "10.999.0.1"), "could not be signed")
        self.assertEqual(list(issuing.glob("keyd*")), [])

    def test_one_at_a_time_works_in_a_folder(self):
        trial = self.folder / "trial"
        self.assertEqual(pki("ca", trial, "viborg").returncode, 0)
        impatient = self.folder / "bin"
        impatient.mkdir()
        (impatient / "flock").write_text("#!/bin/sh\nexec /usr/bin/flock -n 9\n", encoding="ascii")
        (impatient / "flock").chmod(0o755)
        for arguments in (("client", trial, "department", "familie"), ("server", trial, "keyd"), ("renew", trial),
                          ("revoke", trial / "revoked.txt", trial / "ca.pem")):
            folder = os.open(trial, os.O_RDONLY)
            fcntl.flock(folder, fcntl.LOCK_EX)
            before = sorted(trial.iterdir())
            self.refused(pki(*arguments, PATH=f"{impatient}:/usr/bin:/bin"), "another pki works")
            self.assertEqual(sorted(trial.iterdir()), before)
            os.close(folder)
            self.assertEqual(pki(*arguments, PATH=f"{impatient}:/usr/bin:/bin").returncode, 0)

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
        # All of a trial ends with its authority: by itself nothing is gained.
        self.assertEqual(pki("renew", trial).stdout, "")
        self.assertEqual(pki("renew", trial, "--within", "30").stdout.split(), ["familie", "keyd"])
        for name, (names, key) in before.items():
            self.assertEqual(facts(name)[0], names)
            self.assertNotEqual(facts(name)[1], key)
            self.assertEqual((trial / f"{name}.key").stat().st_mode & 0o777, 0o600)
            self.assertEqual(len(list(trial.glob(f"{name}.*.old"))), 1)


if __name__ == "__main__":
    unittest.main()
