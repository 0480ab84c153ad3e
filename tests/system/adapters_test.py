"""The example adapters against the real servers: what they send is, record by record, what
the C++ agent sends, and the alerts are the same."""
import importlib.util
import json
import os
import pathlib
import random
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import adapters  # noqa: E402
from installation import ROOT, Installation, alert_set  # noqa: E402
from town import BASE, CHANGING, DOMAINS, Town  # noqa: E402


def what_counts(alerts):
    """All of an alert but its random id and its times."""
    return sorted(json.dumps([a["rule"], a["rule_version"], a["participants"], a["reasons"], a["state"]],
                             sort_keys=True) for a in alerts)


class AdaptersTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        seed = int(os.environ.get("SAMKOER_SEED", random.SystemRandom().randrange(10**9)))
        print(f"SAMKOER_SEED={seed}", flush=True)
        cls.rng = random.Random(seed)
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.work = pathlib.Path(cls.folder.name)
        cls.town = Town(cls.work, cls.rng, people=60)
        for department in CHANGING:
            for _ in range(60):
                cls.town.mutate(department)
            cls.town.write(department)
        cls.it = Installation(cls.folder.name)
        cls.addClassCleanup(cls.it.__exit__)
        cls.it.__enter__().start().push_all()
        cls.expected = cls.it.alerts()
        assert len(cls.expected) > 10

    def installation(self):
        other = Installation(self.folder.name)
        self.addCleanup(other.__exit__)
        return other.__enter__().start()

    def push(self, adapter, it, department, *arguments):
        config, export = it.work / f"{adapter.name}-{department}.json", it.work / f"{adapter.name}-{department}.csv"
        adapters.write_export(export, self.work / f"{department}.csv", DOMAINS[department], self.rng)
        adapters.write_config(config, (it.work / "pki", department), it.matcherd.address, it.keyd.address, export)
        return adapters.push(adapter, config, "--day", it.day, *arguments)

    def check(self, adapter):
        # Where the agent has pushed already there is nothing new: every fingerprint is equal.
        for department in CHANGING:
            result = self.push(adapter, self.it, department)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn("(new 0, changed 0, withdrawn 0)", result.stdout)
            self.assertIn(f"sent: {self.town.held(department)};", result.stdout)
        self.assertEqual(self.it.alerts(), self.expected)

        # Elsewhere, beside one department of the agent's, it makes the same alerts.
        other = self.installation()
        other.push(BASE)
        for department in CHANGING:
            result = self.push(adapter, other, department)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertNotIn("new 0", result.stdout)
        self.assertEqual(alert_set(other.alerts()), alert_set(self.expected))
        self.assertEqual(what_counts(other.alerts()), what_counts(self.expected))

        # A day that differs is told before anything is sent.
        result = adapters.push(adapter, other.work / f"{adapter.name}-{CHANGING[0]}.json", "--day", "2020-01-02")
        self.assertNotEqual(result.returncode, 0)
        self.assertRegex(result.stderr, r"^error: .*day")
        self.assertEqual(alert_set(other.alerts()), alert_set(self.expected))

    def test_python(self):
        self.check(adapters.PythonAdapter(self.work))

    def test_node(self):
        self.check(adapters.NodeAdapter())


class PythonOprfTest(unittest.TestCase):
    """The published vectors, and answers that must be refused."""

    @classmethod
    def setUpClass(cls):
        spec = importlib.util.spec_from_file_location("oprf", ROOT / "clients/adapters/python/oprf.py")
        cls.oprf = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(cls.oprf)
        suites = json.loads((ROOT / "tests/vectors/rfc9497-ristretto255-sha512.json").read_text(encoding="utf-8"))
        cls.suite = next(s for s in suites if s["mode"] in (1, "1"))

    def read(self, vector):
        def many(text):
            return [bytes.fromhex(part) for part in text.split(",")]
        return (many(vector["Input"]), many(vector["Blind"]), many(vector["BlindedElement"]),
                b"".join(many(vector["EvaluationElement"])), bytes.fromhex(vector["Proof"]["proof"]),
                many(vector["Output"]))

    def test_the_vectors_of_the_rfc(self):
        public_key, batches = bytes.fromhex(self.suite["pkSm"]), 0
        for vector in self.suite["vectors"]:
            inputs, blinds, blinded, evaluated, proof, outputs = self.read(vector)
            self.assertEqual([self.oprf.blind(i, b)[1] for i, b in zip(inputs, blinds)], blinded)
            self.assertEqual(self.oprf.finalize(public_key, inputs, blinds, blinded, evaluated, proof), outputs)
            batches = max(batches, len(inputs))
        self.assertGreater(batches, 1)

    def test_wrong_answers_are_refused(self):
        public_key = bytes.fromhex(self.suite["pkSm"])
        inputs, blinds, blinded, evaluated, proof, _ = self.read(self.suite["vectors"][-1])
        order = self.oprf.L.to_bytes(32, "little")
        identity = bytes(32)
        for what, key, elements, bad_proof in [
                ("proof", public_key, evaluated, bytes([proof[0] ^ 1]) + proof[1:]),
                ("key", self.oprf.blind(b"another")[1], evaluated, proof),
                ("order", public_key, evaluated[32:64] + evaluated[:32] + evaluated[64:], proof),
                ("short", public_key, evaluated[:-1], proof),
                ("fewer", public_key, evaluated[:-32], proof),
                ("identity", public_key, identity + evaluated[32:], proof),
                ("bit 255", public_key, evaluated[:31] + bytes([evaluated[31] | 0x80]) + evaluated[32:], proof),
                ("scalar", public_key, evaluated, proof[:32] + order),
                ("no proof", public_key, evaluated, b"")]:
            with self.subTest(what), self.assertRaises(self.oprf.OprfError):
                self.oprf.finalize(key, inputs, blinds, blinded, elements, bad_proof)


if __name__ == "__main__":
    unittest.main()
