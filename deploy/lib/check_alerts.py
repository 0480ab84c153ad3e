#!/usr/bin/env python3
"""Compares alerts with expected-alerts.json: same people, departments and case
references, none more. Prints one line; exits 1 on a difference."""
import collections
import json
import sys


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: check_alerts.py ALERTS.json EXPECTED.json")
    with open(sys.argv[1], encoding="utf-8") as file:
        alerts = json.load(file)
    with open(sys.argv[2], encoding="utf-8") as file:
        expected = json.load(file)["alerts"]

    def key(pairs):
        return tuple(sorted(pairs))
    got = collections.Counter(
        key((p["department"], p["case_ref"]) for p in alert["participants"]) for alert in alerts)
    want = collections.Counter(
        key((d["department"], ref) for d in alert["departments"] for ref in d["case_refs"])
        for alert in expected)
    if got == want:
        print(f"{len(alerts)} alerts, exactly as expected-alerts.json says")
        return
    for title, difference in (("missing", want - got), ("not expected", got - want)):
        for pairs in list(difference)[:10]:
            print(f"{title}: " + ", ".join(f"{d} {r}" for d, r in pairs), file=sys.stderr)
    sys.exit(f"error: {sum((want - got).values())} alerts are missing, "
             f"{sum((got - want).values())} are not expected")


if __name__ == "__main__":
    main()
