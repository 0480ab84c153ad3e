"""Runs the conformance kit as an adapter's author does."""
import json
import os
import pathlib
import shlex
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from installation import ROOT, run  # noqa: E402

KIT = ROOT / "tests/conformance/run"


def faults(command, *arguments, environment=None):
    """Scenario -> what the kit found wrong; the exit code must say the same."""
    result = run([KIT, "--adapter", shlex.join(map(str, command)), "--format", "json", "--seconds", "300", *arguments],
                 env={**os.environ, **(environment or {})}, timeout=800)
    assert result.returncode in (0, 1), result.stderr
    found = {entry["scenario"]: entry["faults"] for entry in json.loads(result.stdout)}
    assert (result.returncode == 1) == any(found.values())
    return found
