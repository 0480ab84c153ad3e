#!/usr/bin/env python3
"""The bill of materials of a program as it was built: an SPDX 2.3 document.

usage: sbom.py BUILD_FOLDER OUT_FOLDER VERSION PROGRAM...

For each program OUT_FOLDER/PROGRAM.spdx.json names, with Debian's versions:
what it is linked with (DYNAMIC_LINK), what those need in turn (DEPENDS_ON),
whose headers were compiled into it (BUILD_DEPENDENCY_OF), and the tools that
made it (BUILD_TOOL_OF); samkoer-web also what its page is bundled of, from npm's
lock file (CONTAINS). Nothing is guessed: libraries are read from the program,
headers from what the compiler read. Equal programs on equal machines give equal
bytes; the date is SOURCE_DATE_EPOCH's.
"""
import base64
import datetime
import functools
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

NEEDED = re.compile(r"^\s+NEEDED\s+(\S+)$", re.MULTILINE)
LOADED = re.compile(r"^\s+(\S+) => (/\S+)", re.MULTILINE)
TOOLS = ("g++", "cmake", "protobuf-compiler", "protobuf-compiler-grpc")
PAGE = pathlib.Path(__file__).resolve().parents[2] / "clients/web/page/package-lock.json"


def output(*command):
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, check=True).stdout


def owners(paths):
    """The Debian packages that files belong to; "" stands for nobody's."""
    wanted = {}
    for path in paths:
        real = os.path.realpath(path)
        # dpkg knows files by where they were before /lib and /usr/lib became one.
        for name in (path, real, real.removeprefix("/usr"), "/usr" + real):
            wanted.setdefault(name, path)
    found, names = {}, sorted(wanted)
    for start in range(0, len(names), 1000):
        # It fails where it does not know a name, and says what it knows all the same.
        told = subprocess.run(["dpkg-query", "-S", *names[start:start + 1000]],
                              capture_output=True, text=True, check=False).stdout
        for line in told.splitlines():
            package, _, name = line.rpartition(": ")
            if name in wanted and not line.startswith("diversion "):
                found[wanted[name]] = package.split(",")[0]
    return {found.get(path, "") for path in paths}


@functools.cache
def installed(package):
    form = "${Package}\t${Version}\t${Architecture}\t${source:Package}\t${Homepage}\n"
    found = subprocess.run(["dpkg-query", "-W", "-f", form, package], capture_output=True, text=True, check=False)
    return found.stdout.split("\n")[0].split("\t") if found.returncode == 0 else None


def identifier(text):
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", text)


def debian(package):
    name, version, architecture, source, homepage = installed(package)
    return {
        "SPDXID": identifier(f"deb-{name}"),
        "name": name,
        "versionInfo": version,
        "supplier": "Organization: Debian",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NOASSERTION",
        "copyrightText": "NOASSERTION",
        "comment": f"Licences: /usr/share/doc/{name}/copyright",
        **({"homepage": homepage} if homepage else {}),
        "externalRefs": [{
            "referenceCategory": "PACKAGE-MANAGER",
            "referenceType": "purl",
            "referenceLocator": f"pkg:deb/debian/{name}@{version.replace('+', '%2B').replace(':', '%3A')}"
                                f"?arch={architecture}&upstream={source}&distro=bookworm",
        }],
    }


def bundled():
    """What the page that is compiled into samkoer-web is made of, as npm locked it."""
    modules = json.loads(PAGE.read_text(encoding="utf-8"))["packages"]
    for place, module in sorted(modules.items()):
        if not place or module.get("dev"):
            continue
        name = place.rpartition("node_modules/")[2]
        algorithm, _, digest = module["integrity"].partition("-")
        yield {
            "SPDXID": identifier(f"npm-{name}"),
            "name": name,
            "versionInfo": module["version"],
            "supplier": "NOASSERTION",
            "downloadLocation": "NOASSERTION",
            "filesAnalyzed": False,
            "checksums": [{"algorithm": algorithm.upper(), "checksumValue": base64.b64decode(digest).hex()}],
            "licenseConcluded": "NOASSERTION",
            "licenseDeclared": module["license"],
            "copyrightText": "NOASSERTION",
            "comment": "Of the package only what the page uses; /usr/share/doc/samkoer-web/copyright has the licences.",
            "externalRefs": [{
                "referenceCategory": "PACKAGE-MANAGER",
                "referenceType": "purl",
                "referenceLocator": f"pkg:npm/{name.replace('@', '%40')}@{module['version']}",
            }],
        }


def headers_by_object(build):
    """Which files the compiler read, by object."""
    read, current = {}, None
    for line in output("ninja", "-C", build, "-t", "deps").splitlines():
        if line.startswith("    "):
            path = line.strip()
            if path.startswith("/usr/"):
                read[current].append(path)
        elif ": #deps" in line:
            current = line.split(": #deps")[0]
            read[current] = []
    return read


def compiled_in(build, program, read):
    inputs = output("ninja", "-C", build, "-t", "inputs", f"bin/{program}").splitlines()
    return owners({path for name in inputs for path in read.get(name.strip(), ())}) - {""}


def digest_as_installed(path):
    """Of the program without what the package leaves out: debug information names the folder of the build."""
    with tempfile.TemporaryDirectory() as folder:
        stripped = pathlib.Path(folder) / path.name
        output("strip", "-o", stripped, path)
        return hashlib.sha256(stripped.read_bytes()).hexdigest()


def document(build, program, version, read):
    path = pathlib.Path(build) / "bin" / program
    digest = digest_as_installed(path)
    root = {
        "SPDXID": identifier(program),
        "name": program,
        "versionInfo": version,
        "supplier": "Organization: Samkør",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "primaryPackagePurpose": "APPLICATION",
        "checksums": [{"algorithm": "SHA256", "checksumValue": digest}],
        "licenseConcluded": "MPL-2.0",
        "licenseDeclared": "MPL-2.0",
        "copyrightText": "NOASSERTION",
        "comment": f"The checksum is that of /usr/bin/{program} as the package installs it.",
    }
    packages, relations = {}, []

    def relate(package, how, reverse=False):
        entry = debian(package)
        packages[entry["SPDXID"]] = entry
        pair = (entry["SPDXID"], root["SPDXID"]) if reverse else (root["SPDXID"], entry["SPDXID"])
        relations.append({"spdxElementId": pair[0], "relationshipType": how, "relatedSpdxElement": pair[1]})

    loaded = dict(LOADED.findall(output("ldd", path)))
    direct = owners({loaded[name] for name in NEEDED.findall(output("objdump", "-p", path)) if name in loaded})
    beyond = owners(set(loaded.values())) - direct
    for how, names, reverse in (
        ("DYNAMIC_LINK", direct, False),
        ("DEPENDS_ON", beyond, False),
        ("BUILD_DEPENDENCY_OF", compiled_in(build, program, read), True),
        ("BUILD_TOOL_OF", {tool for tool in TOOLS if installed(tool)}, True),
    ):
        if "" in names:
            raise SystemExit(f"error: {program} is linked with a library that no Debian package owns")
        for name in sorted(names):
            relate(name, how, reverse)
    for entry in bundled() if program == "samkoer-web" else ():
        packages[entry["SPDXID"]] = entry
        relations.append({"spdxElementId": root["SPDXID"], "relationshipType": "CONTAINS",
                          "relatedSpdxElement": entry["SPDXID"]})
    created = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"{program}-{version}",
        "documentNamespace": f"https://samkoer.example/spdx/{program}-{version}-{digest}",
        "creationInfo": {
            "created": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "creators": ["Organization: Samkør", "Tool: samkoer-sbom-1"],
        },
        "packages": [root, *(packages[key] for key in sorted(packages))],
        "relationships": [
            {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES",
             "relatedSpdxElement": root["SPDXID"]},
            *relations,
        ],
    }


def main():
    if len(sys.argv) < 5 or "SOURCE_DATE_EPOCH" not in os.environ:
        raise SystemExit(__doc__)
    build, out, version, *programs = sys.argv[1:]
    read = headers_by_object(build)
    for program in programs:
        text = json.dumps(document(build, program, version, read), indent=1, ensure_ascii=False)
        (pathlib.Path(out) / f"{program}.spdx.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
