"""Processes whose clock is not the machine's."""
import pathlib

LIBRARIES = sorted(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))


def clock(path):
    """The environment of a process whose wall clock is ahead by what the file says ("+20d\\n", "+90\\n")."""
    assert LIBRARIES, "the package faketime is missing"
    return {"LD_PRELOAD": str(LIBRARIES[0]), "FAKETIME_TIMESTAMP_FILE": str(path), "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
