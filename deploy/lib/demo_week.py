#!/usr/bin/env python3
"""A week of the demo's coordinator and departments, so that their page has work on it.

Done with the programs that people use: a youth conference on the next working day with cases
on its agenda, a guide, a handover that waits for its answer, a nomination, a question and an
enquiry about drop-out. Needs the running services of deploy/demo.
"""
import argparse
import datetime
import json
import pathlib
import subprocess
import sys

CASES = 5
INBOX_LINES = 6


class Week:
    def __init__(self, arguments):
        self.bin, self.work = arguments.bin, arguments.work
        self.plan = json.loads((arguments.data / "plan.json").read_text(encoding="utf-8"))
        self.departments = arguments.departments

    def run(self, program, config, *words, shown=False):
        command = [self.bin / f"samkoer-{program}", "--config", self.work / f"{config}.yaml", *words]
        done = subprocess.run([str(word) for word in command], text=True, check=False,
                              stdout=None if shown else subprocess.PIPE)
        if done.returncode != 0:
            sys.exit(f"error: {' '.join(str(word) for word in [command[0].name, *words])} ended with {done.returncode}")
        return done.stdout

    def alerts(self, *words):
        return json.loads(self.run("alerts", "ungekoordinator", "--format", "json", *words))

    def agent(self, department, *words):
        return self.run("agent", f"agent-{department}", *words)

    def conference(self, day, alerts):
        start = f"{working_day_after(day):%Y-%m-%d} 09:00"
        planned = self.alerts("conferences", "plan", "--start", start, "--leader", "Ungekoordinatoren",
                              "--place", "Rådhuset, lokale 2", "--team", "Ungeindsatsen", "--team", "PPR",
                              "--count", "2")
        conference = planned[0]["conference_id"]
        for alert in alerts:
            self.alerts("conferences", "add", conference, alert["alert_id"])
        print(f"youth conference {conference} is planned for {start}, with {len(alerts)} cases; "
              "another follows in the policy's rhythm", flush=True)
        return conference

    def guide(self, alert, name):
        part = alert["participants"][0]
        self.alerts("guide", alert["alert_id"], "--name", name, "--department", part["department"],
                    "--unit", part["unit"], "--accepted")
        print(f"{alert['alert_id']} has a guide: {name}, {part['unit']}", flush=True)

    def handover(self, alert, name):
        part = alert["participants"][-1]
        self.alerts("handover", alert["alert_id"], "guide", "--name", name, "--department", part["department"],
                    "--unit", part["unit"])
        print(f"{alert['alert_id']}: {name}, {part['unit']}, is asked to take over and has not answered", flush=True)

    def nomination(self, alert):
        """Of somebody whom no rule has found, where the data names one."""
        known = {"department": alert["participants"][0]["department"], "case_ref": alert["participants"][0]["case_ref"]}
        case = self.plan.get("nominate", known)
        self.agent(case["department"], "nominate", case["case_ref"], "--reason", "har brug for en samlet indsats")
        print(f"{case['department']} has nominated {case['case_ref']}", flush=True)

    def questions(self):
        first, last = self.departments[0], self.departments[-1]
        self.agent(first, "ask", "Hører en elev på FGU til målgruppen?")
        self.agent(last, "ask", "--dropout", "Hvem følger op, når en ung uden for målgruppen stopper på sin uddannelse?")
        print(f"{first} has asked about the target group, {last} about drop-out outside it", flush=True)


def working_day_after(day):
    """After `day` and after today: ahead for the matcher, whose day is fixed, and for the browser."""
    found = max(day, datetime.date.today()) + datetime.timedelta(days=1)
    while found.isoweekday() > 5:
        found += datetime.timedelta(days=1)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", type=pathlib.Path, required=True, help="the folder of the programs")
    parser.add_argument("--work", type=pathlib.Path, required=True, help="the folder of the configurations")
    parser.add_argument("--data", type=pathlib.Path, required=True, help="the folder of plan.json")
    parser.add_argument("--day", type=datetime.date.fromisoformat, required=True, help="the matcher's day")
    parser.add_argument("departments", nargs="+")
    arguments = parser.parse_args()
    week = Week(arguments)
    alerts = week.alerts("list", "--all")
    week.questions()
    if len(alerts) < 4:
        print("too few alerts for a conference")
        return
    handed = next((a for a in reversed(alerts) if len(a["participants"]) > 1), None)
    others = [a for a in alerts if a is not handed]
    *others, guided, nominated = others
    conference = week.conference(arguments.day, others[:CASES])
    week.guide(guided, "Mette H.")
    if handed:
        week.guide(handed, "Lars K.")
        week.handover(handed, "Nina S.")
    week.nomination(nominated)
    print("\nsamkoer-alerts conferences show: the agenda, with nobody's case references", flush=True)
    week.run("alerts", "ungekoordinator", "conferences", "show", conference, shown=True)
    convened = others[0]["participants"][0]["department"]
    print(f"\nsamkoer-agent inbox of {convened}: its own cases, no other's", flush=True)
    lines = week.agent(convened, "inbox").splitlines()
    print("\n".join([*lines[:INBOX_LINES], *(["…"] if len(lines) > INBOX_LINES else [])]), flush=True)


if __name__ == "__main__":
    main()
