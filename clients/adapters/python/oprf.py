"""The client's half of RFC 9497, mode VOPRF, suite ristretto255-SHA512.

The group is libsodium's, through ctypes (Debian: libsodium23); the rest of the RFC is
short enough to read here beside it. Byte strings in, byte strings out: elements and
scalars are 32 bytes, outputs 64.
"""
import ctypes
import ctypes.util
import hashlib

ELEMENT_BYTES = SCALAR_BYTES = 32
PROOF_BYTES = 2 * SCALAR_BYTES
CONTEXT = b"OPRFV1-\x01-ristretto255-SHA512"
# The order of the group.
L = 2**252 + 27742317777372353535851937790883648493

_sodium = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")
if _sodium.sodium_init() < 0:
    raise ImportError("libsodium cannot be initialised")


class OprfError(Exception):
    """The other side's answer is not what RFC 9497 asks for. Use nothing of it."""


def _call(name, size, *arguments):
    """Calls a libsodium function that fills `size` bytes; refuses where it reports failure,
    which for a multiplication is an identity as its result."""
    out = ctypes.create_string_buffer(size)
    if getattr(_sodium, name)(out, *arguments) != 0:
        raise OprfError("an element is not one of the group's, or the identity")
    return out.raw


def _multiply(scalar, element):
    return _call("crypto_scalarmult_ristretto255", ELEMENT_BYTES, scalar, element)


def _add(one, other):
    return _call("crypto_core_ristretto255_add", ELEMENT_BYTES, one, other)


def _prefixed(data):
    """The data after its length: I2OSP(len(data), 2) || data."""
    return len(data).to_bytes(2, "big") + data


def check_element(element):
    """Refuses what is not the canonical encoding of an element other than the identity.
    libsodium 1.0.18 by itself lets the identity pass, and an encoding with bit 255 set."""
    if (len(element) != ELEMENT_BYTES or not any(element) or element[31] & 0x80
            or _sodium.crypto_core_ristretto255_is_valid_point(bytes(element)) != 1):
        raise OprfError("an element is not one of the group's, or the identity")
    return bytes(element)


def _check_scalar(scalar):
    if int.from_bytes(scalar, "little") >= L:
        raise OprfError("a scalar of the proof is not canonical")
    return scalar


def _expand_message(message, tag):
    """expand_message_xmd of RFC 9380, SHA-512, 64 bytes: one block is enough."""
    tag_prime = tag + bytes([len(tag)])
    first = hashlib.sha512(bytes(128) + message + b"\x00\x40\x00" + tag_prime).digest()
    return hashlib.sha512(first + b"\x01" + tag_prime).digest()


def _hash_to_group(message):
    # ctypes has no return value to check here: every 64 bytes make an element.
    return _call("crypto_core_ristretto255_from_hash", ELEMENT_BYTES,
                 _expand_message(message, b"HashToGroup-" + CONTEXT))


def _hash_to_scalar(message):
    number = int.from_bytes(_expand_message(message, b"HashToScalar-" + CONTEXT), "little") % L
    return number.to_bytes(SCALAR_BYTES, "little")


def random_scalar():
    out = ctypes.create_string_buffer(SCALAR_BYTES)
    _sodium.crypto_core_ristretto255_scalar_random(out)
    return out.raw


def blind(data, scalar=None):
    """(blind, blinded element) of an input. A new random blind each time is what keeps the
    input secret; give one only to reproduce the RFC's vectors."""
    scalar = scalar or random_scalar()
    return scalar, _multiply(scalar, check_element(_hash_to_group(data)))


def _composites(public_key, blinded, evaluated):
    """ComputeComposites of the RFC: many pairs made into one."""
    seed = hashlib.sha512(_prefixed(public_key) + _prefixed(b"Seed-" + CONTEXT)).digest()
    m = z = None
    for i, (c, d) in enumerate(zip(blinded, evaluated)):
        factor = _hash_to_scalar(_prefixed(seed) + i.to_bytes(2, "big") + _prefixed(c) + _prefixed(d) + b"Composite")
        c, d = _multiply(factor, c), _multiply(factor, d)
        m, z = (c, d) if m is None else (_add(m, c), _add(z, d))
    return m, z


def verify_proof(public_key, blinded, evaluated, proof):
    """Refuses unless the proof shows that every evaluated element is the blinded one times
    the private key of `public_key`."""
    if len(proof) != PROOF_BYTES:
        raise OprfError("the proof does not have 64 bytes")
    c, s = _check_scalar(proof[:SCALAR_BYTES]), _check_scalar(proof[SCALAR_BYTES:])
    m, z = _composites(public_key, blinded, evaluated)
    t2 = _add(_call("crypto_scalarmult_ristretto255_base", ELEMENT_BYTES, s), _multiply(c, public_key))
    t3 = _add(_multiply(s, m), _multiply(c, z))
    if c != _hash_to_scalar(b"".join(map(_prefixed, (public_key, m, z, t2, t3))) + b"Challenge"):
        raise OprfError("the proof is wrong: another key was used")


def finalize(public_key, inputs, blinds, blinded, evaluated, proof):
    """The outputs, in the order of the inputs. `evaluated` and `proof` are the key service's,
    as they came; `public_key` is the one that the *matcher* published.

    Raises OprfError, and then nothing of the answer may be used.
    """
    check_element(public_key)
    if len(evaluated) != ELEMENT_BYTES * len(inputs):
        raise OprfError("as many elements must come back as were sent")
    elements = [check_element(evaluated[at:at + ELEMENT_BYTES]) for at in range(0, len(evaluated), ELEMENT_BYTES)]
    verify_proof(public_key, blinded, elements, proof)
    outputs = []
    for data, scalar, element in zip(inputs, blinds, elements):
        inverse = _call("crypto_core_ristretto255_scalar_invert", SCALAR_BYTES, scalar)
        unblinded = _multiply(inverse, element)
        outputs.append(hashlib.sha512(_prefixed(data) + _prefixed(unblinded) + b"Finalize").digest())
    return outputs
