"""Reads gRPC messages off the plaintext of an HTTP/2 connection, and protobuf
fields off a message: as much of both as the tests need."""
import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, PADDED = 0, 0x8


class GrpcReader:
    """One direction of one connection; feed it bytes as they come."""

    def __init__(self, from_client):
        self.rest, self.preface, self.bodies = bytearray(), from_client, {}

    def feed(self, data):
        """Yields (stream id, message) for every message that is now whole."""
        self.rest += data
        if self.preface:
            if len(self.rest) < len(PREFACE):
                return
            assert self.rest.startswith(PREFACE)
            del self.rest[:len(PREFACE)]
            self.preface = False
        while len(self.rest) >= 9:
            length = int.from_bytes(self.rest[:3], "big")
            if len(self.rest) < 9 + length:
                return
            kind, flags = self.rest[3], self.rest[4]
            stream = int.from_bytes(self.rest[5:9], "big") & 0x7FFFFFFF
            payload = bytes(self.rest[9:9 + length])
            del self.rest[:9 + length]
            if kind != DATA:
                continue
            if flags & PADDED:
                payload = payload[1:len(payload) - payload[0]]
            body = self.bodies.setdefault(stream, bytearray())
            body += payload
            while len(body) >= 5:
                size = struct.unpack(">I", body[1:5])[0]
                if len(body) < 5 + size:
                    break
                yield stream, bytes(body[5:5 + size])
                del body[:5 + size]


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def fields(message):
    """Field number -> list of values: int for varints, bytes for the rest."""
    found, at = {}, 0
    while at < len(message):
        tag, at = varint(message, at)
        wire = tag & 7
        if wire == 0:
            value, at = varint(message, at)
        else:
            if wire == 2:
                length, at = varint(message, at)
            else:
                length = {1: 8, 5: 4}[wire]
            value = message[at:at + length]
            at += length
        found.setdefault(tag >> 3, []).append(value)
    return found
