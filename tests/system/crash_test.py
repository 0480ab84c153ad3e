"""kill -9 of the matcher, the key service or the agent in the middle of pushes,
at named failpoints and at random times: after every step the alerts equal a
naive reference join, and the log verifies and has only grown.

SAMKOER_SEED=N replays a history; SAMKOER_CRASH_STEPS sets its length.
"""
import datetime
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from installation import BIN, ROOT, Installation, alert_set  # noqa: E402

sys.path.insert(0, str(ROOT / "deploy/lib"))
import demo_data  # noqa: E402

DEPARTMENTS = ["familie", "jobcenter", "social"]
DAY = demo_data.AS_OF
MATCHER_FAILPOINTS = re.findall(r"^//   ((?:loop|stage|commit|audit)\.[a-z-]+)",
                                (ROOT / "storage/failpoint.h").read_text(encoding="utf-8"), re.M)


class Town:
    """Who has which case where, and the exports that say so."""

    def __init__(self, folder, rng):
        self.folder, self.rng, self.taken = folder, rng, set()
        self.people = [self.person() for _ in range(30)]
        self.cases = {d: {} for d in DEPARTMENTS}
        self.number = 0
        plan = {"municipality": "Prøveby", "as_of": DAY.isoformat(),
                "rule": {"age_from": 15, "age_below": 30, "at_least": 2, "count": "authority departments"},
                "shrink_limit_percent": 100, "departments": []}
        domains = {"familie": "FAMILY", "jobcenter": "EMPLOYMENT", "social": "SOCIAL"}
        for name in DEPARTMENTS:
            plan["departments"].append({
                "id": name, "name": name, "authority": True, "file": f"{name}.csv", "units": ["Enhed"],
                "domains": {"1": domains[name]}, "delimiter": ";", "encoding": "utf-8",
                "date_format": "%Y-%m-%d", "open": ["ja"], "shut": ["nej"],
                "columns": [["cpr", "cpr"], ["ref", "ref"], ["enhed", "unit"], ["kle", "kind"],
                            ["fra", "opened"], ["til", "closed"], ["status", "status"]]})
            self.write(name)
        (folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")

    def person(self):
        return demo_data.fictional_cpr(self.rng, demo_data.birthday(self.rng, 15, 30), self.taken)

    def mutate(self, department):
        """One of: a new case, a closing, a re-opening, a corrected number, a removal."""
        rng, cases = self.rng, self.cases[department]
        action = rng.choice(["new", "new", "new", "close", "reopen", "correct", "remove"])
        if action == "new" or not cases:
            self.number += 1
            reference = f"{department[0].upper()}-{self.number}"
            cases[reference] = [rng.choice(self.people), True]
            return reference
        reference = rng.choice(sorted(cases))
        if action == "close":
            cases[reference][1] = False
        elif action == "reopen":
            cases[reference][1] = True
        elif action == "correct":
            cases[reference][0] = rng.choice(self.people)
        else:
            del cases[reference]
        return reference

    def write(self, department, only=None):
        opened = DAY - datetime.timedelta(days=100)
        rows = ["cpr;ref;enhed;kle;fra;til;status"]
        for reference, (digits, is_open) in sorted(self.cases[department].items()):
            if only is None or reference in only:
                rows.append(f"{digits};{reference};Enhed;1;{opened};{'' if is_open else DAY};"
                            f"{'ja' if is_open else 'nej'}")
        (self.folder / f"{department}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")

    def alerts(self, pushed):
        """The reference join over what each department has pushed."""
        found = {}
        for department, cases in pushed.items():
            for reference, (digits, is_open) in cases.items():
                if is_open:
                    found.setdefault(digits, set()).add((department, reference))
        return sorted(tuple(sorted(pairs)) for pairs in found.values() if len({d for d, _ in pairs}) >= 2)


class CrashTest(unittest.TestCase):
    def test_nothing_is_lost_doubled_or_half_done(self):
        seed = int(os.environ.get("SAMKOER_SEED", random.SystemRandom().randrange(10**9)))
        steps = int(os.environ.get("SAMKOER_CRASH_STEPS", 40))
        print(f"SAMKOER_SEED={seed}", flush=True)
        self.assertGreaterEqual(len(MATCHER_FAILPOINTS), 8)
        rng = random.Random(seed)
        with tempfile.TemporaryDirectory() as name:
            town = Town(pathlib.Path(name), rng)
            with Installation(name) as it:
                it.start()
                pushed = {d: {} for d in DEPARTMENTS}
                for step in range(steps):
                    self.step(it, town, rng, pushed, step)
                self.assertEqual(it.audit("verify", "--full").returncode, 0)

    def step(self, it, town, rng, pushed, step):
        department = rng.choice(DEPARTMENTS)
        changed = {town.mutate(department) for _ in range(rng.randrange(1, 12))}
        gone = any(reference not in town.cases[department] for reference in changed)
        first = not pushed[department]
        delta = not gone and not first and rng.random() < 0.3
        town.write(department, changed if delta else None)
        arguments = ["push", "--day", it.day] + (["--delta"] if delta else ["--allow-shrink"])
        fault = rng.choice(["none", "failpoint", "failpoint", "matcherd", "keyd", "agent"])
        self.push_with_fault(it, rng, department, arguments, fault)
        pushed[department] = {r: list(c) for r, c in town.cases[department].items()}
        self.assertEqual(alert_set(it.alerts()), town.alerts(pushed), f"step {step}: {fault}, {'delta' if delta else 'snapshot'}")
        if step % 4 == 3:
            verified = it.audit("verify")
            self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)

    def push_with_fault(self, it, rng, department, arguments, fault):
        command = [BIN / "samkoer-agent", "--config", it.work / f"agent-{department}.yaml", *arguments]
        if fault == "failpoint":
            it.matcherd.stop()
            it.matcherd.start({"SAMKOER_FAILPOINT": f"{rng.choice(MATCHER_FAILPOINTS)}:{rng.randrange(1, 5)}"},
                              may_die=True)
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if fault in ("matcherd", "keyd", "agent"):
            time.sleep(rng.random() * 0.4)
            if fault == "agent":
                process.kill()
            else:
                getattr(it, fault).kill()
                getattr(it, fault).start()
        output = ""
        for _ in range(6):
            try:
                output = process.communicate(timeout=90)[0]
            except subprocess.TimeoutExpired:
                process.kill()
                output = process.communicate()[0]
            for server in (it.keyd, it.matcherd):
                if not server.running():
                    server.start()
            if process.returncode in (0, 2):
                return
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        process.kill()
        process.communicate()
        self.fail(f"the push did not go through after {fault}: {output}")


if __name__ == "__main__":
    unittest.main()
