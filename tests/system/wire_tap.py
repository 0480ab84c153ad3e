"""A TLS proxy that a test puts between an agent and a server, to read the wire.

It can, because the test holds everybody's keys: it shows the client the server's
certificate and the server the client's.
"""
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
        self.connections = 0
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
        try:
            raw.settimeout(10)
            client = self.to_client.wrap_socket(raw, server_side=True)
            server = self.to_server.wrap_socket(socket.create_connection(self.upstream, 10),
                                                server_hostname="localhost")
        except (OSError, ssl.SSLError):
            raw.close()
            return
        self.connections += 1
        peers = {client: server, server: client}
        try:
            while not self.closing.is_set():
                ready = [s for s in peers if s.pending()] or select.select(list(peers), [], [], 0.2)[0]
                for source in ready:
                    data = source.recv(65536)
                    if not data:
                        return
                    self.captured += data
                    peers[source].sendall(data)
        except (OSError, ssl.SSLError):
            pass
        finally:
            client.close()
            server.close()
