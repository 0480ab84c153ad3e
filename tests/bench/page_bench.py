#!/usr/bin/env python3
"""Many coordinators at the web page of a municipality with many open alerts.

Called by tests/bench/page, which installs and builds first. Everybody has a certificate, a
session, an open line of events and as many connections for calls as a browser opens; the
changes are made by one of them. One more looks on with a real Chromium. Exits with 1 if a goal is
missed.
"""
import argparse
import asyncio
import collections
import gzip
import json
import math
import pathlib
import re
import resource
import ssl
import subprocess
import sys
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from bench import BIN, Bench, figures, heading  # noqa: E402
from web_page import Web, browse  # noqa: E402

# Milliseconds, each of 99 in 100: of a call at the server, and from a change to what a person sees.
CALL_GOAL, SEEN_GOAL = 100, 1000
TRIES = 3
CONNECTIONS = 4  # for calls; beside the line of events
broken = collections.Counter()  # connections that ended, by how
missed = []

# What a view asks when it is opened, and the filters that a list offers.
VIEWS = [
    ("first page of alerts", "/api/alerts", {"page_size": 50}),
    ("one department's", "/api/alerts", {"page_size": 50, "department": "social"}),
    ("nothing fits: overdue", "/api/alerts", {"page_size": 50, "overdue_only": "true"}),
    ("without a guide", "/api/alerts", {"page_size": 50, "without_guide": "true"}),
    ("a state that few have", "/api/alerts", {"page_size": 50, "states": "ALERT_STATE_OFFERED"}),
    ("the day's figures", "/api/overview", {}),
]


class Person:
    """One coordinator's browser: connections for calls, a line of events."""

    def __init__(self, address, pki, name):
        self.host, self.port = address.removeprefix("https://").rsplit(":", 1)
        self.origin = address
        self.context = ssl.create_default_context(cafile=pki / "ca.pem")
        self.context.check_hostname = False
        self.context.load_cert_chain(pki / f"{name}.pem", pki / f"{name}.key")
        self.cookie, self.csrf, self.pipes, self.events = "", "", [None] * CONNECTIONS, None
        self.arrived, self.listening = asyncio.Queue(), asyncio.Event()

    def head(self, verb, path, extra=""):
        return (f"{verb} {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nAccept-Encoding: gzip\r\n"
                f"Cookie: {self.cookie}\r\n{extra}\r\n").encode()

    async def connect(self):
        start = time.monotonic()
        try:
            return await asyncio.open_connection(self.host, self.port, ssl=self.context)
        except OSError as error:
            broken[f"{type(error).__name__} after {time.monotonic() - start:.0f} s of connecting"] += 1
            raise

    async def call(self, verb, path, fields=None, pipe=0):
        """The answer's bytes, or its JSON where it is not compressed; a connection that has ended is
        opened again, as browsers do."""
        for _ in range(TRIES):
            try:
                if self.pipes[pipe] is None:
                    self.pipes[pipe] = await self.connect()
                return await self.ask(self.pipes[pipe], verb, path, fields)
            except (OSError, asyncio.IncompleteReadError) as error:
                if self.pipes[pipe]:
                    broken[f"{type(error).__name__} in a call"] += 1
                    self.pipes[pipe][1].close()
                    self.pipes[pipe] = None
        raise ConnectionError(f"{path}: {TRIES} connections in a row came to nothing")

    async def ask(self, pipe, verb, path, fields):
        reader, writer = pipe
        text = urllib.parse.urlencode(fields or {})
        if verb == "GET":
            writer.write(self.head(verb, path + ("?" + text if text else "")))
        else:
            writer.write(self.head(verb, path, (
                f"Origin: {self.origin}\r\nX-CSRF-Token: {self.csrf}\r\nContent-Length: {len(text)}\r\n"
                "Content-Type: application/x-www-form-urlencoded\r\n")) + text.encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        body = await reader.readexactly(int(re.search(r"Content-Length: (\d+)", head, re.I)[1]))
        if not head.startswith("HTTP/1.1 200"):
            sys.exit(f"error: {path}: {head.splitlines()[0]}: {body[:200]!r}")
        if cookie := re.search(r"Set-Cookie: ([^;]+)", head, re.I):
            self.cookie = cookie[1]
        return body if "content-encoding: gzip" in head.lower() else json.loads(body)

    async def open(self):
        """Logs in, and opens the first page: a connection for each of its calls."""
        self.csrf = (await self.call("POST", "/api/session"))["csrf"]
        first = (("/api/overview", {}), ("/api/alerts", {"page_size": 10}), ("/api/conferences", {}), ("/api/inquiries", {}))
        overview, *_ = await asyncio.gather(*(
            self.call("GET", path, fields, pipe) for pipe, (path, fields) in enumerate(first)))
        if isinstance(overview, bytes):
            overview = json.loads(gzip.decompress(overview))
        return overview["feed_sequence"]

    async def listen(self, after):
        """The line of events, opened again where it ends; a change is noted when it comes."""
        while True:
            try:
                reader, writer = self.events = await self.connect()
                writer.write(self.head("GET", f"/api/events?after={after}"))
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                if not head.startswith("HTTP/1.1 200"):
                    sys.exit(f"error: the line of events: {head.splitlines()[0]}")
                while line := await reader.readline():
                    if line.startswith(b"id: "):
                        after = line[4:].decode().strip()
                    if line.startswith(b"event: matcher"):
                        self.listening.set()
                    if line.startswith(b"event: change"):
                        self.arrived.put_nowait(time.monotonic())
                broken["a line of events that ended"] += 1
            except (OSError, asyncio.IncompleteReadError) as error:
                broken[f"{type(error).__name__} in a line of events"] += 1
                await asyncio.sleep(1)

    def close(self):
        for pipe in (*self.pipes, self.events):
            if pipe:
                pipe[1].close()


def memory(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return [int(re.search(rf"{name}:\s+(\d+)", status)[1]) / 1024 for name in ("VmRSS", "VmHWM")]


def spread(seconds):
    """Median, 99th percentile and longest, in milliseconds."""
    ranked = sorted(1000 * s for s in seconds)
    return tuple(ranked[min(len(ranked) - 1, math.ceil(len(ranked) * share) - 1)] for share in (0.5, 0.99, 1))


def told(what, seconds, goal=None):
    """A line of figures; `goal`: the milliseconds that 99 in 100 may take."""
    median, high, longest = spread(seconds)
    met = "" if goal is None else f"{goal:>7} {'yes' if high <= goal else 'NO':>5}"
    if goal is not None and high > goal:
        missed.append(what)
    print(f"{what:<40} {len(seconds):>7} {median:>9.1f} {high:>9.1f} {longest:>9.1f} {met}")


async def timed(call):
    start = time.monotonic()
    await call
    return time.monotonic() - start


async def views(people, rounds):
    """One call at a time, by one person after the other."""
    for what, path, fields in VIEWS:
        times = []
        for number in range(rounds):
            times.append(await timed(people[number % len(people)].call("GET", path, fields)))
        told(what, times, CALL_GOAL)


async def change(people, alert, revision):
    """A change by the first; when each has heard of it, and has read what their page shows."""
    async def heard(person):
        at = await asyncio.wait_for(person.arrived.get(), 30)
        await asyncio.sleep(0.15)  # as the page does, so that changes come together
        await asyncio.gather(person.call("GET", "/api/overview"),
                             person.call("GET", "/api/alerts", {"page_size": 10}, pipe=1))
        return at, time.monotonic()

    waiting = [asyncio.create_task(heard(person)) for person in people]
    await asyncio.sleep(0)
    start = time.monotonic()
    await people[0].call("POST", f"/api/alerts/{alert}/state", {
        "state": "ALERT_STATE_OFFERED", "expected_revision": revision, "note": "talt med den unge"})
    done = await asyncio.gather(*waiting)
    return [at - start for at, _ in done], [shown - start for _, shown in done]


def looked_at(loop, web, pki, people, changes):
    """Changes that a person sees in a real browser, while all the others read them, too."""
    def do(alert):
        began = time.time()
        asyncio.run_coroutine_threadsafe(change(people, alert, 1), loop).result(120)
        return 1000 * began
    code, said = browse("measure.mjs", {"WEB_ORIGIN": web.address, "WEB_PKI": pki, "WEB_CHANGES": changes},
                        {"change": do}, 600)
    if code != 0:
        sys.exit(f"error: the browser: {said}")
    return [float(ms) / 1000 for ms in re.findall(r"^shown after (\d+) ms$", said, re.M)]


async def measure(it, web, people, changes):
    listing = json.loads(it.alerts_program("--format", "json", "list").stdout)
    print(f"\n{'milliseconds':<40} {'calls':>7} {'median':>9} {'p99':>9} {'longest':>9} {'goal':>7} {'met':>5}")
    after = [await person.open() for person in people]
    lines = [asyncio.create_task(person.listen(number)) for person, number in zip(people, after)]
    for person in people:
        await asyncio.wait_for(person.listening.wait(), 60)
    await views(people, 2 * len(people))
    heard, shown = [], []
    # The newest are those that the browser sees; these are others.
    for alert in listing[-changes:]:
        arrived, read = await change(people, alert["alert_id"], alert.get("revision", 1))
        heard += arrived
        shown += read
        await asyncio.sleep(1)
    told("a change, until a page hears of it", heard)
    told("a change, until a page has read it", shown, SEEN_GOAL)
    loop = asyncio.get_running_loop()
    told("a change, until a browser shows it", await asyncio.to_thread(
        looked_at, loop, web, it.work / "pki", people, changes), SEEN_GOAL)
    for line in lines:
        line.cancel()
    for person in people:
        person.close()
    await asyncio.gather(*lines, return_exceptions=True)
    for name, process in (("samkoer-web", web.process), ("samkoer-matcherd", it.matcherd.process)):
        now, most = memory(process)
        print(f"memory of {name:<24} {now:7.0f} MiB, at most {most:.0f}")
    print("connections that ended and were opened again:", dict(broken) or "none")


def tell_of(web):
    """What there is to know of the page's server when the measuring fails."""
    print(f"samkoer-web: exit code {web.process.poll()}\n{web.log()[-3000:]}")
    print(f"connections that ended: {dict(broken)}")
    print(subprocess.run(["ss", "-ltnp"], capture_output=True, text=True, check=False).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--alerts", type=int, default=50_000, help="open alerts (default 50,000)")
    parser.add_argument("--people", type=int, default=200, help="coordinators with an open page (default 200)")
    parser.add_argument("--changes", type=int, default=10, help="changes that all pages hear of (default 10)")
    arguments = parser.parse_args()
    heading()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    bench = Bench()
    with bench.installation() as it:
        pki = it.work / "pki"
        it.pki("server", pki, "web-server")
        it.pki("client", pki, "coordinator", "webside")
        names = [f"k{number:03}" for number in range(arguments.people)]
        for name in (*names, "anna"):
            it.pki("client", pki, "coordinator", name)
        it.start()
        # A tenth of the bench's persons have a case in two departments.
        rows = 40 * math.ceil(arguments.alerts * 10 / 40)
        figures([BIN / "push_bench", rows, 0, *bench.configs(it)])
        web = Web(it).start()
        try:
            overview = json.loads(it.alerts_program("--format", "json", "overview").stdout)
            alerts = sum(int(s.get("alerts", 0)) for s in overview["states"])
            print(f"alerts     {alerts:,}, all open; {arguments.people} people at their pages")
            asyncio.run(measure(it, web, [Person(web.address, pki, name) for name in names], arguments.changes))
        except BaseException:
            tell_of(web)
            raise
        finally:
            web.stop()
    if missed:
        sys.exit(f"error: the goal is missed: {'; '.join(missed)}")


if __name__ == "__main__":
    main()
