"""A Debian root of the test's own, booted: systemd as process 1 in namespaces of its own,
with a network that has nothing but itself."""
import os
import pathlib
import shutil
import subprocess
import time

PATIENCE = 120
# The first process: a control group for all of it, then the namespaces, then systemd.
OUTER = r"""
set -e
mount --make-rprivate /
mkdir "$1/cgroup"
mount -t cgroup2 none "$1/cgroup"
mkdir "$1/cgroup/$2"
echo $$ >"$1/cgroup/$2/cgroup.procs"
exec unshare --mount --uts --ipc --net --pid --cgroup --fork --kill-child bash -c "$3" inner "$1/root" "$4"
"""
INNER = r"""
set -e
root=$1
hostname fresh
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount -t cgroup2 none "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for node in null zero full random urandom tty; do
  touch "$root/dev/$node"
  mount --bind "/dev/$node" "$root/dev/$node"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
ip link set lo up
for address in $2; do ip address add "$address/32" dev lo; done
cd "$root"
pivot_root . .
umount -l .
# Credentials reach a unit through a mount that must show here, too.
mount --make-rshared /
exec env -i container=samkoer-test PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --show-status=no
"""


def possible():
    """None, or why nothing can be booted here."""
    tried = subprocess.run(
        ["unshare", "--mount", "--net", "--pid", "--cgroup", "--fork", "bash", "-c",
         "mount --make-rprivate / && mount -t cgroup2 none /mnt && test -w /mnt/cgroup.procs"],
        capture_output=True, text=True, check=False, timeout=30)
    return None if tried.returncode == 0 else tried.stderr.strip() or "no control groups of version 2"


class BootedRoot:
    """Use as a context manager. `work` is an empty folder; `addresses` are the machine's."""

    def __init__(self, work, addresses=()):
        self.work, self.root, self.addresses = pathlib.Path(work), pathlib.Path(work) / "root", addresses
        self.process = self.init = None
        self.group = f"samkoer-test-{os.getpid()}"

    def make(self, packages):
        """Debian 12 with these packages and what they depend on."""
        made = subprocess.run(
            ["mmdebstrap", "--quiet", "--variant=minbase", "--format=directory",
             "--include=" + ",".join(sorted({"systemd", "systemd-sysv", *packages})), "bookworm", self.root],
            capture_output=True, text=True, check=False, timeout=1500)
        if made.returncode != 0:
            raise AssertionError(made.stderr)
        (self.root / "etc/machine-id").write_text("0123456789abcdef0123456789abcdef\n", encoding="ascii")

    def __enter__(self):
        try:
            self.boot()
        except BaseException:
            self.__exit__()
            raise
        return self

    def boot(self):
        self.console = open(self.work / "console", "wb")
        self.process = subprocess.Popen(
            ["unshare", "--mount", "bash", "-c", OUTER, "outer", self.work, self.group, INNER,
             " ".join(self.addresses)],
            stdin=subprocess.DEVNULL, stdout=self.console, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.process.poll() is None:
            self.init = self.find_init()
            if self.init is not None:
                break
            time.sleep(0.05)
        if self.init is None:
            raise AssertionError("not booted: " + (self.work / "console").read_text(errors="replace"))
        while time.monotonic() < deadline:
            state = self.run("systemctl is-system-running").stdout.strip()
            if state in ("running", "degraded"):
                return
            time.sleep(0.2)
        raise AssertionError("not booted: " + self.run("systemctl list-jobs; systemctl --failed").stdout)

    def find_init(self):
        """The process that is number 1 in there, once it is systemd."""
        try:
            for child in pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split():
                if os.readlink(f"/proc/{child}/exe").endswith("/systemd"):
                    return int(child)
        except FileNotFoundError:  # of those before it, which come and go
            pass
        return None

    def run(self, script, timeout=600):
        """As root on a terminal of that machine, but without one."""
        return subprocess.run(
            ["nsenter", f"--target={self.init}", "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--root",
             "env", "-i", "HOME=/root", "LC_ALL=C.UTF-8", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "bash",
             "-euo", "pipefail", "-c", f"cd /root\n{script}"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=timeout)

    def ok(self, script, timeout=600):
        done = self.run(script, timeout)
        if done.returncode != 0:
            raise AssertionError(f"{script}\n{done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def __exit__(self, *unused):
        if self.process:
            self.process.kill()  # and with it all that it has started
            self.process.wait(30)
            self.console.close()
        # Its mounts went with its namespace; the empty control groups did not.
        cgroup = self.work / "cgroup"
        if cgroup.exists():
            subprocess.run(["unshare", "--mount", "bash", "-c",
                            'mount --make-rprivate / && mount -t cgroup2 none "$1" && for try in 1 2 3 4 5; do '
                            'find "$1/$2" -depth -type d -exec rmdir {} + && break; sleep 1; done',
                            "clean", cgroup, self.group], capture_output=True, check=False, timeout=60)
        shutil.rmtree(self.work, ignore_errors=True)
        return False
