"""Invented people and their cases: an export, and the records that must come of it.

Every CPR number fails modulus 11 and is not born on 1 January: nobody bears it.
"""
import csv
import datetime
import random

from samkoer.v1 import intake_pb2, types_pb2

WEIGHTS = (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
DEPARTMENT, PURPOSE = "familie", "ungeindsats"
UNITS = ["Enhed Nord", "Rådgivning Æblø"]
CRITERIA = ["fravaer", "u-udd"]
# Domain -> (from age, below age). Whatever is not here has no legal basis.
PERMITTED = {"EDUCATION": (15, 30), "FAMILY": (15, 25)}
HEADER = ["navn", "cpr", "case_ref", "unit", "domain", "status", "opened", "contact", "criteria", "consent",
          "coordinator_exists", "protected_identity", "note"]
NAME, NOTE = "Kirsten Prøvesen", "Drøftet med skolen"
DEFAULTS = {"navn": NAME, "note": NOTE, "unit": UNITS[0], "domain": "EDUCATION", "status": "open"}
CONSENTS = {"": types_pb2.CONSENT_UNSPECIFIED, "yes": types_pb2.CONSENT_GIVEN, "no": types_pb2.CONSENT_REFUSED}


def years_ago(day, years):
    """The latest birthday of somebody who is so many years old on the day."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


class People:
    """`expected`: (case reference, digits) -> the CaseRecord without its pseudonym.
    `never`: references that must not appear. `digits`: all numbers of the export."""

    def __init__(self, day, seed):
        self.day, self.rng, self.taken = day, random.Random(seed), set()
        self.rows, self.expected, self.never, self.digits, self.number = [], {}, {}, [], 0

    def reference(self):
        self.number += 1
        return f"K-{self.number:05d}"

    def person(self, born=None):
        while born is None or (born.month, born.day) == (1, 1):
            born = self.day - datetime.timedelta(days=self.rng.randrange(16 * 366, 24 * 365))
        while True:
            seventh = self.rng.choice("0123" if born.year < 2000 else "4")
            digits = f"{born:%d%m%y}{seventh}{self.rng.randrange(1000):03d}"
            if digits not in self.taken and sum(int(d) * w for d, w in zip(digits, WEIGHTS)) % 11:
                self.taken.add(digits)
                self.digits.append(digits)
                return digits, born

    def row(self, cpr, case_ref, **fields):
        self.rows.append({**DEFAULTS, "cpr": cpr, "case_ref": case_ref, "opened": f"{self.day.year - 1}-03-17",
                          **fields})
        return self.rows[-1]

    def send(self, person, case_ref=None, written=None, **fields):
        """A row that must be sent."""
        digits, born = person
        row = self.row(written or f"{digits[:6]}-{digits[6:]}", case_ref or self.reference(), **fields)
        self.expected[row["case_ref"], digits] = intake_pb2.CaseRecord(
            case_ref=row["case_ref"], unit=row["unit"], domain=types_pb2.Domain.Value(f"DOMAIN_{row['domain']}"),
            status=types_pb2.CASE_STATUS_OPEN, opened_month=int(row["opened"][:7].replace("-", "") or 0),
            birth_month=born.year * 100 + born.month, contact=row.get("contact", ""),
            criteria=sorted(set(row.get("criteria", "").split()) & set(CRITERIA)),
            consent=CONSENTS[row.get("consent", "")],
            coordinator_exists=row.get("coordinator_exists") == "yes",
            protected_identity=row.get("protected_identity") == "yes")
        return row["case_ref"]

    def refuse(self, why, cpr, **fields):
        """A row that must not be sent."""
        reference = fields.pop("case_ref", None) or self.reference()
        self.row(cpr, reference, **fields)
        self.never[reference] = why

    def shuffled(self):
        self.rng.shuffle(self.rows)
        return self

    def write(self, path):
        with open(path, "w", encoding="utf-8", newline="") as file:
            out = csv.DictWriter(file, HEADER, delimiter=";", restval="")
            out.writeheader()
            out.writerows(self.rows)


def everyday(day, seed):
    """A little of everything: what must be sent in all its forms, and what must not."""
    it = People(day, seed)
    for _ in range(6):
        it.send(it.person())
    person = it.person()
    it.send(person, written=person[0])
    it.send(person, written=f" {person[0]} ", domain="FAMILY", unit=UNITS[1])
    shared = it.reference()
    for _ in range(3):
        it.send(it.person(), case_ref=shared)
    it.send(it.person(), contact="Team Øst, lok. 4711", criteria="u-udd fravaer", consent="yes",
            coordinator_exists="yes", protected_identity="yes")
    it.send(it.person(), criteria="fravaer ukendt-kode", consent="no", coordinator_exists="no", protected_identity="no")
    it.send(it.person(), case_ref="Æ/2026 nr. 7", opened="")
    twice = it.person()
    it.rows.append(dict(it.row(f"{twice[0][:6]}-{twice[0][6:]}", it.send(twice))))
    tomorrow = day + datetime.timedelta(days=1)
    for years, domain, is_sent in ((15, "EDUCATION", True), (30, "EDUCATION", False), (25, "FAMILY", False)):
        for born, old_enough in ((years_ago(day, years), True), (years_ago(tomorrow, years), False)):
            # On some days of the year the neighbour is no help: 1 January, and around 29 February.
            if (born.month, born.day) == (1, 1) or (day.month, day.day) in ((2, 28), (2, 29)):
                continue
            someone = it.person(born)
            if is_sent == old_enough:
                it.send(someone, domain=domain)
            else:
                it.refuse(f"the age does not fit: {years} on the day" if old_enough else
                          f"the age does not fit: {years} tomorrow", someone[0], domain=domain)
    for why, written in (("no CPR number", ""), ("a placeholder", "000000-0000"), ("a placeholder", "1" * 9 + "8"),
                         ("a placeholder", "      -"), ("unreadable", "2,5E+09"), ("no such date", "310205-4123"),
                         ("a replacement number", "711205-4123"), ("a replacement number", "111205-4AB2")):
        it.refuse(why, written)
    it.refuse("an unknown status", it.person()[0], status="måske")
    it.refuse("an unknown unit", it.person()[0], unit="Enhed Syd")
    it.refuse("no legal basis", it.person()[0], domain="CRIME_PREVENTION")
    it.refuse("opens after the day", it.person()[0], opened=(day + datetime.timedelta(days=3)).isoformat())
    someone = it.person()[0]
    it.refuse("the reference is a CPR number", someone, case_ref=f"{someone[:6]}-{someone[6:]}")
    # These two may stay away or come without the number and as closed; the wire is searched either way.
    it.row(it.person()[0], it.reference(), contact=f"ring om {it.person()[0]}")
    it.row(it.person()[0], it.reference(), status="closed")
    return it.shuffled()


def many_cases(day, seed):
    """Three batches of cases of few people."""
    it = People(day, seed)
    group = [it.person() for _ in range(12)]
    for i in range(2150):
        it.send(group[i % len(group)])
    return it.shuffled()


def many_people(day, seed):
    """More people than one evaluation takes, and a case of many at a batch's edge."""
    it = People(day, seed)
    for _ in range(985):
        it.send(it.person())
    crowded = it.reference()
    for _ in range(30):
        it.send(it.person(), case_ref=crowded)
    return it.shuffled()
