"""A TLS proxy that a test puts between an agent and a server, to read the wire.

It can, because the test holds everybody's keys: it shows the client the server's
certificate and the server the client's.
"""
import itertools
import select
import socket
import ssl
import threading


class WireTap:
    """Listens on loopback; `captured` grows with the plaintext of both directions."""

    def __init__(self, upstream, pki, server, client):
        host, port = upstream.rsplit(":", 1)
        self.upstream = (host, int(port))
        self.captured = bytearray()
        self.numbers = itertools.count(1)
        self.to_client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.to_client.load_cert_chain(pki / f"{server}.pem", pki / f"{server}.key")
        self.to_client.load_verify_locations(pki / "ca.pem")
        self.to_client.verify_mode = ssl.CERT_REQUIRED
        self.to_server = ssl.create_default_context(cafile=pki / "ca.pem")
        self.to_server.load_cert_chain(pki / f"{client}.pem", pki / f"{client}.key")
        for context in (self.to_client, self.to_server):
            context.minimum_version = ssl.TLSVersion.TLSv1_3
            context.set_alpn_protocols(["h2"])
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(0.2)
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        self.closing = threading.Event()
        self.threads = [threading.Thread(target=self._accept, daemon=True)]
        self.threads[0].start()

    def passing(self, connection, from_client, data):
        """Called with what is about to be handed on; for subclasses."""
        self.captured += data

    def drain(self):
        """Waits until both sides of every connection so far have ended."""
        for thread in self.threads[1:]:
            thread.join(20)
            assert not thread.is_alive(), "a connection through the tap does not end"
        del self.threads[1:]

    def close(self):
        self.closing.set()
        for thread in list(self.threads):
            thread.join(10)
        self.listener.close()

    def _accept(self):
        while not self.closing.is_set():
            try:
                raw, _ = self.listener.accept()
            except OSError:
                continue
            thread = threading.Thread(target=self._serve, args=(raw,), daemon=True)
            self.threads.append(thread)
            thread.start()

    def _serve(self, raw):
        client = upstream = None
        try:
            raw.settimeout(10)
            client = self.to_client.wrap_socket(raw, server_side=True)
            upstream = socket.create_connection(self.upstream, 10)
            server = self.to_server.wrap_socket(upstream, server_hostname="localhost")
        except (OSError, ssl.SSLError):
            for half_open in (raw, client, upstream):
                if half_open is not None:
                    half_open.close()
            return
        connection = next(self.numbers)
        peers = {client: server, server: client}
        try:
            while not self.closing.is_set():
                ready = [s for s in peers if s.pending()] or select.select(list(peers), [], [], 0.2)[0]
                for source in ready:
                    data = source.recv(65536)
                    if not data:
                        return
                    self.passing(connection, source is client, data)
                    peers[source].sendall(data)
        except (OSError, ssl.SSLError):
            pass
        finally:
            client.close()
            server.close()
