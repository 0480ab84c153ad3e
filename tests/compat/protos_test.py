"""No release's contract is broken, and what would break it is noticed."""
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import protos  # noqa: E402

SMALL = """syntax = "proto3";
package p;
enum Colour { COLOUR_NONE = 0; COLOUR_RED = 1; }
message Inner { uint32 one = 1; }
message Outer {
  string name = 1;
  repeated Inner inner = 2;
  oneof choice { uint32 number = 3; Colour colour = 4; }
  optional uint32 maybe = 5;
  bytes data = 6;
}
service Service {
  rpc Ask(Inner) returns (Outer);
  rpc Push(stream Inner) returns (stream Outer);
}
"""

# What is changed: what stands there, what then stands there, what must be said.
BREAKS = {
    "a field is gone": ("  bytes data = 6;\n", "", "p.Outer 6: 'data bytes' is gone"),
    "a field has another number": ("bytes data = 6", "bytes data = 7", "p.Outer 6: 'data bytes' is gone"),
    "a number serves another field": ("bytes data = 6", "bytes other = 6", "was 'data bytes', is 'other bytes'"),
    "a field has another type": ("string name", "bytes name", "was 'name string', is 'name bytes'"),
    "a field is of another message": ("repeated Inner", "repeated Outer", "is 'inner p.Outer repeated'"),
    "a field repeats no longer": ("repeated Inner", "Inner", "was 'inner p.Inner repeated'"),
    "a field knows no longer that it was not given": ("optional uint32", "uint32", "was 'maybe uint32 optional'"),
    "a field leaves its oneof": (
        "oneof choice { uint32 number = 3; Colour", "uint32 number = 3; oneof choice { Colour",
        "was 'number uint32 in choice'"),
    "a value is gone": (" COLOUR_RED = 1;", "", "p.Colour COLOUR_RED: '1' is gone"),
    "a value has another number": ("COLOUR_RED = 1", "COLOUR_RED = 2", "was '1', is '2'"),
    "a value has another name": ("COLOUR_RED", "COLOUR_BLUE", "p.Colour COLOUR_RED: '1' is gone"),
    "a call takes another message": ("  rpc Ask(Inner)", "  rpc Ask(Outer)", "was 'p.Inner -> p.Outer'"),
    "a call is gone": ("  rpc Ask(Inner) returns (Outer);\n", "", "p.Service/Ask"),
    "a call streams no longer": ("(stream Inner)", "(Inner)", "was 'stream p.Inner -> stream p.Outer'"),
    "the package has another name": ("package p;", "package q;", "p.Inner: 'message' is gone"),
}


def lines_of(text):
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "small.proto").write_text(text, encoding="utf-8")
        return protos.lines(folder)


class ProtosTest(unittest.TestCase):
    def test_every_release_still_holds(self):
        found = protos.check()
        self.assertIn("1", found)
        for release, problems in found.items():
            self.assertEqual(problems, [], f"release {release} is broken: leave what it had, and add beside it")

    def test_a_release_is_recorded_whole(self):
        for release in protos.releases():
            recorded = (release / "protos.txt").read_text(encoding="utf-8").splitlines()
            self.assertGreater(len(recorded), 300, release)
            self.assertEqual(recorded, sorted(set(recorded)), release)
            self.assertIn("samkoer.v1.CaseRecord 1: pseudonym bytes", recorded)
            self.assertIn("samkoer.v1.CaseIntake/Push: stream samkoer.v1.PushRequest -> stream samkoer.v1.PushReceipt",
                          recorded)

    def test_what_breaks_the_contract_is_noticed(self):
        released = lines_of(SMALL)
        for what, (before, after, words) in BREAKS.items():
            with self.subTest(what):
                self.assertEqual(SMALL.count(before), 1)
                problems = protos.broken(released, lines_of(SMALL.replace(before, after)))
                self.assertTrue(any(words in problem for problem in problems), problems)

    def test_what_is_added_breaks_nothing(self):
        now = SMALL.replace("  bytes data = 6;\n", "  bytes data = 6;\n  string more = 7;\n").replace(
            "COLOUR_RED = 1;", "COLOUR_RED = 1; COLOUR_BLUE = 2;").replace(
            "  rpc Ask", "  rpc More(Outer) returns (Inner);\n  rpc Ask")
        self.assertEqual(protos.broken(lines_of(SMALL), lines_of(now)), [])
        self.assertEqual(len(lines_of(now)), len(lines_of(SMALL)) + 3)


if __name__ == "__main__":
    unittest.main()
