"""deploy/backup-drill on a second machine, which has its own configuration, a copy of the
keyring and nothing else of the first: the backups come over rsync, are restored for a
trial and compared with the live server; for both servers."""
import os
import pathlib
import shutil
import socket
import sys
import tempfile
import time
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from backup_test import BackedUp  # noqa: E402
from installation import BIN, ROOT, run  # noqa: E402
from town import BASE  # noqa: E402

# In place of ssh: what follows the host runs here.
SHELL = """#!/bin/sh
while [ "$1" != srv ]; do shift; done
shift
exec "$@"
"""


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class DrillTest(BackedUp):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory(prefix="samkoer-second.")
        self.addCleanup(folder.cleanup)
        self.second = pathlib.Path(folder.name)
        self.textfile = self.second / "drill.prom"
        self.shell = self.second / "ssh"
        self.shell.write_text(SHELL, encoding="utf-8")
        self.shell.chmod(0o700)
        self.metrics = free_port()
        self.it.edit("matcherd", lambda c: c.update(metrics_listen=f"127.0.0.1:{self.metrics}"))

    def carry(self, name):
        """What the guide says that the second machine gets, and no more."""
        (self.second / name).mkdir(exist_ok=True)
        text = (self.it.work / f"{name}.yaml").read_text(encoding="utf-8")
        (self.second / f"{name}.yaml").write_text(text.replace(str(self.it.work), str(self.second)), encoding="utf-8")
        shutil.copy(self.it.work / f"elsewhere/{name}-keyring", self.second / name / "keyring")
        shutil.copy(self.it.work / name / "passphrase", self.second / name / "passphrase")
        shutil.copy(self.it.work / "policy.yaml", self.second)
        shutil.copy(self.key, self.second / "backup.key")

    def drill(self, name, *arguments, code=0):
        done = run([ROOT / "deploy/backup-drill", "--program", BIN / f"samkoer-{name}", "--config",
                    self.second / f"{name}.yaml", "--key", self.second / "backup.key", "--scratch",
                    self.second / "scratch", "--textfile", self.textfile, *arguments],
                   env={**os.environ, "RSYNC_RSH": str(self.shell)}, cwd=self.second)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        if (self.second / "scratch").exists():
            self.assertEqual(list((self.second / "scratch").iterdir()), [])
        return done.stdout + done.stderr

    def told(self, name, value):
        self.assertRegex(self.textfile.read_text(encoding="utf-8"), rf"(?m)^samkoer_backup_drill_{name} {value}$")

    def live(self):
        """The live server's figures, as a file."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics}/metrics", timeout=20) as answer:
            return answer.read().decode()

    def test_the_matchers_backup_on_a_machine_that_has_nothing_of_the_first(self):
        self.it.start()
        self.push(BASE)
        self.push("familie")
        checkpoint = self.second / "checkpoint"
        shutil.copy(self.checkpoint("matcherd"), checkpoint)
        time.sleep(0.3)
        self.backup("matcherd")
        self.carry("matcherd")
        live = self.second / "live.prom"
        live.write_text(self.live(), encoding="utf-8")
        # Nothing of the first machine is there but the backups.
        self.assertEqual((self.it.matcherd.stop(), self.it.keyd.stop()), (0, 0))
        away = self.it.work.with_suffix(".away")
        self.it.work.rename(away)
        try:
            there = f"backup@srv:{away}/matcherd-backups"
            said = self.drill("matcherd", "--from", there, "--live", live, "--holds", checkpoint)
            self.assertIn("in order: a log of", said)
            self.assertIn("compared: the live server's log has 0 leaves more, 0 records more, 0 persons more, "
                          "0 alerts more", said)
            self.assertNotIn("warning", said)
            for name, value in (('failed{program="samkoer-matcherd"}', 0), ('compared{program="samkoer-matcherd"}', 1),
                                ('held{program="samkoer-matcherd",what="alerts"}', len(self.wanted()))):
                self.told(name, value)
            # Nobody was asked, and that is said.
            self.assertIn("warning: nothing was compared", self.drill("matcherd", "--from", there))
            self.told('compared{program="samkoer-matcherd"}', 0)
            # The figures that lie beside the backups are found.
            shutil.copy(live, away / "matcherd-backups")
            self.assertIn("0 records more", self.drill("matcherd", "--from", there))
            self.compares(there, live)
            self.assertIn("cannot copy", self.drill("matcherd", "--from", f"srv:{away}/nowhere", code=1))
        finally:
            away.rename(self.it.work)

    def compares(self, there, live):
        """With a live server that has gone on, is another one, or holds something else."""
        figures = live.read_text(encoding="utf-8")
        leaves = int(next(line.split()[1] for line in figures.splitlines() if line.startswith("samkoer_audit_leaves ")))
        records = next(line for line in figures.splitlines() if line.startswith("samkoer_records_held "))

        def with_figures(*changes, code=0):
            text = figures
            for old, new in changes:
                self.assertIn(old, text)
                text = text.replace(old, new)
            live.write_text(text, encoding="utf-8")
            return self.drill("matcherd", "--from", there, "--live", live, code=code)
        counted = int(records.split()[1])
        gone_on = (f"samkoer_audit_leaves {leaves}", f"samkoer_audit_leaves {leaves + 7}")
        more = (records, f"samkoer_records_held {counted + 2}")
        self.assertIn("7 leaves more, 2 records more", with_figures(gone_on, more))
        self.assertIn("these are not: records", with_figures(more, code=1))
        self.told('failed{program="samkoer-matcherd"}', 1)
        os.utime(live, (time.time() - 3600,) * 2)
        self.assertIn("older than the newest backup", self.drill("matcherd", "--from", there, "--live", live, code=1))
        behind = (f"samkoer_audit_leaves {leaves}", f"samkoer_audit_leaves {leaves - 1}")
        self.assertIn("another server's", with_figures(behind, code=1))
        live.write_text("up 1\n", encoding="utf-8")
        self.assertIn("has no samkoer_audit_leaves", self.drill("matcherd", "--from", there, "--live", live, code=1))

    def test_the_key_services_backup(self):
        self.it.start()
        self.push(BASE)
        checkpoint = self.second / "checkpoint"
        shutil.copy(self.checkpoint("keyd"), checkpoint)
        time.sleep(0.3)
        self.backup("keyd")
        self.carry("keyd")
        said = self.drill("keyd", "--from", f"srv:{self.folder('keyd')}", "--holds", checkpoint)
        self.assertIn("in order: a log of", said)
        self.told('failed{program="samkoer-keyd"}', 0)
        self.assertIn("warning: nothing was compared", self.drill("keyd", "--from", self.folder("keyd")))
        # A keyring from before the newest rotation, or another one's, opens nothing.
        self.backup("matcherd")
        shutil.copy(self.it.work / "elsewhere/matcherd-keyring", self.second / "keyd/keyring")
        self.drill("keyd", "--from", self.folder("keyd"), code=1)
        self.told('failed{program="samkoer-keyd"}', 1)

    def test_what_is_wrong_is_said(self):
        self.it.start()
        self.push(BASE)
        self.backup("matcherd")
        self.carry("matcherd")
        folder = self.folder("matcherd")
        self.assertIn("in order", self.drill("matcherd", "--from", folder, "--holds", self.checkpoint("matcherd")))
        # The log has gone on: what is lost is counted.
        self.push("familie")
        time.sleep(0.3)
        lost = self.drill("matcherd", "--from", folder, "--holds", self.checkpoint("matcherd"), code=1)
        self.assertIn("leaves more than the store has", lost)
        self.told('failed{program="samkoer-matcherd"}', 1)
        # None is new enough.
        self.assertIn("hours old", self.drill("matcherd", "--from", folder, "--max-age-hours", "0", code=1))
        self.assertIn("no backup", self.drill("matcherd", "--from", self.it.work / "elsewhere", code=1))
        self.assertIn("no folder", self.drill("matcherd", "--from", self.it.work / "nowhere", code=1))
        # Of a clock that was wrong.
        future = self.it.work / "future"
        future.mkdir()
        (future / "20990101T000000Z.backup").write_text("whatever")
        self.textfile.unlink()
        self.assertIn("in the future", self.drill("matcherd", "--from", future, code=1))
        self.told('failed{program="samkoer-matcherd"}', 1)
        # What only begins as one does.
        odd = self.it.work / "odd"
        odd.mkdir()
        (odd / "20260101T000000Z-copy.backup").write_text("whatever")
        self.assertIn("-copy.backup is no backup", self.drill("matcherd", "--from", odd, code=1))
        # Somebody else's folder, or a way into one.
        link = self.second / "link"
        link.symlink_to(self.second)
        self.assertIn("nobody else can write to", self.drill("matcherd", "--from", future, "--scratch", link, code=1))
        (self.second / "open").mkdir()
        (self.second / "open").chmod(0o777)
        (self.second / "open/backups").mkdir()
        self.assertIn("nobody else can write to",
                      self.drill("matcherd", "--from", future, "--scratch", self.second / "open", code=1))
        self.assertTrue((self.second / "open/backups").exists())


if __name__ == "__main__":
    unittest.main()
