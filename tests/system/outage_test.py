"""The key service is away, before a push or in the middle of it: the agent says so,
leaves nothing in the clear, and the same push goes through later."""
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import traces  # noqa: E402
from grpc_reader import fields  # noqa: E402
from installation import BIN, Installation, alert_set  # noqa: E402
from push_tap import ELEMENT_BYTES, KeyTap, PushTap  # noqa: E402
from town import BASE, Town  # noqa: E402

AWAY = 69  # EX_UNAVAILABLE
BATCH = 3


class SeeingTap(PushTap):
    """Keeps the pseudonyms that passed."""

    def __init__(self, *arguments):
        self.pseudonyms = set()
        super().__init__(*arguments)

    def message(self, connection, from_client, stream, message):
        if from_client and BATCH in fields(message):
            for record in fields(fields(message)[BATCH][0]).get(2, []):
                self.pseudonyms.add(fields(record)[1][0])
        super().message(connection, from_client, stream, message)


class OutageTest(unittest.TestCase):
    def setUp(self):
        seed = int(os.environ.get("SAMKOER_SEED", random.SystemRandom().randrange(10**9)))
        print(f"SAMKOER_SEED={seed}", flush=True)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.town = Town(folder.name, random.Random(seed), people=2200)
        for digits in self.town.people:
            self.town.cases["familie"][self.town.reference("familie")] = (digits, True)
        self.town.write("familie")
        self.it = Installation(folder.name).__enter__()
        self.addCleanup(self.it.__exit__)
        self.it.start()
        self.it.push(BASE)
        self.state = self.it.work / "state/familie"

    def assert_nothing_in_the_clear(self, pseudonyms=()):
        """No file of the agent holds a number of the export, or a pseudonym."""
        blobs = {str(p): p.read_bytes() for p in self.state.rglob("*") if p.is_file()}
        self.assertTrue(blobs)
        # The search costs time by number; a number in clear would be one of many.
        numbers = sorted({digits for digits, _ in self.town.cases["familie"].values()})[:15]
        self.assertEqual(traces.search(blobs, numbers), [])
        for name, blob in blobs.items():
            self.assertFalse(any(p in blob or p.hex().encode() in blob for p in pseudonyms), name)
        for path in self.state.rglob("*"):
            self.assertEqual(path.stat().st_mode & 0o077, 0, f"{path} is not the agent's alone")

    def goes_through(self):
        self.it.push("familie")
        self.assertEqual(alert_set(self.it.alerts()), self.town.alerts(self.town.cases | {
            d: {} for d in ("jobcenter", "social")}))

    def test_a_key_service_that_is_not_there(self):
        self.it.keyd.kill()
        for _ in range(2):
            result = self.it.try_push("familie")
            self.assertEqual(result.returncode, AWAY, result.stderr)
            self.assertRegex(result.stderr, r"^error: key service")
            self.assertRegex(result.stderr, r"(?m)^hint: ")
            self.assertEqual(result.stdout, "")
            self.assert_nothing_in_the_clear()
        self.assertEqual(alert_set(self.it.alerts()), [])
        self.assertNotIn("push.state", [p.name for p in self.state.iterdir()], "a push was begun")
        self.it.keyd.start()
        self.goes_through()

    def test_a_key_service_that_goes_away_in_the_middle(self):
        tap = KeyTap(self.it.keyd.address, self.it.work / "pki", "keyd", "familie")
        wire = SeeingTap(self.it.matcherd.address, self.it.work / "pki", "matcherd", "familie")
        self.addCleanup(tap.close)
        self.addCleanup(wire.close)
        self.it.edit("agent-familie", lambda c: c.update(
            matcher={"address": wire.address, "server_name": "localhost"},
            key_service={"address": tap.address, "server_name": "localhost"}))

        def kill_after_the_first_batch():
            if tap.answered > 1000:
                self.it.keyd.process.send_signal(signal.SIGKILL)
        tap.on_answer = kill_after_the_first_batch
        result = self.it.try_push("familie")
        self.assertEqual(result.returncode, AWAY, result.stderr)
        self.assertRegex(result.stderr, r"^error: key service")
        self.assertEqual(wire.pseudonyms, set(), "a part was sent")
        self.assertEqual(alert_set(self.it.alerts()), [])
        self.assert_nothing_in_the_clear()
        self.it.keyd.kill()
        self.it.keyd.start()
        tap.on_answer = None
        # What was answered before the outage and came is not asked again.
        info = self.it.agent("familie", "--format", "json", "cache", "info")
        cached = sum(file["entries"] for file in json.loads(info.stdout))
        tap.answered = 0
        self.goes_through()
        self.assertEqual(tap.answered, len(self.town.people) + 1 - cached)  # 1: the self-test
        self.assertGreater(len(wire.pseudonyms), 1000)
        self.assert_nothing_in_the_clear(wire.pseudonyms)


if __name__ == "__main__":
    unittest.main()
