"""The container files: what they promise, read. The images: images_test.py."""
import os
import pathlib
import re
import shutil
import sys
import tempfile
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from installation import ROOT, run  # noqa: E402

FOLDER = ROOT / "deploy/containers"
COMPOSE = ("keyd", "matcher", "department", "witness")
VARIABLES = {"SAMKOER_VERSION": "0.1.0-1", "SAMKOER_ADDRESS": "127.0.0.1", "SAMKOER_OUTSIDE": "/srv/x",
             "SAMKOER_EXPORTS": "/srv/y"}


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
        self.assertEqual(seen, {"keyd", "matcherd", "web", "agent", "audit"})
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


if __name__ == "__main__":
    unittest.main()
