"""kill -9 of the matcher, the key service and the agent in the middle of pushes:
at every named failpoint, at places on the wire and at random times. After every
step each record with a receipt is there, no batch is half there, the alerts equal
a naive reference join, and both logs verify; at the end the logs hold every
checkpoint they ever handed out, every receipt and every evaluation.

SAMKOER_SEED=N replays a history; SAMKOER_CRASH_STEPS sets its length.
"""
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from history import History, Push  # noqa: E402
from installation import BIN, ROOT, Installation, run  # noqa: E402
from town import BASE, CHANGING, Town  # noqa: E402

FAILPOINTS = re.findall(r"^//   ([a-z]+\.[a-z-]+) ", (ROOT / "storage/failpoint.h").read_text(encoding="utf-8"), re.M)
# How often a place has been passed when the server has started and a push begins.
AT_START = {"loop.before-write": 1, "loop.after-write": 2, "loop.after-answer": 2, "audit.before-checkpoint": 1,
            "keyd.before-debit": 1, "keyd.after-debit": 1, "keyd.after-answer": 1}
# How often a push passes it at least, where that is more than once.
IN_A_PUSH = {"loop.before-write": 3, "loop.after-write": 3, "loop.after-answer": 3, "audit.before-checkpoint": 3}
SNAPSHOT_ONLY = ("commit.", "rollforward.")
MOST_EXTRA_STEPS = 8
# Places that no push passes; each prefix is the name of a scenario below.
OF_THEIR_OWN = ("policy.", "proposal.", "sweep.", "kek.", "erase.", "backup.")


def scenarios():
    """A round: every failpoint once, and each program at a place on the wire and at any time."""
    places = [f"failpoint {name}" for name in FAILPOINTS]
    for program in ("agent", "agent", "matcherd", "keyd"):
        places += [f"wire {program}", f"time {program}"]
    return places


class CrashTest(unittest.TestCase):
    def test_every_failpoint_of_the_code_is_among_those_named(self):
        found = set()
        for path in ROOT.rglob("*.cc"):
            if not {"tests", "build"} & set(path.relative_to(ROOT).parts):
                found |= set(re.findall(r'SAMKOER_FAILPOINT\("([^"]+)"\)', path.read_text(encoding="utf-8")))
        self.assertEqual(found, set(FAILPOINTS))

    def test_nothing_is_lost_doubled_or_half_done(self):
        seed = int(os.environ.get("SAMKOER_SEED", random.SystemRandom().randrange(10**9)))
        steps = int(os.environ.get("SAMKOER_CRASH_STEPS", 34))
        print(f"SAMKOER_SEED={seed}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            town = Town(folder, random.Random(seed), people=2500)
            with Installation(folder) as it:
                self.keep_backups(it)
                history = CrashHistory(self, it.start(), town, seed)
                try:
                    history.run(steps)
                finally:
                    history.close()
        missed = set(FAILPOINTS) - history.fired
        print(f"killed {history.kills} times; batches of which some had no receipt: {history.halves}")
        if steps >= len(scenarios()):
            self.assertEqual(missed, set(), "failpoints that never fired")


    def keep_backups(self, it):
        """Of both servers, made when they are asked for."""
        made = run([BIN / "samkoer-matcherd", "backup-key", "--out", it.work / "backup.key"])
        self.assertEqual(made.returncode, 0, made.stderr)
        for name in ("matcherd", "keyd"):
            it.edit(name, lambda c, name=name: c.update(backup={
                "folder": str(it.work / f"{name}-backups"), "public_key": made.stdout.strip(), "every_hours": 0}))


class CrashHistory(History):
    def __init__(self, test, it, town, seed):
        super().__init__(test, it, town)
        self.seed, self.fired, self.kills = seed, set(), 0

    def bring_up(self):
        self.restart("")

    def run(self, steps):
        deck = []
        self.push(BASE)
        for number in range(steps):
            if not deck:
                deck = scenarios()
                random.Random(f"{self.seed}/round {number}").shuffle(deck)
            self.step(number, deck.pop())
        # Which group passes a place depends on how the threads run: one that was
        # armed and did not come in its step gets others.
        for number in range(steps, steps + MOST_EXTRA_STEPS):
            missed = sorted(set(FAILPOINTS) - self.fired)
            if missed and steps >= len(scenarios()):
                self.step(number, f"failpoint {missed[0]}")
        self.check_logs(self.logs.examine())
        self.logs.verify("--full")
        for server in (self.it.matcherd, self.it.keyd):
            self.test.assertEqual(server.stop(), 0, server.log()[-2000:])
            server.start()
        self.check(BASE, [self.pushed[BASE]])
        self.logs.verify()

    def step(self, number, scenario):
        self.number, self.rng = number, random.Random(f"{self.seed}/{number}")
        rng = self.town.rng = self.rng
        kind, name = scenario.split()
        unpushed = [d for d in CHANGING if d not in self.pushed]
        department = unpushed[0] if unpushed else rng.choice(CHANGING)
        snapshot = bool(unpushed) or name.startswith(SNAPSHOT_ONLY) or rng.random() < 0.45
        size = rng.choice([3, 30, 30, 1800] if snapshot else [3, 30, 1800, 3500])
        if kind == "wire" and not unpushed and rng.random() < 0.7:
            snapshot, size = False, 3500  # several batches, each in force with its receipt
        if kind == "failpoint":
            size = max(size, 30)  # or nothing might have changed, and the place not be passed
        go_on, change_again = rng.random() < 0.2, rng.random() < 0.2
        self.what = (f"seed {self.seed}, step {self.number}: {scenario}, "
                     f"{'snapshot' if snapshot else 'delta'} of {department}, {size} changes")
        if os.environ.get("SAMKOER_VERBOSE"):
            print(f"{time.monotonic():.1f} {self.what}", flush=True)
        if name.startswith("rollforward."):
            go_on = False
        if name.startswith(OF_THEIR_OWN):
            getattr(self, name.split(".")[0])(scenario)
        changed = {self.town.mutate(department) for _ in range(size)}
        push = Push(self, department, snapshot, changed)
        self.prepare_fault(kind, name, push)
        push.begin()
        dead = self.strike(kind, name, push)
        if dead and not go_on:
            push.kill()
            self.restart(name if dead == "failpoint" else "")
            self.check(department, push.candidates())
            if change_again:
                push.change({self.town.mutate(department) for _ in range(5)})
            push.begin()
        elif dead:
            self.restart("")
        push.finish()
        self.restart("")
        self.check(department, [dict(self.town.cases[department])])
        self.logs.verify()
        if number % 10 == 9:
            self.logs.examine()

    # ---- faults ----

    def server_of(self, name):
        return self.it.keyd if name.startswith("keyd") else self.it.matcherd

    def prepare_fault(self, kind, name, push):
        push_tap, key_tap = self.taps[push.department]
        if name.startswith("keyd"):
            # Or the key service might not be asked.
            self.test.assertEqual(self.it.agent(push.department, "cache", "clear").returncode, 0)
        if kind == "failpoint" and not name.startswith(OF_THEIR_OWN):
            armed = "commit.after-intent" if name.startswith("rollforward.") else name
            count = AT_START.get(armed, 0) + self.rng.randrange(IN_A_PUSH.get(armed, 1)) + 1
            server = self.server_of(armed)
            server.kill()
            server.start({"SAMKOER_FAILPOINT": f"{armed}:{count}"}, may_die=True)
        elif kind == "wire":
            victim = self.victim(name, push)
            tap = key_tap if name == "keyd" or (name == "agent" and self.rng.random() < 0.3) else push_tap
            tap.arm(self.rng.randrange(1, 3 if tap is key_tap else 12), victim)

    def victim(self, name, push):
        """Kills it; callable from a tap's thread."""
        def kill():
            process = push.process if name == "agent" else self.server_of(name).process
            process.send_signal(signal.SIGKILL)
        return kill

    def strike(self, kind, name, push):
        """Waits until the fault has come or the push has ended; what it was, or ""."""
        if kind == "time":
            try:
                push.process.wait(self.rng.random() * 0.8)
            except subprocess.TimeoutExpired:
                self.victim(name, push)()
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if push.process.poll() is not None or not (self.it.matcherd.running() and self.it.keyd.running()):
                break
            time.sleep(0.003)
        else:
            self.test.fail(f"{self.what}: the push hangs")
        if push.process.poll() == -signal.SIGKILL:
            self.kills += 1
            return "agent"
        time.sleep(0.01)  # a server that ended the push by its death
        if not (self.it.matcherd.running() and self.it.keyd.running()):
            self.kills += 1
            return kind
        return ""

    def restart(self, failpoint):
        """Brings up what was killed; a roll-forward is killed too, first."""
        for server, own in ((self.it.keyd, "keyd."), (self.it.matcherd, "")):
            if server.running() and "SAMKOER_FAILPOINT" not in server.environment:
                continue
            if server.running():
                server.kill()  # armed, and it never came
            elif server.environment.get("SAMKOER_FAILPOINT"):
                self.test.assertEqual(server.process.returncode, -signal.SIGKILL, server.log()[-2000:])
                self.fired.add(server.environment["SAMKOER_FAILPOINT"].split(":")[0])
            self.logs.collect()
            if failpoint.startswith("rollforward.") and not own:
                self.die_at(failpoint)
            server.start()

    def die_at(self, failpoint):
        """A start of the matcher that is killed there."""
        self.it.matcherd.start({"SAMKOER_FAILPOINT": f"{failpoint}:1"}, may_die=True)
        if self.it.matcherd.running():
            self.it.matcherd.kill()
        elif self.it.matcherd.process.returncode == -signal.SIGKILL:
            self.fired.add(failpoint)
            self.kills += 1
        self.logs.collect()

    def policy(self, scenario):
        """A new policy: the number of departments that make an alert changes. Killed while
        it is approved."""
        name = scenario.split()[1]
        self.town.at_least = 5 - self.town.at_least

        def change(policy):
            policy["version"] += 1
            policy["rules"][0]["at_least"] = self.town.at_least
        reload = self.rng.random() < 0.5
        self.it.matcherd.kill()
        if not reload:
            self.it.edit("policy", change)
        self.it.matcherd.start({"SAMKOER_FAILPOINT": f"{name}:1"})
        if reload:
            self.it.edit("policy", change)
            self.it.matcherd.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 30
        while not (proposals := self.it.open_proposals()):
            self.test.assertLess(time.monotonic(), deadline, "the policy is not proposed")
            time.sleep(0.02)
        self.test.assertNotEqual(self.it.try_approve(proposals[0]).returncode, 0)
        self.test.assertEqual(self.it.matcherd.process.wait(30), -signal.SIGKILL)
        self.fired.add(name)
        self.kills += 1
        self.logs.collect()
        self.it.matcherd.start()
        self.it.approve_policy()
        self.check(BASE, [self.pushed[BASE]])

    proposal = policy

    def kek(self, scenario):
        """A store gets a new key; the server is killed on the way and goes on with it."""
        name = scenario.split()[1]
        server = self.rng.choice([self.it.matcherd, self.it.keyd])
        which = ["--key-service"] if server is self.it.keyd else []
        server.kill()
        self.logs.collect()
        server.start({"SAMKOER_FAILPOINT": f"{name}:1"})
        self.it.audit("kek", "rotate", "--reason", "prøve", *which)
        self.test.assertEqual(server.process.wait(30), -signal.SIGKILL, f"{self.what}: {server.log()[-2000:]}")
        self.fired.add(name)
        self.kills += 1
        self.logs.collect()
        server.start()
        # Joins the rotation, or begins one if nothing of it was left.
        done = self.it.audit("kek", "rotate", "--reason", "prøve", "--wait", *which)
        self.test.assertEqual(done.returncode, 0, f"{self.what}: {done.stderr}{server.log()[-2000:]}")
        self.check(BASE, [self.pushed[BASE]])

    def backup(self, scenario):
        """A server is killed while it makes a backup. What was whole stays so, and the next one is made."""
        name = scenario.split()[1]
        server = self.rng.choice([self.it.matcherd, self.it.keyd])
        program, config = BIN / f"samkoer-{server.program}", ["--config", server.config_path]
        server.kill()
        self.logs.collect()
        server.start({"SAMKOER_FAILPOINT": f"{name}:1"})
        self.test.assertNotEqual(run([program, "backup", *config]).returncode, 0)
        self.test.assertEqual(server.process.wait(30), -signal.SIGKILL, f"{self.what}: {server.log()[-2000:]}")
        self.fired.add(name)
        self.kills += 1
        self.logs.collect()
        server.start()
        for command in (["backup"], ["backup-verify", "--all"], ["backup-verify", "--key", self.it.work / "backup.key"]):
            done = run([program, command[0], *config, *command[1:]])
            self.test.assertEqual(done.returncode, 0, f"{self.what}: {done.stderr}{server.log()[-2000:]}")
        self.check(BASE, [self.pushed[BASE]])

    def sweep(self, scenario):
        """A month passes: birthdays take people out of the rule."""
        day = self.town.day
        self.town.day = day.replace(year=day.year + day.month // 12, month=day.month % 12 + 1)
        self.it.day = self.town.day.isoformat()
        self.it.matcherd.kill()
        self.it.matcherd.arguments = ["--as-of", self.it.day]
        self.die_at("sweep.before-write")
        self.it.matcherd.start()
        self.check(BASE, [self.pushed[BASE]])

    def erase(self, scenario):
        """Somebody is erased, and the departments leave the cases out. Before the write nothing has happened."""
        held = sorted({digits for cases in self.pushed.values() for digits, _ in cases.values()
                       if self.town.counts(digits)})
        digits = self.rng.choice(held)
        objection = ["--objection"] if self.rng.random() < 0.5 else []
        command = ["--format", "json", "person", "erase", "--yes", "--reason", "a test", *objection]
        self.it.matcherd.kill()
        self.logs.collect()
        self.it.matcherd.start({"SAMKOER_FAILPOINT": "erase.before-write:1"})
        killed = self.it.audit(*command, input=digits + "\n")
        self.test.assertNotEqual(killed.returncode, 0, killed.stdout)
        self.test.assertEqual(self.it.matcherd.process.wait(30), -signal.SIGKILL)
        self.fired.add("erase.before-write")
        self.kills += 1
        self.logs.collect()
        self.it.matcherd.start()
        self.check(BASE, [self.pushed[BASE]])
        erased = self.it.audit(*command, input=digits + "\n")
        self.test.assertEqual(erased.returncode, 0, erased.stderr)
        for cases in (*self.pushed.values(), *self.town.cases.values()):
            for reference in [r for r, (number, _) in cases.items() if number == digits]:
                del cases[reference]
        if digits in self.town.people:
            position = self.town.people.index(digits)
            del self.town.people[position]
            self.town.known -= position < self.town.known
        self.test.assertGreater(int(json.loads(erased.stdout)["records"]), 0)
        self.check(BASE, [self.pushed[BASE]])


if __name__ == "__main__":
    unittest.main()
