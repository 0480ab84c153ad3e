"""Nothing of an erased person can be read: not in the store, its write-ahead log and every
table file, not in a copy made before, with the keys as they are after the next rotation;
and everybody else's can. Read by store_reader.py, which knows the format from its page.
"""
import os
import pathlib
import random
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import store_reader  # noqa: E402
from installation import Installation, alert_set  # noqa: E402
from town import BASE, Town  # noqa: E402

PASSPHRASE = b"a passphrase of this test alone"
DEPARTMENTS = (BASE, "familie")


class Contents:
    """What can be read of a folder of the store with some keys."""

    def __init__(self, folder, keys):
        self.plain, self.closed = [], 0  # (key, plaintext); how many sealed values do not open
        for _, key, value in store_reader.pairs(folder):
            if not store_reader.is_sealed(key, value):
                continue
            plain = store_reader.opened(keys, key, value)
            if plain is None:
                self.closed += 1
            else:
                self.plain.append((key, plain))
        self.data_keys = {data_key for key, plain in self.plain if key[:1] == b"K"
                          for data_key in store_reader.persons(key, plain).values()}
        self.records = [record for key, plain in self.plain if key[:1] == b"S"
                        for record in store_reader.records(plain)]
        self.alerts = [entry for key, plain in self.plain if key[:1] == b"F"
                       for entry in store_reader.alerts(key, plain)]
        self.dictionaries = dict(found for found in (store_reader.dictionary(*pair) for pair in self.plain) if found)

    def references(self, data_key):
        """The case references that a data key opens, of any version of any record."""
        found = {store_reader.case_ref(data_key, fingerprint, content) for fingerprint, _, content in self.records}
        return found - {None}

    def alerts_of(self, data_key):
        found = (store_reader.alert(data_key, self.dictionaries, *entry) for entry in self.alerts)
        return [a for a in found if a is not None]

    def holds(self, needle):
        """The tables in which a plaintext holds the bytes."""
        return sorted({chr(key[0]) for key, plain in self.plain if needle in plain})


class ErasureProofTest(unittest.TestCase):
    def setUp(self):
        seed = int(os.environ.get("SAMKOER_SEED", random.SystemRandom().randrange(10**9)))
        print(f"SAMKOER_SEED={seed}", flush=True)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.town = Town(folder.name, random.Random(seed), people=12)
        self.citizen = self.town.people[0]
        self.town.cases["familie"] = {self.town.reference("familie"): (number, True)
                                      for number in self.town.people[:3]}
        for department in DEPARTMENTS:
            # Long enough that random bytes do not hold them.
            self.town.cases[department] = {
                f"{department}-borgerens-egen-sag" if case[0] == self.citizen else reference: case
                for reference, case in self.town.cases[department].items()}
            self.town.write(department)
        self.it = Installation(folder.name).__enter__()
        self.addCleanup(self.it.__exit__)
        self.data, self.keyring = self.it.work / "matcherd/data", self.it.work / "matcherd/keyring"
        self.it.start()
        for department in DEPARTMENTS:
            self.it.push(department)

    def references(self, of_citizen):
        return {reference for department in DEPARTMENTS
                for reference, (number, _) in self.town.cases[department].items()
                if (number == self.citizen) == of_citizen}

    def copy(self, name):
        self.assertEqual(self.it.matcherd.stop(), 0)
        shutil.copytree(self.data, self.it.work / name)
        keys = store_reader.keyring(self.keyring, PASSPHRASE)
        self.it.matcherd.start()
        return self.it.work / name, keys

    def done(self, result):
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_nothing_opens_and_everybody_elses_does(self):
        before, keys_before = self.copy("before")
        self.done(self.it.audit("person", "erase", "--yes", "--reason", "Sletning", input=self.citizen + "\n"))
        for department in DEPARTMENTS:
            self.done(self.it.agent(department, "inbox", "--acknowledge"))
        erased, keys_erased = self.copy("erased")
        self.done(self.it.audit("kek", "rotate", "--reason", "Efter sletning", "--wait"))
        after, keys = self.copy("after")
        theirs, others = self.references(True), self.references(False)
        self.assertEqual((len(theirs), len(others)), (2, 13))

        # The search finds: a copy and the keys of then give the person away.
        old = Contents(before, keys_before)
        self.assertEqual(old.closed, 0)
        citizen_keys = [key for key in old.data_keys if old.references(key) & theirs]
        self.assertEqual(len(citizen_keys), 1)
        citizen_key = citizen_keys[0]
        self.assertEqual(old.references(citizen_key), theirs)
        self.assertEqual(set().union(*map(old.references, old.data_keys)), theirs | others)
        self.assertTrue(old.alerts_of(citizen_key))
        for alert in old.alerts_of(citizen_key):
            self.assertIn(f"{BASE}-borgerens-egen-sag".encode(), alert)

        # With the keys of now, no value of any copy from before the rotation opens.
        self.assertEqual(len(keys), 1)
        for folder, keys_then in ((before, keys_before), (erased, keys_erased)):
            self.assertFalse(set(keys.values()) & set(keys_then.values()))
            stale = Contents(folder, keys)
            self.assertEqual(stale.plain, [])
            self.assertGreater(stale.closed, 20)

        # The store of now opens as a whole. It holds everybody else, and nothing that
        # the person's key would open, if somebody had kept it.
        now = Contents(after, keys)
        self.assertEqual(now.closed, 0)
        self.assertEqual(set().union(*map(now.references, now.data_keys)), others)
        self.assertNotIn(citizen_key, now.data_keys)
        self.assertEqual(now.references(citizen_key), set())
        self.assertEqual(now.alerts_of(citizen_key), [])
        for reference in theirs:
            self.assertEqual(now.holds(reference.encode()), [])
        # The log names the person by an id that nothing leads to any more.
        self.assertLessEqual(set(now.holds(store_reader.subject(citizen_key))), {"L"})
        for path in [*after.iterdir(), self.keyring]:
            raw = path.read_bytes()
            for secret in (citizen_key, *(reference.encode() for reference in theirs)):
                self.assertNotIn(secret, raw, path.name)

        # And the service goes on, with a log that holds.
        self.done(self.it.audit("verify", "--full"))
        self.assertEqual(alert_set(self.it.alerts()), self.town.alerts(
            {d: {r: c for r, c in self.town.cases[d].items() if c[0] != self.citizen} for d in DEPARTMENTS}))


if __name__ == "__main__":
    unittest.main()
