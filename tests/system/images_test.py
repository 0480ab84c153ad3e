"""The images of all roles, built from the packages, and the two servers lived with as the
compose files say, without a network and with a storage of the test's own. Where images
cannot be made or run the test is skipped, and says so (exit code 77)."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from containers_test import FOLDER, compose, containerfile  # noqa: E402
from installation import ROOT, run  # noqa: E402

ROLES = ("keyd", "matcherd", "web", "agent", "audit", "alerts")
# What the images need beside what the compose files say, where a machine gives little.
HERE = ["--cgroup-manager", "cgroupfs"]
LIMITS = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=512:512"]
SKIPPED = 77


class Images(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = pathlib.Path(tempfile.mkdtemp(prefix="samkoer-containers-"))
        cls.addClassCleanup(cls.clean)
        conf = cls.work / "storage.conf"
        conf.write_text(f'[storage]\ndriver = "overlay"\ngraphroot = "{cls.work}/storage"\n'
                        f'runroot = "{cls.work}/run"\n', encoding="utf-8")
        cls.environment = {**os.environ, "CONTAINERS_STORAGE_CONF": str(conf)}
        cls.skip_where_none_can_be_made()
        packages = os.environ.get("SAMKOER_PACKAGES")  # made already
        if not packages:
            packages = cls.work / "packages"
            built = run([ROOT / "deploy/packages/build", "--no-install", packages], timeout=1500)
            assert built.returncode == 0, built.stdout + built.stderr
        cls.roots = cls.work / "roots"
        built = run([FOLDER / "build", "--engine", "buildah", "--roots", cls.roots, packages],
                    env=cls.environment, timeout=1500)
        assert built.returncode == 0, built.stdout + built.stderr
        cls.images = re.findall(r"^localhost/\S+$", built.stdout, re.M)
        assert len(cls.images) == len(ROLES), built.stdout

    @classmethod
    def skip_where_none_can_be_made(cls):
        """In a chroot, say, there is nothing that a layer could be mounted over."""
        tried = cls.work / "tried"
        tried.mkdir()
        (tried / "Containerfile").write_text("FROM scratch\nADD one /\n")
        (tried / "one").touch()
        made = run(["buildah", "bud", "--isolation", "chroot", "--tag", "localhost/tried", tried], env=cls.environment)
        if made.returncode != 0:
            raise unittest.SkipTest("no image can be made on this machine: " + made.stderr.strip()[-300:])

    @classmethod
    def clean(cls):
        cls.podman("rm", "--all", "--force", "--time", "5")
        cls.podman("volume", "rm", "--all", "--force")
        run(["umount", "-q", cls.work / "storage/overlay"])
        shutil.rmtree(cls.work, ignore_errors=True)

    @classmethod
    def podman(cls, *arguments, timeout=120):
        runtime = ["--runtime", "runc"] if shutil.which("runc") else []
        return run(["podman", *HERE, *runtime, *arguments], env=cls.environment, timeout=timeout)

    def ok(self, result):
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result.stdout

    def options(self, name, service):
        """What the compose file says, for podman."""
        what = compose(name)["services"][service]
        said = ["--network", "none", "--user", what["user"], "--read-only", "--read-only-tmpfs=false",
                "--pids-limit", str(what["pids_limit"]), "--ulimit", "nproc=512:512"]
        said += [part for one in what["cap_drop"] for part in ("--cap-drop", one)]
        said += [part for one in what["security_opt"] for part in ("--security-opt", one.replace(":true", ""))]
        said += [part for one, most in what["ulimits"].items() for part in ("--ulimit", f"{one}={most}:{most}")]
        for volume in what["volumes"]:
            source, _, target = volume.partition(":/")
            if source.startswith("$"):  # the variable has a colon, too
                source, target = f"{self.work}/{service}-outside", volume.rsplit(":/", 1)[1]
            elif source.startswith("./"):
                source = f"{self.work}/{source[2:]}"
            said += ["--volume", f"{source}:/{target}"]
        for secret in what["secrets"]:
            said += ["--volume", f"{self.work}/secrets/{secret}:/run/secrets/{secret}:ro"]
        return said

    def prepare(self, service, name, user):
        folder, outside, secrets = (self.work / part for part in (service, f"{service}-outside", "secrets"))
        for path in (folder, outside, secrets):
            path.mkdir(exist_ok=True)
        for arguments in (("ca", folder / "pki", "viborg"), ("server", folder / "pki", service)):
            self.ok(run([ROOT / "deploy/pki", *arguments]))
        text = (ROOT / f"deploy/packages/examples/{service}.yaml").read_text(encoding="utf-8")
        text = re.sub(r'listen: "10\.20\.0\.\d+:', 'listen: "0.0.0.0:', text, count=1)
        text = re.sub(r"checkpoint_file: \S+", "checkpoint_file: /srv/outside/checkpoint", text)
        (folder / "revoked.txt").touch()
        secret = secrets / f"{service}-passphrase"
        secret.write_text("a passphrase of this test alone\n")
        for path in (*folder.rglob("*"), folder, outside, secret):
            os.chown(path, user, user)
        secret.chmod(0o600)
        return folder / f"{service}.yaml", text

    def skip_unless_run(self, started):
        if started.returncode != 0 and re.search(r"OCI|crun|runc|cgroup|not permitted", started.stderr):
            self.skipTest("the images were built and not run: " + started.stderr.strip()[-200:])

    def live(self, service, name, user, metrics, *init):
        image = next(i for i in self.images if f"samkoer-{service}:" in i)
        options = self.options(name, service)
        config = f"/etc/samkoer/{service}.yaml"
        started = self.podman("run", "--rm", *options, image, "init", "--config", config, *init)
        self.skip_unless_run(started)
        self.ok(started)
        for _ in range(2):  # the second time with what the first has left
            self.ok(self.podman("run", "--detach", "--name", service, *options, image))
            for _ in range(120):
                healthy = self.podman("exec", service, *compose(name)["services"][service]["healthcheck"]["test"].split())
                if healthy.returncode == 0:
                    break
                time.sleep(0.5)
            self.assertEqual(healthy.returncode, 0, self.podman("logs", service).stderr)
            wrong = self.podman("exec", service, "samkoer-healthy", "metrics", str(metrics + 1))
            self.assertNotEqual(wrong.returncode, 0)
            status = self.ok(self.podman("exec", service, "cat", "/proc/1/status"))
            self.assertRegex(status, rf"(?m)^Uid:\s+{user}\s+{user}")
            self.assertRegex(status, r"(?m)^CapEff:\s+0+$")
            self.assertRegex(status, r"(?m)^CapBnd:\s+0+$")
            self.assertRegex(status, r"(?m)^NoNewPrivs:\s+1$")
            for place in ("/x", "/tmp/x", "/etc/samkoer/x", "/usr/bin/x"):
                self.assertNotEqual(self.podman("exec", service, "touch", place).returncode, 0, place)
            self.ok(self.podman("stop", "--time", "30", service))
            code = self.ok(self.podman("inspect", service, "--format", "{{.State.ExitCode}}")).strip()
            self.assertEqual(code, "0", "it does not end in order: " + self.podman("logs", service).stderr)
            self.ok(self.podman("rm", service))
        self.assertTrue((self.work / f"{service}-outside/checkpoint").is_file())
        return self.ok(self.podman("run", "--rm", *options, image, "public" if service == "keyd" else "verifier-key",
                                   "--config", config))

    def test_both_servers_live_in_their_containers(self):
        path, text = self.prepare("keyd", "keyd", 64501)
        path.write_text(text, encoding="utf-8")
        public = self.live("keyd", "keyd", 64501, 9444, "--purpose", "ungeindsats", "--fast-unlock")
        [(epoch, key, test)] = re.findall(
            r'epoch: (\d+)\s+public_key: "?([A-Za-z0-9+/=]+)"?\s+self_test: "?([A-Za-z0-9+/=]+)', public)
        path, text = self.prepare("matcherd", "matcher", 64502)
        path.write_text(text.replace("oprf_keys: []", f"oprf_keys: [{{epoch: {epoch}, public_key: '{key}', "
                                     f"self_test: '{test}'}}]"), encoding="utf-8")
        shutil.copy(ROOT / "deploy/municipalities/viborg/policy.yaml", path.parent)
        self.live("matcherd", "matcher", 64502, 9443, "--fast-unlock")

    def test_every_image_runs_its_program_as_its_user(self):
        for image in self.images:
            with self.subTest(image):
                role = re.search(r"samkoer-(\w+):", image)[1]
                said = self.podman("run", "--rm", "--network", "none", "--read-only", "--cap-drop", "ALL", *LIMITS, image,
                                   "--version")
                self.skip_unless_run(said)
                self.assertRegex(self.ok(said), r"\d+\.\d+\.\d+")
                # The folder that it works in is its own.
                user = self.ok(self.podman("run", "--rm", "--network", "none", *LIMITS, "--entrypoint", "/usr/bin/stat",
                                           image, "-c", "%u:%g", "."))
                self.assertEqual(user.strip(), dict(containerfile(role))["USER"])

    def test_an_image_holds_the_package_and_no_way_to_get_more(self):
        for role in ROLES:
            names = subprocess.run(["tar", "tf", self.roots / f"samkoer-{role}.tar"], capture_output=True, text=True,
                                   check=True).stdout.splitlines()
            self.assertIn(f"./usr/bin/samkoer-{role}", names)
            self.assertEqual([n for n in names if re.search(r"bin/(apt|curl|wget|gcc|python3|perl5)$", n)], [])
            self.assertEqual([n for n in names if "samkoer" in n and n.startswith("./etc/samkoer/")],
                             ["./etc/samkoer/"])


if __name__ == "__main__":
    done = unittest.main(exit=False).result
    sys.exit(1 if not done.wasSuccessful() else SKIPPED if done.skipped else 0)
