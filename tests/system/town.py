"""An invented town for random histories: who has which case where, the exports
that say so, and the naive join that says which alerts there must be.

Everybody has a case in the department `grund`, which never changes: so every
open case of another department stands in an alert, and what the matcher holds
can be read off its alerts, record by record. Birthdays lie after the 2nd of a
month and the town's days are the 2nd of a month: then ages by month (matcher)
and by day (agent) agree.
"""
import datetime
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "deploy/lib"))
import demo_data  # noqa: E402

BASE = "grund"
CHANGING = ["familie", "jobcenter", "social"]
DOMAINS = {BASE: "EDUCATION", "familie": "FAMILY", "jobcenter": "EMPLOYMENT", "social": "SOCIAL"}
FIRST_DAY = demo_data.AS_OF
AGE_FROM, AGE_BELOW = 15, 30


def month(day):
    return day.year * 12 + day.month


class Town:
    """cases: department -> {case reference: (CPR number, is it open)}."""

    def __init__(self, folder, rng, people):
        self.folder, self.rng, self.taken, self.number = pathlib.Path(folder), rng, set(), 0
        self.day, self.at_least, self.born = FIRST_DAY, 2, {}
        self.people = [self.person() for _ in range(people)]
        self.known = 0  # so many of them have had a case in a changing department
        self.cases = {d: {} for d in (BASE, *CHANGING)}
        self.siblings = {d: [] for d in self.cases}  # more people of a case: (reference, CPR number), always open
        for digits in self.people:
            self.cases[BASE][self.reference(BASE)] = (digits, True)
        for name in self.cases:
            self.write(name)
        self.write_plan()

    def person(self):
        while True:
            born = demo_data.birthday(self.rng, 17, AGE_BELOW)
            if born.day >= 3:
                digits = demo_data.fictional_cpr(self.rng, born, self.taken)
                self.born[digits] = born
                return digits

    def write_plan(self):
        plan = {"municipality": "Prøveby", "as_of": FIRST_DAY.isoformat(),
                "rule": {"age_from": AGE_FROM, "age_below": AGE_BELOW, "at_least": 2,
                         "count": "authority departments"},
                "shrink_limit_percent": 20, "departments": []}
        for name, domain in DOMAINS.items():
            plan["departments"].append({
                "id": name, "name": name, "authority": True, "file": f"{name}.csv", "units": ["Enhed"],
                "domains": {"1": domain}, "delimiter": ";", "encoding": "utf-8",
                "date_format": "%Y-%m-%d", "open": ["ja"], "shut": ["nej"],
                "columns": [["cpr", "cpr"], ["ref", "ref"], ["enhed", "unit"], ["kle", "kind"],
                            ["fra", "opened"], ["til", "closed"], ["status", "status"]]})
        (self.folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")

    def reference(self, department):
        self.number += 1
        return f"{department[0].upper()}-{self.number}"

    def someone(self):
        """Now and then somebody whom the departments have not had before."""
        if self.known < len(self.people) and (self.known < 20 or self.rng.random() < 0.5):
            self.known += 1
            return self.people[self.known - 1]
        return self.people[self.rng.randrange(self.known)]

    def mutate(self, department):
        """A new case, a closing, a re-opening, a corrected number or a removal;
        returns the reference."""
        rng, cases = self.rng, self.cases[department]
        action = rng.choice(["new", "new", "new", "new", "close", "reopen", "correct", "remove"])
        if action == "new" or not cases:
            reference = self.reference(department)
            cases[reference] = (self.someone(), True)
            return reference
        reference = rng.choice(list(cases))
        digits, is_open = cases[reference]
        if action == "close":
            cases[reference] = (digits, False)
        elif action == "reopen":
            cases[reference] = (digits, True)
        elif action == "correct":
            cases[reference] = (self.someone(), is_open)
        else:
            del cases[reference]
        return reference

    def write(self, department, only=None):
        """The export; with `only`, of these references alone. Returns the references
        among `only` that no longer exist."""
        opened = FIRST_DAY - datetime.timedelta(days=100)
        rows = ["cpr;ref;enhed;kle;fra;til;status"]
        for reference, (digits, is_open) in self.cases[department].items():
            if only is None or reference in only:
                rows.append(f"{digits};{reference};Enhed;1;{opened};{'' if is_open else FIRST_DAY};"
                            f"{'ja' if is_open else 'nej'}")
        rows += [f"{digits};{reference};Enhed;1;{opened};;ja" for reference, digits in self.siblings[department]
                 if only is None or reference in only]
        (self.folder / f"{department}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        return sorted(r for r in only or () if r not in self.cases[department])

    def counts(self, digits):
        """Is the person below the age limit on the town's day?"""
        return month(self.day) - month(self.born[digits]) <= AGE_BELOW * 12

    def held(self, department):
        """How many records a snapshot of the department leaves with the matcher."""
        return sum(1 for digits, is_open in self.cases[department].values() if is_open and self.counts(digits))

    def alerts(self, cases):
        """The reference join over `cases`."""
        found = {}
        for department, held in cases.items():
            for reference, (digits, is_open) in held.items():
                if is_open and self.counts(digits):
                    found.setdefault(digits, set()).add((department, reference))
            for reference, digits in self.siblings[department]:
                if self.counts(digits):
                    found.setdefault(digits, set()).add((department, reference))
        return sorted(tuple(sorted(pairs)) for pairs in found.values()
                      if len({d for d, _ in pairs}) >= self.at_least)
