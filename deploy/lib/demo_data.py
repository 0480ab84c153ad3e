#!/usr/bin/env python3
"""Makes the demo's example: four departments of an invented municipality.

Every CPR number fails modulus 11 and is not born on 1 January, so none has ever
been issued. The same seed gives the same files. Written: one export a
department (each in another dialect), plan.json, expected-alerts.json.
"""
import argparse
import datetime
import json
import pathlib
import random

WEIGHTS = (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
AS_OF = datetime.date(2026, 11, 2)
AGE_FROM, AGE_BELOW, AT_LEAST = 15, 30, 2
FIRST = ["Alma", "Asta", "Bjørn", "Clara", "Elias", "Freja", "Ida", "Karla", "Liv", "Malthe", "Noah",
         "Oscar", "Rosa", "Søren", "Åse", "Øjvind"]
LAST = ["Andersen", "Bjerregård", "Christensen", "Dahl", "Højgaard", "Kjær", "Lærke", "Nørgaard",
        "Rømer", "Søndergård", "Ørsted"]

# The departments: dialect, columns (header, role), kinds and their domain.
DEPARTMENTS = [
    {"id": "familie", "name": "Familieafdelingen", "authority": True, "file": "familie.csv",
     "delimiter": ";", "encoding": "windows-1252", "date_format": "%d-%m-%Y", "newline": "\r\n",
     "units": ["Familie og rådgivning", "Familieteam 2"], "kinds": ["27.24.03", "34.10.10"],
     "domains": {"27.24": "FAMILY", "34.": "FAMILY"},
     "columns": [["CPR", "cpr"], ["Sagsnr", "ref"], ["SagNavn", "title"], ["KLE", "kind"],
                 ["AfdelingNavn", "unit"], ["HenvendelsesDato", "opened"], ["SlutDato", "closed"],
                 ["Status", "status"], ["PrimærAnsvarlig", "worker"]],
     "open": ["Igangværende"], "shut": ["Afsluttet"], "ref": "DUB-{n}", "style": "hyphen"},
    {"id": "jobcenter", "name": "Jobcenter, Team Unge", "authority": True, "file": "jobcenter.txt",
     "delimiter": "\t", "encoding": "utf-8", "date_format": "%Y-%m-%d", "newline": "\n",
     "null": "NULL", "units": ["Team Unge"], "kinds": ["15.20.00", "32.24.04"],
     "domains": {"15.": "EMPLOYMENT", "32.24": "EMPLOYMENT"},
     "columns": [["personnummer", "cpr"], ["navn", "name"], ["sagsid", "ref"], ["emne", "kind"],
                 ["team", "unit"], ["startdato", "opened"], ["slutdato", "closed"],
                 ["sagsstatus", "status"], ["sagsbehandler", "worker"]],
     "open": ["AKTIV", "VENTER"], "shut": ["LUKKET"], "ref": "JC{n}", "style": "excel"},
    {"id": "social", "name": "Socialafdelingen", "authority": True, "file": "social.csv",
     "delimiter": ";", "encoding": "utf-8-sig", "date_format": "%d.%m.%Y", "newline": "\r\n",
     "units": ["Voksenrådgivning"], "kinds": ["27.12.06", "27.54.12"],
     "domains": {"27.12": "SOCIAL", "27.54": "SOCIAL"},
     "columns": [["BorgerId", "ref"], ["Cprnr.", "cpr"], ["Borger", "name"], ["Paragraf", "kind"],
                 ["Enhed", "unit"], ["Oprettet", "opened"], ["Ophørt", "closed"],
                 ["Sagstilstand", "status"], ["Ansvarlig", "worker"]],
     "open": ["Bevilget", "Under udredning"], "shut": ["Ophørt"], "ref": "S-{n}", "style": "mixed"},
    {"id": "tilbud", "name": "Bostøtten (udfører)", "authority": False, "file": "tilbud.csv",
     "delimiter": ",", "encoding": "utf-16", "date_format": "%d/%m/%Y", "newline": "\r\n",
     "units": ["Bostøtten"], "kinds": ["27.57.10"], "domains": {"27.57": "SOCIAL"},
     "columns": [["CPR", "cpr"], ["Plads", "ref"], ["Ydelse", "kind"], ["Tilbud", "unit"],
                 ["Indskrevet", "opened"], ["Udskrevet", "closed"], ["Status", "status"],
                 ["Kontakt", "worker"]],
     "open": ["Indskrevet"], "shut": ["Udskrevet"], "ref": "P{n}", "style": "hyphen"},
]


def fictional_cpr(rng, born, taken):
    """Ten digits of somebody who does not exist; digit 7 gives the century."""
    while True:
        seventh = rng.choice("0123" if born.year < 2000 else "4")
        digits = f"{born:%d%m%y}{seventh}{rng.randrange(1000):03d}"
        valid = sum(int(d) * w for d, w in zip(digits, WEIGHTS)) % 11 == 0
        if not valid and digits not in taken:
            taken.add(digits)
            return digits


def birthday(rng, low, high):
    """A day on which somebody is at least `low` and below `high` at AS_OF."""
    first = AS_OF.replace(year=AS_OF.year - high) + datetime.timedelta(days=1)
    last = AS_OF.replace(year=AS_OF.year - low)
    while True:
        born = first + datetime.timedelta(days=rng.randrange((last - first).days + 1))
        if (born.month, born.day) != (1, 1):
            return born


def write_cpr(rng, digits, style):
    hyphen = f"{digits[:6]}-{digits[6:]}"
    if style == "hyphen":
        return hyphen
    if style == "excel":
        return digits.removeprefix("0")
    return rng.choice([hyphen, digits, f" {hyphen} ", f"{digits[:6]} {digits[6:]}"])


class Exports:
    def __init__(self, rng):
        self.rng = rng
        self.rows = {d["id"]: [] for d in DEPARTMENTS}
        self.number = 1000

    def case(self, department, digits, is_open, **override):
        rng = self.rng
        self.number += 1
        opened = AS_OF - datetime.timedelta(days=rng.randrange(20, 700))
        closed = "" if is_open else (opened + datetime.timedelta(days=15)).strftime(department["date_format"])
        name = f"{rng.choice(FIRST)} {rng.choice(LAST)}"
        kind = rng.choice(department["kinds"])
        values = {
            "cpr": write_cpr(rng, digits, department["style"]), "name": name,
            "title": f"{kind} – {name}", "ref": department["ref"].format(n=self.number),
            "kind": kind, "unit": rng.choice(department["units"]),
            "opened": opened.strftime(department["date_format"]),
            "closed": closed or department.get("null", ""),
            "status": rng.choice(department["open" if is_open else "shut"]),
            "worker": rng.choice(["MFR", "KBA", "LHO"]),
        }
        values.update(override)
        self.rows[department["id"]].append([values[role] for _, role in department["columns"]])
        return values["ref"]


def make(rng):
    authorities = [d for d in DEPARTMENTS if d["authority"]]
    exports, taken, alerts, single = Exports(rng), set(), [], None
    for count, people in ((2, 9), (3, 3)):
        for _ in range(people):
            born = birthday(rng, AGE_FROM, AGE_BELOW)
            digits = fictional_cpr(rng, born, taken)
            chosen = sorted(rng.sample(authorities, count), key=lambda d: d["id"])
            alerts.append({"birth_month": f"{born:%Y-%m}", "departments": [
                {"department": d["id"],
                 "case_refs": sorted(exports.case(d, digits, True)
                                     for _ in range(rng.choice([1, 1, 1, 2])))}
                for d in chosen]})
            if rng.random() < 0.3:
                exports.case(DEPARTMENTS[3], digits, True)
    for _ in range(60):
        digits = fictional_cpr(rng, birthday(rng, AGE_FROM, AGE_BELOW), taken)
        one, other = rng.sample(authorities, 2)
        case = exports.case(one, digits, True)
        single = single or {"department": one["id"], "case_ref": case}
        if rng.random() < 0.2:
            exports.case(other, digits, False)
        if rng.random() < 0.3:
            exports.case(DEPARTMENTS[3], digits, True)
    for low, high in ((5, AGE_FROM), (AGE_BELOW, 60)):
        for _ in range(5):
            digits = fictional_cpr(rng, birthday(rng, low, high), taken)
            for department in rng.sample(authorities, 2):
                exports.case(department, digits, True)
    future = (AS_OF + datetime.timedelta(days=40))
    for department in authorities:
        digits = fictional_cpr(rng, birthday(rng, AGE_FROM, AGE_BELOW), taken)
        exports.case(department, "", True, cpr="000000-0000")
        exports.case(department, "", True, cpr="")
        exports.case(department, "", True, cpr="2,5E+09")
        exports.case(department, "", True, cpr=f"{int(digits[:2]) + 60}{digits[2:6]}-{digits[6:]}")
        exports.case(department, digits, True, ref="")
        exports.case(department, digits, True, opened=future.strftime(department["date_format"]))
    for rows in exports.rows.values():
        rng.shuffle(rows)
    alerts.sort(key=lambda a: (a["birth_month"], json.dumps(a["departments"])))
    return exports.rows, alerts, single


def write(folder, rows, alerts, single):
    folder.mkdir(parents=True, exist_ok=True)
    for department in DEPARTMENTS:
        lines = [[header for header, _ in department["columns"]]] + rows[department["id"]]

        def field(text, delimiter=department["delimiter"]):
            quote = any(c in text for c in (delimiter, '"', "\n"))
            return '"' + text.replace('"', '""') + '"' if quote else text
        text = "".join(department["delimiter"].join(map(field, line)) + department["newline"]
                       for line in lines)
        (folder / department["file"]).write_bytes(text.encode(department["encoding"]))
    rule = {"age_from": AGE_FROM, "age_below": AGE_BELOW, "at_least": AT_LEAST,
            "count": "authority departments with an open case"}
    plan = {"municipality": "Eksempelby", "as_of": AS_OF.isoformat(), "rule": rule,
            "rule_text": "15 til og med 29 år med åbne sager i mindst to forskellige myndighedsafdelinger",
            "departments": [{k: v for k, v in d.items() if k not in ("newline", "style", "ref")}
                            for d in DEPARTMENTS],
            "nominate": single}  # known in one place only
    expected = {"as_of": AS_OF.isoformat(), "rule": rule, "alert_count": len(alerts), "alerts": alerts}
    for name, value in (("plan.json", plan), ("expected-alerts.json", expected)):
        (folder / name).write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=20261102)
    arguments = parser.parse_args()
    write(arguments.folder, *make(random.Random(arguments.seed)))


if __name__ == "__main__":
    main()
