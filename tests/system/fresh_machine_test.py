"""docs/installation.md, typed into a fresh Debian 12 with systemd: from the packages to the
first alert. Then what nobody tries by hand: the units of backups and drills, an upgrade
while the services run, journals of their own, and removal. Skipped (exit code 77) where
nothing can be booted."""
import datetime
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import openpyxl

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import booted_root  # noqa: E402
from installation import ROOT, run  # noqa: E402

GUIDE = ROOT / "docs/installation.md"
SKIPPED = 77
# Debian's own, which the guide has apt-get install; the machine of the test has no network.
DEBIAN = ("dbus", "openssl", "nftables", "rsync", "iproute2", "postgresql-15", "odbc-postgresql", "curl")
ADDRESSES = ("10.20.0.11", "10.20.0.12", "10.20.0.14")
# Without a terminal nobody is asked: the digest says what was read.
ANSWERS = ((r"^(samkoer-audit .* policy) (approve 1 .*)$", r"\1 \2 --digest $(\1 show 1 | sed -n 's/^  digest //p')"),)
ALERTS = "su - anna -c 'samkoer-alerts --config ~/samkoer/anna.yaml --format json list'"
# Fictional: they fail modulus 11.
BOTH, ONE, OTHER = "020402-4104", "150810-9838", "140504-8311"


def commands(text):
    """The guide's blocks of commands, one after the other, but for those that say where else;
    a person's own as that person."""
    blocks = re.findall(r"^(?:<!-- (elsewhere: |as )([^\n]*) -->\n)?```sh\n(.*?)^```$", text, re.M | re.S)
    script = "\n".join(f"su - {who} -c \"$(cat <<'TYPED'\nset -e\n{block}TYPED\n)\"" if how else block
                       for how, who, block in blocks if how != "elsewhere: ")
    for pattern, answer in ANSWERS:
        script, count = re.subn(pattern, answer, script, flags=re.M)
        assert count == 1, pattern
    return script


def fictional(number, month, year, digit):
    """A CPR number of the nth person that fails modulus 11, as all here do."""
    for serial in range(number * 10, number * 10 + 10):
        cpr = f"{number % 27 + 2:02d}{month:02d}{year:02d}{digit}{serial:03d}"
        if sum(int(d) * w for d, w in zip(cpr, (4, 3, 2, 7, 6, 5, 4, 3, 2, 1))) % 11:
            return f"{cpr[:6]}-{cpr[6:]}"
    raise AssertionError("none")


def workbook(path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["CPR", "Sagsnr.", "Team", "KLE", "Oprettet", "Lukket", "Status", "Kontakt"])
    opened = datetime.date(2026, 3, 2)
    for number in range(40):  # enough that words stand with several people
        cpr = (BOTH, ONE)[number] if number < 2 else fictional(number, 4, 3, 5)
        sheet.append([cpr, f"DUB-26-{number:04d}", "Familie- og rådgivning", "27.24.00-G01", opened, None, "Åben",
                      ("JVA", "MFR")[number % 2]])
    book.save(path)


def table():
    rows = [(BOTH, "JC2781"), (OTHER, "JC2650")] + [(fictional(n, 9, 2, 6), f"JC3{n:03d}") for n in range(40)]
    values = ",\n".join(f"('{cpr}', '{ref}', 'Team Unge', '15.20.00-G01', date '2026-02-03', null, 'AKTIV', 'navn')"
                        for cpr, ref in rows)
    return f"""create table sager (cpr text, sagsnr text, enhed text, kle text, oprettet date, lukket date, status text,
        navn text); insert into sager values {values};"""


class FreshMachine(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        why = booted_root.possible()
        if why:
            raise unittest.SkipTest("nothing can be booted on this machine: " + why)
        packages = cls.folder("packages")
        given = os.environ.get("SAMKOER_PACKAGES")  # made already
        if given:
            for package in pathlib.Path(given).glob("*.deb"):
                shutil.copy(package, packages)
        else:
            built = run([ROOT / "deploy/packages/build", "--no-install", packages], timeout=1500)
            assert built.returncode == 0, built.stdout + built.stderr
        cls.packages = sorted(packages.glob("*.deb"))
        assert len(cls.packages) == 6, cls.packages
        needed = {re.split(r"[ (|]", entry.strip())[0] for package in cls.packages for entry in subprocess.run(
            ["dpkg-deb", "-f", package, "Depends"], capture_output=True, text=True, check=True).stdout.split(",")}
        cls.machine = booted_root.BootedRoot(cls.folder("machine"), ADDRESSES)
        cls.machine.make(needed | set(DEBIAN))
        shutil.copytree(packages, cls.machine.root / "root/packages")
        cls.machine.__enter__()
        cls.addClassCleanup(cls.machine.__exit__)

    @classmethod
    def folder(cls, name):
        folder = pathlib.Path(tempfile.mkdtemp(prefix=f"samkoer-{name}."))
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        return folder

    def prepare(self):
        """What the departments have already: a workbook, and a database with a certificate."""
        root = self.machine.root
        workbook(root / "root/sager.xlsx")
        self.machine.ok("for p in peter anna drift; do useradd --create-home --shell /bin/bash $p; done")
        pki = self.folder("database")
        for arguments in (("ca", pki, "viborg"), ("server", pki, "db", "db.viborg.example")):
            self.assertEqual(run([ROOT / "deploy/pki", *arguments]).returncode, 0)
        shutil.copy(pki / "ca.pem", root / "root/db-ca.pem")
        for name in ("db.pem", "db.key"):
            shutil.copy(pki / name, root / "root")
        self.machine.ok(f"""
            install -m 600 -o postgres -g postgres /root/db.pem /root/db.key /var/lib/postgresql/
            printf '%s\\n' "listen_addresses = '10.20.0.14'" "ssl_cert_file = '/var/lib/postgresql/db.pem'" \\
              "ssl_key_file = '/var/lib/postgresql/db.key'" >>/etc/postgresql/15/main/postgresql.conf
            echo 'hostssl fagsystem samkoer_laeser 10.20.0.0/16 scram-sha-256' >>/etc/postgresql/15/main/pg_hba.conf
            systemctl restart postgresql@15-main
            runuser -u postgres -- createdb fagsystem
            runuser -u postgres -- psql --quiet -d fagsystem <<'EOT'
            {table()}
EOT""")

    def test_the_guide_leads_to_the_first_alert_and_its_units_live(self):
        self.prepare()
        script = commands(GUIDE.read_text(encoding="utf-8"))
        self.machine.ok("printf 'et langt kodeord\\n' >/root/root-passphrase")
        (self.machine.root / "root/guide.sh").write_text(script, encoding="utf-8")
        typed = self.machine.run("export SAMKOER_PKI_PASSPHRASE_FILE=/root/root-passphrase; . /root/guide.sh", 900)
        self.assertEqual(typed.returncode, 0, typed.stdout[-4000:] + typed.stderr[-3000:] + self.logs())
        [alert] = json.loads(self.machine.ok(ALERTS))
        self.assertEqual({(p["department"], p["case_ref"]) for p in alert["participants"]},
                         {("familieafdelingen", "DUB-26-0000"), ("jobcenter-team-unge", "JC2781")})
        for cpr in (BOTH, ONE, OTHER):
            self.assertNotIn(cpr, typed.stdout + typed.stderr)
        self.assertEqual(self.machine.ok("systemctl --failed --no-legend --plain").strip(), "")
        self.journals()
        self.backups_and_drills()
        self.certificates()
        self.upgrade()
        self.remove()

    def logs(self):
        return self.machine.run(
            "systemctl --failed --no-pager; journalctl --no-pager -n 40; for n in keyd matcherd agent; do "
            "journalctl --no-pager --namespace samkoer-$n -n 20; done").stdout

    def journals(self):
        """Each in a journal of its own, bounded as it is configured."""
        for name in ("keyd", "matcherd", "agent"):
            said = self.machine.ok(f"journalctl --namespace samkoer-{name} -o cat")
            self.assertIn("{", said, name)
            shown = self.machine.ok(f"systemd-analyze cat-config systemd/journald@samkoer-{name}.conf")
            self.assertIn("SystemMaxUse=1G", shown)
            self.machine.ok(f"journalctl --namespace samkoer-{name} --rotate")
            self.assertEqual(self.machine.ok(
                f"journalctl -o cat _SYSTEMD_UNIT=samkoer-{name}.service").strip(), "", "in the common journal, too")

    def listens(self, name, times):
        """Until the server has said so often that it listens: opening its keyring takes seconds."""
        for _ in range(120):
            said = self.machine.ok(f"journalctl --namespace samkoer-{name} -o cat")
            if len(re.findall("^listening on ", said, re.M)) == times:
                return
            self.machine.run("sleep 1")
        self.fail(said[-3000:])

    def backups_and_drills(self):
        """As operations.md says, by the units, and the drill with the same machine as its own."""
        m = self.machine
        for name, port in (("matcherd", 9443), ("keyd", 9444)):
            m.ok(f"""
                install -d -m 700 -o samkoer-{name} -g samkoer-{name} /srv/backup/samkoer-{name} /srv/keyrings/samkoer-{name}
                key=$(samkoer-{name} backup-key --out /root/{name}-backup.key)
                printf 'backup:\\n  folder: /srv/backup/samkoer-{name}\\n  public_key: "%s"\\n  keyring_copy: %s\\n' \\
                  "$key" /srv/keyrings/samkoer-{name}/keyring >>/etc/samkoer/{name}.yaml
                install -d /etc/systemd/system/samkoer-{name}-backup.service.d
                paths='ReadWritePaths=/srv/backup/samkoer-{name} /srv/keyrings/samkoer-{name} /srv/outside/samkoer-{name}'
                for unit in samkoer-{name} samkoer-{name}-backup; do
                  printf '[Service]\\n%s\\n' "$paths" >/etc/systemd/system/$unit.service.d/backup.conf
                done
                systemctl daemon-reload
                systemctl restart samkoer-{name}
                """)
            self.listens(name, 2)
            m.ok(f"""
                systemctl start samkoer-{name}-backup.service
                curl -sf http://127.0.0.1:{port}/metrics >/root/{name}.prom
                systemctl enable --now samkoer-{name}-backup.timer
                systemd-creds encrypt --name=backup-key /root/{name}-backup.key \\
                  /etc/credstore.encrypted/samkoer-{name}-backup-key
                printf 'FROM=drill@srv:/srv/backup/samkoer-{name}\\n' >/etc/samkoer/{name}-drill.conf
                # In place of ssh to another machine, in the unit's own sandbox.
                printf '#!/bin/sh\\nwhile [ "$1" != srv ]; do shift; done\\nshift\\nexec "$@"\\n' >/usr/local/bin/to-srv
                chmod 755 /usr/local/bin/to-srv
                install -d /etc/systemd/system/samkoer-{name}-drill.service.d
                printf '[Service]\\nEnvironment=RSYNC_RSH=/usr/local/bin/to-srv\\n' \\
                  >/etc/systemd/system/samkoer-{name}-drill.service.d/site.conf
                systemctl daemon-reload
                """)
            if name == "matcherd":
                m.ok("install -m 644 /root/matcherd.prom /srv/backup/samkoer-matcherd/live.prom")
            started = m.run(f"systemctl start samkoer-{name}-drill.service")
            self.assertEqual(started.returncode, 0, m.run(f"journalctl -o cat -u samkoer-{name}-drill").stdout)
            figures = m.ok(f"cat /var/lib/samkoer-{name}-drill/drill.prom")
            self.assertIn(f'samkoer_backup_drill_failed{{program="samkoer-{name}"}} 0\n', figures)
            said = m.ok(f"journalctl -o cat -u samkoer-{name}-drill")
            self.assertIn("in order: a log of", said)
            self.assertEqual(m.ok(f"ls /var/cache/samkoer-{name}-drill").strip(), "", "a restored store is left")
        self.assertIn("compared: the live server's log has", m.ok("journalctl -o cat -u samkoer-matcherd-drill"))
        self.assertRegex(figures, r'held\{program="samkoer-keyd",what="leaves"\} \d')

    def certificates(self):
        self.assertEqual(self.machine.ok("ls /srv/pki/*.key").split(), ["/srv/pki/issuing.key"])
        self.machine.ok("test ! -e /root/database-password && test ! -e /root/sager.xlsx")
        self.machine.ok("systemctl start samkoer-keyd-pki.service")
        self.assertIn("peter", self.machine.ok("/usr/lib/samkoer-keyd/pki list /srv/pki"))

    def pid(self, unit):
        return int(self.machine.ok(f"systemctl show -P MainPID '{unit}'"))

    def upgrade(self):
        """Servers and the agents' service start again with the new program; a stopped one does not."""
        m = self.machine
        m.ok("systemctl stop samkoer-agent@familieafdelingen.timer; systemctl start samkoer-agent-run@familieafdelingen")
        units = ("samkoer-keyd.service", "samkoer-matcherd.service", "samkoer-agent-run@familieafdelingen.service")
        before = {unit: self.pid(unit) for unit in units}
        m.ok("dpkg -i /root/packages/*.deb")
        for unit, old in before.items():
            self.assertNotIn(old, (0,), unit)
            for _ in range(100):
                if self.pid(unit) not in (0, old):
                    break
                m.run("sleep 0.2")
            self.assertNotIn(self.pid(unit), (0, old), unit)
        self.assertEqual(self.pid("samkoer-witness.service"), 0)
        for name in ("keyd", "matcherd"):  # installed, restarted for its backups, upgraded
            self.listens(name, 3)
        # The data is in place: nothing is asked of the key service again, and the alert is there.
        m.ok("systemctl stop samkoer-agent-run@familieafdelingen; systemctl start samkoer-agent@familieafdelingen")
        pushed = [json.loads(line) for line in m.ok(
            "journalctl --namespace samkoer-agent --sync; "
            "journalctl --namespace samkoer-agent -u samkoer-agent@familieafdelingen -o cat").splitlines()
            if line.startswith("{") and '"pseudonyms_asked"' in line]
        self.assertGreater(len(pushed), 1)
        self.assertLess(pushed[-1]["push"]["pseudonyms_asked"], 40)
        self.assertEqual(len(json.loads(m.ok(ALERTS))), 1)

    def remove(self):
        m = self.machine
        m.ok("systemctl start samkoer-agent-run@familieafdelingen")
        m.ok("dpkg -r samkoer-agent samkoer-keyd samkoer-matcherd")
        left = m.ok("systemctl list-units --no-legend --plain --state=active 'samkoer-*.service' 'samkoer-*.timer'")
        self.assertEqual([line.split()[0] for line in left.splitlines()], [])


if __name__ == "__main__":
    done = unittest.main(exit=False).result
    sys.exit(1 if not done.wasSuccessful() else SKIPPED if done.skipped else 0)
