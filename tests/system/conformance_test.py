"""The conformance kit: the Python example and the C++ agent pass it, and adapters that do
one thing wrong do not. (The Node.js example: conformance_node_test.py.)"""
import concurrent.futures
import os
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import adapters  # noqa: E402
from conformance import KIT, faults  # noqa: E402
from installation import BIN, run  # noqa: E402

# What is made wrong in the Python example: file, what stands there, what then stands there;
# the scenario that must notice, and a word of its reason.
MISTAKES = {
    "no proof is verified": (
        "oprf.py", 'raise OprfError("the proof is wrong: another key was used")', "pass",
        "another-key-later", "ends with 0"),
    "scalars need not be reduced": (
        "oprf.py", 'if int.from_bytes(scalar, "little") >= L:', "if False:", "proof-not-canonical", "sends records"),
    "the key service's own key is believed": (
        "samkoer_adapter.py", """            if (key.public_key, key.self_test) != (pinned.public_key, pinned.self_test):
                raise Refused("the key service's public key is not the one that the matcher publishes")
            return pinned""", "            return key", "tagging-key", "asks for people's pseudonyms"),
    "no self-test": (
        "samkoer_adapter.py", "if hashlib.sha256(self_test).digest() != key.self_test:", "if False:",
        "wrong-self-test", "ends with 0"),
    "blinds that are not random": (
        "oprf.py", "scalar or random_scalar()", "scalar or _hash_to_scalar(data)", "good", "blinds are not random"),
    "nobody is too young": (
        "export.py", "r.age_from <= age < r.age_below", "True", "good", "the age does not fit"),
    "contacts are not looked at": (
        "export.py", 'plain_text(row.get("contact", ""), "contact", empty=True)', 'row.get("contact", "")', "good",
        "a CPR number is on the wire"),
    "a field is wrong": (
        "samkoer_adapter.py", "birth_month=case.birth_month", "birth_month=case.opened_month", "good", "birth_month"),
    "a fingerprint is wrong": (
        "push.py", "record.protected_identity << 2", "record.protected_identity << 1", "good", "does not end with 0"),
    "a case in two batches": (
        "push.py", "marked[end - 1][0] == marked[end][0]", "False", "many-people", "two batches"),
    "more than a request may hold": (
        "samkoer_adapter.py", "MAX_ELEMENTS = 1000", "MAX_ELEMENTS = 2000", "many-people", "BlindEvaluate with"),
    "a new push id after a broken line": (
        "push.py", "with Stream(self._open_push) as stream:",
        "self._begin.push_id = os.urandom(16)\n        with Stream(self._open_push) as stream:", "line-broken",
        "same push id"),
    "what has a receipt is sent again": (
        "push.py", "range(begun.next_batch, ", "range(0, ", "line-broken", "sent again"),
    "a push that is done is not recognised": (
        "push.py", "if begun.committed:", 'if begun.committed and stream.answer("batch"):', "commit-receipt-lost",
        "2 pushes came into force"),
    "receipts are not read": (
        "push.py", "number, len(plan.batches[number]), plan.digests[number]):",
        "number, len(plan.batches[number]), receipt.digest):", "receipt-digest", "commits"),
    "a refused push is tried again": (
        "push.py", """LONGEST_PAUSE = 0.3, 10

# After these the same push may go on; after all others somebody must look.
_GO_ON = {""", """LONGEST_PAUSE = 0.01, 0.1
_GO_ON = {grpc.StatusCode.ABORTED, """, "overtaken", "begins 6 times"),
    "allow_shrink of its own": (
        "samkoer_adapter.py", "allow_shrink=allow_shrink", "allow_shrink=True", "good", "allow_shrink"),
    "no TLS": (
        "samkoer_adapter.py", 'grpc.secure_channel(endpoint["address"], credentials, options)',
        'grpc.insecure_channel(endpoint["address"], options)', "no-tls", "TLS"),
    "an exit code that says nothing": (
        "samkoer_adapter.py", "sys.exit(main())", "sys.exit(0 * main())", "quota", "ends with 0"),
}


class ConformanceTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.work = pathlib.Path(folder.name)
        cls.python = adapters.PythonAdapter(cls.work)

    def assert_passes(self, found):
        self.assertGreater(len(found), 35)
        self.assertEqual({name: why for name, why in found.items() if why}, {})

    def test_the_python_example_passes(self):
        self.assert_passes(faults([*self.python.command(), "--config", "{config}"],
                                  environment=self.python.environment))

    def test_the_agent_passes(self):
        self.assert_passes(faults([BIN / "samkoer-agent", "--config", "{config}", "push", "--fast-unlock"],
                                  "--template", KIT.parent / "agent.yaml"))

    def mistaken(self, number, mistake):
        file, right, wrong, scenario, unused_reason = mistake
        folder = self.work / f"mistake-{number}"
        shutil.copytree(adapters.FOLDER / "python", folder)
        text = (folder / file).read_text(encoding="utf-8")
        self.assertEqual(text.count(right), 1, f"{file} no longer has: {right}")
        (folder / file).write_text(text.replace(right, wrong), encoding="utf-8")
        return faults(["/usr/bin/python3", folder / "samkoer_adapter.py", "--config", "{config}"], "--only", scenario,
                      "--jobs", "1", environment=self.python.environment)[scenario]

    def test_adapters_that_do_one_thing_wrong_do_not_pass(self):
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            found = {what: pool.submit(self.mistaken, number, mistake)
                     for number, (what, mistake) in enumerate(MISTAKES.items())}
        for what, mistake in MISTAKES.items():
            with self.subTest(what):
                why = found[what].result()
                self.assertTrue(any(mistake[4] in fault for fault in why), why)

    def test_its_own_errors_say_what_to_do(self):
        for arguments, word in ((["--only", "godo", "--adapter", "true"], "godo"), ([], "--adapter")):
            result = run([KIT, *arguments])
            self.assertEqual(result.returncode, 64)
            self.assertRegex(result.stderr, rf"^error: .*{word}.*\nhint: ")


if __name__ == "__main__":
    unittest.main()
