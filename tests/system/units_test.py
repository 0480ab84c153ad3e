"""deploy/systemd: a service whose configuration is wrong stays down until a person has looked; its
program ends with the code that its unit names."""
import pathlib
import re
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from installation import BIN, ROOT, run  # noqa: E402

CONFIGURATION = 78


class Units(unittest.TestCase):
    def test_a_wrong_configuration_is_not_tried_for_ever(self):
        units = [path for path in sorted((ROOT / "deploy/systemd").glob("*.service"))
                 if "\nRestart=" in path.read_text(encoding="utf-8")]
        self.assertEqual([unit.name for unit in units], [
            "samkoer-agent-run@.service", "samkoer-keyd.service", "samkoer-matcherd.service",
            "samkoer-web.service", "samkoer-witness.service"])
        for unit in units:
            text = unit.read_text(encoding="utf-8")
            prevented = re.search(r"^RestartPreventExitStatus=(.+)$", text, re.M)[1].split()
            program, *arguments = re.search(r"^ExecStart=/usr/bin/(.+)$", text, re.M)[1].split()
            with tempfile.NamedTemporaryFile("w", suffix=".yaml") as config:
                config.write("no_such_setting: 1\n")
                config.flush()
                arguments = [config.name if word.startswith("/etc/samkoer/") else word for word in arguments]
                self.assertIn(config.name, arguments)
                ended = run([BIN / program, *arguments])
            self.assertEqual(ended.returncode, CONFIGURATION, f"{unit.name}: {ended.stderr}")
            self.assertIn("no_such_setting", ended.stderr)
            self.assertIn(str(ended.returncode), prevented, unit.name)


if __name__ == "__main__":
    unittest.main()
