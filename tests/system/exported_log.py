"""A log as the privacy officer exports it, read without any of our programs:
RFC 6962 roots at every size, and the leaves' fields."""
import base64
import hashlib
import re

from grpc_reader import fields

WIDTH = 256
NOTE = re.compile(r"^[^\n]+\n(\d+)\n([A-Za-z0-9+/]{43}=)\n\n— ", re.M)
# AuditLeaf
ACTION, COUNTS, DIGEST = 5, 9, 10


def checkpoint_of(text):
    """(size, root) that a signed note states."""
    match = NOTE.search(text)
    assert match, "no checkpoint in the text"
    return int(match[1]), base64.b64decode(match[2])


def entries(folder):
    """The leaves of a C2SP tlog-tiles export, in order."""
    size = checkpoint_of((folder / "checkpoint").read_text(encoding="utf-8"))[0]
    leaves = []
    while len(leaves) < size:
        index, width = len(leaves) // WIDTH, min(WIDTH, size - len(leaves))
        path = f"{index % 1000:03d}"
        while index >= 1000:
            index //= 1000
            path = f"x{index % 1000:03d}/{path}"
        bundle = (folder / f"tile/entries/{path}{'' if width == WIDTH else f'.p/{width}'}").read_bytes()
        at = 0
        for _ in range(width):
            length = int.from_bytes(bundle[at:at + 2], "big")
            leaves.append(bundle[at + 2:at + 2 + length])
            at += 2 + length
        assert at == len(bundle)
    return leaves


def roots(leaves):
    """roots(leaves)[n]: the root over the first n leaves."""
    found, edge = [hashlib.sha256().digest()], []  # edge: (leaves below, hash)
    for leaf in leaves:
        edge.append((1, hashlib.sha256(b"\0" + leaf).digest()))
        while len(edge) > 1 and edge[-1][0] == edge[-2][0]:
            (width, left), (_, right) = edge[-2:]
            edge[-2:] = [(2 * width, hashlib.sha256(b"\1" + left + right).digest())]
        root = edge[-1][1]
        for _, left in reversed(edge[:-1]):
            root = hashlib.sha256(b"\1" + left + root).digest()
        found.append(root)
    return found


def of_action(leaves, action):
    return [leaf for leaf in map(fields, leaves) if leaf.get(ACTION) == [action]]


def count_of(leaf, name):
    """A count that the leaf states, 0 if it does not."""
    for count in map(fields, leaf.get(COUNTS, [])):
        if count[1] == [name.encode()]:
            return count.get(2, [0])[0]
    return 0
