"""A small installation with fictional people, as a release leaves it: made and recorded by
today's programs, and opened again later.

  tests/compat/release.py record NUMBER    when NUMBER is released, with the programs in $SAMKOER_BIN
  tests/compat/release.py show NUMBER      the recorded calls, to read
"""
import base64
import datetime
import io
import json
import os
import pathlib
import random
import re
import shutil
import sys
import tarfile
import tempfile
import zoneinfo

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT / "tests/system")]
import protos  # noqa: E402
import wire  # noqa: E402
from installation import BIN, Installation, run  # noqa: E402
from other_clock import clock  # noqa: E402
from town import BASE, Town  # noqa: E402

PORT = re.compile(r"127\.0\.0\.1:\d+")
ZONE = zoneinfo.ZoneInfo("Europe/Copenhagen")
PLACE, MATCHER, KEYS = "@WORK@", "@MATCHERD@", "@KEYD@"
# Not part of what a release leaves: made anew, or of the recording only.
LEFT_OUT = re.compile(r"^pki/|^[^/]*\.(out|log)$|/LOG(\.old\.\d+)?$|/LOCK$")
# By "role/name", the certificate's file.
OFFICER, OPERATOR, WITNESS = "databeskyttelse", "drift", "nabo"
COORDINATOR = "ungekoordinator"
PEOPLE = {f"coordinator/{COORDINATOR}": COORDINATOR, f"privacy-officer/{OFFICER}": OFFICER,
          f"operator/{OPERATOR}": OPERATOR, f"witness/{WITNESS}": WITNESS}


def certificates(it):
    """Those of everybody, made anew: a release's servers know people by their names."""
    pki = it.work / "pki"
    if not pki.exists():
        it.pki("ca", pki, it.config("departments").split()[0])
        for name in ("keyd", "matcherd"):
            it.pki("server", pki, name)
    names = {**PEOPLE, **{f"department/{d}": d for d in it.departments}}
    for name, file in names.items():
        if not (pki / f"{file}.pem").exists():
            it.pki("client", pki, *name.split("/"))
    return names


def until_work():
    """To ten on the next working day."""
    now = datetime.datetime.now(ZONE)
    then = now.replace(hour=10, minute=0, second=0, microsecond=0)
    while then <= now or then.weekday() >= 5:
        then += datetime.timedelta(days=1)
    return then.timestamp() - now.timestamp()


class Recorded(Installation):
    """The installation of a release, on loopback, with today's programs."""

    def __init__(self, release):
        self.unpacked = tempfile.TemporaryDirectory(prefix="samkoer-compat.")
        with tarfile.open(HERE / release / "installation.tar.xz") as archive:
            archive.extractall(self.unpacked.name)
        super().__init__(pathlib.Path(self.unpacked.name) / "exports")
        self.calls = json.loads((HERE / release / "wire.json").read_text(encoding="utf-8"))
        self.clients = json.loads((HERE / release / "clients.json").read_text(encoding="utf-8"))
        for server in (self.keyd, self.matcherd):
            server.arguments.append("--clock-is-right")  # it was recorded long ago

    def prepare(self):
        shutil.rmtree(self.work)
        shutil.move(self.unpacked.name, self.work)
        self.data = self.work / "exports"
        for path in self.work.rglob("*"):
            if path.is_file():
                path.chmod(0o600)
        self.point({PLACE: str(self.work)})
        self.names = certificates(self)
        # It was recorded by day: whoever reads at other hours raises an alarm.
        (self.work / "clock").write_text(f"+{until_work():.0f}\n", encoding="utf-8")

    def point(self, places):
        """Puts what is of this machine into the configurations."""
        for path in self.work.glob("*.yaml"):
            text = path.read_text(encoding="utf-8")
            for place, here in places.items():
                text = text.replace(place, here)
            path.write_text(text, encoding="utf-8")

    def start_server(self, server):
        return server.start(environment=clock(self.work / "clock"))

    def start(self):
        self.start_server(self.keyd)
        self.start_server(self.matcherd)
        return self

    def __exit__(self, *unused):
        self.unpacked.cleanup()
        return super().__exit__(*unused)


class Recording:
    """Makes an installation, then writes down what is said in it."""

    def __init__(self, folder):
        self.town = Town(folder, random.Random(1), people=14)
        for number, (digits, _) in enumerate(list(self.town.cases[BASE].values())[:6]):
            self.town.cases["familie"][f"FAM-{number}"] = (digits, True)
            if number < 3:
                self.town.cases["jobcenter"][f"JOB-{number}"] = (digits, True)
        for department in ("familie", "jobcenter"):
            self.town.write(department)
        self.calls, self.clients, self.contract = [], [], wire.Contract(ROOT / "proto")

    def installation(self, it):
        self.it = it
        self.names = certificates(it)
        it.edit("policy", lambda p: p.update(
            coordination={"conference_rhythm_days": 14, "conference_cases": 3, "conference_minutes": 90,
                          "significance": ["FAMILY"], "handover_days": 14},
            alarms={"same_person_reads": 2}))
        for name in ("keyd", "matcherd"):
            it.edit(name, lambda c: c.update(kek_rotation_days=0))  # years pass before it is opened
        shown = self.witness_config({}, "init", "--name", "nabo.example/samkoer")
        key = shown.split('verifier_key: "')[1].split('"')[0]
        witness = [{"subject": f"samkoer://{it.config('departments').split()[0]}/witness/{WITNESS}",
                    "verifier_key": key}]
        for name in ("keyd", "matcherd"):
            it.edit(name, lambda c: c.update(witnesses=witness))
        it.start()
        self.configure(it.matcherd.address, it.keyd.address)

    def witness_config(self, addresses, *arguments):
        it, pki = self.it, self.it.work / "pki"
        tls = {"ca_file": f"{pki}/ca.pem", "certificate_file": f"{pki}/{WITNESS}.pem", "key_file": f"{pki}/{WITNESS}.key"}
        logs = [{"name": name, "server": {"address": address, "server_name": "localhost"}, "tls": tls,
                 "log_verifier_key": it.program(name, "verifier-key", "--config", it.work / f"{name}.yaml").strip()}
                for name, address in addresses.items()]
        (it.work / "witness.yaml").write_text(json.dumps(
            {"key_file": "witness.key", "state_dir": "witness", "interval_seconds": 10, "logs": logs}), encoding="utf-8")
        return self.ok(["audit", "witness", "witness", *arguments], note=False).stdout

    def configure(self, matcher, keyd):
        it = self.it
        it.write_client_configs(matcher=matcher, key_service=keyd)
        text = (it.work / f"{OFFICER}.yaml").read_text(encoding="utf-8")
        (it.work / f"{OPERATOR}.yaml").write_text(
            text.replace(f"{OFFICER}.", f"{OPERATOR}.").replace(f"/state/{OFFICER}", f"/state/{OPERATOR}"),
            encoding="utf-8")

    def ok(self, command, typed=None, code=0, note=True):
        """Runs [program, configuration, argument...]."""
        program, config, *arguments = (str(c) for c in command)
        before = len(self.calls)
        done = run([BIN / f"samkoer-{program}", "--config", self.it.work / f"{config}.yaml", *arguments],
                   input=typed, cwd=self.it.work)
        assert done.returncode == code, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
        if note:
            self.clients.append({"program": program, "config": config, "typed": typed, "code": code,
                                 "arguments": [self.place("", a) for a in arguments],
                                 "calls": [before, len(self.calls)], "said": self.place("", done.stdout)})
        return done

    def coordinator(self, *arguments):
        return json.loads(self.ok(["alerts", COORDINATOR, "--format", "json", *arguments]).stdout or "null")

    def officer(self, *arguments, config=OFFICER, typed=None):
        return self.ok(["audit", config, "--format", "json", *arguments], typed=typed).stdout

    def agent(self, department, *arguments):
        return self.ok(["agent", f"agent-{department}", "--format", "json", *arguments])

    def push(self, department, *arguments):
        return self.agent(department, "push", "--day", self.it.day, "--fast-unlock", *arguments)

    def propose(self, *arguments):
        """The operator proposes; returns number and digest."""
        proposal = json.loads(self.officer(*arguments, "--reason", "journal 4", config=OPERATOR))["proposal"]
        return proposal["number"], base64.b64decode(proposal["digest"]).hex()

    def ask(self, by, path, request, recorder=None):
        """A call that no program of people makes."""
        stub = wire.channel((recorder or self.recorders[0]).address, self.it.work / "pki", self.names[by])
        with stub:
            return stub.unary_unary(path)(request.SerializeToString(), timeout=wire.PATIENCE)

    def before(self):
        """What lies in the store: everything that the recorded calls need."""
        for department in (BASE, "familie", "jobcenter", "social"):
            self.push(department)
        found = {p["case_ref"]: a["alert_id"] for a in self.coordinator("list") for p in a["participants"]}
        self.ids = [found[f"FAM-{number}"] for number in range(6)]
        planned = self.coordinator("conferences", "plan", "--start", "2027-03-15 09:00", "--leader", "Anna Leder",
                                   "--place", "Rådhuset", "--team", "Jobcentret", "--count", "2")
        self.conference, self.other = (c["conference_id"] for c in planned)
        self.coordinator("conferences", "add", self.conference, self.ids[0])
        self.coordinator("conferences", "action", self.conference, self.ids[0], "Ring til skolen", "--department",
                         "familie", "--unit", "Enhed", "--by", "2027-03-22")
        for alert in self.ids[1:3]:
            self.coordinator("guide", alert, "--name", "Mette H.", "--department", BASE, "--unit", "Enhed", "--accepted")
        self.coordinator("handover", self.ids[1], "guide", "--name", "Lars K.", "--department", "familie", "--unit", "Enhed")
        self.coordinator("set", self.ids[3], "afsluttet", "--note", "har fået plads")
        self.agent("familie", "ask", "Hører en elev på FGU til målgruppen?")
        self.agent("jobcenter", "ask", "--dropout", "Hvem følger op på frafald?")
        # Somebody is erased, whose departments are told; somebody's alert is read too often, which is an alarm.
        self.erase(4, "--objection")
        for _ in range(3):
            self.coordinator("show", self.ids[0])
        self.officer("kek", "rotate", "--wait", "--reason", "journal 1", config=OPERATOR)
        self.officer("verify")
        self.officer("verify", "--server", "keyd")

    def change(self):
        """The exports as they are pushed while calls are recorded."""
        cases = self.town.cases
        cases["familie"]["FAM-9"] = (cases["familie"]["FAM-1"][0], True)
        cases["social"]["S-9"] = (cases[BASE]["G-8"][0], True)
        for department in ("familie", "social"):
            self.town.write(department)

    def erase(self, number, *arguments):
        digits = self.town.cases["familie"][f"FAM-{number}"][0]
        return self.officer("person", "erase", *arguments, "--reason", "journal 2", "--yes", typed=f"{digits}\n")

    def keep(self, release):
        """The installation as it now lies there, its servers stopped."""
        work = self.it.work
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w:xz", preset=9, format=tarfile.GNU_FORMAT) as archive:
            def add(name, data):
                entry = tarfile.TarInfo(name)
                entry.size, entry.mode = len(data), 0o600
                archive.addfile(entry, io.BytesIO(data))
            for path in sorted(work.rglob("*")):
                name = str(path.relative_to(work))
                if path.is_file() and not LEFT_OUT.search(name):
                    data = path.read_bytes()
                    add(name, self.place(name, data.decode()).encode() if name.endswith(".yaml") else data)
            for path in sorted(self.it.data.iterdir()):
                add(f"exports/{path.name}", path.read_bytes())
        (release / "installation.tar.xz").write_bytes(out.getvalue())

    def place(self, name, text):
        text = text.replace(str(self.it.work), PLACE).replace(str(self.it.data.resolve()), f"{PLACE}/exports")
        if name in ("keyd.yaml", "matcherd.yaml"):
            return PORT.sub("127.0.0.1:0", text)
        return text.replace(self.it.matcherd.address, MATCHER).replace(self.it.keyd.address, KEYS)

    def session(self):
        """Every call of the contract, by the programs that make it."""
        # Nobody new: the cache knows all. Somebody new: the key service is asked.
        for department in ("familie", "social"):
            self.push(department)
        self.agent("familie", "inbox")
        self.agent("familie", "inbox", "--acknowledge")
        self.agent("familie", "handover", self.ids[1], "1", "--accept")
        self.agent(BASE, "nominate", "G-9", "--reason", "har brug for en ungeguide")
        self.agent("familie", "ask", "Hvad med unge på efterskole?")
        self.agent("familie", "inquiries")
        self.coordinate()
        self.control()
        self.govern()

    def coordinate(self):
        self.coordinator("list", "--all")
        self.coordinator("show", self.ids[0])
        self.coordinator("overview")
        self.coordinator("set", self.ids[5], "tilbudt", "--note", "aftalt")
        self.coordinator("plan", self.ids[2], "--exists")
        self.coordinator("conferences", "list")
        self.coordinator("conferences", "show", self.conference)
        self.coordinator("conferences", "add", self.other, self.ids[5])
        self.coordinator("conferences", "close", self.conference)
        self.coordinator("conferences", "plan", "--start", "2027-05-03 09:00", "--leader", "Anna Leder", "--place",
                         "Rådhuset", "--count", "1")
        listed = self.coordinator("inquiries", "list")
        self.coordinator("inquiries", "answer", listed[0]["inquiry_id"], "--text", "Ja, under 30.")
        self.ok(["alerts", COORDINATOR, "--format", "json", "follow", "--from-start", "--until-caught-up"])
        self.ask(f"coordinator/{COORDINATOR}", "/samkoer.v1.Directory/ListUnits", self.message("ListUnitsRequest"))

    def message(self, name, **values):
        return self.contract.message(f"samkoer.v1.{name}")(**values)

    def control(self):
        """What the privacy officer and a witness do."""
        for server in ("matcher", "keyd"):
            self.officer("verify", "--server", server)
            self.officer("log", "--limit", "10", "--server", server)
            self.officer("alarms", "--server", server)
        self.ask(f"privacy-officer/{OFFICER}", "/samkoer.v1.Audit/GetInclusionProof",
                 self.message("GetInclusionProofRequest", index=5, tree_size=20))
        alarm = json.loads(self.officer("alarms"))["alarms"][0]
        self.officer("alarms", "acknowledge", base64.b64decode(alarm["alarm_id"]).hex(), "--reason", "journal 2")
        self.officer("person", "--reason", "journal 3", typed=f"{self.town.cases['familie']['FAM-0'][0]}\n")
        self.officer("report", "statistics")
        for report in ("article30", "dpia"):
            self.officer("report", report, "--out", self.it.work / f"{report}.json")
        self.officer("retention")
        self.officer("epochs")
        self.officer("kek", "status")
        for recorder in self.recorders:
            self.ask(f"operator/{OPERATOR}", "/grpc.health.v1.Health/Check",
                     self.contract.message("grpc.health.v1.HealthCheckRequest")(), recorder)
        self.witness_config({r.name: r.address for r in self.recorders}, "run", "--once")

    def govern(self):
        number, digest = self.propose("quota", "propose", "department", "--burst", "12000000", "--per-day", "300")
        self.officer("quota", "show", number)
        self.officer("quota", "approve", number, "--digest", digest, "--reason", "gennemgået")
        number, _ = self.propose("department", "suspend", "social", "--records", "count")
        self.officer("department", "reject", number, "--reason", "en fejl")
        self.officer("policy", "list")
        self.erase(5)
        digits = self.town.cases["familie"]["FAM-4"][0]
        self.officer("person", "lift-objection", "--reason", "journal 5", typed=f"{digits}\n")
        self.officer("kek", "rotate", "--reason", "journal 6", config=OPERATOR)


def record(release):
    folder = HERE / release
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as exports:
        recording = Recording(exports)
        with Installation(exports) as it:
            recording.installation(it)
            recording.before()
            for server in (it.matcherd, it.keyd):
                assert server.stop() == 0
            recording.change()
            recording.keep(folder)
            it.keyd.start()
            it.matcherd.start()
            recording.calls, recording.clients = [], []
            recording.recorders = [
                wire.Recorder(it.work / "pki", server.program, server.address, recording.names, recording.calls)
                for server in (it.matcherd, it.keyd)]
            recording.configure(*(r.address for r in recording.recorders))
            try:
                recording.session()
            finally:
                for recorder in recording.recorders:
                    recorder.close()
    for name, what in (("wire", recording.calls), ("clients", recording.clients)):
        text = json.dumps(what, ensure_ascii=False, indent=1)
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def show(release):
    contract = wire.Contract(ROOT / "proto")
    for number, call in enumerate(json.loads((HERE / release / "wire.json").read_text(encoding="utf-8"))):
        print(f"# {number}: {call['by']} to {call['to']}: {call['path']}: {call['status']}")
        for side, message in call["events"]:
            print(f"{side} {{\n{contract.parse(call['path'], side, base64.b64decode(message))}}}")


def main(arguments):
    if len(arguments) == 2 and arguments[0] in ("record", "show") and arguments[1].isalnum():
        if arguments[0] == "show":
            show(arguments[1])
            return 0
        protos.record(arguments[1])
        record(arguments[1])
        return 0
    print(__doc__, file=sys.stderr)
    return 64


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
