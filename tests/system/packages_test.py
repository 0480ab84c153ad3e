"""The Debian packages: made, checked by lintian, and lived with in a clean root.

The clean root is made by mmdebstrap, with nothing but Debian's own packages that
ours depend on, and is gone when the test ends.
"""
import hashlib
import json
import pathlib
import re
import shutil
import subprocess
import tarfile
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCENARIO = ROOT / "tests/system/packages_scenario.sh"
PROGRAMS = ("agent", "keyd", "matcherd", "alerts", "audit", "web")
OLD_VERSION = "0.0.1"
MOST_EXPOSURE = 15  # tenths, as systemd-analyze's --threshold
STEPS = ("installed", "initialised with the packaged example", "the first release's data is read",
         "upgraded with the data in place",
         "downgrade of each refused with a reason", "removed, the data kept", "purged")


def run(command, **options):
    options.setdefault("timeout", 800)
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False, **options)


def field(package, name):
    return run(["dpkg-deb", "-f", package, name]).stdout.strip()


class Packages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = pathlib.Path(tempfile.mkdtemp(prefix="samkoer-packages-"))
        cls.addClassCleanup(shutil.rmtree, cls.work, ignore_errors=True)
        for folder, arguments in (("new", []), ("old", ["--version", OLD_VERSION])):
            built = run([ROOT / "deploy/packages/build", "--no-install", *arguments, cls.work / folder])
            if built.returncode != 0:
                raise AssertionError(built.stdout + built.stderr)
        cls.packages = sorted((cls.work / "new").glob("*.deb"))

    def test_there_is_a_package_a_role_and_it_names_what_it_needs(self):
        self.assertEqual([field(p, "Package") for p in self.packages], sorted(f"samkoer-{p}" for p in PROGRAMS))
        for package in self.packages:
            self.assertIn("libgrpc++", field(package, "Depends"), package.name)

    def test_the_bill_of_materials_names_what_each_program_needs(self):
        for package in self.packages:
            name = field(package, "Package")
            text = (self.work / "new" / f"{name}.spdx.json").read_text(encoding="utf-8")
            bill = json.loads(text)
            self.assertEqual(bill["spdxVersion"], "SPDX-2.3")
            known = {p["SPDXID"]: p for p in bill["packages"]}
            self.assertEqual(len(known), len(bill["packages"]), "an identifier stands twice")
            for relation in bill["relationships"]:
                for end in ("spdxElementId", "relatedSpdxElement"):
                    self.assertTrue(relation[end] in known or relation[end] == "SPDXRef-DOCUMENT", relation)
            linked = {known[r["relatedSpdxElement"]]["name"] for r in bill["relationships"]
                      if r["relationshipType"] == "DYNAMIC_LINK"}
            provided = run(["dpkg-query", "-W", "-f", "${Provides}, ", *linked]).stdout
            linked |= {entry.split()[0] for entry in provided.split(",") if entry.strip()}
            # What the package depends on was found by another program, dpkg-shlibdeps.
            depends = {d.split()[0] for d in field(package, "Depends").replace("|", ",").split(",")}
            self.assertEqual({d for d in depends if d.startswith("lib")} - linked, set(), name)
            listed = run(["dpkg-deb", "-c", package]).stdout
            self.assertIn(f"./usr/share/doc/{name}/sbom.spdx.json", listed)
            # What an operator can compare with what is installed, whoever built it and where.
            program = self.unpacked(name.removeprefix("samkoer-")) / "usr/bin" / name
            self.assertEqual(known[bill["relationships"][0]["relatedSpdxElement"]]["checksums"],
                             [{"algorithm": "SHA256", "checksumValue": hashlib.sha256(program.read_bytes()).hexdigest()}])

    def test_the_pages_bundle_stands_in_its_bill_and_its_licences_in_the_package(self):
        locked = json.loads((ROOT / "clients/web/page/package-lock.json").read_text(encoding="utf-8"))["packages"]
        shipped = {f"pkg:npm/{place.rpartition('node_modules/')[2]}@{module['version']}"
                   for place, module in locked.items() if place and not module.get("dev")}
        self.assertTrue({"pkg:npm/preact@", "pkg:npm/dkfds@", "pkg:npm/d3-scale@"} <=
                        {purl.split("@")[0] + "@" for purl in shipped}, shipped)
        for package in self.packages:
            name = field(package, "Package")
            bill = json.loads((self.work / "new" / f"{name}.spdx.json").read_text(encoding="utf-8"))
            contained = {r["relatedSpdxElement"] for r in bill["relationships"] if r["relationshipType"] == "CONTAINS"}
            purls = {p["externalRefs"][0]["referenceLocator"] for p in bill["packages"] if p["SPDXID"] in contained}
            self.assertEqual(purls, shipped if name == "samkoer-web" else set(), name)
        tree = self.unpacked("web")
        told = (tree / "usr/share/doc/samkoer-web/copyright").read_text(encoding="utf-8")
        for holder in ("Jason Miller", "Mike Bostock", "Danish Business Authority"):
            self.assertIn(holder, told)
        for purl in shipped:
            self.assertIn(purl[len("pkg:npm/"):].split("@")[0], told)

    def unpacked(self, role):
        tree = self.work / f"tree-{role}"
        if not tree.exists():
            package = next(p for p in self.packages if f"samkoer-{role}_" in p.name)
            self.assertEqual(run(["dpkg-deb", "-x", package, tree]).returncode, 0)
        return tree

    def test_what_the_packages_refer_to_is_in_them(self):
        for role in PROGRAMS:
            tree = self.unpacked(role)
            doc = tree / f"usr/share/doc/samkoer-{role}"
            for name in ("docs/installation.md", "docs/operations.md", "docs/agent.md", "docs/runbooks/server-down.md",
                         "docs/da/databeskyttelse.md", "proto/samkoer/v1/server_config.proto"):
                self.assertTrue((doc / name).is_file(), f"{role}: {name}")
            # Where examples and units point to.
            pointing = [*(doc / "examples").rglob("*.yaml"), *tree.glob("lib/systemd/system/*"),
                        *tree.glob("usr/lib/systemd/system/*")]
            for path in pointing:
                for target in re.findall(r"\b((?:docs|proto)/[\w/-]+\.(?:md|proto))", path.read_text(encoding="utf-8")):
                    self.assertTrue((doc / target).is_file(), f"{path.relative_to(tree)} names {target}")
                for program in re.findall(r"(/usr/lib/samkoer-\w+/[\w-]+)", path.read_text(encoding="utf-8")):
                    self.assertTrue((tree / program[1:]).is_file(), f"{path.relative_to(tree)} names {program}")
            # Links between the guides.
            for path in (doc / "docs").rglob("*.md"):
                for target in re.findall(r"\]\(([^)#:]+\.md)", path.read_text(encoding="utf-8")):
                    if not target.startswith("../tests"):  # of the source
                        self.assertTrue((path.parent / target).exists(), f"{path.relative_to(tree)} links to {target}")
        for role in ("keyd", "matcherd"):
            tree = self.unpacked(role)
            for name in ("pki", "backup-drill"):
                said = run([tree / f"usr/lib/samkoer-{role}/{name}", "--help"])
                self.assertTrue(said.returncode == 0 and said.stdout.startswith(f"usage: {name}"), said.stderr)
            doc = tree / f"usr/share/doc/samkoer-{role}"
            self.assertTrue((doc / "monitoring/alert-rules.yaml").is_file())
        self.assertTrue((self.unpacked("web") / "usr/share/doc/samkoer-web/docs/da/billeder").is_dir())

    def test_packing_again_gives_the_same_bytes(self):
        again = self.work / "again"
        built = run([ROOT / "deploy/packages/build", "--no-install", again])
        self.assertEqual(built.returncode, 0, built.stdout + built.stderr)
        for package in self.packages:
            self.assertEqual(package.read_bytes(), (again / package.name).read_bytes(), package.name)

    def test_lintian_finds_no_errors(self):
        for package in self.packages:
            checked = run(["lintian", "--allow-root", "--fail-on", "error", package])
            self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)

    def test_every_command_that_help_names_is_in_man_page_and_completion(self):
        tree = self.unpacked("audit")
        page = run(["zcat", tree / "usr/share/man/man1/samkoer-audit.1.gz"]).stdout.replace("\\", "")
        completion = (tree / "usr/share/bash-completion/completions/samkoer-audit").read_text(encoding="utf-8")
        for command in ("verify", "person erase", "kek rotate"):
            self.assertIn(f".SS samkoer-audit {command}\n", page)
            self.assertIn(f'    "{command}")', completion)
        asked = run(["bash", "-c", f"source {tree}/usr/share/bash-completion/completions/samkoer-audit; "
                     "COMP_WORDS=(samkoer-audit person er); COMP_CWORD=2; _samkoer_audit; echo ${COMPREPLY[@]}"])
        self.assertEqual(asked.stdout.split(), ["erase"], asked.stderr)

    def test_no_unit_is_more_exposed_than_allowed(self):
        units = sorted((ROOT / "deploy/systemd").glob("*.service"))
        self.assertGreaterEqual(len(units), 3)
        for unit in units:
            checked = run(["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSURE}", unit])
            self.assertEqual(checked.returncode, 0, checked.stdout[-500:] + checked.stderr)

    def test_every_service_that_stays_has_a_journal_with_limits(self):
        for unit in sorted((ROOT / "deploy/systemd").glob("*.service")):
            if re.search(r"-(backup|drill|pki)\.service$", unit.name):
                continue
            namespace = re.search(r"^LogNamespace=(\S+)$", unit.read_text(encoding="utf-8"), re.M)
            self.assertTrue(namespace, unit.name)
            role = namespace[1].removeprefix("samkoer-")
            tree = self.unpacked({"witness": "audit"}.get(role, role))
            found = [p for p in tree.rglob("*.conf") if p.parent.name == f"journald@{namespace[1]}.conf.d"]
            self.assertEqual(len(found), 1, unit.name)
            self.assertIn("SystemMaxUse=", found[0].read_text(encoding="utf-8"))

    def test_a_package_is_installed_upgraded_not_downgraded_removed_and_purged(self):
        inside = self.work / "inside"
        inside.mkdir()
        pki = inside / "pki"
        for arguments in (("ca", pki, "viborg"), ("server", pki, "keyd")):
            made = run([ROOT / "deploy/pki", *arguments])
            self.assertEqual(made.returncode, 0, made.stderr)
        for folder in ("new", "old"):
            shutil.copytree(self.work / folder, inside / folder)
        shutil.copy(SCENARIO, inside / "scenario.sh")
        with tarfile.open(ROOT / "tests/compat/1/installation.tar.xz") as archive:
            archive.extractall(inside / "recorded")
        needed = {re.split(r"[ (|]", entry.strip())[0]
                  for package in self.packages for entry in field(package, "Depends").split(",")}
        lived = run(["mmdebstrap", "--quiet", "--variant=minbase", "--include=" + ",".join(sorted(needed)),
                     f"--customize-hook=copy-in {inside} /opt",
                     '--customize-hook=chroot "$1" sh /opt/inside/scenario.sh /opt/inside >&2',
                     "bookworm", "/dev/null"])
        said = re.findall(r"^ok: (.*)$", lived.stdout + lived.stderr, re.M)
        self.assertEqual(said, list(STEPS), lived.stdout + lived.stderr)
        self.assertEqual(lived.returncode, 0, lived.stderr)


if __name__ == "__main__":
    unittest.main()
