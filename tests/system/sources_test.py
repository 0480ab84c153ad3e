"""Departments with other sources than CSV, over real services: a workbook, views of
PostgreSQL and SQLite through their ODBC drivers, files joined on a key, and criteria
judged from life events. The alerts are those of the reference join."""
import datetime
import json
import os
import pathlib
import random
import sqlite3
import sys
import tempfile
import unittest

import openpyxl

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from installation import BIN, Installation, alert_set, run  # noqa: E402
from postgres import PASSWORD, Postgres  # noqa: E402
from town import BASE, FIRST_DAY, Town  # noqa: E402

OPENED = FIRST_DAY - datetime.timedelta(days=100)


class SourcesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        seed = int(os.environ.get("SAMKOER_SEED", random.SystemRandom().randrange(10**9)))
        print(f"SAMKOER_SEED={seed}", flush=True)
        rng = random.Random(seed)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.town = Town(folder.name, rng, people=120)
        for department in ("familie", "jobcenter", "social"):
            for _ in range(150):
                cls.town.mutate(department)
            cls.town.write(department)
        cls.it = Installation(folder.name).__enter__()
        cls.addClassCleanup(cls.it.__exit__)
        cls.it.start()
        cls.postgres = Postgres().__enter__()
        cls.addClassCleanup(cls.postgres.__exit__)

    def configure(self, department, change):
        """The department's configuration with a change; returns its path."""
        def both(config):
            config.pop("odbc", None)
            change(config)
        self.it.edit(f"agent-{department}", both)

    def rows(self, department):
        for reference, (digits, is_open) in self.town.cases[department].items():
            yield digits, reference, is_open

    def make_workbook(self, path, department):
        """As Excel does it: CPR numbers that became numbers, dates with a format, an error."""
        book = openpyxl.Workbook()
        book.active.title = "Forside"
        sheet = book.create_sheet("Sager")
        sheet.append(["cpr", "ref", "enhed", "kle", "fra", "til", "status", "navn"])
        for digits, reference, is_open in self.rows(department):
            sheet.append([int(digits), reference, "Enhed", 1, OPENED, None if is_open else FIRST_DAY,
                          "ja" if is_open else "nej", "=1/0"])
        sheet.append(["=NA()", "X-1", "Enhed", 1, OPENED, None, "ja", ""])
        book.save(path)

    def use_postgres(self, department):
        values = ",\n".join(f"({int(digits)}, '{reference}', {is_open})"
                            for digits, reference, is_open in self.rows(department))
        self.postgres.execute(f"""
            create table sager (nr bigint, ref text, er_aaben boolean);
            insert into sager values {values};
            create view udtraek as select nr::numeric(10, 0) as cpr, ref, 'Enhed'::varchar(20) as enhed,
              '1' as kle, timestamp '{OPENED} 13:14:15' as fra,
              case when er_aaben then null else date '{FIRST_DAY}' end as til,
              case when er_aaben then 'ja' else 'nej' end as status, 'Ærø' as navn from sager;
            create role laeser login password '{PASSWORD}';
            grant select on udtraek to laeser;""")
        secret = self.it.work / "database-password"
        secret.touch(mode=0o600)
        secret.write_text(PASSWORD + "\n", encoding="utf-8")
        self.odbc = {"connection": self.postgres.connection(), "user": "laeser", "password": f"file:{secret}",
                     "query": "select * from udtraek order by ref"}

        def change(config):
            config.pop("source_file", None)
            config["odbc"] = self.odbc
        self.configure(department, change)

    def use_sqlite(self, department):
        """The cases in the database, and the persons in a file to be joined."""
        path = self.it.work / "sager.db"
        with sqlite3.connect(path) as database:
            database.execute("create table sager (ref text, borger integer, enhed text, kle integer, fra date, "
                             "til date, status text)")
            persons = ["Id;Navn;cpr"]
            for number, (digits, reference, is_open) in enumerate(self.rows(department)):
                persons.append(f"{number};Navn;{digits}")
                database.execute("insert into sager values (?, ?, 'Enhed', 1, ?, ?, ?)",
                                 (reference, number, str(OPENED), None if is_open else str(FIRST_DAY),
                                  "ja" if is_open else "nej"))
            database.execute("insert into sager values ('X-1', 999999, 'Enhed', 1, ?, null, 'ja')", (str(OPENED),))
        database.close()
        borgere = self.it.work / "borgere.csv"
        borgere.write_text("\n".join(persons) + "\n", encoding="utf-8")

        def change(config):
            config.pop("source_file", None)
            config["odbc"] = {"connection": f"Driver=SQLite3;Database={path}",
                              "query": "select * from sager order by ref"}
            config["joined"] = [{"file": str(borgere), "key": "borger", "file_key": "Id"}]
        self.configure(department, change)

    def rejected(self, pushed):
        return {k: v for k, v in json.loads(pushed.stdout)["set_aside_by_reason"].items() if v}

    def test_all_sources_give_the_alerts_of_the_reference_join(self):
        book = self.it.work / "sager.xlsx"
        self.make_workbook(book, "familie")
        self.configure("familie", lambda c: c.update(source_file=str(book), xlsx={"sheet": "sager"}))
        self.use_postgres("jobcenter")
        self.use_sqlite("social")
        for department in self.town.cases:
            checked = self.it.agent(department, "validate-config")
            self.assertEqual(checked.returncode, 0, checked.stderr)
        self.it.push(BASE)
        self.assertEqual(self.rejected(self.it.push("familie", "--format", "json")), {"error_cell": 1})
        self.assertEqual(self.rejected(self.it.push("jobcenter", "--format", "json")), {})
        self.assertEqual(self.rejected(self.it.push("social", "--format", "json")), {"key_missing": 1})
        self.assertEqual(alert_set(self.it.alerts()), self.town.alerts(self.town.cases))
        # The next night nothing has changed.
        again = json.loads(self.it.push("jobcenter", "--format", "json").stdout)
        self.assertEqual((again["source_file"], again["push"]["sent"]), ("odbc", 0))
        self.passwords()
        self.wrong_connections()

    def passwords(self):
        """Of signs that mean something in a connection's text, or in an address."""
        secret = self.it.work / "database-password"
        for password in ("a+b/c==", "100%25%41", "{x}", PASSWORD):
            self.postgres.execute(f"alter role laeser password '{password}';")
            secret.write_text(password + "\n", encoding="utf-8")
            checked = self.it.agent("jobcenter", "check", "--day", self.it.day)
            self.assertEqual(checked.returncode, 0, f"{password}: {checked.stderr}")

    def wrong_connections(self):
        secret = self.it.work / "wrong-password"
        secret.touch(mode=0o600)
        secret.write_text("hemmeligt forkert kodeord\n", encoding="utf-8")
        slow = "select * from udtraek, (select pg_sleep(30)) as s"
        for change, code, words in (
                ({"password": f"file:{secret}"}, 77, "odbc.user and odbc.password"),
                ({"connection": self.postgres.connection().replace(str(self.postgres.port), "1")}, 69, "firewall"),
                ({"query": "select * from findes_ikke"}, 65, "findes_ikke"),
                ({"query": "select * from sager"}, 77, "GRANT SELECT"),
                ({"query": slow, "timeout_seconds": 1}, 69, "timeout_seconds"),
                ({"connection": "DSN=findes_ikke"}, 78, "odbcinst"),
                ({"password": f"file:{self.it.work}/findes-ikke"}, 78, "0600")):
            self.it.edit("agent-jobcenter", lambda c, change=change: c.update(odbc={**self.odbc, **change}))
            checked = self.it.agent("jobcenter", "check", "--day", self.it.day)
            self.assertEqual(checked.returncode, code, f"{change}: {checked.stderr}")
            self.assertIn(words, checked.stderr)
            self.assertNotIn("kodeord", checked.stderr)

    def test_criteria_are_judged_here_and_explained(self):
        events = self.it.work / "forloeb.csv"
        digits, reference, _ = next(row for row in self.rows(BASE) if row[2])
        events.write_text(f"cpr;art;fra;til\n{digits};job;2020-01-01;2020-06-01\n"
                          f"{digits};fgu;2020-08-01;2021-06-01\n{digits};job;2021-08-01;\n", encoding="utf-8")
        path = self.it.work / "agent-criteria.yaml"
        config = json.loads((self.it.work / f"agent-{BASE}.yaml").read_text(encoding="utf-8"))
        config.update(events={"file": str(events), "columns": {"cpr": "cpr", "kind": "art", "from": "fra", "to": "til"},
                              "kinds": [{"prefix": "job", "kind": "arbejde"}, {"prefix": "fgu", "kind": "fgu"}]},
                      criteria=[{"code": "skift", "age_from": 15, "age_below": 30,
                                 "all": [{"shifts": {"kinds": ["arbejde", "fgu"], "at_least": 2}}]}],
                      state_dir=str(self.it.work / "state/criteria"))
        path.write_text(json.dumps(config), encoding="utf-8")
        agent = [BIN / "samkoer-agent", "--config", path, "--format", "json", "check", "--day", self.it.day]
        summary = json.loads(run(agent).stdout)
        self.assertEqual(summary["life_events"]["rows"], 3)
        self.assertEqual(summary["life_events"]["people"], 1)
        line = 2 + list(self.town.cases[BASE]).index(reference)
        explained = json.loads(run([*agent, "--explain", line]).stdout)["explanation"]
        self.assertEqual(explained[0], "may be sent, with the criteria skift")
        self.assertIn("criterion skift: holds", explained)
        self.assertEqual(run([*agent, "--explain", 99999]).returncode, 65)
        # Neither the number nor the reference.
        self.assertNotIn(digits, " ".join(explained))
        self.assertNotIn(reference, " ".join(explained))


if __name__ == "__main__":
    unittest.main()
