"""The Node.js example passes the conformance kit."""
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import adapters  # noqa: E402
from conformance import faults  # noqa: E402


class ConformanceNodeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.node = adapters.NodeAdapter()

    def test_the_node_example_passes(self):
        found = faults([*self.node.command(), "--config", "{config}"])
        self.assertGreater(len(found), 35)
        self.assertEqual({name: why for name, why in found.items() if why}, {})

    def test_a_library_that_lets_the_identity_pass_is_noticed(self):
        # As @cloudflare/voprf-ts does; the example looks for itself.
        with tempfile.TemporaryDirectory() as temporary:
            folder = pathlib.Path(temporary)
            for path in [*self.node.folder.glob("*.js"), self.node.folder / "package.json"]:
                shutil.copy(path, folder)
            (folder / "node_modules").symlink_to(self.node.folder / "node_modules")
            text = (folder / "oprf.js").read_text(encoding="utf-8")
            wrong = text.replace("if (element.isIdentity())", "if (false)")
            self.assertNotEqual(text, wrong)
            (folder / "oprf.js").write_text(wrong, encoding="utf-8")
            found = faults(["node", folder / "samkoer-adapter.js", "--config", "{config}"], "--only", "zero-key")
            self.assertTrue(found["zero-key"])


if __name__ == "__main__":
    unittest.main()
