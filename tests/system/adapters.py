"""The example adapters as the tests run them: their generated code, their dependencies,
and a department's export as they read it."""
import csv
import fcntl
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from installation import BIN, PURPOSE, ROOT, run  # noqa: E402

FOLDER = ROOT / "clients/adapters"
PROTOS = ["coordination", "types", "intake", "keys"]


def generate(folder):
    """Python's classes of the protos that an adapter needs."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["protoc", "-I", ROOT / "proto", f"--python_out={folder}",
                    *(ROOT / f"proto/samkoer/v1/{name}.proto" for name in PROTOS)], check=True)
    return folder


class PythonAdapter:
    name = "python"

    def __init__(self, work):
        self.environment = {"PYTHONPATH": str(generate(work / "generated")), "PYTHONDONTWRITEBYTECODE": "1"}

    def command(self):
        return ["/usr/bin/python3", FOLDER / "python/samkoer_adapter.py"]


class NodeAdapter:
    name = "node"

    def __init__(self, unused_work=None):
        source = FOLDER / "node"
        lock_file = (source / "package-lock.json").read_bytes()
        # Installed once a build folder and lock file, not into the checkout.
        self.folder = BIN.parent / "node-adapter" / hashlib.sha256(lock_file).hexdigest()[:16]
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / "lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for path in [*source.glob("*.js"), *source.glob("*.json")]:
                shutil.copy(path, self.folder)
            if not (self.folder / "installed").exists():
                result = run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=self.folder)
                assert result.returncode == 0, result.stderr
                (self.folder / "installed").touch()
        self.environment = {}

    def command(self):
        return ["node", self.folder / "samkoer-adapter.js"]


def write_config(path, tls, matcher, key_service, source):
    """The examples' configuration. `tls`: folder and name of the department's certificate."""
    pki, name = tls
    path.write_text(json.dumps({
        "purpose": PURPOSE, "matcher": {"address": matcher, "server_name": "localhost"},
        "key_service": {"address": key_service, "server_name": "localhost"},
        "ca_file": str(pki / "ca.pem"), "certificate_file": str(pki / f"{name}.pem"),
        "key_file": str(pki / f"{name}.key"), "source_file": str(source), "proto_dir": str(ROOT / "proto")}),
        encoding="utf-8")


# What the examples must set aside, and the agent too.
BAD_ROWS = [["000000-0000", "X-1"], ["", "X-2"], ["      -", "X-3"], ["2,5E+09", "X-4"], ["711205-4AB2", "X-5"],
            ["310205-4123", "X-6"]]


def write_export(path, town_export, domain, rng):
    """A town's export (town.py) in the examples' form, with rows that must not be sent."""
    with open(town_export, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, delimiter=";")
        out.writerow(["navn", "cpr", "case_ref", "unit", "domain", "status", "opened"])
        for row in rows:
            digits = row["cpr"]
            written = rng.choice([digits, f"{digits[:6]}-{digits[6:]}", f" {digits} "])
            out.writerow(["Asta Rømer", written, row["ref"], row["enhed"], domain,
                          {"ja": "open", "nej": "closed"}[row["status"]], row["fra"]])
        for cpr, reference in BAD_ROWS:
            out.writerow(["Ida Kjær", cpr, reference, "Enhed", domain, "open", "2026-01-02"])


def push(adapter, config, *arguments):
    return run([*adapter.command(), "--config", config, *arguments], env={**os.environ, **adapter.environment})
