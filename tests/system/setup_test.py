"""samkoer-agent setup: what it proposes for every municipality's exports, and setup,
check and push against real servers from a workbook, a database, joined files and
CSV; without a terminal, and on one."""
import csv
import datetime
import json
import os
import pathlib
import pty
import re
import select
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

import openpyxl
import yaml

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from installation import BIN, PURPOSE, ROOT, Installation, alert_set, expected_set, run  # noqa: E402
import demo_data  # noqa: E402
import municipality_data  # noqa: E402

USAGE, MANY_REJECTS = 64, 2
ANSWER_SECONDS = 60
# Groups that municipalities map differently, and three that KLE does not have.
ASKED = ("27.48", "27.54", "27.20", "27.50", "03.20")


def secrets(rows, headers):
    """CPR numbers and names of an export, as they must never be printed."""
    found = set()
    for row in rows:
        for header, cell in zip(headers, row):
            digits = re.sub(r"\D", "", cell)
            if len(digits) == 10 and int(digits) % 1111111111:
                found |= {digits, f"{digits[:6]}-{digits[6:]}"}
            if header.casefold() in ("navn", "borger", "fornavn", "efternavn", "sagnavn") and cell.strip():
                found.add(cell.strip())
    return found


def read_export(path, dialect):
    encoding = {"utf-8": "utf-8-sig"}.get(dialect["encoding"], dialect["encoding"])
    with open(path, encoding=encoding, newline="") as file:
        rows = list(csv.reader(file, delimiter=dialect["delimiter"]))
    return rows[0], [row for row in rows[1:] if row]


class ProposalTest(unittest.TestCase):
    def test_the_map_of_every_generated_export_is_the_one_written_by_hand(self):
        for municipality in municipality_data.names():
            with tempfile.TemporaryDirectory() as folder:
                municipality_data.make(municipality, folder, 20261102)
                agents = ROOT / "deploy/municipalities" / municipality / "agents"
                for path in sorted(agents.glob("*.yaml")):
                    with self.subTest(municipality=municipality, department=path.stem):
                        self.proposes(yaml.safe_load(path.read_text(encoding="utf-8")), pathlib.Path(folder))

    def proposes(self, hand, folder):
        sample = folder / pathlib.PurePosixPath(hand["source_file"]).name
        written = folder / f"setup-{hand['department']}.yaml"
        answers = folder / "answers.yaml"
        answers.write_text(json.dumps({key: hand[key] for key in (
            "department", "purpose", "matcher", "key_service", "tls", "permitted")}), encoding="utf-8")
        domains = {d["prefix"]: d["domain"] for d in hand["domains"]}
        command = [BIN / "samkoer-agent", "--config", written, "--format", "json", "setup", "--sample", sample,
                   "--answers", answers, "--day", "2026-11-02"]
        done = run(command, stdin=subprocess.DEVNULL)
        if done.returncode == USAGE:
            # Only where municipalities differ, and where the invented codes are of no KLE group.
            asked = re.findall(r"--domain '([\d.]+)=DOMAIN'", done.stderr)
            self.assertIn(f"error: {len(asked)} questions are open", done.stderr)
            for group in asked:
                self.assertIn(group, ASKED)
                prefix = max((p for p in domains if group.startswith(p)), key=len)
                command += ["--domain", f"{group}={domains[prefix]}"]
            done = run(command, stdin=subprocess.DEVNULL)
        self.assertIn(done.returncode, (0, MANY_REJECTS), done.stderr)
        config = yaml.safe_load(written.read_text(encoding="utf-8"))
        # Codes of criteria are agreed on with a department; setup proposes no column for them.
        self.assertEqual(config["columns"], {k: v for k, v in hand["columns"].items() if k != "criteria"})
        for key in ("delimiter", "date_format"):
            self.assertEqual(config["dialect"][key], hand["dialect"][key])
        result = json.loads(done.stdout)
        by_reason = {k: v for k, v in result["set_aside_by_reason"].items() if v}
        # Only what the export was made with is set aside: nothing for a word, a unit or a kind.
        self.assertLessEqual(set(by_reason), {"placeholder", "unreadable"}, by_reason)
        self.assertGreater(result["records"], 0)
        header, rows = read_export(sample, hand["dialect"])
        for secret in secrets(rows, header):
            self.assertNotIn(secret, done.stdout + done.stderr)


class SetupTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.data = pathlib.Path(folder.name)
        subprocess.run([sys.executable, ROOT / "deploy/lib/demo_data.py", cls.data], check=True)
        cls.it = Installation(cls.data).__enter__()
        cls.addClassCleanup(cls.it.__exit__)
        cls.it.start()
        cls.exports = {}
        for department in demo_data.DEPARTMENTS:
            dialect = {"encoding": department["encoding"], "delimiter": department["delimiter"]}
            cls.exports[department["id"]] = read_export(cls.data / department["file"], dialect)

    def flags(self, department):
        """What no sample tells; the department stands in the certificate."""
        it, pki = self.it, self.it.work / "pki"
        state = it.work / "state" / department
        return ["--certificate", pki / f"{department}.pem", "--key", pki / f"{department}.key", "--ca", pki / "ca.pem",
                "--purpose", PURPOSE, "--matcher", it.matcherd.address, "--matcher-name", "localhost",
                "--key-service", it.keyd.address, "--key-service-name", "localhost", "--age-from", "15",
                "--age-below", "30", "--state-dir", state, "--cache-passphrase", f"file:{state}/cache-passphrase"]

    def setup(self, department, *arguments, config=None):
        done = run([BIN / "samkoer-agent", "--config", config or self.it.work / f"agent-{department}.yaml", "setup",
                    "--day", self.it.day, *arguments], stdin=subprocess.DEVNULL)
        header, rows = self.exports[department]
        for secret in secrets(rows, header):
            self.assertNotIn(secret, done.stdout + done.stderr)
        return done

    def workbook(self, department):
        """As a person in an office has it: a cover, then the cases with typed days and numbers."""
        header, rows = self.exports[department]
        spec = next(d for d in demo_data.DEPARTMENTS if d["id"] == department)
        roles = [role for _, role in spec["columns"]]
        book = openpyxl.Workbook()
        book.active.append(["Udtræk af sager", "lavet af IT"])
        sheet = book.create_sheet("Sager")
        sheet.append(header)
        for row in rows:
            cells = [datetime.datetime.strptime(cell, spec["date_format"]).date()
                     if role in ("opened", "closed") and cell else cell for role, cell in zip(roles, row)]
            sheet.append([int(c) if role == "cpr" and str(c).isdigit() else c for role, c in zip(roles, cells)])
        path = self.it.work / f"{department}.xlsx"
        book.save(path)
        return path

    def database(self, department):
        header, rows = self.exports[department]
        path = self.it.work / f"{department}.db"
        with sqlite3.connect(path) as database:
            database.execute("create table sager (%s)" % ", ".join(f'"{name}" text' for name in header))
            database.executemany("insert into sager values (%s)" % ", ".join("?" * len(header)), rows)
        database.close()
        return path

    def split(self, department):
        """The persons in a file of their own, found by a number."""
        header, rows = self.exports[department]
        spec = next(d for d in demo_data.DEPARTMENTS if d["id"] == department)
        cpr = [role for _, role in spec["columns"]].index("cpr")
        cases, persons = self.it.work / "sager.csv", self.it.work / "borgere.csv"
        with open(cases, "w", encoding="cp1252", newline="") as left, \
                open(persons, "w", encoding="cp1252", newline="") as right:
            left, right = csv.writer(left, delimiter=";"), csv.writer(right, delimiter=";")
            left.writerow(["Borgernøgle", *(h for i, h in enumerate(header) if i != cpr)])
            right.writerow(["Nøgle", header[cpr]])
            for number, row in enumerate(rows, 7000):
                left.writerow([number, *(c for i, c in enumerate(row) if i != cpr)])
                right.writerow([number, row[cpr]])
        return cases, persons

    def test_setup_check_and_push_give_the_alerts_of_the_plan(self):
        cases, persons = self.split("familie")
        sources = {"familie": ["--sample", cases, "--join", persons],
                   "jobcenter": ["--odbc-connection", f"Driver=SQLite3;Database={self.database('jobcenter')}",
                                 "--odbc-query", "select * from sager order by sagsid"],
                   "social": ["--sample", self.workbook("social"), "--domain", "27.54=SOCIAL"],
                   "tilbud": ["--sample", self.data / "tilbud.csv"]}
        self.assertEqual(set(sources), set(self.it.departments))
        for department, arguments in sources.items():
            config = self.it.work / f"agent-{department}.yaml"
            by_hand = json.loads(config.read_text(encoding="utf-8"))
            before = config.read_bytes()
            refused = self.setup(department, *arguments, *self.flags(department))
            self.assertEqual(refused.returncode, USAGE, refused.stderr)
            self.assertIn("--overwrite", refused.stderr)
            tried = self.setup(department, "--dry-run", *arguments, *self.flags(department))
            self.assertIn(tried.returncode, (0, MANY_REJECTS), tried.stderr)
            self.assertEqual(config.read_bytes(), before)
            config.unlink()
            done = self.setup(department, *arguments, *self.flags(department))
            self.assertIn(done.returncode, (0, MANY_REJECTS), done.stderr)
            self.assertEqual(config.stat().st_mode & 0o777, 0o600)
            written = yaml.safe_load(config.read_text(encoding="utf-8"))
            self.assertEqual(written["department"], department)
            self.assertEqual(written["columns"], by_hand["columns"])
            valid = self.it.agent(department, "validate-config")
            self.assertEqual(valid.returncode, 0, valid.stderr)
            # What setup showed is what check shows.
            checked = self.it.agent(department, "check", "--day", self.it.day)
            shown = re.search(r"records that may be sent +\d+.*", checked.stdout)[0]
            self.assertIn(shown, done.stdout)
            self.it.push(department)
        self.assertEqual(alert_set(self.it.alerts()), expected_set(self.data))

    def test_of_two_sheets_with_cpr_numbers_a_person_chooses(self):
        path, config = self.it.work / "ark.xlsx", self.it.work / "ark.yaml"
        book = openpyxl.load_workbook(self.workbook("social"))
        book.create_sheet("Forældre", 0).append(["CPR", "Sagsnr"])
        numbers = [cell for row in self.exports["social"][1] for cell in row if re.fullmatch(r"\d{6}-?\d{4}", cell)]
        for number in numbers[:20]:
            book["Forældre"].append([number, "S-1"])
        book.save(path)
        arguments = ["--sample", path, *self.flags("social"), "--domain", "27.54=SOCIAL"]
        done = self.setup("social", *arguments, config=config)
        self.assertNotEqual(done.returncode, 0, done.stdout)
        self.assertIn("'Forældre', 'Sager'", done.stderr)
        self.assertIn("--sheet NAME", done.stderr)
        self.assertFalse(config.exists())
        done = self.setup("social", *arguments, "--sheet", "Sager", config=config)
        self.assertIn(done.returncode, (0, MANY_REJECTS), done.stderr)

    def test_an_installed_file_keeps_its_mode_its_link_and_a_copy(self):
        target, config = self.it.work / "social-1.yaml", self.it.work / "social-link.yaml"
        target.write_text("department: social\nrun: {daily_at: '03:00'}\n", encoding="utf-8")
        target.chmod(0o640)
        config.symlink_to(target)
        done = self.setup("social", "--overwrite", "--sample", self.data / "social.csv", *self.flags("social"),
                          "--domain", "27.54=SOCIAL", config=config)
        self.assertIn(done.returncode, (0, MANY_REJECTS), done.stderr)
        self.assertTrue(config.is_symlink())
        self.assertEqual(target.stat().st_mode & 0o777, 0o640)
        self.assertIn("03:00", pathlib.Path(f"{target}.bak").read_text(encoding="utf-8"))
        self.assertIn("the old file has what the new one has not: run;", done.stdout)

    def test_what_is_left_open_is_an_error_that_names_the_flags(self):
        config = self.it.work / "open.yaml"
        done = self.setup("social", "--sample", self.data / "social.csv", config=config)
        self.assertEqual(done.returncode, USAGE, done.stdout)
        for flag in ("--certificate", "--purpose", "--matcher", "--key-service", "--age-from", "--age-below",
                     "--domain '27.54=DOMAIN'"):
            self.assertIn(flag, done.stderr)
        self.assertFalse(config.exists())
        for arguments, words in (([], "--sample"), (["--sample", self.it.work / "none.csv"], "does not exist"),
                                 (["--sample", self.data / "social.csv", "--age-from", "femten"], "whole number"),
                                 (["--sample", self.data / "social.csv", "--column", "cpr"], "--column")):
            done = self.setup("social", *arguments, config=config)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(words, done.stderr)

    def test_the_matcher_is_asked_for_purpose_ages_and_units(self):
        config = self.it.work / "asked.yaml"
        flags, left_out = [], ("--purpose", "--age-from", "--age-below")
        given = self.flags("social")
        for flag, value in zip(given[::2], given[1::2]):
            flags += [flag, value] if flag not in left_out else []
        arguments = ["--sample", self.data / "social.csv", *flags, "--domain", "27.54=SOCIAL", "--ask-matcher"]
        done = self.setup("social", *arguments, config=config)
        self.assertIn(done.returncode, (0, MANY_REJECTS), done.stderr)
        self.assertIn("the matcher says so", done.stdout)
        written = yaml.safe_load(config.read_text(encoding="utf-8"))
        self.assertEqual(written["purpose"], PURPOSE)
        ages = [(r["age_from"], r["age_below"]) for r in written["permitted"]]
        self.assertEqual(ages, [(demo_data.AGE_FROM, demo_data.AGE_BELOW)])
        self.assertIn("SOCIAL", written["permitted"][0]["domains"])
        # A unit that the policy does not know shows now, and not at the first push.
        config.unlink()
        done = self.setup("social", *arguments, "--column", "unit=-", "--unit", "Findes ikke", config=config)
        self.assertEqual(done.returncode, MANY_REJECTS, done.stderr)
        self.assertRegex(done.stdout, r"unknown_unit +[1-9]")
        config.unlink()
        away = [self.it.keyd.address if a == self.it.matcherd.address else a for a in arguments]
        done = self.setup("social", *away, config=config)
        self.assertNotIn(done.returncode, (0, MANY_REJECTS, USAGE), done.stdout)
        self.assertFalse(config.exists())

    def test_a_child_and_a_parent_in_one_row(self):
        path, config = self.it.work / "to.csv", self.it.work / "to.yaml"
        header, rows = self.exports["social"]
        at = header.index("Cprnr.")
        with open(path, "w", encoding="utf-8", newline="") as file:
            out = csv.writer(file, delimiter=";")
            out.writerow(["Forælder cpr", *header])
            for number, row in enumerate(rows):
                out.writerow([rows[number - 1][at], *row])
        arguments = ["--sample", path, *self.flags("social"), "--domain", "27.54=SOCIAL"]
        done = self.setup("social", *arguments, config=config)
        self.assertEqual(done.returncode, USAGE, done.stdout)
        self.assertIn("--column cpr=NAME", done.stderr)
        self.assertIn("likely: Cprnr.", done.stderr)
        done = self.setup("social", *arguments, "--column", "cpr=Cprnr.", config=config)
        self.assertIn(done.returncode, (0, MANY_REJECTS), done.stderr)
        self.assertEqual(yaml.safe_load(config.read_text(encoding="utf-8"))["columns"]["cpr"], "Cprnr.")

    def test_questions_are_answered_on_a_terminal(self):
        config = self.it.work / "terminal.yaml"
        pki, state = self.it.work / "pki", self.it.work / "state/social"
        # The question, or a part of it, and what is typed.
        answers = [("sample of the export", str(self.data / "social.csv")),
                   ("certificate (PEM", str(pki / "social.pem")), ("Its key", str(pki / "social.key")),
                   ("CA certificate", str(pki / "ca.pem")),
                   ("matcher's address", self.it.matcherd.address), ("Ask the matcher", "n"),
                   ("key service's address", self.it.keyd.address), ("purpose", PURPOSE), ("From which age", "15"),
                   ("Below which age", "30"), ("'27.54'", "social"),
                   # Read anew with a mistake, which its mark shows, and mended.
                   ("[y, n, or KEY=VALUE", "dialect.encoding=windows-1252"), ("KEY=VALUE changes", "dialect.encoding=utf-8"),
                   ("[y, n, or KEY=VALUE", f"state_dir={state}"), ("[y, n, or KEY=VALUE", "columns.contact=-"),
                   ("[y, n, or KEY=VALUE", "y")]
        primary, secondary = pty.openpty()
        process = subprocess.Popen([BIN / "samkoer-agent", "--config", config, "setup", "--day", self.it.day],
                                   stdin=secondary, stdout=secondary, stderr=secondary, close_fds=True)
        os.close(secondary)
        self.addCleanup(os.close, primary)
        self.addCleanup(process.kill)
        shown = self.converse(primary, process, answers)
        self.assertIn(process.wait(ANSWER_SECONDS), (0, MANY_REJECTS), shown)
        written = yaml.safe_load(config.read_text(encoding="utf-8"))
        self.assertEqual(written["department"], "social")
        self.assertEqual(written["state_dir"], str(state))
        self.assertEqual(written["columns"]["cpr"], "Cprnr.")
        self.assertNotIn("contact", written["columns"])
        header, rows = self.exports["social"]
        for secret in secrets(rows, header):
            self.assertNotIn(secret, shown)

    def converse(self, terminal, process, answers):
        """Types each answer once its question stands there; returns all that was shown."""
        shown, seen, left = "", 0, list(answers)
        deadline = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < deadline:
            if not select.select([terminal], [], [], 1)[0]:
                continue
            try:
                data = os.read(terminal, 65536)
            except OSError:  # the other side has closed it
                break
            if not data:
                break
            shown += data.decode(errors="replace")
            while left and left[0][0] in shown[seen:] and re.search(r"[>?\]:] $", shown):
                os.write(terminal, left.pop(0)[1].encode() + b"\n")
                seen = len(shown)
        self.assertEqual(left, [], shown)
        return shown


if __name__ == "__main__":
    unittest.main()
