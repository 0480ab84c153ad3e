"""The container files: what they promise, read; and the two servers' images, built from the
packages and lived with as the compose files say, without a network and with a storage of
the test's own. Says so where containers cannot be run."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from installation import ROOT, run  # noqa: E402

FOLDER = ROOT / "deploy/containers"
COMPOSE = ("keyd", "matcher", "department")
VARIABLES = {"SAMKOER_VERSION": "0.1.0-1", "SAMKOER_ADDRESS": "127.0.0.1", "SAMKOER_OUTSIDE": "/srv/x",
             "SAMKOER_EXPORTS": "/srv/y"}
# What the images need beside what the compose files say, where a machine gives little.
HERE = ["--cgroup-manager", "cgroupfs"]


def compose(name):
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def services():
    for name in COMPOSE:
        for service, what in compose(name)["services"].items():
            yield name, service, what


def containerfile(role):
    lines = (FOLDER / f"{role}.Containerfile").read_text(encoding="utf-8").splitlines()
    return [tuple(line.split(None, 1)) for line in lines if line and not line.startswith("#")]


class ContainerFiles(unittest.TestCase):
    def test_every_image_runs_as_nobody_in_particular_with_the_package_alone(self):
        numbers = dict(re.findall(r"\[(\w+)\]=(\d+)", (FOLDER / "build").read_text(encoding="utf-8")))
        roles = {path.name.split(".")[0] for path in FOLDER.glob("*.Containerfile")}
        self.assertEqual(roles, set(numbers))
        self.assertEqual(len(set(numbers.values())), len(numbers))
        for role in roles:
            with self.subTest(role):
                steps = containerfile(role)
                words = dict(steps)
                self.assertEqual(steps[0], ("FROM", "scratch"))
                self.assertEqual([rest for word, rest in steps if word == "ADD"], ["root.tar /"])
                self.assertNotIn("RUN", words)
                self.assertEqual(words["USER"], f"{numbers[role]}:{numbers[role]}")
                self.assertEqual(words["ENTRYPOINT"], f'["/usr/bin/samkoer-{role}"]')
                self.assertTrue(words["CMD"].startswith("["), "a shell in between would take the signals")

    def test_every_service_is_closed_and_listens_where_it_must(self):
        seen, ports = set(), {}
        for name, service, what in services():
            with self.subTest(service):
                role = re.fullmatch(r"localhost/samkoer-(\w+):\$\{SAMKOER_VERSION:\?[^}]+\}", what["image"])[1]
                seen.add(role)
                self.assertEqual(what["user"], dict(containerfile(role))["USER"])
                self.assertIs(what["read_only"], True)
                self.assertEqual(what["cap_drop"], ["ALL"])
                self.assertEqual(what["security_opt"], ["no-new-privileges:true"])
                self.assertIn("pids_limit", what)
                self.assertEqual(what["ulimits"]["core"], 0)
                self.assertRegex(what["restart"], r"^on-failure:\d$")
                self.assertFalse({"privileged", "cap_add", "network_mode", "pid", "ipc", "devices"} & set(what))
                self.assertTrue(what["healthcheck"]["test"].startswith("samkoer-"))
                for volume in what["volumes"]:
                    if ":/etc/samkoer" in volume:
                        self.assertTrue(volume.endswith(":ro"), volume)
                self.assertFalse([v for v in what.get("environment", []) if "pass" in v.lower()])
                exposed = dict(containerfile(role)).get("EXPOSE")
                published = what.get("ports", [])
                self.assertEqual(len(published), 1 if exposed else 0)
                for port in published:
                    self.assertRegex(port, r"^\$\{SAMKOER_ADDRESS:\?[^}]+\}:(\d+):\1$")
                    self.assertTrue(port.endswith(f":{exposed}"))
                    ports[service] = exposed
                for secret in what.get("secrets", []):
                    self.assertEqual(compose(name)["secrets"][secret], {"file": f"./secrets/{secret}"})
        self.assertEqual(seen, {"keyd", "matcherd", "web", "agent"})
        # Whoever has both can undo the pseudonyms.
        self.assertFalse([n for n in COMPOSE if {"keyd", "matcherd"} <= set(compose(n)["services"])])
        rules = (ROOT / "deploy/firewall/samkoer.nft").read_text(encoding="utf-8")
        for port in ports.values():
            self.assertRegex(rules, rf"\b{port}\b")

    def test_podman_compose_reads_the_files(self):
        if run(["podman", "info"]).returncode != 0:
            self.skipTest("podman does not work on this machine")
        with tempfile.TemporaryDirectory() as folder:
            for name in COMPOSE:
                shutil.copy(FOLDER / f"{name}.yaml", folder)
                read = run(["podman-compose", "-f", f"{name}.yaml", "--dry-run", "up"], cwd=folder,
                           env={**os.environ, **VARIABLES})
                for service, what in compose(name)["services"].items():
                    created = re.search(rf"^podman create --name=\S+_{service}_1 .*$", read.stdout + read.stderr, re.M)
                    self.assertTrue(created, read.stdout + read.stderr)
                    for option in ("--read-only", "--cap-drop ALL", "--security-opt no-new-privileges:true",
                                   f"-u {what['user']}"):
                        self.assertIn(f" {option} ", created[0])
            unset = run(["podman-compose", "-f", "keyd.yaml", "--dry-run", "up"], cwd=folder,
                        env={k: v for k, v in {**os.environ, **VARIABLES}.items() if k != "SAMKOER_ADDRESS"})
            self.assertNotEqual(unset.returncode, 0, "published on every address")


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
        built = run([FOLDER / "build", "--engine", "buildah", "--roots", cls.roots, packages, "keyd", "matcherd"],
                    env=cls.environment, timeout=900)
        assert built.returncode == 0, built.stdout + built.stderr
        cls.images = re.findall(r"^localhost/\S+$", built.stdout, re.M)
        assert len(cls.images) == 2, built.stdout

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

    def live(self, service, name, user, metrics, *init):
        image = next(i for i in self.images if f"samkoer-{service}:" in i)
        options = self.options(name, service)
        config = f"/etc/samkoer/{service}.yaml"
        started = self.podman("run", "--rm", *options, image, "init", "--config", config, *init)
        if re.search(r"OCI|crun|runc|cgroup|not permitted", started.stderr):
            self.skipTest("the images were built and not run: " + started.stderr.strip()[-200:])
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

    def test_an_image_holds_the_package_and_no_way_to_get_more(self):
        for role in ("keyd", "matcherd"):
            names = subprocess.run(["tar", "tf", self.roots / f"samkoer-{role}.tar"], capture_output=True, text=True,
                                   check=True).stdout.splitlines()
            self.assertIn(f"./usr/bin/samkoer-{role}", names)
            self.assertEqual([n for n in names if re.search(r"bin/(apt|curl|wget|gcc|python3|perl5)$", n)], [])
            self.assertEqual([n for n in names if "samkoer" in n and n.startswith("./etc/samkoer/")],
                             ["./etc/samkoer/"])


if __name__ == "__main__":
    unittest.main()
