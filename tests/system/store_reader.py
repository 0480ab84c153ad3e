"""Reads a matcher's keyring and every file of its store as storage/FORMAT.md says:
what somebody who holds copies of them could read. Written from that page alone,
with libsodium, zstd and RocksDB's own tools; it shares no code with the programs.
"""
import ctypes
import ctypes.util
import pathlib
import re
import struct
import subprocess

_sodium = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")
assert _sodium.sodium_init() >= 0
_zstd = ctypes.CDLL(ctypes.util.find_library("zstd") or "libzstd.so.1")
_zstd.ZSTD_createDCtx.restype = ctypes.c_void_p
_zstd.ZSTD_freeDCtx.argtypes = [ctypes.c_void_p]
_zstd.ZSTD_decompress_usingDict.restype = ctypes.c_size_t
_zstd.ZSTD_decompress_usingDict.argtypes = [ctypes.c_void_p] + [ctypes.c_char_p, ctypes.c_size_t] * 3
ARGON2ID13 = 2
TAG_BYTES, NONCE_BYTES = 16, 24


def unseal(key, nonce, sealed, associated):
    """XChaCha20-Poly1305; None if it does not open."""
    if len(sealed) < TAG_BYTES:
        return None
    out = ctypes.create_string_buffer(max(1, len(sealed) - TAG_BYTES))
    size = ctypes.c_ulonglong()
    failed = _sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
        out, ctypes.byref(size), None, sealed, ctypes.c_ulonglong(len(sealed)), associated,
        ctypes.c_ulonglong(len(associated)), nonce, key)
    return None if failed else out.raw[:size.value]


class Cursor:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        assert self.at + count <= len(self.data), "cut short"
        self.at += count
        return self.data[self.at - count:self.at]

    def number(self, form):
        return struct.unpack("<" + form, self.take(struct.calcsize("<" + form)))[0]

    def text(self, form="H"):
        return self.take(self.number(form))


def keyring_text(path, passphrase, label):
    """The plaintext of a keyring file."""
    data = pathlib.Path(path).read_bytes()
    assert data[:15] == b"samkoer-sealed\x01"
    passes, memory = struct.unpack("<QQ", data[15:31])
    key = ctypes.create_string_buffer(32)
    assert _sodium.crypto_pwhash(key, ctypes.c_ulonglong(32), passphrase, ctypes.c_ulonglong(len(passphrase)),
                                 data[31:47], ctypes.c_ulonglong(passes), ctypes.c_size_t(memory), ARGON2ID13) == 0
    plain = unseal(key.raw, data[47:71], data[71:], data[:47] + label)
    assert plain is not None, "the passphrase does not open the keyring"
    return plain


def _keyring_keys(cursor):
    assert cursor.take(16) == b"samkoer-keyring\x02"
    cursor.take(1)
    cursor.text()
    cursor.take(64)
    keys = {}
    for _ in range(cursor.number("H")):
        generation, _ = cursor.number("I"), cursor.number("q")
        keys[generation] = cursor.take(32)
    return keys


def keyring(path, passphrase):
    """The key-encryption keys of a matcher's keyring file, by generation."""
    return _keyring_keys(Cursor(keyring_text(path, passphrase, b"matcher-keyring")))


def oprf_seeds(plain):
    """The seeds in a key service's keyring: epoch to (is it active, seed)."""
    cursor = Cursor(plain)
    _keyring_keys(cursor)
    cursor.take(4)
    extra = Cursor(cursor.text("I"))
    assert extra.take(12) == b"samkoer-oprf"
    version, seeds = extra.number("B"), {}
    for _ in range(extra.number("H")):
        extra.text()
        epoch, active = extra.number("I"), extra.number("B") == 1
        if version == 2:
            extra.text()
        seeds[epoch] = (active, extra.take(32))
    return seeds


def _tool(*command):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def pairs(folder):
    """(file name, key, value) of everything that a store's tables and write-ahead logs
    hold, older versions and deleted things included."""
    found = []
    for path in sorted(pathlib.Path(folder).iterdir()):
        if path.suffix == ".sst":
            text = _tool("sst_dump", f"--file={path}", "--command=scan", "--output_hex")
            lines = re.findall(r"^'([0-9A-F]*)' seq:\d+, type:\d+ => ([0-9A-F]*)$", text, re.M)
        elif path.suffix == ".log":
            text = _tool("ldb", "dump_wal", f"--walfile={path}", "--print_value")
            lines = re.findall(r"PUT\(0\) : 0x([0-9A-F]*) : 0x([0-9A-F]*)", text)
        else:
            continue
        found += [(path.name, bytes.fromhex(key), bytes.fromhex(value)) for key, value in lines]
    return found


def is_sealed(key, value):
    return len(value) > 0 and key != b"Mstore"


def opened(keys, key, value):
    """The plaintext of a sealed value; None if none of the keys opens it."""
    if value[:1] != b"\x01" or len(value) < 45:
        return None
    kek = keys.get(struct.unpack("<I", value[1:5])[0])
    return None if kek is None else unseal(kek, value[5:29], value[29:], value[:5] + key)


def persons(key, plain):
    """Person number to data key, of an opened person block."""
    cursor, found = Cursor(plain), {}
    version, count = cursor.number("B"), cursor.number("B")
    assert version in (1, 2)
    first = struct.unpack(">Q", key[1:])[0] * 64
    for _ in range(count):
        slot = cursor.number("B")
        if version == 2:
            cursor.take(2)
        cursor.take(16)
        found[first + (slot & 63)] = cursor.take(32)
        if version == 2 and slot & 128:
            cursor.take(16)
    assert cursor.at == len(plain)
    return found


def subject(data_key):
    """The id under which the audit log names the person of a data key."""
    out = ctypes.create_string_buffer(16)
    assert _sodium.crypto_kdf_derive_from_key(out, ctypes.c_size_t(16), ctypes.c_uint64(1), b"smkrsubj", data_key) == 0
    return out.raw


def records(plain):
    """(fingerprint, person number, sealed content) of each record of an opened segment."""
    cursor, found = Cursor(plain), []
    assert cursor.number("B") == 1
    for _ in range(cursor.number("B")):
        cursor.take(1)
        fingerprint, person = cursor.take(16), cursor.number("I")
        cursor.take(2)
        found.append((fingerprint, person, cursor.text()))
    assert cursor.at == len(plain)
    return found


def case_ref(data_key, fingerprint, content):
    """The case reference in a record's sealed content; None if the key is another's."""
    cursor = Cursor(content)
    version = cursor.number("B")
    received = cursor.take(4)
    changed = cursor.take(4) if version & 128 else bytes(4)
    plain = unseal(data_key, bytes([version & 127]) + fingerprint[:15] + received + changed, content[cursor.at:],
                   b"record\0")
    if plain is None:
        return None
    inside = Cursor(plain)
    inside.take(12)
    return inside.text("B").decode()


def dictionary(key, plain):
    """(number, bytes) of an opened dictionary of the feed; None for any other value."""
    if not key.startswith(b"Mfeed-dictionary/"):
        return None
    assert plain[:1] == b"\x01"
    return int(key.split(b"/")[1]), plain[1:]


def alerts(key, plain):
    """(sequence number, sealed alert) of the entries of an opened feed page that still
    have one."""
    cursor, found = Cursor(plain), []
    assert cursor.number("B") == 3
    cursor.take(8)
    first = struct.unpack(">Q", key[1:])[0]
    for place in range(cursor.number("B")):
        number, size = cursor.number("Q"), cursor.number("I")
        content = cursor.take(size)
        if number != 0:
            found.append((first + place, content))
    assert cursor.at == len(plain)
    return found


def alert(data_key, dictionaries, sequence, sealed):
    """The serialized alert of a feed entry; None if the key is another's."""
    plain = unseal(data_key, sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], b"feed\0" + struct.pack("<Q", sequence))
    if plain is None:
        return None
    number = struct.unpack("<H", plain[:2])[0]
    return unzstd(plain[2:], dictionaries[number]) if number else plain[2:]


def unzstd(packed, sample):
    """A zstd frame without its magic number, made with a dictionary of raw content."""
    frame = b"\x28\xb5\x2f\xfd" + packed
    out = ctypes.create_string_buffer(1 << 22)
    context = _zstd.ZSTD_createDCtx()
    size = _zstd.ZSTD_decompress_usingDict(context, out, len(out), frame, len(frame), sample, len(sample))
    _zstd.ZSTD_freeDCtx(context)
    assert size <= len(out), "a compressed alert is damaged"
    return out.raw[:size]
