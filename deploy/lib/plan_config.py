#!/usr/bin/env python3
"""Turns a folder with a plan.json into a policy and configurations.

plan.json names the day, the rule and, for each department, its export's file,
delimiter, encoding, columns, date format, status words, the domains of its
kinds, and whether it is an authority. Written as JSON, which is YAML. Or it names
a `setup`, a folder of deploy/municipalities: then policy and agents are those of
the folder, with the addresses and paths of this machine.
"""
import argparse
import codecs
import csv
import datetime
import json
import os
import pathlib
import re
import sys
import unicodedata

# Python's names of encodings to those that the agent (ICU) knows.
ENCODINGS = {
    "utf-8": "utf-8", "utf-8-sig": "utf-8", "ascii": "utf-8", "cp1252": "windows-1252",
    "iso8859-1": "iso-8859-1", "iso8859-15": "iso-8859-15",
    "utf-16": "utf-16", "utf-16-le": "utf-16le", "utf-16-be": "utf-16be",
}
SETUPS = pathlib.Path(__file__).resolve().parents[1] / "municipalities"
# The certificate with which the web page acts for people.
PORTAL = "webside"


class PlanError(Exception):
    """What is wrong with the plan, in words for its author."""


def slug(text):
    """A department's id as certificates and policies want it: a-z, 0-9, '-'."""
    text = text.lower().replace("æ", "ae").replace("ø", "oe").replace("å", "aa")
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "-".join("".join(c if c.isalnum() else " " for c in text).split())[:64]


def need(mapping, key, where):
    if key not in mapping:
        raise PlanError(f"plan.json: {where} has no '{key}'")
    return mapping[key]


def encoding_of(department):
    name = department.get("encoding", "utf-8")
    try:
        return ENCODINGS[codecs.lookup(name).name]
    except (LookupError, KeyError):
        raise PlanError(f"plan.json: department '{department.get('id')}': the encoding '{name}' "
                        f"is not one of {', '.join(sorted(ENCODINGS))}") from None


def header_of(department, role):
    for header, name in department["columns"]:
        if name == role:
            return header
    return ""


def units_of(department, folder):
    """The plan's units, or where it names none, those of the export."""
    units = list(department.get("units", []))
    if units:
        return units
    header = header_of(department, "unit")
    if not header:
        return [department.get("name", department["id"])[:64]]
    path = folder / department["file"]
    with open(path, encoding=department.get("encoding", "utf-8"), newline="") as file:
        rows = csv.DictReader(file, delimiter=department.get("delimiter", ";"))
        return sorted({(row.get(header) or "").strip() for row in rows} - {""})


def count_basis(rule):
    text = rule.get("count", "").lower()
    if "domain" in text:
        return "DOMAINS"
    if "unit" in text:
        return "AUTHORITY_UNITS"
    return "AUTHORITY_DEPARTMENTS"


def policy(plan, folder):
    if "setup" in plan:
        return (SETUPS / plan["setup"] / "policy.yaml").read_text(encoding="utf-8")
    rule = need(plan, "rule", "the plan")
    departments = []
    for department in plan["departments"]:
        departments.append({
            "id": department["id"],
            "name": department.get("name", department["id"]),
            "kind": "AUTHORITY" if department.get("authority", True) else "PROVIDER",
            "units": [{"name": unit} for unit in units_of(department, folder)],
            "domains": sorted(set(department["domains"].values())),
        })
    domains = sorted({d for department in departments for d in department["domains"]})
    ages = {"age_from": rule["age_from"], "age_below": rule["age_below"]}
    return {
        "municipality": plan["slug"],
        "purpose": "ungeindsats",
        "version": 1,
        "departments": departments,
        "legal_bases": [{
            "id": "kommunal-ungeindsats",
            "text": "Eksempel: LBK 953 af 12/08/2024 § 15 d; fastlægges af kommunens jurister",
            "domains": domains, **ages,
        }],
        "rules": [{
            "id": "flere-forvaltninger",
            "text": plan.get("rule_text", "åbne sager i flere myndighedsafdelinger"),
            "at_least": rule["at_least"], "count": count_basis(rule), **ages,
        }],
        "retention": {"closed_case_months": 6, "ended_alert_months": 12},
        "shrink_limit_percent": plan.get("shrink_limit_percent", 20),
    }


def agent_config(plan, department, folder, pki, state, endpoints):
    columns = {
        "cpr": header_of(department, "cpr"), "case_ref": header_of(department, "ref"),
        "unit": header_of(department, "unit"), "kle": header_of(department, "kind"),
        "opened": header_of(department, "opened"), "closed": header_of(department, "closed"),
        "status": header_of(department, "status"), "contact": header_of(department, "worker"),
    }
    for key, role in (("cpr", "cpr"), ("case_ref", "ref"), ("kle", "kind"), ("opened", "opened"),
                      ("status", "status")):
        if not columns[key]:
            raise PlanError(f"plan.json: department '{department['id']}' has no column '{role}'")
    rule = plan["rule"]
    config = {
        "department": department["id"],
        "purpose": "ungeindsats",
        "matcher": {"address": endpoints["matcher"], "server_name": "localhost"},
        "key_service": {"address": endpoints["key_service"], "server_name": "localhost"},
        "tls": {"ca_file": f"{pki}/ca.pem", "certificate_file": f"{pki}/{department['id']}.pem",
                "key_file": f"{pki}/{department['id']}.key"},
        "source_file": str((folder / department["file"]).resolve()),
        "dialect": {
            "delimiter": department.get("delimiter", ";"),
            "encoding": encoding_of(department),
            "date_format": need(department, "date_format", f"department '{department['id']}'"),
            "null_words": [department["null"]] if department.get("null") else [],
        },
        "columns": {key: header for key, header in columns.items() if header},
        "open_words": need(department, "open", f"department '{department['id']}'"),
        "closed_words": department.get("shut", []),
        "domains": [{"prefix": prefix, "domain": domain}
                    for prefix, domain in department["domains"].items()],
        "permitted": [{"age_from": rule["age_from"], "age_below": rule["age_below"]}],
        "state_dir": str(state / department["id"]),
        "cache_passphrase": f"file:{state / department['id'] / 'cache-passphrase'}",
        "rejects_limit_percent": 50,
    }
    if not columns["unit"]:
        config["fixed_unit"] = units_of(department, folder)[0]
    return config


def setup_agent(plan, department, folder, pki, state, endpoints):
    """The municipality's own configuration, moved to this machine."""
    text = (SETUPS / plan["setup"] / "agents" / f"{department['id']}.yaml").read_text(encoding="utf-8")
    for service, key in (("matcher", "matcher"), ("keyd", "key_service")):
        text = re.sub(rf"^  address: samkoer-{service}\..*$",
                      f"  address: {endpoints[key]}\n  server_name: localhost", text, flags=re.M)
    text = text.replace(": pki/", f": {pki}/").replace(": /srv/samkoer/", f": {folder.resolve()}/")
    text = text.replace(": /var/lib/samkoer-agent/", f": {state}/")
    return text.replace("credential:agent-passphrase", f"file:{state / department['id'] / 'cache-passphrase'}")


def load(folder):
    path = folder / "plan.json"
    try:
        plan = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PlanError(f"{path} does not exist; --data wants a folder like tests/data/viborg") from None
    except ValueError as error:
        raise PlanError(f"{path} is not JSON: {error}") from None
    need(plan, "departments", "the plan")
    as_of = need(plan, "as_of", "the plan")
    try:
        datetime.date.fromisoformat(as_of)
    except ValueError:
        raise PlanError(f"plan.json: as_of '{as_of}' is not YYYY-MM-DD") from None
    plan["slug"] = slug(plan.get("municipality", folder.name)) or "kommune"
    if "setup" in plan:
        if not (SETUPS / plan["setup"] / "policy.yaml").is_file():
            raise PlanError(f"plan.json: {SETUPS} has no '{plan['setup']}'")
        return plan
    rule = need(plan, "rule", "the plan")
    for key in ("age_from", "age_below", "at_least"):
        need(rule, key, "the rule")
    seen = set()
    for department in plan["departments"]:
        where = f"department '{department.get('id', '?')}'"
        for key in ("id", "file", "columns", "domains"):
            need(department, key, where)
        department["id"] = slug(department["id"])
        if department["id"] in seen:
            raise PlanError(f"plan.json: {where} stands twice")
        seen.add(department["id"])
        if not (folder / department["file"]).is_file():
            raise PlanError(f"plan.json: {where}: {folder / department['file']} does not exist")
    return plan


def write(path, value):
    """Writes text as it is, anything else as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not isinstance(value, str):
        value = json.dumps(value, ensure_ascii=False, indent=1) + "\n"
    path.write_text(value, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("step", choices=["departments", "servers", "clients"])
    parser.add_argument("--data", required=True, type=pathlib.Path)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--matcher", default="", help="host:port")
    parser.add_argument("--key-service", default="", help="host:port")
    parser.add_argument("--matcher-verifier", default="")
    parser.add_argument("--key-service-verifier", default="")
    arguments = parser.parse_args()
    folder, work = arguments.data, arguments.work
    plan = load(folder)
    pki, state = work / "pki", work / "state"

    def server_tls(name):
        return {"listen": "127.0.0.1:0", "ca_file": f"{pki}/ca.pem",
                "certificate_file": f"{pki}/{name}.pem", "key_file": f"{pki}/{name}.key",
                "revoked_file": f"{work}/revoked.txt"}

    if arguments.step == "departments":
        print(plan["slug"], plan["as_of"])
        for department in plan["departments"]:
            print(department["id"])
    elif arguments.step == "servers":
        write(work / "policy.yaml", policy(plan, folder))
        for name in ("keyd", "matcherd"):
            for directory in (work / name, work / f"{name}-outside"):
                directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        write(work / "keyd.yaml", {
            "municipality": plan["slug"], "tls": server_tls("keyd"),
            "keyring_file": f"{work}/keyd/keyring", "passphrase": f"file:{work}/keyd/passphrase",
            "data_dir": f"{work}/keyd/data", "checkpoint_file": f"{work}/keyd-outside/checkpoint",
            "kek_rotation_days": 90,
            "quotas": [{"subject": "department", "burst": 10_000_000, "per_day": 100_000},
                       {"subject": "privacy-officer", "burst": 50, "per_day": 50}]})
        write(work / "matcherd.yaml", {
            "tls": server_tls("matcherd"), "policy_file": f"{work}/policy.yaml",
            "keyring_file": f"{work}/matcherd/keyring",
            "passphrase": f"file:{work}/matcherd/passphrase",
            "data_dir": f"{work}/matcherd/data",
            "checkpoint_file": f"{work}/matcherd-outside/checkpoint",
            "kek_rotation_days": 90,
            "portals": [f"samkoer://{plan['slug']}/coordinator/{PORTAL}"],
            "metrics_listen": "127.0.0.1:0"})
    else:
        write(work / "web.yaml", {
            "municipality": plan["slug"],
            "matcher": {"address": arguments.matcher, "server_name": "localhost"},
            "tls": {"ca_file": f"{pki}/ca.pem", "certificate_file": f"{pki}/{PORTAL}.pem",
                    "key_file": f"{pki}/{PORTAL}.key"},
            "listen": {"address": "127.0.0.1:0", "certificate_file": f"{pki}/web-server.pem",
                       "key_file": f"{pki}/web-server.key"},
            "state_dir": f"{work}/web",
            "certificates": {"ca_file": f"{pki}/ca.pem", "revoked_file": f"{work}/revoked.txt"}})
        endpoints = {"matcher": arguments.matcher, "key_service": arguments.key_service}
        for department in plan["departments"]:
            make = setup_agent if "setup" in plan else agent_config
            write(work / f"agent-{department['id']}.yaml", make(plan, department, folder, pki, state, endpoints))
        for person in ("ungekoordinator", "databeskyttelse"):
            write(work / f"{person}.yaml", {
                "purpose": "ungeindsats",
                "matcher": {"address": arguments.matcher, "server_name": "localhost"},
                "key_service": {"address": arguments.key_service, "server_name": "localhost"},
                "tls": {"ca_file": f"{pki}/ca.pem", "certificate_file": f"{pki}/{person}.pem",
                        "key_file": f"{pki}/{person}.key"},
                "state_dir": f"{state}/{person}",
                "log_verifier_key": arguments.matcher_verifier,
                "key_service_verifier_key": arguments.key_service_verifier})


if __name__ == "__main__":
    try:
        main()
    except PlanError as problem:
        print(f"error: {problem}", file=sys.stderr)
        sys.exit(os.EX_DATAERR)
