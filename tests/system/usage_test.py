"""What the five programs say when they are called: exit codes as documented, no
argument repeated, certificates checked before the start. No server runs."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from installation import BIN, ROOT, Installation, run  # noqa: E402

PROGRAMS = ["samkoer-keyd", "samkoer-matcherd", "samkoer-agent", "samkoer-alerts", "samkoer-audit"]
NUMBER = "070205-1234"


def table(file, heading):
    """The lines of the table below a line that holds `heading`."""
    text = (ROOT / "docs" / file).read_text(encoding="utf-8")
    lines = text[text.index(heading):].splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("|"))
    end = next((i for i in range(start, len(lines)) if not lines[i].startswith("|")), len(lines))
    return [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines[start + 2:end]]


def codes_of(rows, column):
    return {int(code) for row in rows if row[column] for code in row[0].split(", ")}


class HelpTest(unittest.TestCase):
    def listed(self, program):
        result = run([BIN / program, "--help"])
        self.assertEqual(result.returncode, 0, result.stderr)
        match = re.search(r"(?:Exit codes|Afslutningskoder): (.*)", result.stdout, re.S)
        self.assertTrue(match, f"{program} --help names no exit codes")
        return {int(code) for code in re.findall(r"(?:^|; |;\n)(\d+) ", match[1])}

    def test_every_programs_help_lists_the_documented_exit_codes(self):
        servers = codes_of(table("operations.md", "| exit code | meaning |"), 1)
        people = table("operations.md", "| exit code | `samkoer-alerts` | `samkoer-audit` |")
        self.assertEqual(self.listed("samkoer-keyd"), servers)
        self.assertEqual(self.listed("samkoer-matcherd"), servers)
        self.assertEqual(self.listed("samkoer-agent"), codes_of(table("agent.md", "| exit code | meaning | do |"), 1))
        self.assertEqual(self.listed("samkoer-alerts"), codes_of(people, 1))
        self.assertEqual(self.listed("samkoer-audit"), codes_of(people, 2))
        for codes in (servers, codes_of(people, 1)):
            self.assertLessEqual({0, 64, 65, 66, 69, 70, 77, 78}, codes)


class ArgumentsTest(unittest.TestCase):
    def wrong(self, program, *arguments):
        result = run([BIN / program, *arguments], input="")
        text = result.stdout + result.stderr
        self.assertEqual(result.returncode, 64, f"{program} {arguments}: {text}")
        for form in (NUMBER, NUMBER.replace("-", "")):
            self.assertNotIn(form, text, f"{program} {arguments}")
        self.assertRegex(result.stderr, r"^(error|fejl): ")
        self.assertIn("--help", result.stderr)
        return result.stderr

    def test_an_unexpected_argument_is_counted_and_not_repeated(self):
        for program, arguments in {
                "samkoer-keyd": ["run", "--config", "x"], "samkoer-matcherd": ["run", "--config", "x"],
                "samkoer-agent": ["--config", "x", "push"], "samkoer-alerts": ["--config", "x", "list"],
                "samkoer-audit": ["--config", "x", "person", "--reason", "indsigt"]}.items():
            for number in (NUMBER, NUMBER.replace("-", ""), "--" + NUMBER, f"--cpr={NUMBER}"):
                text = self.wrong(program, *arguments, number)
                self.assertRegex(text, rf"argument (nummer )?{len(arguments) + 1} ", f"{program} {number}")
            self.wrong(program, NUMBER)
            self.wrong(program, NUMBER, *arguments)

    def test_a_value_that_cannot_be_used_is_not_repeated(self):
        for program, *arguments in (
                ["samkoer-agent", "--config", "x", "--format", NUMBER, "push"],
                ["samkoer-alerts", "--config", "x", "list", "--format", NUMBER],
                ["samkoer-audit", "--config", "x", "verify", "--format", NUMBER],
                ["samkoer-alerts", "--config", "x", "list", "--lang", NUMBER],
                ["samkoer-audit", "--config", "x", "verify", "--lang", NUMBER],
                ["samkoer-audit", "--config", "x", "person", "--reason", "indsigt", "--format", "html"],
                ["samkoer-agent", "--config", "x", "push", "--delta=on" + NUMBER],
                ["samkoer-keyd", "init", "--config", "x", "--purpose", "p", "--fast-unlock=on" + NUMBER],
                ["samkoer-matcherd", "run", "--config", "x", "--declare-loss=on" + NUMBER],
                ["samkoer-alerts", "--config", "x", "list", "--page-size", NUMBER],
                ["samkoer-alerts", "--config", "x", "set", "A", "tilbudt", "--revision", NUMBER],
                ["samkoer-audit", "--config", "x", "log", "--limit", NUMBER],
                ["samkoer-audit", "--config", "x", "log", "--server", NUMBER]):
            text = self.wrong(program, *arguments)
            options = [a.split("=")[0] for a in arguments if a.startswith("--")]
            self.assertIn(options[-1], text)

    def test_a_word_that_is_none_of_ours_is_not_repeated(self):
        for program, *arguments in (
                ["samkoer-alerts", "--config", "x", "list", "--state", NUMBER],
                ["samkoer-alerts", "--config", "x", "set", "A", NUMBER],
                ["samkoer-alerts", "--config", "x", "set", "A", "withdrawn"],
                ["samkoer-audit", "--config", "x", "log", "--action", NUMBER],
                ["samkoer-audit", "--config", "x", "log", "--from", NUMBER],
                ["samkoer-audit", "--config", "x", "log", "--subject", NUMBER]):
            result = run([BIN / program, *arguments], input="")
            self.assertEqual(result.returncode, 64, f"{program} {arguments}: {result.stderr}")
            self.assertNotIn(NUMBER, result.stdout + result.stderr, f"{program} {arguments}")

    def test_our_own_errors_repeat_no_argument(self):
        result = run([BIN / "samkoer-agent", "--config", "x", "push", "--day", NUMBER], input="")
        self.assertNotEqual(result.returncode, 0)
        self.assertNotIn(NUMBER, result.stdout + result.stderr)

    def test_what_is_missing_is_named(self):
        self.assertIn("--config", self.wrong("samkoer-keyd", "run"))
        self.assertIn("--config", self.wrong("samkoer-matcherd", "check-config"))
        self.assertIn("--config", self.wrong("samkoer-agent", "push"))
        self.assertIn("--config mangler", self.wrong("samkoer-alerts", "list"))
        self.assertIn("--config mangler", self.wrong("samkoer-audit", "verify"))
        self.assertIn("--verifier-key mangler", self.wrong("samkoer-audit", "verify-export", "x"))
        self.assertIn("--reason mangler", self.wrong("samkoer-audit", "--config", "x", "person"))
        self.assertIn("--reason mangler", self.wrong("samkoer-audit", "--config", "x", "person", "report"))
        self.assertIn("kommando", self.wrong("samkoer-audit"))


class CheckConfigTest(unittest.TestCase):
    """Both servers' check-config on the same files."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        subprocess.run([sys.executable, ROOT / "deploy/lib/demo_data.py", cls.folder.name], check=True)
        cls.it = Installation(cls.folder.name)
        try:
            cls.it.__enter__()
        except BaseException:
            cls.it.__exit__()
            raise
        cls.pki = cls.it.work / "pki"
        (cls.it.work / "other").mkdir()
        cls.it.pki("ca", cls.it.work / "other", "eksempelby")
        cls.it.pki("server", cls.it.work / "other", "stranger")

    @classmethod
    def tearDownClass(cls):
        cls.it.__exit__()
        cls.folder.cleanup()

    def check(self, name, **tls):
        return self.call(name, "check-config", lambda c: c["tls"].update({key: str(value) for key, value in tls.items()}))

    def call(self, name, command, change, *arguments):
        config = json.loads((self.it.work / f"{name}.yaml").read_text(encoding="utf-8"))
        change(config)
        path = self.it.work / f"{name}-checked.yaml"
        path.write_text(json.dumps(config, ensure_ascii=False), encoding="utf-8")
        return run([BIN / f"samkoer-{name}", command, "--config", path, *arguments])

    def refused(self, code, file, what, **tls):
        for name in ("keyd", "matcherd"):
            result = self.check(name, **tls)
            self.assertEqual(result.returncode, code, f"{name}: {result.stderr}")
            self.assertTrue(result.stderr.startswith(f"error: {file}"), f"{name}: {result.stderr}")
            self.assertIn(what, result.stderr, name)
            self.assertIn("\nhint: ", result.stderr, name)

    def test_good_files_are_in_order(self):
        for name in ("keyd", "matcherd"):
            result = self.check(name)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn("in order", result.stdout)
            self.assertIn("certificate valid until 20", result.stdout)

    def test_missing_files(self):
        for key in ("ca_file", "certificate_file", "key_file"):
            file = self.it.work / "none.pem"
            self.refused(66, file, f"hint: tls.{key}", **{key: file})

    def test_files_that_do_not_belong_together(self):
        keyd, other = self.pki / "keyd.pem", self.it.work / "other"
        self.refused(78, self.pki / "matcherd.key", "not the private key of", certificate_file=keyd,
                     key_file=self.pki / "matcherd.key")
        self.refused(78, other / "stranger.pem", "does not chain to the authority",
                     certificate_file=other / "stranger.pem", key_file=other / "stranger.key")

    def test_a_clients_certificate(self):
        self.refused(78, self.pki / "ungekoordinator.pem", "role coordinator",
                     certificate_file=self.pki / "ungekoordinator.pem", key_file=self.pki / "ungekoordinator.key")

    def test_a_key_that_others_can_read(self):
        loose = self.it.work / "loose.key"
        loose.write_bytes((self.pki / "keyd.key").read_bytes())
        loose.chmod(0o640)
        self.refused(77, loose, "chmod 600", certificate_file=self.pki / "keyd.pem", key_file=loose)

    def test_a_broken_revocation_list(self):
        broken = self.it.work / "broken.txt"
        broken.write_text("ab12\n")
        self.refused(78, broken, "tls.revoked_file", certificate_file=self.pki / "keyd.pem",
                     key_file=self.pki / "keyd.key", revoked_file=broken)

    def test_folders_that_are_not_there(self):
        missing = str(self.it.work / "nowhere/file")
        made = run([BIN / "samkoer-matcherd", "backup-key", "--out", self.it.work / "backup.key"])
        self.assertEqual(made.returncode, 0, made.stderr)
        backup = {"folder": missing, "public_key": made.stdout.strip(), "every_hours": 24, "keep": 3}
        for name in ("keyd", "matcherd"):
            for command in ("check-config", "run"):
                result = self.call(name, command, lambda c: c.update(checkpoint_file=missing))
                self.assertEqual(result.returncode, 66, f"{name} {command}: {result.stderr}")
                self.assertIn("error: checkpoint_file: ", result.stderr)
                self.assertIn("ReadWritePaths=", result.stderr)
            result = self.call(name, "check-config", lambda c: c.update(backup=backup))
            self.assertEqual(result.returncode, 66, f"{name}: {result.stderr}")
            self.assertIn("error: backup.folder: the folder ", result.stderr)

    @unittest.skipUnless(os.geteuid() == 0, "only root can work in others' folders")
    def test_root_leaves_nothing_in_a_services_folder(self):
        others = self.it.work / "others"
        others.mkdir()
        os.chown(others, 65534, 65534)
        commands = (["keyd", "init", "--purpose", "ungeindsats"], ["keyd", "rotate", "--window-days", "30"], ["keyd", "run"],
                    ["matcherd", "init"], ["matcherd", "run"])
        for name, command, *arguments in commands:
            result = self.call(name, command, lambda c: c.update(data_dir=str(others / "data")), *arguments)
            self.assertEqual(result.returncode, 77, f"{name} {command}: {result.stderr}")
            self.assertIn(f"runuser -u nobody -- samkoer-{name} ", result.stderr)
            self.assertEqual(list(others.iterdir()), [], f"{name} {command}")


class RevokeTest(unittest.TestCase):
    def test_the_list_is_replaced_as_a_whole_and_keeps_what_it_held(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            pki = [ROOT / "deploy/pki"]
            for arguments in (["ca", folder / "pki", "eksempelby"], ["client", folder / "pki", "department", "familie"],
                              ["client", folder / "pki", "department", "job"]):
                self.assertEqual(run(pki + arguments).returncode, 0)
            familie, job = folder / "pki/familie.pem", folder / "pki/job.pem"
            prints = [run(pki + ["fingerprint", file]).stdout.strip() for file in (familie, job)]
            revoked = folder / "revoked.txt"
            revoked.write_text("# kept\n" + "a" * 64)
            revoked.chmod(0o640)
            before = os.stat(revoked).st_ino
            reader = revoked.open(encoding="utf-8")
            self.assertEqual(run(pki + ["revoke", revoked, familie, job]).returncode, 0)
            # Who reads the old file reads it to its end.
            self.assertEqual(reader.read(), "# kept\n" + "a" * 64)
            reader.close()
            self.assertNotEqual(os.stat(revoked).st_ino, before)
            self.assertEqual(os.stat(revoked).st_mode & 0o777, 0o640)
            lines = [line.split("#")[0].strip() for line in revoked.read_text(encoding="utf-8").splitlines()]
            self.assertEqual([line for line in lines if line], ["a" * 64, *prints])
            whole = revoked.read_bytes()
            self.assertEqual(run(pki + ["revoke", revoked, job]).returncode, 0)
            self.assertEqual(revoked.read_bytes(), whole, "a second time changes nothing")
            self.assertNotEqual(run(pki + ["revoke", revoked, folder / "none.pem"]).returncode, 0)
            self.assertEqual(revoked.read_bytes(), whole)
            self.assertEqual(sorted(p.name for p in folder.iterdir()), ["pki", "revoked.txt"], "nothing is left over")


if __name__ == "__main__":
    unittest.main()
