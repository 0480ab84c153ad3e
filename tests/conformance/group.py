"""The key service's half of RFC 9497 (VOPRF, ristretto255-SHA512) on libsodium, written
apart from the adapters that it judges."""
import ctypes
import ctypes.util
import hashlib
import secrets

CONTEXT = b"OPRFV1-\x01-ristretto255-SHA512"
SELF_TEST_INPUT = b"samkoer/v1/self-test"
L = (1 << 252) + 27742317777372353535851937790883648493
IDENTITY = bytes(32)

sodium = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")
sodium.sodium_init()


def call(name, *arguments):
    out = ctypes.create_string_buffer(32)
    if getattr(sodium, name)(out, *arguments) != 0:
        raise ValueError(name)
    return out.raw


def scalar(number):
    return (number % L).to_bytes(32, "little")


def multiply(number, element):
    return call("crypto_scalarmult_ristretto255", scalar(number), element)


def base(number):
    return call("crypto_scalarmult_ristretto255_base", scalar(number))


def is_element(element):
    return element != IDENTITY and not element[31] & 0x80 and bool(
        sodium.crypto_core_ristretto255_is_valid_point(element))


def framed(*parts):
    return b"".join(len(p).to_bytes(2, "big") + p for p in parts)


def expand(message, tag):
    tag += bytes([len(tag)])
    b0 = hashlib.sha512(bytes(128) + message + (64).to_bytes(2, "big") + b"\0" + tag).digest()
    return hashlib.sha512(b0 + b"\1" + tag).digest()


def hash_to_group(data):
    return call("crypto_core_ristretto255_from_hash", expand(data, b"HashToGroup-" + CONTEXT))


def hash_to_scalar(data):
    return int.from_bytes(expand(data, b"HashToScalar-" + CONTEXT), "little") % L


class Key:
    """A private key, and what goes with it."""

    def __init__(self):
        self.secret = 1 + secrets.randbelow(L - 1)
        self.public = base(self.secret)
        self.self_test = hashlib.sha256(self.output(SELF_TEST_INPUT)).digest()

    def output(self, data):
        """What a client that blinds, asks and finalizes must get."""
        return hashlib.sha512(framed(data, multiply(self.secret, hash_to_group(data))) + b"Finalize").digest()

    def evaluate(self, blinded):
        return [multiply(self.secret, element) for element in blinded]

    def prove(self, blinded, evaluated):
        seed = hashlib.sha512(framed(self.public, b"Seed-" + CONTEXT)).digest()
        m = None
        for i, pair in enumerate(zip(blinded, evaluated)):
            di = hash_to_scalar(framed(seed) + i.to_bytes(2, "big") + framed(*pair) + b"Composite")
            term = multiply(di, pair[0])
            m = term if m is None else call("crypto_core_ristretto255_add", m, term)
        z, r = multiply(self.secret, m), 1 + secrets.randbelow(L - 1)
        c = hash_to_scalar(framed(self.public, m, z, base(r), multiply(r, m)) + b"Challenge")
        return scalar(c) + scalar(r - c * self.secret)
