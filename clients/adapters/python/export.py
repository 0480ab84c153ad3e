"""Reads the department's export and makes of each row what may be sent, or a reason why not.

The export is the examples' own, described in docs/adapters.md: replace this file with what
reads yours, and keep what it refuses.
"""
import csv
import datetime
import re
import unicodedata
from dataclasses import dataclass

REQUIRED = ("cpr", "case_ref", "unit", "domain", "status", "opened")
MAX_TEXT_BYTES, MAX_CRITERIA = 64, 16

# Anything shaped like a CPR number: day (or day + 60), month, year, four digits.
_SEPARATORS = "[ \\-\u00a0\u00ad\u2010-\u2015\u202f\u2212]{0,3}"
_CPR_SHAPE = re.compile(r"(?<![0-9])(0[1-9]|[12][0-9]|3[01]|6[1-9]|[78][0-9]|9[01])" + _SEPARATORS
                        + "(0[1-9]|1[0-2])" + _SEPARATORS + "[0-9]{2}" + _SEPARATORS + "[0-9]{4}(?![0-9])")


class ExportError(Exception):
    """The export as a whole cannot be used. Says where; never what a row holds."""


class SetAside(Exception):
    """One row is not sent; the reason is the text."""


@dataclass(frozen=True)
class Case:
    """One person in one case: what will be a CaseRecord, and the digits, which never leave."""
    digits: str
    case_ref: str
    unit: str
    domain: str
    opened_month: int
    birth_month: int
    criteria: tuple = ()
    consent: str = "CONSENT_UNSPECIFIED"
    coordinator_exists: bool = False
    protected_identity: bool = False
    contact: str = ""


def month(day):
    return day.year * 100 + day.month


def clean_cpr(text):
    """(ten digits, date of birth). Modulus 11 is not asked: numbers that fail it are issued."""
    digits = re.sub(r"[\s\u200b\ufeff]", "", text)
    digits = re.sub(r"^(\d{6})[-\u00ad\u2010-\u2015\u2212](\w{4})$", r"\1\2", digits)
    # Placeholders would join strangers: nothing, one digit repeated, nine ones and an eight.
    if not digits.strip("-") or len(set(digits)) == 1 or digits == "1" * 9 + "8":
        raise SetAside("placeholder")
    # Replacement numbers are not unique from one issuer to the next.
    if re.fullmatch(r"[0-9]{6}[0-9A-Za-z]{4}", digits) and not digits.isdigit():
        raise SetAside("replacement number")
    if not re.fullmatch(r"[0-9]{10}", digits):
        raise SetAside("unreadable CPR number")
    day, birth_month, yy, seventh = int(digits[:2]), int(digits[2:4]), int(digits[4:6]), int(digits[6])
    if 61 <= day <= 91:
        raise SetAside("replacement number")
    if seventh <= 3:
        year = 1900 + yy
    elif seventh in (4, 9):
        year = 2000 + yy if yy <= 36 else 1900 + yy
    else:
        year = 2000 + yy if yy <= 57 else 1800 + yy
    try:
        return digits, datetime.date(year, birth_month, day)
    except ValueError:
        raise SetAside("no such birthday") from None


def age_on(born, day):
    """In whole years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def plain_text(text, what, empty=False):
    """The text, if it may leave: one line, at most 64 bytes, nothing like a CPR number."""
    if (not text and not empty) or len(text.encode()) > MAX_TEXT_BYTES:
        raise SetAside(f"{what} is empty or too long")
    # Control characters, line separators, and what reorders a line on a screen.
    if any(unicodedata.category(c) in ("Cc", "Zl", "Zp") or c in "\u202a\u202b\u202c\u202d\u202e"
           or "\u2066" <= c <= "\u2069" for c in text):
        raise SetAside(f"{what} holds control characters")
    if _CPR_SHAPE.search(text):
        raise SetAside(f"{what} looks like a CPR number")
    return text


def _date(text):
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise SetAside("unreadable date") from None


def _yes(text):
    if text not in ("", "no", "yes"):
        raise SetAside("neither yes nor no")
    return text == "yes"


def make_case(row, info, day):
    """A Case of a row (column -> text), or SetAside. `info` is the matcher's
    GetIntakeInfoResponse: what it does not permit stays here."""
    digits, born = clean_cpr(row["cpr"])
    case_ref = plain_text(row["case_ref"], "case_ref")
    if row["status"] not in ("open", "closed"):
        raise SetAside("unknown status")
    if row["status"] == "closed":
        # A closed case never counts, so a snapshot leaves it out.
        raise SetAside("closed")
    opened = _date(row["opened"]) if row["opened"] else None
    if opened and opened > day:
        raise SetAside("opens after the day of the push")
    if row["unit"] not in info.units:
        raise SetAside("unit unknown to the policy")
    domain = "DOMAIN_" + row["domain"]
    # Default deny, and judged to the day, which the matcher cannot do.
    age = age_on(born, day)
    if not any(domain_name(permitted) == domain and any(r.age_from <= age < r.age_below for r in permitted.ages)
               for permitted in info.permitted):
        raise SetAside("no legal basis for this domain and age")
    criteria = sorted({code for code in row.get("criteria", "").split() if code in info.criteria})
    consent = row.get("consent", "")
    return Case(
        digits=digits, case_ref=case_ref, unit=row["unit"], domain=domain,
        opened_month=month(opened) if opened else 0, birth_month=month(born),
        criteria=tuple(criteria[:MAX_CRITERIA]),
        consent=("CONSENT_UNSPECIFIED" if not consent else "CONSENT_GIVEN" if _yes(consent) else "CONSENT_REFUSED"),
        coordinator_exists=_yes(row.get("coordinator_exists", "")),
        protected_identity=_yes(row.get("protected_identity", "")),
        contact=plain_text(row.get("contact", ""), "contact", empty=True))


def domain_name(permitted):
    return permitted.DESCRIPTOR.fields_by_name["domain"].enum_type.values_by_number[permitted.domain].name


def read_export(path, info, day):
    """(cases, how many rows were set aside by reason). One row is one person in one case."""
    cases, aside = {}, {}
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file, delimiter=";")
        missing = [name for name in REQUIRED if name not in (rows.fieldnames or ())]
        if missing:
            raise ExportError(f"{path}: the header has no {', '.join(missing)}")
        for row in rows:
            if None in row or None in row.values():
                raise ExportError(f"{path}:{rows.line_num}: not as many fields as the header has")
            try:
                case = make_case({name: text.strip() for name, text in row.items()}, info, day)
            except SetAside as reason:
                aside[str(reason)] = aside.get(str(reason), 0) + 1
                continue
            if cases.setdefault((case.digits, case.case_ref), case) != case:
                raise ExportError(f"{path}:{rows.line_num}: the same person stands in the same case twice, differently")
    return list(cases.values()), aside
