"""Keeps every checkpoint that a server has handed out, and holds the log to all of them."""
import pathlib

import exported_log

SERVERS = {"matcherd": "matcher", "keyd": "keyd"}


class WatchedLogs:
    def __init__(self, test, installation):
        self.test, self.it, self.exports = test, installation, 0
        self.handed_out = {server: {} for server in SERVERS}  # size -> root

    def collect(self):
        """The checkpoints outside the stores and those that the privacy officer keeps."""
        for server, name in SERVERS.items():
            self.keep(server, self.it.work / f"{server}-outside/checkpoint")
            for path in (self.it.work / "state/databeskyttelse").glob(f"*{name}*"):
                self.keep(server, path)

    def keep(self, server, path):
        size, root = exported_log.checkpoint_of(pathlib.Path(path).read_text(encoding="utf-8"))
        known = self.handed_out[server].setdefault(size, root)
        self.test.assertEqual(known, root, f"two histories of {server} with {size} leaves")

    def verify(self, *arguments):
        """What the privacy officer does: from the checkpoint kept last time to now."""
        self.collect()
        for name in SERVERS.values():
            result = self.it.audit("verify", "--server", name, *arguments)
            self.test.assertEqual(result.returncode, 0, f"{name}: {result.stdout}{result.stderr}")
        self.collect()

    def examine(self):
        """Every checkpoint ever handed out against an export of today, recomputed here.
        Returns the leaves of each server."""
        self.verify()
        self.exports += 1
        found = {}
        for server, name in SERVERS.items():
            folder = self.it.work / f"export-{name}-{self.exports}"
            result = self.it.audit("export", folder, "--server", name)
            self.test.assertEqual(result.returncode, 0, f"{name}: {result.stdout}{result.stderr}")
            self.keep(server, folder / "checkpoint")
            found[server] = exported_log.entries(folder)
            roots = exported_log.roots(found[server])
            for size, root in self.handed_out[server].items():
                self.test.assertLess(size, len(roots), f"{server} has lost leaves")
                self.test.assertEqual(roots[size], root, f"{server}'s first {size} leaves have changed")
        return found
