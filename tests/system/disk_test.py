"""The disk does not take what a server writes: a file cannot grow (a limit on its
size), the disk is full (a small file system of the test's own), the checkpoint
outside the store cannot be written. No receipt is given for what is not on disk,
nothing is damaged, the server ends with a clear code and message, and once there
is room again everything that had a receipt is there and the log verifies.
"""
import os
import pathlib
import random
import resource
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from history import History, Push  # noqa: E402
from installation import Installation  # noqa: E402
from town import BASE, Town  # noqa: E402

WRITE_ERROR, AWAY = 74, 69  # EX_IOERR, EX_UNAVAILABLE
INSIDE = "SAMKOER_DISK_TEST_INSIDE"  # set in a process that may mount
SMALL_DISK = {"matcherd": 40 << 20, "keyd": 6 << 20}
ROUNDS = 2


def may_mount():
    probe = ["unshare", "--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    try:
        return subprocess.run(probe, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


class DiskTest(unittest.TestCase):
    def setUp(self):
        self.seed = int(os.environ.get("SAMKOER_SEED", random.SystemRandom().randrange(10**9)))
        print(f"SAMKOER_SEED={self.seed}", flush=True)
        self.rng = random.Random(self.seed)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.town = Town(folder.name, self.rng, people=3000)
        self.it = Installation(folder.name)
        self.addCleanup(self.it.__exit__)

    def begin(self):
        self.it.__enter__()
        self.history = History(self, self.it.start(), self.town)
        self.addCleanup(self.history.close)
        self.history.push(BASE)
        self.history.push("familie", True, self.changes("familie", 1500))
        self.history.logs.verify()

    def changes(self, department, number):
        return {self.town.mutate(department) for _ in range(number)}

    def newest_log_of_writes(self, server):
        return max((self.it.work / f"{server.program}/data").glob("*.log"), key=lambda p: p.name).stat().st_size

    def wait_for_the_end(self, server):
        """It ends by itself, with the code and the message of a write error."""
        deadline = time.monotonic() + 60
        while server.running() and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertFalse(server.running(), f"{server.program} goes on after a write error")
        self.assert_told(server)

    def assert_told(self, server):
        log = server.log()
        self.assertEqual(server.process.returncode, WRITE_ERROR, log[-3000:])
        self.assertRegex(log, r"(?m)^error: .*(a write to the store failed|cannot )")
        self.assertRegex(log, r"(?m)^hint: make room on the disk")

    def suffers(self, server, department, needs_space_to_start=False):
        """A push while the server cannot write; then a start while it still cannot,
        and one when it can again."""
        push = Push(self.history, department, False, self.changes(department, 4000))
        push.begin()
        if server is self.it.keyd:
            self.ask_until_it_ends(push)
        self.wait_for_the_end(server)
        _, errors = push.process.communicate(timeout=180)
        self.assertEqual(push.process.returncode, AWAY, errors)
        self.assertRegex(errors, r"^error: (matcher|key service)")
        for tap in self.history.taps[department]:
            tap.drain()
        self.assertFalse(push.tap.commit_receipt, "a receipt of a push that is not on disk")
        self.history.logs.collect()
        if needs_space_to_start:
            server.start(may_die=True)
            if server.running():
                server.kill()
            else:
                self.assert_told(server)
        return push

    def recovers(self, server, push):
        server.start()
        self.history.check(push.department, push.candidates())
        self.history.logs.verify()
        push.begin()
        push.finish()
        self.history.check(push.department, [dict(self.town.cases[push.department])])
        self.history.check_logs(self.history.logs.examine())

    def ask_until_it_ends(self, push):
        """The key service writes little a push: the privacy officer's reading is logged too."""
        push.process.wait(180)
        for _ in range(200):
            if not self.it.keyd.running():
                return
            self.it.audit("verify", "--server", "keyd")
        self.fail("the key service never came to its limit")

    # ---- a limit on the size of files ----

    def limit_files(self, server, size):
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def test_the_matchers_files_cannot_grow(self):
        self.begin()
        for number in range(ROUNDS):
            room = self.rng.randrange(200_000) if number else 20_000  # first within a batch
            self.history.what = f"round {number}, room for {room} bytes"
            self.limit_files(self.it.matcherd, self.newest_log_of_writes(self.it.matcherd) + room)
            push = self.suffers(self.it.matcherd, "jobcenter" if number % 2 else "social")
            self.recovers(self.it.matcherd, push)
        self.assertGreater(self.history.halves, 0, "no batch was without a receipt")

    def test_the_key_services_files_cannot_grow(self):
        self.begin()
        for number in range(ROUNDS):
            room = self.rng.randrange(2000)
            self.history.what = f"round {number}, room for {room} bytes"
            self.limit_files(self.it.keyd, self.newest_log_of_writes(self.it.keyd) + room)
            push = Push(self.history, "jobcenter", False, self.changes("jobcenter", 300))
            push.begin()
            self.ask_until_it_ends(push)
            self.wait_for_the_end(self.it.keyd)
            self.history.logs.collect()
            for tap in self.history.taps["jobcenter"]:
                tap.drain()
            _, errors = push.process.communicate()
            self.assertIn(push.process.returncode, (0, AWAY), errors)
            if push.process.returncode == AWAY:
                self.assertRegex(errors, r"^error: key service")
                self.assertEqual(push.tap.sent, {}, "a part was sent")
            self.recovers(self.it.keyd, push)

    # ---- the checkpoint outside the store ----

    def test_a_checkpoint_that_cannot_be_written(self):
        self.begin()
        # In the place of the temporary file: an obstacle for root too.
        obstacle = self.it.work / "matcherd-outside/checkpoint.tmp"
        self.put_in_the_way(obstacle)
        push = self.suffers(self.it.matcherd, "social", needs_space_to_start=True)
        obstacle.rmdir()
        self.recovers(self.it.matcherd, push)

    def put_in_the_way(self, obstacle):
        """A checkpoint follows its answer: the last one's file may just be there."""
        for _ in range(1000):
            try:
                return obstacle.mkdir()
            except FileExistsError:
                time.sleep(0.01)
        self.fail(f"{obstacle} stays there")

    # ---- a disk that is full ----

    @unittest.skipIf(INSIDE in os.environ, "is inside already")
    def test_full_disks(self):
        if not may_mount():
            self.skipTest("a file system of the test's own is not permitted here")
        result = subprocess.run(
            ["unshare", "--user", "--map-root-user", "--mount", sys.executable, __file__, "-v", "FullDisk"],
            env={**os.environ, INSIDE: "1", "SAMKOER_SEED": str(self.seed)}, check=False, timeout=600)
        self.assertEqual(result.returncode, 0)


@unittest.skipUnless(INSIDE in os.environ, "runs in a process that may mount")
class FullDisk(DiskTest):
    test_the_matchers_files_cannot_grow = test_the_key_services_files_cannot_grow = None
    test_a_checkpoint_that_cannot_be_written = test_full_disks = None

    def mount(self, program):
        self.disk = self.it.work / program
        self.disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK[program]},mode=0700", "tmpfs", self.disk],
                       check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", self.disk], check=False)

    def fill(self, room):
        """Leaves about `room` bytes free."""
        free = os.statvfs(self.disk).f_bavail * os.statvfs(self.disk).f_frsize
        with open(self.disk / "ballast", "wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(free - room, 4096))

    def test_the_matchers_disk_is_full(self):
        self.mount("matcherd")
        self.begin()
        for number in range(ROUNDS):
            room = self.rng.randrange(200_000) if number else 0
            self.history.what = f"round {number}, room for {room} bytes"
            self.fill(room)
            push = self.suffers(self.it.matcherd, "social", needs_space_to_start=True)
            (self.disk / "ballast").unlink()
            self.recovers(self.it.matcherd, push)

    def test_the_key_services_disk_is_full(self):
        self.mount("keyd")
        self.begin()
        self.fill(0)
        push = self.suffers(self.it.keyd, "social", needs_space_to_start=True)
        self.assertEqual(push.tap.sent, {}, "a part was sent")
        (self.disk / "ballast").unlink()
        self.recovers(self.it.keyd, push)


if __name__ == "__main__":
    unittest.main()
