"""samkoer-web and the browser that looks at it, for tests: the page's node packages, the
server process, a browser script that can ask for things to happen to the servers."""
import fcntl
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from installation import BIN, ROOT, run  # noqa: E402

SOURCE = ROOT / "clients/web/page"
SCRIPTS = ROOT / "tests/system/web"


def node_folder():
    """The page's sources and packages, installed once a build folder and lock file."""
    lock_file = (SOURCE / "package-lock.json").read_bytes()
    folder = BIN.parent / "web-page" / hashlib.sha256(lock_file).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for path in SOURCE.iterdir():
            if path.name == "src":
                shutil.rmtree(folder / "src", ignore_errors=True)
                shutil.copytree(path, folder / "src")
            elif path.is_file():
                shutil.copy(path, folder)
        for path in SCRIPTS.glob("*.mjs"):
            shutil.copy(path, folder)
        if not (folder / "installed").exists():
            result = run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder)
            assert result.returncode == 0, result.stderr
            (folder / "installed").touch()
    return folder


class Web:
    """A samkoer-web that can be stopped, killed and started again on the same port."""

    def __init__(self, installation, config="web"):
        self.work, self.config = installation.work, installation.work / f"{config}.yaml"
        self.process, self.address = None, None

    def start(self):
        out = self.work / "web.out"
        with open(out, "wb") as stdout, open(self.work / "web.log", "ab") as log:
            self.process = subprocess.Popen([BIN / "samkoer-web", "run", "--config", self.config],
                                            stdout=stdout, stderr=log, cwd=self.work)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            match = re.search(r"^listening on (\S+)$", out.read_text(encoding="utf-8"), re.M)
            if match:
                self.address = match[1]
                config = json.loads(self.config.read_text(encoding="utf-8"))
                config["listen"]["address"] = self.address.removeprefix("https://")
                self.config.write_text(json.dumps(config), encoding="utf-8")
                return self
            assert self.process.poll() is None, self.log()
            time.sleep(0.02)
        raise AssertionError("samkoer-web did not start\n" + self.log())

    def log(self):
        return (self.work / "web.log").read_text(encoding="utf-8")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30) if self.process else 0

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)

    def stand_still(self):
        """Its connections stay open, and nothing comes of them."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)


def browse(script, settings, actions, timeout):
    """Runs a script of tests/system/web with `settings` in its environment. A line "ask: NAME"
    or "ask: NAME ABOUT" of its output runs actions[NAME], with ABOUT if there is one, and is
    answered with what that returns, as JSON.
    What it prints is passed on as it comes. Returns the exit code and what it printed."""
    folder = node_folder()
    environment = {**os.environ, **{name: str(value) for name, value in settings.items()}}
    process = subprocess.Popen(["node", folder / script], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True, cwd=folder, env=environment,
                               start_new_session=True)
    lines, deadline = [], time.monotonic() + timeout
    try:
        for line in process.stdout:
            lines.append(line)
            print(line, end="", flush=True)
            if asked := re.match(r"^ask: ([a-z-]+)(?: (\S+))?$", line.strip()):
                answer = actions[asked[1]](*filter(None, [asked[2]]))
                process.stdin.write(json.dumps(answer) + "\n")
                process.stdin.flush()
            if time.monotonic() > deadline:
                lines.append(f"not done in {timeout} s\n")
                break
        return process.wait(max(1, deadline - time.monotonic())), "".join(lines)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)  # the browser, too: a session of its own
            process.wait()
        process.stdin.close()
        process.stdout.close()
