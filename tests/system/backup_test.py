"""Backups of both servers' stores over real processes: made while pushes run, the next
one small, whole after kill -9, restored and checked; a restored one needs the declared
loss unless the server was stopped; what was erased stays erased; and `doctor` finds a
damaged store, and writes nothing."""
import base64
import json
import os
import pathlib
import random
import re
import shutil
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from installation import BIN, ROOT, Installation, alert_set, run  # noqa: E402
from town import BASE, Town  # noqa: E402

DATA, NO_INPUT, AWAY, DENIED, REFUSED = 65, 66, 69, 77, 78  # sysexits
MADE = re.compile(r"^(\d{8}T\d{6}Z): (\d+) files, ([\d.]+) MiB; new: (\d+) files, ([\d.]+) MiB; "
                  r"older backups removed: (\d+)$", re.M)


class BackedUp(unittest.TestCase):
    """An installation whose two servers have folders of backups."""

    def setUp(self):
        seed = int(os.environ.get("SAMKOER_SEED", random.SystemRandom().randrange(10**9)))
        print(f"SAMKOER_SEED={seed}", flush=True)
        self.rng = random.Random(seed)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.town = Town(folder.name, self.rng, people=150)
        # Two people whose family has one case.
        sibling = self.town.person()
        self.town.cases[BASE][self.town.reference(BASE)] = (sibling, True)
        self.town.siblings["familie"].append(("F-S", sibling))
        self.it = Installation(folder.name).__enter__()
        self.addCleanup(self.it.__exit__)
        self.key = self.it.work / "backup.key"
        made = run([BIN / "samkoer-matcherd", "backup-key", "--out", self.key])
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertEqual(self.key.stat().st_mode & 0o777, 0o600)
        (self.it.work / "elsewhere").mkdir()
        for name in ("matcherd", "keyd"):
            self.it.edit(name, lambda c, name=name: c.update(backup={
                "folder": str(self.folder(name)), "public_key": made.stdout.strip(), "keep": 3,
                "keyring_copy": str(self.it.work / f"elsewhere/{name}-keyring")}))
        self.pushed = set()

    def folder(self, name):
        return self.it.work / f"{name}-backups"

    def push(self, department):
        for _ in range(20):
            self.town.mutate(department) if department != BASE else None
        if department == "familie":
            self.town.cases[department]["F-S"] = (self.town.people[0], True)
        self.town.write(department)
        self.it.push(department, "--allow-shrink")
        self.pushed.add(department)

    def wanted(self, departments=None):
        return self.town.alerts({d: self.town.cases[d] for d in departments or self.pushed})

    def program(self, name, *arguments, code=0):
        result = run([BIN / f"samkoer-{name}", arguments[0], "--config", self.it.work / f"{name}.yaml",
                      *arguments[1:]])
        self.assertEqual(result.returncode, code, f"{arguments}: {result.stdout}{result.stderr}")
        return result

    def backup(self, name):
        made = MADE.match(self.program(name, "backup").stdout)
        self.assertTrue(made)
        return made[1], int(made[2]), int(made[4])

    def ids(self, name):
        return sorted(p.stem for p in self.folder(name).glob("*.backup"))

    def doctor(self, name, *arguments, code=0):
        return json.loads(self.program(name, "doctor", "--format", "json", *arguments, code=code).stdout)

    def places(self, name, *arguments):
        return sorted(f["place"] for f in self.doctor(name, *arguments, code=1)["findings"])

    def restore(self, name, to, *arguments, code=0):
        return self.program(name, "restore", "--key", self.key, "--to", to, *arguments, code=code)

    def swap(self, name, store):
        """The restored store in the store's place."""
        data = self.it.work / f"{name}/data"
        shutil.rmtree(data)
        shutil.move(store, data)

    def checkpoint(self, name):
        return self.it.work / f"{name}-outside/checkpoint"

    def declare(self, server, name, error="the store ends at leaf"):
        """Refused without the declared loss, started with it."""
        server.start(may_die=True)
        self.assertFalse(server.running())
        self.assertEqual(server.process.returncode, REFUSED, server.log())
        self.assertRegex(server.log(), rf"(?m)^error: {error}")
        before = self.checkpoint(server.program).read_bytes()
        server.start(extra=["--declare-loss"])
        listed = self.it.audit("--format", "json", "loss", "list", "--server", name)
        [proposal] = [p for p in json.loads(listed.stdout)["proposals"] if p["state"] == "PROPOSAL_STATE_OPEN"]
        digest = base64.b64decode(proposal["digest"]).hex()
        result = self.it.audit("loss", "approve", proposal["number"], "--digest", digest, "--server", name,
                               "--reason", "journal 7")
        self.assertEqual(result.returncode, 0, result.stderr)
        for _ in range(300):
            now = self.checkpoint(server.program)  # not there while the old one is put aside
            if now.exists() and now.read_bytes() != before and \
                    self.it.audit("log", "--limit", "1", "--server", name).returncode == 0:
                return
            time.sleep(0.1)
        self.fail(server.log())


class BackupTest(BackedUp):
    def follow(self, *arguments, code=0):
        result = self.it.alerts_program("follow", "--until-caught-up", "--cursor-file", self.it.work / "follow.cursor",
                                        *arguments)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result.stderr

    def test_the_matchers_store(self):
        self.it.start()
        self.push(BASE)
        # While a push runs.
        pusher = threading.Thread(target=self.push, args=("familie",))
        pusher.start()
        first, _, _ = self.backup("matcherd")
        pusher.join()
        self.assertEqual(alert_set(self.it.alerts()), self.wanted())
        # Until the checkpoint, which is written a little later than the log, tells of what was read just now.
        held = self.program("matcherd", "backup-verify", "--key", self.key, "--backup", first).stdout
        held = int(re.search(r"a log of (\d+) leaves", held)[1])
        for _ in range(100):
            if int(self.checkpoint("matcherd").read_text(encoding="utf-8").splitlines()[1]) > held:
                break
            time.sleep(0.1)
        seen = self.it.work / "seen"
        shutil.copy(self.checkpoint("matcherd"), seen)
        second, files, new = self.backup("matcherd")
        self.assertLess(new, files)
        self.assertEqual((self.it.work / "elsewhere/matcherd-keyring").read_bytes(),
                         (self.it.work / "matcherd/keyring").read_bytes())

        # Killed in the middle of one: the others are whole, and the next one works.
        self.assertEqual(self.it.matcherd.stop(), 0)
        self.it.matcherd.start(environment={"SAMKOER_FAILPOINT": "backup.before-manifest:1"})
        self.push("jobcenter")
        killed = self.program("matcherd", "backup", code=AWAY)
        self.assertIn("the server ended during the backup", killed.stderr)
        self.it.matcherd.process.wait(30)
        self.assertEqual(self.ids("matcherd"), [first, second])
        whole = self.program("matcherd", "backup-verify", "--all")
        self.assertEqual(whole.stdout.count("its files are whole"), 2, whole.stdout)
        self.it.matcherd.start()
        self.assertEqual(alert_set(self.it.alerts()), self.wanted())
        third, _, _ = self.backup("matcherd")
        self.assertFalse((self.it.work / "matcherd/data/backup-copy").exists())
        trial = self.program("matcherd", "backup-verify", "--key", self.key, "--holds", seen)
        self.assertIn("restored for a trial, checked, in order", trial.stdout)
        self.assertTrue(trial.stdout.startswith(third))
        self.assertFalse((self.it.work / "matcherd/data.verify").exists())
        # An older one does not hold what somebody has seen since.
        older = self.program("matcherd", "backup-verify", "--key", self.key, "--backup", first, "--holds", seen,
                             code=DATA)
        self.assertIn("leaves more than the store has", older.stderr)

        # Neither another key nor a folder that is in use.
        other = self.it.work / "other.key"
        self.assertEqual(run([BIN / "samkoer-keyd", "backup-key", "--out", other]).returncode, 0)
        restored = self.it.work / "restored"
        denied = self.program("matcherd", "restore", "--key", other, "--to", restored, code=DENIED)
        self.assertIn("does not open with this key", denied.stderr)
        self.assertFalse(restored.exists())
        refused = self.restore("matcherd", self.it.work / "matcherd/data", code=REFUSED)
        self.assertIn("not an empty folder", refused.stderr)
        self.assertIn("\nhint: ", refused.stderr)
        self.program("matcherd", "restore", "--key", self.key, "--to", restored, "--backup", "20200101T000000Z",
                     code=NO_INPUT)
        # Where a copy lies, nothing but the log's key is needed.
        key = self.program("matcherd", "verifier-key").stdout.strip()
        whole = run([BIN / "samkoer-matcherd", "backup-verify", "--from", self.folder("matcherd"),
                     "--verifier-key", key, "--all"])
        self.assertEqual((whole.returncode, whole.stdout.count("its files are whole")), (0, 3), whole.stderr)
        for arguments in (["--verifier-key", key], ["--from", self.folder("matcherd")],
                          ["--from", self.folder("matcherd"), "--verifier-key", key, "--key", self.key]):
            self.assertEqual(run([BIN / "samkoer-matcherd", "backup-verify", *arguments]).returncode, 64, arguments)
        # A byte anywhere: each file is tried at some place.
        for path in sorted(self.folder("matcherd").rglob("*")):
            whole = path.read_bytes() if path.is_file() else b""
            if not whole:
                continue
            at = self.rng.randrange(len(whole))
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
            result = run([BIN / "samkoer-matcherd", "backup-verify", "--config", self.it.work / "matcherd.yaml",
                          "--all"])
            self.assertIn(result.returncode, (DATA, DENIED), f"{path} at {at}")
            path.write_bytes(whole)

        # The newest fits the checkpoint: nothing was pushed since.
        self.follow()
        self.assertEqual(self.it.matcherd.stop(), 0)
        data = self.it.work / "matcherd/data"
        before = {p: (p.stat().st_mtime_ns, p.stat().st_mode) for p in (data, *data.rglob("*"))}
        self.assertEqual(self.doctor("matcherd")["finding_count"], 0)
        self.assertEqual({p: (p.stat().st_mtime_ns, p.stat().st_mode) for p in (data, *data.rglob("*"))}, before)
        restored.mkdir()
        self.restore("matcherd", restored)
        # An older one is refused until the loss is declared.
        older = self.it.work / "older"
        self.restore("matcherd", older, "--backup", second)
        self.assertEqual(self.places("matcherd", "--data", older), ["checkpoint outside"])
        self.swap("matcherd", older)
        self.declare(self.it.matcherd, "matcher")
        self.assertEqual(alert_set(self.it.alerts()), self.wanted([BASE, "familie"]))
        self.it.push("jobcenter")
        self.assertEqual(alert_set(self.it.alerts()), self.wanted())
        # Whoever followed before is told, however far the restored store has come by now.
        self.assertIn("gendannet", self.follow(code=REFUSED))
        self.follow("--from-start")
        self.follow()
        self.assertEqual(self.it.matcherd.stop(), 0)
        self.assertEqual(self.doctor("matcherd")["finding_count"], 0)

        # With no server running the program makes the backup itself.
        self.backup("matcherd")
        self.assertEqual(len(self.ids("matcherd")), 3)
        self.damage()

    def damage(self):
        """Rows that are missing, by RocksDB's own tool."""
        data = self.it.work / "matcherd/data"
        sound = self.it.work / "sound"
        shutil.copytree(data, sound)
        for key, place in (("4C0000000000000005", "audit leaf 5"), ("460000000000000001", "feed entry 1"),
                           ("4B0000000000000000", "record 0")):
            removed = run(["ldb", f"--db={data}", "--key_hex", "delete", f"0x{key}"])
            self.assertEqual(removed.returncode, 0, removed.stderr)
            self.assertIn(place, self.places("matcherd"))
            self.assertIn("remedy: ", self.program("matcherd", "doctor", code=1).stdout)
            shutil.rmtree(data)
            shutil.copytree(sound, data)
        self.assertEqual(self.doctor("matcherd")["finding_count"], 0)
        self.assertIn("in order", self.program("matcherd", "doctor").stdout)
        # A fault that every backup has: the store is there all the same if somebody says so.
        removed = run(["ldb", f"--db={data}", "--key_hex", "delete", "0x4B0000000000000000"])
        self.assertEqual(removed.returncode, 0, removed.stderr)
        faulty, _, _ = self.backup("matcherd")
        to = self.it.work / "faulty"
        refused = self.restore("matcherd", to, "--backup", faulty, code=DATA)
        self.assertIn("--despite-findings", refused.stderr)
        self.assertFalse(to.exists())
        kept = self.restore("matcherd", to, "--backup", faulty, "--despite-findings", code=1)
        self.assertRegex(kept.stdout, r"kept with \d+ findings?")
        self.assertIn("record 0", self.places("matcherd", "--data", to))

    def test_a_checkpoint_from_elsewhere_hides_no_loss(self):
        """The checkpoint is lost with the store; what the officer has is older than the backup."""
        self.it.start()
        self.push(BASE)
        officers = self.it.work / "officers"
        time.sleep(0.3)
        shutil.copy(self.checkpoint("matcherd"), officers)
        self.push("familie")
        self.backup("matcherd")
        self.push("jobcenter")  # after it, and lost
        self.assertEqual(self.it.matcherd.stop(), 0)
        restored = self.it.work / "restored"
        self.restore("matcherd", restored)
        shutil.copy(officers, self.checkpoint("matcherd"))
        self.assertEqual(self.places("matcherd", "--data", restored), ["checkpoint outside"])
        self.swap("matcherd", restored)
        self.declare(self.it.matcherd, "matcher", "the store is a backup of a running server, restored")
        self.assertEqual(alert_set(self.it.alerts()), self.wanted([BASE, "familie"]))
        self.assertEqual(self.it.matcherd.stop(), 0)
        self.assertEqual(self.doctor("matcherd")["finding_count"], 0)

        # Moved: the backup of a stopped server, and its own last checkpoint.
        self.backup("matcherd")
        self.restore("matcherd", restored)
        last = self.checkpoint("matcherd").read_bytes()
        self.swap("matcherd", restored)
        shutil.copy(officers, self.checkpoint("matcherd"))
        self.it.matcherd.start(may_die=True)
        self.assertEqual(self.it.matcherd.process.returncode, REFUSED)
        self.assertIn("put the old server's newest checkpoint there", self.it.matcherd.log())
        self.checkpoint("matcherd").write_bytes(last)
        self.it.matcherd.start()
        self.assertEqual(alert_set(self.it.alerts()), self.wanted([BASE, "familie"]))
        self.assertEqual(self.it.matcherd.stop(), 0)
        self.it.matcherd.start()

    def test_what_was_erased_stays_erased_in_older_backups(self):
        self.it.edit("matcherd", lambda c: c["backup"].update(every_hours=24))
        self.it.start()
        self.push(BASE)
        for _ in range(300):  # by itself, as there was none
            if self.ids("matcherd"):
                break
            time.sleep(0.1)
        [first] = self.ids("matcherd")
        saved = self.it.work / "saved"
        shutil.copytree(self.folder("matcherd"), saved)  # somebody has kept it
        self.it.pki("client", self.it.work / "pki", "operator", "drift")
        text = (self.it.work / "databeskyttelse.yaml").read_text(encoding="utf-8")
        (self.it.work / "drift.yaml").write_text(text.replace("databeskyttelse", "drift"), encoding="utf-8")
        rotated = run([BIN / "samkoer-audit", "--config", self.it.work / "drift.yaml", "kek", "rotate", "--wait",
                       "--reason", "efter en sletning"])
        self.assertEqual(rotated.returncode, 0, rotated.stderr)
        # A new one is made at once, with a copy of the new keyring; the dead one goes.
        for _ in range(300):
            if self.ids("matcherd") and self.ids("matcherd") != [first] and first not in self.ids("matcherd"):
                break
            time.sleep(0.1)
        [_] = self.ids("matcherd")
        self.assertEqual((self.it.work / "elsewhere/matcherd-keyring").read_bytes(),
                         (self.it.work / "matcherd/keyring").read_bytes())
        dead = self.restore("matcherd", self.it.work / "dead", "--from", saved, code=REFUSED)
        self.assertIn("key-encryption key 1, which the keyring does not have", dead.stderr)
        self.program("matcherd", "backup-verify", "--key", self.key)

    def test_the_key_services_store(self):
        self.it.start()
        self.push(BASE)
        first, _, _ = self.backup("keyd")
        self.push("familie")
        self.backup("keyd")
        self.program("keyd", "backup-verify", "--key", self.key, "--all")
        # One program's backup is not the other's.
        self.program("keyd", "backup-verify", "--from", self.folder("matcherd"), code=NO_INPUT)
        self.assertEqual(self.it.keyd.stop(), 0)
        self.assertEqual(self.doctor("keyd")["finding_count"], 0)
        older = self.it.work / "older"
        self.restore("keyd", older, "--backup", first)
        self.swap("keyd", older)
        self.declare(self.it.keyd, "keyd")
        self.push("jobcenter")
        self.assertEqual(alert_set(self.it.alerts()), self.wanted())
        self.assertEqual(self.it.keyd.stop(), 0)
        self.assertEqual(self.doctor("keyd")["finding_count"], 0)
        self.it.keyd.start()
        # A new epoch's seed is in the copy of the keyring without any backup.
        count = len(self.ids("keyd"))
        self.it.program("keyd", "rotate", "--config", self.it.keyd.config_path)
        for _ in range(300):
            copies = [(self.it.work / f"{at}").read_bytes() for at in ("elsewhere/keyd-keyring", "keyd/keyring")]
            if copies[0] == copies[1]:
                break
            time.sleep(0.1)
        self.assertEqual(copies[0], copies[1])
        self.assertEqual(len(self.ids("keyd")), count)


if __name__ == "__main__":
    unittest.main()
