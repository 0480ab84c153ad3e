"""The disk of the backups is full before a backup begins, or fills up while it is written: the
command says so and ends with 74, the server goes on and shows it, nothing half is left, older
backups are whole, and the next one works when there is room.

The disk is a small file system of the test's own, in a namespace of its own; where that is not
permitted the test says that it was skipped. (What a limit on the size of files does in the middle
of a file is in tests/storage/backup_set_test.cc, which needs nothing.)"""
import os
import pathlib
import socket
import subprocess
import sys
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from backup_test import BackedUp  # noqa: E402
from disk_test import INSIDE, may_mount  # noqa: E402
from installation import alert_set  # noqa: E402
from town import BASE  # noqa: E402

WRITE_ERROR = 74
DISK = 64 << 20


@unittest.skipIf(INSIDE in os.environ, "is inside already")
class BackupDisk(unittest.TestCase):
    def test_backups_on_a_disk_that_is_full(self):
        if not may_mount():
            self.skipTest("a file system of the test's own is not permitted here")
        result = subprocess.run(
            ["unshare", "--user", "--map-root-user", "--mount", sys.executable, __file__, "-v", "FullDisk"],
            env={**os.environ, INSIDE: "1"}, check=False, timeout=600)
        self.assertEqual(result.returncode, 0)


@unittest.skipUnless(INSIDE in os.environ, "runs in a process that may mount")
class FullDisk(BackedUp):
    def mount(self, name):
        self.disk = self.folder(name)
        self.disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=0700", "tmpfs", self.disk], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", self.disk], check=False)

    def inodes(self, spare):
        """So many files more: there is room, and no new file can be made."""
        now = os.statvfs(self.disk)
        subprocess.run(["mount", "-o", f"remount,nr_inodes={now.f_files - now.f_ffree + spare}", self.disk],
                       check=True)

    def fill(self):
        """Leaves one MiB."""
        now = os.statvfs(self.disk)
        with open(self.disk / "ballast", "wb") as file:
            os.posix_fallocate(file.fileno(), 0, now.f_bavail * now.f_frsize - (1 << 20))

    def files(self):
        return sorted(str(p.relative_to(self.disk)) for p in self.disk.rglob("*") if p.name != "ballast")

    def figure(self, name):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=10) as page:
            lines = [line for line in page.read().decode().splitlines() if line.startswith(name + " ")]
        return float(lines[0].split()[1])

    def fails(self, name, message):
        before = self.files()
        failed = self.program(name, "backup", code=WRITE_ERROR)
        self.assertRegex(failed.stderr, message)
        self.assertRegex(failed.stderr, r"(?m)^hint: make room")
        self.assertEqual(self.files(), before)
        self.assertEqual(self.figure("samkoer_backup_failed"), 1)
        server = getattr(self.it, name)
        self.assertTrue(server.running())
        self.assertIn("backup.failed", server.log())
        whole = self.program(name, "backup-verify", "--all")
        self.assertEqual(whole.stdout.count("its files are whole"), len(self.ids(name)))

    def lives_through_it(self, name):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.it.edit(name, lambda c: c.update(metrics_listen=f"127.0.0.1:{self.port}"))
        self.mount(name)
        self.it.start()
        self.push(BASE)
        first, _, _ = self.backup(name)
        self.push("familie")

        self.fill()
        self.fails(name, rf"(?m)^error: the disk of {self.disk} has \d MiB free, the backup needs \d+ MiB$")
        (self.disk / "ballast").unlink()
        # It said that there is room: for one of several files.
        self.inodes(1)
        self.fails(name, rf"(?m)^error: cannot write {self.disk}/files/new-file: No space left on device$")
        self.assertEqual(self.ids(name), [first])
        # What it held is there to be restored, and what came since was taken in.
        self.program(name, "backup-verify", "--key", self.key)
        self.assertEqual(alert_set(self.it.alerts()), self.wanted())

        self.inodes(1000)
        second, _, new = self.backup(name)
        self.assertGreater(new, 1)
        self.assertEqual(self.figure("samkoer_backup_failed"), 0)
        self.assertEqual(self.ids(name), [first, second])
        self.program(name, "backup-verify", "--key", self.key, "--all")

    def test_the_matchers(self):
        self.lives_through_it("matcherd")

    def test_the_key_services(self):
        self.lives_through_it("keyd")


if __name__ == "__main__":
    unittest.main()
