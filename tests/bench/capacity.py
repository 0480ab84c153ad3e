#!/usr/bin/env python3
"""What an installation of so many records takes: disk, memory, time. Prints the table of
docs/operations.md, with the machine, the commit and how busy the machine was.

  tests/bench/run --capacity [--records 10000,100000,1000000]    builds first
  tests/bench/capacity.py [...]                                  with $SAMKOER_BIN

Real processes, mutual TLS and synced writes on this machine; four departments push at once, every
field of a record filled, and about six of ten persons known to more than one department. Figures
of disk and memory hold on a busy machine, too; those of time only on one at rest.
"""
import argparse
import json
import os
import pathlib
import re
import sys
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from bench import BIN, Bench, SETTLE, figures, heading  # noqa: E402
from installation import run  # noqa: E402

ROWS = (
    ("alerts", "alerts", "{:,.0f}"),
    ("first_push", "first push", "{:,.1f} s"),
    ("nightly", "nightly snapshot, 1% changed", "{:,.1f} s"),
    ("memory", "memory of the matcher, at most", "{:,.0f} MiB"),
    ("idle", "memory of the matcher, afterwards", "{:,.0f} MiB"),
    ("store", "store, as it lies after the pushes", "{:,.0f} MiB"),
    ("compacted", "store, compacted", "{:,.0f} MiB"),
    ("backup_bytes", "first backup", "{:,.0f} MiB"),
    ("backup", "first backup", "{:,.1f} s"),
    ("doctor", "`doctor`", "{:,.1f} s"),
    ("restart", "start until it serves", "{:,.1f} s"),
    ("list", "`samkoer-alerts list`, first page", "{:,.2f} s"),
)
MIB = 1 << 20


def bytes_below(folder):
    return sum(path.stat().st_size for path in pathlib.Path(folder).rglob("*") if path.is_file())


def status(process, field):
    text = pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    return int(re.search(rf"{field}:\s+(\d+)", text)[1]) * 1024 / MIB


def timed(command):
    start = time.monotonic()
    done = run(command, timeout=3600)
    if done.returncode:
        sys.exit(f"error: {' '.join(map(str, command))}: {done.returncode}\n{done.stderr}")
    return time.monotonic() - start


def metric(address, name):
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=60) as page:
        found = re.findall(rf"^{name}(?:\{{[^}}]*\}})? ([0-9.e+]+)$", page.read().decode(), re.M)
    if not found:
        sys.exit(f"error: the matcher has no metric {name}")
    return sum(map(float, found))


def measure(bench, records):
    with bench.installation() as it:
        folder, metrics = it.work / "backups", "127.0.0.1:9499"
        key = run([BIN / "samkoer-matcherd", "backup-key", "--out", it.work / "backup.key"])
        it.edit("matcherd", lambda c: c.update(metrics_listen=metrics, backup={
            "folder": str(folder), "public_key": key.stdout.strip(), "keep": 2}))
        it.start()
        found = {}
        first = figures([BIN / "push_bench", records, 0, *bench.configs(it)])
        found["first_push"] = first["first_push_seconds"]
        time.sleep(SETTLE)
        nightly = figures([BIN / "push_bench", records, 1, *bench.configs(it)])
        found["nightly"] = nightly["nightly_seconds"]
        time.sleep(SETTLE)
        process = it.matcherd.process
        found["memory"], found["idle"] = status(process, "VmHWM"), status(process, "VmRSS")
        held = metric(metrics, "samkoer_records_held")
        if held != records:
            sys.exit(f"error: the matcher holds {held:.0f} records, not {records}")
        found["alerts"] = metric(metrics, "samkoer_alerts_held")
        found["list"] = timed([BIN / "samkoer-alerts", "--config", it.work / "ungekoordinator.yaml", "list"])
        config = it.work / "matcherd.yaml"
        found["backup"] = timed([BIN / "samkoer-matcherd", "backup", "--config", config])
        found["backup_bytes"] = bytes_below(folder) / MIB
        it.matcherd.stop()
        found["store"] = bytes_below(it.work / "matcherd/data") / MIB
        found["doctor"] = timed([BIN / "samkoer-matcherd", "doctor", "--config", config])
        start = time.monotonic()
        it.matcherd.start()
        found["restart"] = time.monotonic() - start
        it.matcherd.stop()
        found["compacted"] = figures([BIN / "disk_bench", it.work / "matcherd/data"])["disk"] / MIB
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--records", default="10000,100000,1000000", help="numbers of records, with commas between")
    parser.add_argument("--json", action="store_true", help="the figures as JSON, too")
    arguments = parser.parse_args()
    sizes = [int(n) for n in arguments.records.split(",")]
    bench, all_found = Bench(), {}
    heading()
    print(f"load       {os.getloadavg()[0]:.1f} before, {os.cpu_count()} processors", flush=True)
    for records in sizes:
        all_found[records] = measure(bench, records)
        print(f"load       {os.getloadavg()[0]:.1f} after {records:,} records", flush=True)
    print(f"\n| records | {' | '.join(f'{n:,}' for n in sizes)} |\n|---|{'---|' * len(sizes)}")
    for key, name, form in ROWS:
        print(f"| {name} | {' | '.join(form.format(all_found[n][key]) for n in sizes)} |")
    if arguments.json:
        print(json.dumps(all_found, indent=1))


if __name__ == "__main__":
    main()
