"""A history of pushes of one installation, watched on the wire, with what must hold
after each: the alerts fit what passed, and the logs hold every receipt."""
import pathlib
import re
import signal
import subprocess

import exported_log
from installation import BIN, alert_set
from push_tap import KeyTap, PushTap
from watched_log import WatchedLogs

BATCH_STORED, EVALUATED = 11, 60  # AuditAction
ATTEMPTS = 8


class History:
    """`installation` has started. Remember to close()."""

    def __init__(self, test, installation, town):
        self.test, self.it, self.town = test, installation, town
        self.halves, self.what = 0, "the beginning"
        self.pushed = {}  # department -> reference -> (CPR number, is it open), as the matcher must hold it
        self.logs = WatchedLogs(test, installation)
        self.taps = {}
        for department in self.it.departments:
            pair = (PushTap(self.it.matcherd.address, self.it.work / "pki", "matcherd", department),
                    KeyTap(self.it.keyd.address, self.it.work / "pki", "keyd", department))
            self.taps[department] = pair
            self.it.edit(f"agent-{department}", lambda c, pair=pair: c.update(
                matcher={"address": pair[0].address, "server_name": "localhost"},
                key_service={"address": pair[1].address, "server_name": "localhost"}))

    def close(self):
        for pair in self.taps.values():
            for tap in pair:
                tap.close()

    def bring_up(self):
        """Starts what does not run."""
        for server in (self.it.keyd, self.it.matcherd):
            if not server.running():
                server.start()

    def push(self, department, snapshot=True, changed=()):
        """A push without a fault."""
        push = Push(self, department, snapshot, set(changed))
        push.begin()
        push.finish()
        self.check(department, [dict(self.town.cases[department])])

    def check(self, department, candidates):
        """The alerts are those of one of the candidates for what is held of the department,
        which is then taken to be it."""
        found = self.alerts()
        for cases in candidates:
            if self.town.alerts({**self.pushed, department: cases}) == found:
                self.pushed[department] = cases
                return
        wanted = [self.town.alerts({**self.pushed, department: cases}) for cases in candidates]
        near = min((set(found) ^ set(w) for w in wanted), key=len)
        self.test.fail(f"{self.what}: the alerts fit none of {len(candidates)} histories; "
                       f"{len(near)} differ from the nearest, as {sorted(near)[:3]}")

    def alerts(self):
        """The alerts when they have come to rest: a list has pages, and what an agent sent
        before it was killed may still be taken in between them."""
        found = alert_set(self.it.alerts())
        for _ in range(50):
            again = alert_set(self.it.alerts())
            if again == found:
                return found
            found = again
        return self.test.fail(f"{self.what}: the alerts do not come to rest")

    def check_logs(self, leaves):
        """Whatever had a receipt or an answer stands in the logs."""
        stored = {leaf[exported_log.DIGEST][0] for leaf in exported_log.of_action(leaves["matcherd"], BATCH_STORED)}
        receipts = set().union(*(push.all_receipts for push, _ in self.taps.values()))
        self.test.assertGreater(len(receipts), 0)
        self.test.assertEqual(receipts - stored, set(), "batches with a receipt but no leaf")
        evaluated = sum(exported_log.count_of(leaf, "elements")
                        for leaf in exported_log.of_action(leaves["keyd"], EVALUATED))
        answered = sum(key.answered for _, key in self.taps.values())
        self.test.assertGreater(answered, 0)
        self.test.assertGreaterEqual(evaluated, answered, "answers of the key service without a leaf")


class Push:
    """One push, through as many processes as it takes."""

    def __init__(self, history, department, snapshot, changed):
        self.history, self.department, self.snapshot = history, department, snapshot
        self.changed, self.process = set(), None
        self.tap = history.taps[department][0]
        self.change(changed)

    def change(self, changed):
        it, town = self.history.it, self.history.town
        self.changed |= changed
        gone = town.write(self.department, None if self.snapshot else self.changed)
        (it.work / "withdrawn.txt").write_text("".join(f"{r}\n" for r in gone))
        kind = ["--allow-shrink"] if self.snapshot else ["--delta", "--withdrawn", it.work / "withdrawn.txt"]
        self.command = [BIN / "samkoer-agent", "--config", it.work / f"agent-{self.department}.yaml",
                        "--format", "json", "push", "--day", it.day, "--fast-unlock", *kind]

    def begin(self):
        self.tap.forget()
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def kill(self):
        self.process.kill()
        self.process.communicate(timeout=30)
        self.disarm()
        for tap in self.history.taps[self.department]:
            tap.drain()

    def disarm(self):
        for tap in self.history.taps[self.department]:
            tap.trigger = None

    def candidates(self):
        """What the matcher may hold of the department, by what passed on the wire."""
        before = dict(self.history.pushed.get(self.department, {}))
        after = dict(self.history.town.cases[self.department])
        if self.snapshot:
            if self.tap.commit_receipt:
                return [after]
            return [before, after] if self.tap.commit_sent else [before]
        found, open_batches = before, []
        for number, batch in sorted(self.tap.sent.items()):
            if number in self.tap.receipts:
                self.history.test.assertEqual(open_batches, [], "a receipt overtook another")
                self.apply(found, batch, after)
            else:
                open_batches.append(batch)
        self.history.halves += len(open_batches)
        histories = [dict(found)]
        for batch in open_batches:
            self.apply(found, batch, after)
            histories.append(dict(found))
        return histories

    @staticmethod
    def apply(cases, batch, after):
        stated, withdrawn = batch
        for reference in stated:
            cases[reference] = after[reference]
        for reference in withdrawn:
            cases.pop(reference, None)

    def finish(self):
        """Runs it until it is through."""
        history = self.history
        for _ in range(ATTEMPTS):
            try:
                output, errors = self.process.communicate(timeout=120)
            except subprocess.TimeoutExpired:
                self.kill()
                history.test.fail(f"{history.what}: the push hangs")
            self.disarm()
            if self.process.returncode == 0:
                break
            history.test.assertIn(self.process.returncode, (69, -signal.SIGKILL), f"{history.what}: {errors}")
            history.bring_up()
            self.begin()
        else:
            history.test.fail(f"{history.what}: the push did not go through: {errors}")
        if self.snapshot:
            held = int(re.search(r'"held": ?(\d+)', output)[1])
            history.test.assertEqual(held, history.town.held(self.department), history.what)

