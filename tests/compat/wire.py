"""gRPC calls as bytes: recorded between real clients and real servers, and played to
either side again.

A recorded call is {"by": "role/name", "to": "keyd" or "matcherd", "path": "/package.Service/Method",
"events": [["client" or "server", base64 of a message], ...], "status": "OK"}, events in the
order in which they passed.
"""
import base64
import concurrent.futures
import pathlib
import subprocess
import tempfile
import threading

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

PATIENCE = 30  # seconds for an answer
# Unset, one message may have 4 MiB.
OPTIONS = [("grpc.so_reuseport", 0)]


class Contract:
    """The messages of the protos below a folder."""

    def __init__(self, folder):
        files = sorted(str(path.relative_to(folder)) for path in pathlib.Path(folder).rglob("*.proto"))
        with tempfile.NamedTemporaryFile() as out:
            subprocess.run(["protoc", "-I", folder, "--include_imports", f"--descriptor_set_out={out.name}", *files],
                           check=True)
            described = descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(out.name).read_bytes())
        self.pool = descriptor_pool.DescriptorPool()
        for file in described.file:
            self.pool.Add(file)
        self.factory = message_factory.MessageFactory(self.pool)
        self.paths = {f"/{file.package}.{service.name}/{method.name}"
                      for file in described.file for service in file.service for method in service.method}

    def message(self, name):
        """The class of a message."""
        return self.factory.GetPrototype(self.pool.FindMessageTypeByName(name))

    def parse(self, path, side, data):
        """The message that `side` sends in the call `path`."""
        service, name = path.strip("/").split("/")
        method = self.pool.FindServiceByName(service).FindMethodByName(name)
        return self.message((method.input_type if side == "client" else method.output_type).full_name).FromString(data)


def credentials(pki, name):
    """(CA, key, chain) of a certificate below `pki`."""
    return tuple((pki / file).read_bytes() for file in ("ca.pem", f"{name}.key", f"{name}.pem"))


def channel(address, pki, name):
    ca, key, chain = credentials(pki, name)
    return grpc.secure_channel(address, grpc.ssl_channel_credentials(ca, key, chain),
                               [("grpc.ssl_target_name_override", "localhost")])


class Endpoint(grpc.GenericRpcHandler):
    """A server of any call, with `server`'s certificate; subclasses answer."""

    def __init__(self, pki, server):
        self.pki, self.name = pki, server
        self.server = grpc.server(concurrent.futures.ThreadPoolExecutor(16), [self], options=OPTIONS)
        ca, key, chain = credentials(pki, server)
        port = self.server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([(key, chain)], ca, True))
        self.address = f"127.0.0.1:{port}"
        self.server.start()

    def service(self, details):
        # On the wire every call is a stream each way.
        return grpc.stream_stream_rpc_method_handler(
            lambda requests, context: self.answer(details, requests, context))

    def answer(self, details, requests, context):
        raise NotImplementedError

    def close(self):
        self.server.stop(0).wait(10)


class Recorder(Endpoint):
    """Between clients and a real server; calls it with the certificate of whoever called."""

    def __init__(self, pki, server, upstream, names, calls):
        """`names`: certificate by "role/name"; `calls` is what the calls are appended to."""
        self.upstream, self.names, self.calls = upstream, names, calls
        self.channels, self.lock = {}, threading.Lock()
        super().__init__(pki, server)

    def caller(self, context):
        for name in context.auth_context()["x509_subject_alternative_name"]:
            if name.startswith(b"samkoer://"):
                return name.decode().split("/", 3)[3]
        raise AssertionError("a client without a name")

    def answer(self, details, requests, context):
        by = self.caller(context)
        call = {"by": by, "to": self.name, "path": details.method, "events": [], "status": "OK"}
        with self.lock:
            self.calls.append(call)
            if by not in self.channels:
                self.channels[by] = channel(self.upstream, self.pki, self.names[by])

        def note(side, message):
            call["events"].append([side, base64.b64encode(message).decode()])
            return message

        onward = self.channels[by].stream_stream(details.method)(
            note("client", message) for message in requests)
        context.add_callback(onward.cancel)
        try:
            for message in onward:
                yield note("server", message)
        except grpc.RpcError as error:
            call["status"] = error.code().name
            context.abort(error.code(), error.details())


class Player(Endpoint):
    """Answers as was recorded: each call with the next recorded one of its path that
    is not used yet."""

    def __init__(self, pki, server):
        self.waiting, self.strange = [], []
        super().__init__(pki, server)

    def load(self, calls):
        self.waiting, self.strange = [c for c in calls if c["to"] == self.name], []

    def answer(self, details, requests, context):
        call = next((c for c in self.waiting if c["path"] == details.method), None)
        if call is None:
            self.strange.append(details.method)
            context.abort(grpc.StatusCode.UNIMPLEMENTED, "not in the recording")
        self.waiting.remove(call)
        for side, message in call["events"]:
            if side == "server":
                yield base64.b64decode(message)
            else:
                next(requests, None)
        if call["status"] not in ("OK", "CANCELLED"):
            context.abort(grpc.StatusCode[call["status"]], "as recorded")


def play(stub, call):
    """Sends what the client sent then, to a real server, in the order of then. Returns what
    it answers now, (status, messages)."""
    to_send = threading.Semaphore(0)
    sent = [base64.b64decode(m) for side, m in call["events"] if side == "client"]

    def requests():
        for message in sent:
            assert to_send.acquire(timeout=PATIENCE), "the server did not answer"
            yield message
        assert to_send.acquire(timeout=PATIENCE), "the server did not answer"

    answers, left = [], len(sent)
    onward = stub.stream_stream(call["path"])(requests(), timeout=PATIENCE)
    try:
        for side, _ in call["events"]:
            if side == "client":
                left -= 1
                to_send.release(1 if left else 2)  # the last one, and that it was the last one
            else:
                answers.append(next(onward))
        if call["status"] == "CANCELLED":  # a stream without an end: left as it was left then
            onward.cancel()
            return "CANCELLED", answers
        answers += list(onward)
    except StopIteration:
        pass
    except grpc.RpcError as error:
        return error.code().name, answers
    finally:
        onward.cancel()
    return "OK", answers
