#!/usr/bin/env python3
"""Makes the invented exports of a municipality in deploy/municipalities.

What the exports look like is read from the municipality's own files: policy.yaml
and agents/*.yaml. Every CPR number fails modulus 11 and is not born on 1 January,
so none has ever been issued. The same seed gives the same files. Written: one
export a department, plan.json, expected-alerts.json.
"""
import argparse
import datetime
import json
import pathlib
import random

import yaml

import demo_data

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "municipalities"
ENCODINGS = {"utf-16": "utf-16", "windows-1252": "windows-1252", "iso-8859-1": "iso-8859-1", "utf-8": "utf-8-sig"}
WORKERS = ["MFR", "KBA", "LHO", "JVA", "SKR"]


def names():
    return sorted(path.parent.name for path in FOLDER.glob("*/policy.yaml"))


class Department:
    """One department as policy and agent describe it, and the rows of its export."""

    def __init__(self, policy, agent):
        self.id, self.policy, self.agent, self.rows = policy["id"], policy, agent, {}
        self.units = [u["name"] for u in policy["units"] if u.get("kind", policy["kind"]) == "AUTHORITY"]
        self.authority = bool(self.units)
        self.units = self.units or [u["name"] for u in policy["units"]]
        self.file = pathlib.PurePosixPath(agent["source_file"]).name

    def date(self, day):
        return day.strftime(self.agent["dialect"]["date_format"]) if day else ""

    def code(self, domain):
        """A KLE code that the agent maps to the domain."""
        prefix = next(d["prefix"] for d in self.agent["domains"] if d["domain"] == domain)
        return prefix + "00.20.04"[len(prefix):]


class Town:
    """A municipality's people and cases. `write` writes what stands at that moment."""

    def __init__(self, name, folder, day, seed=0):
        self.name, self.folder, self.day = name, pathlib.Path(folder), day
        self.rng, self.taken, self.number, self.events, self.born = random.Random(seed), set(), 1000, [], {}
        self.nominate = None  # a case that no rule finds: {"department", "case_ref"}
        self.policy = yaml.safe_load((FOLDER / name / "policy.yaml").read_text(encoding="utf-8"))
        self.departments = {}
        for policy in self.policy["departments"]:
            agent = yaml.safe_load((FOLDER / name / "agents" / f"{policy['id']}.yaml").read_text(encoding="utf-8"))
            self.departments[policy["id"]] = Department(policy, agent)

    def person(self, low, high=None):
        """Somebody of at least `low` and below `high` years; or born on the day `low`."""
        if isinstance(low, datetime.date):
            born = low
        else:
            low, high = self.back(low, -40), self.back(high, 40)
            born = high + datetime.timedelta(days=self.rng.randrange((low - high).days))
            born += datetime.timedelta(days=(born.month, born.day) == (1, 1))
        digits = demo_data.fictional_cpr(self.rng, born, self.taken)
        self.born[digits] = born
        return digits

    def back(self, years, days=0):
        """So many years before the day, and so many days later."""
        return self.day.replace(year=self.day.year - years) + datetime.timedelta(days=days)

    def case(self, department, digits, domain=None, unit=None, closed=False, **override):
        """Adds a case; returns its reference."""
        department = self.departments[department]
        domain = domain or department.policy["domains"][0]
        if unit is None:  # a unit a profession, or any
            domains, units = department.policy["domains"], department.units
            unit = units[domains.index(domain)] if len(units) == len(domains) else self.rng.choice(units)
        self.number += 1
        reference = f"{department.id[:2].upper()}-{self.number}"
        opened = self.day - datetime.timedelta(days=self.rng.randrange(20, 500))
        status = department.agent["closed_words" if closed else "open_words"]
        department.rows[reference] = {
            "cpr": f"{digits[:6]}-{digits[6:]}", "case_ref": reference, "kle": department.code(domain),
            "unit": unit, "opened": department.date(opened),
            "closed": department.date(self.day if closed else None), "status": self.rng.choice(status),
            "contact": self.rng.choice(WORKERS), "criteria": "", **override}
        return reference

    def close(self, department, reference):
        department = self.departments[department]
        department.rows[reference].update(closed=department.date(self.day), status=department.agent["closed_words"][0])

    def life(self, digits, *events):
        """Life events: (what, first day, last day or None, outcome)."""
        self.events += [(digits, *event) for event in events]

    def write(self, *only):
        self.folder.mkdir(parents=True, exist_ok=True)
        for department in self.departments.values():
            if only and department.id not in only:
                continue
            columns, dialect = department.agent["columns"], department.agent["dialect"]
            lines = [list(columns.values())] + [[row[key] for key in columns] for row in department.rows.values()]
            mark = dialect["delimiter"]
            text = "".join(mark.join(f'"{f}"' if mark in f else f for f in line) + "\r\n" for line in lines)
            (self.folder / department.file).write_bytes(text.encode(ENCODINGS[dialect["encoding"]]))
            if "events" in department.agent:
                lines = [list(department.agent["events"]["columns"].values())]
                lines += [[digits, what, department.date(first), department.date(last), outcome]
                          for digits, what, first, last, outcome in self.events]
                (self.folder / pathlib.PurePosixPath(department.agent["events"]["file"]).name).write_text(
                    "".join(dialect["delimiter"].join(line) + "\n" for line in lines), encoding="utf-8")
        self.write_json("plan.json", {
            "municipality": self.name.capitalize(), "setup": self.name, "as_of": self.day.isoformat(),
            "departments": [{"id": d} for d in self.departments],
            **({"nominate": self.nominate} if self.nominate else {})})

    def write_json(self, name, value):
        (self.folder / name).write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    def places(self):
        """What the last rule counts: (department, domain) of authorities, one a counted thing."""
        authorities = [d for d in self.departments.values() if d.authority]
        if self.policy["rules"][-1]["count"] == "DOMAINS":
            return [(d.id, domain) for d in authorities for domain in d.policy["domains"]]
        return [(d.id, None) for d in authorities]

    def permitted_ages(self, places):
        """The ages in which every one of the domains may be taken in, and the last rule holds."""
        rule, low, high = self.policy["rules"][-1], 0, 120
        for department, domain in places:
            bases = [b for b in self.policy["legal_bases"]
                     if (domain or self.departments[department].policy["domains"][0]) in b["domains"]]
            low = max(low, min(b["age_from"] for b in bases))
            high = min(high, max(b["age_below"] for b in bases))
        return max(low, rule["age_from"]), min(high, rule["age_below"])


def leaver(town):
    """Of 16, out of school since a summer and not in education: the first profile."""
    digits = town.person(16, 17)
    left = town.day - datetime.timedelta(days=150)
    town.life(digits, ("grundskole", left - datetime.timedelta(days=3000), left, "gennemført"))
    return digits


def drifter(town):
    """Of 18 and over, without education, with three shifts: the second profile."""
    digits = town.person(20, 28)
    first = town.day - datetime.timedelta(days=900)
    steps = ["job", "uddannelseshjælp", "job", "kontanthjælp"]
    days = [first + datetime.timedelta(days=200 * i) for i in range(len(steps) + 1)]
    town.life(digits, *((what, days[i], days[i + 1] if i < 3 else None, "") for i, what in enumerate(steps)))
    return digits


def example(town):
    """A town for the demo: those of the target group, and those who look like it. Returns the alerts."""
    places, alerts = town.places(), []

    def alert(chosen, digits):
        alerts.append({"departments": [
            {"department": department, "case_refs": [town.case(department, digits, domain)]}
            for department, domain in chosen]})
    for count in (2,) * 10 + (3,) * 4:
        chosen = town.rng.sample(places, min(count, len(places)))
        low, high = town.permitted_ages(chosen)
        alert(chosen, town.person(low, high))
    for profile in (leaver, drifter) if any(d.agent.get("criteria") for d in town.departments.values()) else ():
        for _ in range(5):
            alert([("ungeindsats-uu", None)], profile(town))
    low, high = town.permitted_ages(places)
    for _ in range(40):  # one open case that counts
        one, other = town.rng.sample(places, 2)
        digits = town.person(low, high)
        case = town.case(one[0], digits, one[1])
        town.nominate = town.nominate or {"department": one[0], "case_ref": case}
        if town.rng.random() < 0.3:
            town.case(other[0], digits, other[1], closed=True)
        for provider in (d for d in town.departments.values() if not d.authority):
            town.case(provider.id, digits)
    for age, below in ((5, low), (high + 6, 60)):  # too young, too old
        for _ in range(5):
            digits = town.person(age, below)
            for department, domain in town.rng.sample(places, 2):
                town.case(department, digits, domain)
    for (department, domain), text in zip(places, ("000000-0000", "2,5E+09")):  # set aside
        town.case(department, "", domain, cpr=text)
    return alerts


def make(name, folder, seed, day=demo_data.AS_OF):
    town = Town(name, folder, day, seed)
    alerts = example(town)
    town.write()
    town.write_json("expected-alerts.json", {"as_of": day.isoformat(), "alert_count": len(alerts), "alerts": alerts})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("municipality", choices=names())
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=20261102)
    arguments = parser.parse_args()
    make(arguments.municipality, arguments.folder, arguments.seed)


if __name__ == "__main__":
    main()
