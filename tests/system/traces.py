"""Every form in which a CPR number could lie hidden in bytes."""
import base64
import hashlib


def forms(digits):
    """Name to byte pattern, for ten digits. Patterns long enough that random
    bytes do not hold them."""
    plain = digits.encode()
    hyphen = f"{digits[:6]}-{digits[6:]}".encode()
    found = {}
    for name, text in (("plain", plain), ("hyphen", hyphen)):
        found[name] = text
        found[f"{name}, UTF-16LE"] = text.decode().encode("utf-16-le")
        found[f"{name}, UTF-16BE"] = text.decode().encode("utf-16-be")
        found[f"{name}, hex"] = text.hex().encode()
        found[f"{name}, HEX"] = text.hex().upper().encode()
        for shift in range(3):
            encoded = base64.b64encode(b"\0" * shift + text).rstrip(b"=")
            # The characters that depend on the number alone.
            first = (shift * 8 + 5) // 6
            last = (shift + len(text)) * 8 // 6
            found[f"{name}, base64 at {shift}"] = encoded[first:last]
    found["BCD"] = bytes.fromhex(digits)
    found["u64 little-endian"] = int(digits).to_bytes(8, "little")
    found["u64 big-endian"] = int(digits).to_bytes(8, "big")
    for name, text in (("plain", plain), ("hyphen", hyphen)):
        for algorithm, digest in (("SHA-256", hashlib.sha256(text).digest()),
                                  ("BLAKE2b-256", hashlib.blake2b(text, digest_size=32).digest()),
                                  ("BLAKE2b-512", hashlib.blake2b(text).digest()),
                                  ("BLAKE2b-128", hashlib.blake2b(text, digest_size=16).digest())):
            found[f"{algorithm} of {name}"] = digest
            found[f"{algorithm} of {name}, hex"] = digest.hex().encode()
            found[f"{algorithm} of {name}, base64"] = base64.b64encode(digest).rstrip(b"=")[:-1]
    return found


def short_forms(digits):
    """Four-byte patterns: random bytes hold one now and then, so a hit counts
    only where several numbers hit the same file."""
    value = int(digits)
    return {"u32 little-endian": value.to_bytes(4, "little"), "u32 big-endian": value.to_bytes(4, "big")}


def search(blobs, numbers):
    """blobs: name to bytes. Returns a list of "form in name" for every hit,
    without the number itself."""
    hits = []
    for name, blob in blobs.items():
        short = {}
        for index, digits in enumerate(numbers):
            for form, pattern in forms(digits).items():
                if pattern in blob:
                    hits.append(f"canary {index}: {form} in {name}")
            for form, pattern in short_forms(digits).items():
                if pattern in blob:
                    short.setdefault(form, []).append(index)
        hits += [f"canaries {found}: {form} in {name}" for form, found in short.items() if len(found) > 1]
    return hits
