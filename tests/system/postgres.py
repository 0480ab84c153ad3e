"""A PostgreSQL of a test's own on loopback, gone when the test ends."""
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile

BIN = pathlib.Path("/usr/lib/postgresql/15/bin")
PASSWORD = "et kodeord; med {tegn} og = imellem"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Postgres:
    """Use as a context manager; `execute` runs SQL as the owner."""

    def __init__(self):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="samkoer-postgres."))
        self.port = free_port()
        # PostgreSQL does not run as root.
        self.user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self.user:
            shutil.chown(self.work, "postgres", "postgres")

    def run(self, *command, text=None):
        done = subprocess.run([*self.user, *map(str, command)], capture_output=True, text=True, check=False,
                              input=text, cwd=self.work, timeout=120)
        if done.returncode != 0:
            raise AssertionError(f"{command[0]}: {done.stdout}{done.stderr}")
        return done.stdout

    def __enter__(self):
        try:
            self.run(BIN / "initdb", "--pgdata", self.work / "data", "--username", "ejer", "--auth-local", "trust",
                     "--auth-host", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync")
            self.run(BIN / "pg_ctl", "start", "--wait", "--pgdata", self.work / "data", "--log", self.work / "log",
                     "--options", f"-p {self.port} -c listen_addresses=127.0.0.1 -c fsync=off "
                     f"-c unix_socket_directories={self.work}")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *unused):
        if (self.work / "data/postmaster.pid").exists():
            self.run(BIN / "pg_ctl", "stop", "--wait", "--mode", "immediate", "--pgdata", self.work / "data")
        shutil.rmtree(self.work, ignore_errors=True)
        return False

    def execute(self, sql):
        return self.run(BIN / "psql", "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--host", self.work,
                        "--port", self.port, "--username", "ejer", "postgres", text=sql)

    def connection(self, more=""):
        return (f"Driver=PostgreSQL Unicode;Server=127.0.0.1;Port={self.port};Database=postgres;"
                f"UseDeclareFetch=1;Fetch=100{more}")
