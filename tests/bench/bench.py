#!/usr/bin/env python3
"""Runs the benchmarks against their peers and prints every figure as a ratio.

Called by tests/bench/run, which installs and builds first.
"""
import argparse
import json
import os
import pathlib
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
os.environ["SAMKOER_BIN"] = os.environ.get("SAMKOER_BIN", str(ROOT / "build/bench/bin"))
sys.path.insert(0, str(ROOT / "tests/system"))
from installation import BIN, Installation  # noqa: E402

POSTGRES = pathlib.Path("/usr/lib/postgresql/15/bin")
SETTLE = 10  # seconds between the pushes, as both stores write in the background
DEPARTMENTS = {"familie": ("FAMILY", "Familie og rådgivning"), "jobcenter": ("EMPLOYMENT", "Team Unge"),
               "social": ("SOCIAL", "Voksenrådgivning"),
               "handicap": ("DISABILITY_PSYCHIATRY", "Handicap myndighed")}
SETTINGS = {"listen_addresses": "''", "shared_buffers": "2GB", "max_wal_size": "16GB",
            "checkpoint_timeout": "30min", "synchronous_commit": "on", "work_mem": "256MB",
            "maintenance_work_mem": "1GB", "jit": "off", "wal_buffers": "64MB",
            "effective_cache_size": "12GB", "autovacuum": "off"}


def processor_time():
    """Ticks that were used, and ticks that were wanted and went to other machines on the same host."""
    user, nice, system, _, _, irq, softirq, stolen = map(
        int, pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9])
    return user + nice + system + irq + softirq, stolen


def figures(command, timeout=3600):
    """Runs a program that prints "name value unit" lines. "stolen" is the share of processor time the host withheld."""
    used_before, stolen_before = processor_time()
    result = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=timeout, check=False)
    used, stolen = processor_time()
    if result.returncode != 0:
        sys.exit(f"error: {command[0]}: {result.stderr}")
    found = {name: float(value) for name, value in re.findall(r"^(\w+) ([0-9.e+-]+) \S+$", result.stdout, re.M)}
    stolen -= stolen_before
    found["stolen"] = stolen / max(1, used - used_before + stolen)
    return found


class Postgres:
    """A server of its own on a Unix socket, gone afterwards."""

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="samkoer-pg."))
        self.user = [] if os.getuid() else ["runuser", "-u", "postgres", "--"]
        if self.user:
            shutil.chown(self.folder, "postgres")
        self.call(POSTGRES / "initdb", "-D", self.folder / "data", "-A", "trust", "-U", "postgres")
        options = f"-k {self.folder} " + " ".join(f"-c {k}={v}" for k, v in SETTINGS.items())
        self.call(POSTGRES / "pg_ctl", "-D", self.folder / "data", "-w", "-l", self.folder / "log", "-o", options, "start")
        return self

    def call(self, *command):
        subprocess.run(self.user + [str(c) for c in command], check=True, stdout=subprocess.DEVNULL)

    def __exit__(self, *unused):
        self.call(POSTGRES / "pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def measure(self, rows):
        return figures([BIN / "postgres_bench", f"host={self.folder} user=postgres dbname=postgres", rows])


def bench_data(folder):
    """A plan whose policy lets the bench rows in; its exports stay empty."""
    departments = []
    for name, (domain, unit) in DEPARTMENTS.items():
        (folder / f"{name}.csv").write_text("cpr;ref;unit;kle;fra;status\n")
        departments.append({
            "id": name, "authority": True, "file": f"{name}.csv", "units": [unit], "domains": {"1": domain},
            "date_format": "%Y-%m-%d", "open": ["ja"], "columns": [
                ["cpr", "cpr"], ["ref", "ref"], ["unit", "unit"], ["kle", "kind"], ["fra", "opened"],
                ["status", "status"]]})
    (folder / "plan.json").write_text(json.dumps({
        "municipality": "bench", "as_of": "2026-11-02", "departments": departments,
        "rule": {"age_from": 10, "age_below": 40, "at_least": 2, "count": "authority departments"}}))


class Bench:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        bench_data(pathlib.Path(self.folder.name))

    def installation(self):
        return Installation(self.folder.name)

    def configs(self, it):
        return [it.work / f"agent-{name}.yaml" for name in DEPARTMENTS]

    def pseudonyms(self, count):
        """Five rounds, the primitives before and after each; the round with the median ratio."""
        rounds = []
        with self.installation() as it:
            it.start()
            before = figures([BIN / "primitives_bench", it.work])["pseudonym_limit"]
            for _ in range(5):
                ours = figures([BIN / "pseudonym_bench", self.configs(it)[0], count])["pseudonyms"]
                after = figures([BIN / "primitives_bench", it.work])["pseudonym_limit"]
                limit = (before + after) / 2
                rounds.append((ours / limit, ours, limit))
                before = after
        return sorted(rounds)

    def pushes(self, rows, nightly=True):
        """First push, nightly, policy change, disk."""
        with self.installation() as it:
            it.start()
            found = figures([BIN / "push_bench", rows, 0, *self.configs(it)])
            found["first_push_stolen"] = found["stolen"]
            found["memory_bytes"] = self.memory(it)
            if nightly:
                time.sleep(SETTLE)
                found.update(figures([BIN / "push_bench", rows, 1, *self.configs(it)]))
                found["nightly_stolen"] = found["stolen"]
                found["policy_seconds"] = self.policy_change(it, self.another_rule)
                found["all_alerts_end_seconds"] = self.policy_change(it, self.more_departments)
            it.matcherd.stop()
            found.update(figures([BIN / "disk_bench", it.work / "matcherd/data"]))
            found["disk"] /= rows
        return found

    def memory(self, it):
        status = pathlib.Path(f"/proc/{it.matcherd.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) * 1024

    @staticmethod
    def another_rule(policy):
        """Everybody is evaluated under both rules; as in the peer, nobody's answer is another."""
        policy["rules"].append({**policy["rules"][0], "id": "tre", "at_least": 3})

    @staticmethod
    def more_departments(policy):
        """Nobody has a case in so many: every alert ends."""
        policy["rules"][0]["at_least"] = 3

    def policy_change(self, it, change):
        """Seconds from the approval to the end of what it does."""
        policy = json.loads((it.work / "policy.yaml").read_text(encoding="utf-8"))
        policy["version"] += 1
        change(policy)
        (it.work / "policy.yaml").write_text(json.dumps(policy, ensure_ascii=False), encoding="utf-8")
        it.matcherd.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 60
        while not (proposals := it.open_proposals()):
            if time.monotonic() > deadline:
                sys.exit("error: the policy was not proposed\n" + it.matcherd.log()[-2000:])
            time.sleep(0.02)
        start = time.monotonic()
        result = it.try_approve(proposals[0])
        if result.returncode:
            sys.exit("error: the policy was not approved\n" + result.stderr)
        return time.monotonic() - start

    def follow(self, count):
        with self.installation() as it:
            it.start()
            return figures([BIN / "follow_bench", count, it.work, it.work / "ungekoordinator.yaml",
                            *self.configs(it)[:2]])


def command_output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def heading():
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    memory = int(re.search(r"MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text())[1]) // 1048576
    print(f"hardware   {cpu[1] if cpu else platform.machine()}, {os.cpu_count()} cores, {memory} GiB")
    print(f"system     {platform.system()} {platform.release()}, Debian {pathlib.Path('/etc/debian_version').read_text().strip()}")
    versions = command_output("dpkg-query", "-W", "-f", "${Package} ${Version}  ", "libgrpc++-dev", "libsodium-dev",
                              "librocksdb-dev", "libprotobuf-dev", "postgresql-15", "g++")
    print(f"versions   {versions}")
    flags = re.findall(r"CMAKE_(?:BUILD_TYPE|CXX_FLAGS_RELWITHDEBINFO):\w+=(.*)",
                       (BIN.parent / "CMakeCache.txt").read_text())
    print(f"build      {' '.join(flags)}")
    print(f"commit     {command_output('git', '-C', str(ROOT), 'describe', '--always', '--dirty')}")


def row(letter, what, ours, peer, ratio, goal, at_least=True):
    met = ratio >= goal if at_least else ratio <= goal
    print(f"{letter}  {what:<34} {ours:>22} {peer:>26}  {ratio:6.2f}  {'>=' if at_least else '<='} {goal:<5} {'yes' if met else 'NO'}")


def pushes_rows(bench, rows, count):
    """b to e: ours and the peer in turn, so that what the host does meets both."""
    rounds = []
    for _ in range(count):
        with Postgres() as postgres:
            peer = postgres.measure(rows)
        rounds.append((bench.pushes(rows), peer))

    def median(letter, what, name, peer_name, unit, goal, at_least, ratio_of):
        ordered = sorted(((ratio_of(ours[name], peer[peer_name]), ours, peer) for ours, peer in rounds),
                         key=lambda measured: measured[0])
        ratio, ours, peer = ordered[len(ordered) // 2]
        row(letter, what, format(ours[name], unit[0]) + unit[1],
            f"PostgreSQL {peer[peer_name]:{unit[0]}}{unit[1]}", ratio, goal, at_least)
        return (f"   (the median of {len(ordered)}: lowest {ordered[0][0]:.2f}, highest {ordered[-1][0]:.2f}",
                ours, peer)

    def withheld(share, peer):
        return (f"; of the processor time wanted the host withheld {share:.0%} from ours, "
                f"{peer['stolen']:.0%} from the peer, over all it did)")

    def more(ours, peer):
        return ours / peer

    def less(ours, peer):
        return peer / ours

    spread, ours, peer = median("b", f"first push of {rows:,}", "first_push", "postgres_first_push", (".0f", "/s"),
                                4, True, more)
    print(spread + withheld(ours["first_push_stolen"], peer))
    memory = ours["memory_bytes"] / rows
    spread, ours, peer = median("c", "nightly, 1% changed", "nightly", "postgres_nightly", (".0f", "/s"), 20, True, more)
    print(spread + withheld(ours["nightly_stolen"], peer))
    spread, ours, _ = median("d", "policy changed, all again", "policy_seconds", "postgres_match_everybody",
                             (".3f", " s"), 2, True, less)
    print(f"{spread}; where every alert ends: {ours['all_alerts_end_seconds']:.3f} s)")
    spread, ours, _ = median("e", "disk a record, compacted", "disk", "postgres_disk", (".0f", " bytes"), 0.8, False, more)
    print(f"{spread})")
    print(f"   (b sent {ours['first_push_sent']:.0f}, c sent {ours['nightly_sent']:.0f} records and changed "
          f"{ours['nightly_changed']:.0f}; matcher memory after b {memory:.0f} bytes a record)")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000, help="records of b, c, d, e (default 1,000,000)")
    parser.add_argument("--large", type=int, default=5_000_000, help="records of g (0: leave g out)")
    parser.add_argument("--only", default="abcdefgh", help="letters of the goals to measure")
    parser.add_argument("--rounds", type=int, default=3, choices=(1, 3, 5),
                        help="of b to e, ours and the peer in turn; the median counts (default 3)")
    arguments = parser.parse_args()
    rows, only = arguments.rows - arguments.rows % 4, set(arguments.only)
    bench = Bench()
    heading()
    print(f"\n   {'what':<34} {'ours':>22} {'peer':>26}   ratio  goal")
    if "a" in only:
        rounds = bench.pseudonyms(15_000)
        ratio, ours, limit = rounds[len(rounds) // 2]
        row("a", "pseudonyms", f"{ours:.0f}/s", f"primitives {limit:.0f}/s", ratio, 0.90)
        print(f"   (the median of {len(rounds)}; lowest {rounds[0][0]:.2f}, highest {rounds[-1][0]:.2f})")
    if only & set("bcde"):
        pushes_rows(bench, rows, arguments.rounds)
    if "f" in only:
        ours = bench.follow(500)
        row("f", "record to alert on follow, p99", f"{ours['follow_p99']:.2f} ms",
            f"fsync + 2 calls {ours['fsync_two_calls_p99']:.2f} ms",
            ours["follow_p99"] / ours["fsync_two_calls_p99"], 3, False)
        print(f"   (medians {ours['follow_median']:.2f} and {ours['fsync_two_calls_median']:.2f} ms)")
    if "g" in only and arguments.large:
        small = bench.pushes(100_000, nightly=False)
        large = bench.pushes(arguments.large, nightly=False)
        row("g", f"cost a record at {arguments.large:,}", f"{1e6 / large['first_push']:.2f} us",
            f"at 100,000 {1e6 / small['first_push']:.2f} us", small["first_push"] / large["first_push"], 1.3, False)
    if "h" in only:
        ours = figures([BIN / "verify_bench", 500_000])
        row("h", "verifying the log", f"{ours['verify_bytes']:.0f} MB/s", f"SHA-256 {ours['plain_sha256']:.0f} MB/s",
            ours["verify_bytes"] / ours["plain_sha256"], 0.7)


if __name__ == "__main__":
    main()
