#!/usr/bin/env python3
"""Many coordinators at the web page of a municipality with many open alerts.

Called by tests/bench/page, which installs and builds first. Everybody has a certificate, a
session and an open line of events from where their list was read, as a browser has; the changes
are made by one of them. A connection that fails while it is opened ends the bench.
"""
import argparse
import asyncio
import json
import math
import pathlib
import re
import ssl
import sys
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from bench import BIN, Bench, figures, heading  # noqa: E402
from web_page import Web  # noqa: E402

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
    """One coordinator's browser: a connection for calls, a line of events."""

    def __init__(self, address, pki, name):
        self.host, self.port = address.removeprefix("https://").rsplit(":", 1)
        self.origin = address
        self.context = ssl.create_default_context(cafile=pki / "ca.pem")
        self.context.check_hostname = False
        self.context.load_cert_chain(pki / f"{name}.pem", pki / f"{name}.key")
        self.cookie, self.csrf, self.pipe, self.events = "", "", None, None
        self.arrived, self.listening = asyncio.Queue(), asyncio.Event()
        self.opened = 0

    def head(self, verb, path, extra=""):
        return (f"{verb} {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nAccept-Encoding: gzip\r\n"
                f"Cookie: {self.cookie}\r\n{extra}\r\n").encode()

    async def connect(self):
        self.opened += 1
        return await asyncio.open_connection(self.host, self.port, ssl=self.context)

    async def call(self, verb, path, fields=None):
        """The answer's bytes; a connection that the server has closed is opened again."""
        for _ in range(2):
            if self.pipe is None:
                self.pipe = await self.connect()
            try:
                return await self.ask(verb, path, fields)
            except (ConnectionError, asyncio.IncompleteReadError):
                self.pipe[1].close()
                self.pipe = None
        raise ConnectionError(path)

    async def ask(self, verb, path, fields):
        reader, writer = self.pipe
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
        if "content-encoding: gzip" in head.lower():
            return body
        return json.loads(body)

    async def log_in(self):
        self.csrf = (await self.call("POST", "/api/session"))["csrf"]

    async def listen(self):
        # Not from the beginning: what a list shows is not told again.
        after = (await self.call("GET", "/api/alerts", {"page_size": 1}))["feed_sequence"]
        reader, writer = self.events = await self.connect()
        writer.write(self.head("GET", f"/api/events?after={after}"))
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        if not head.startswith("HTTP/1.1 200"):
            sys.exit(f"error: the line of events: {head.splitlines()[0]}")
        while line := await reader.readline():
            if line.startswith(b"event: matcher"):
                self.listening.set()
            if line.startswith(b"event: change"):
                self.arrived.put_nowait(time.monotonic())

    def close(self):
        for pipe in (self.pipe, self.events):
            if pipe:
                pipe[1].close()


def memory(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return [int(re.search(rf"{name}:\s+(\d+)", status)[1]) / 1024 for name in ("VmRSS", "VmHWM")]


def spread(seconds):
    """Median, 99th percentile and longest, in milliseconds."""
    ranked = sorted(1000 * s for s in seconds)
    return tuple(ranked[min(len(ranked) - 1, math.ceil(len(ranked) * share) - 1)] for share in (0.5, 0.99, 1))


def told(what, seconds):
    median, high, longest = spread(seconds)
    print(f"{what:<34} {len(seconds):>7} {median:>9.1f} {high:>9.1f} {longest:>9.1f}")


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
        told(what, times)


async def change(people, alert, revision):
    """A change by the first; when each has heard of it, and has read what their page shows."""
    async def heard(person):
        at = await asyncio.wait_for(person.arrived.get(), 30)
        await asyncio.sleep(0.15)  # as the page does, so that changes come together
        await person.call("GET", "/api/overview")
        await person.call("GET", "/api/alerts", {"page_size": 10})
        return at, time.monotonic()

    waiting = [asyncio.create_task(heard(person)) for person in people]
    await asyncio.sleep(0)
    start = time.monotonic()
    await people[0].call("POST", f"/api/alerts/{alert}/state", {
        "state": "ALERT_STATE_OFFERED", "expected_revision": revision, "note": "talt med den unge"})
    done = await asyncio.gather(*waiting)
    return [at - start for at, _ in done], [shown - start for _, shown in done]


async def measure(it, web, people, changes):
    listing = json.loads(it.alerts_program("--format", "json", "list").stdout)
    print(f"\n{'milliseconds':<34} {'calls':>7} {'median':>9} {'p99':>9} {'longest':>9}")
    for person in people:
        await person.log_in()
    lines = []
    for person in people:
        lines.append(asyncio.create_task(person.listen()))
        await asyncio.wait_for(person.listening.wait(), 60)
    await views(people, 2 * len(people))
    heard, shown = [], []
    for alert in listing[:changes]:
        arrived, read = await change(people, alert["alert_id"], alert.get("revision", 1))
        heard += arrived
        shown += read
        await asyncio.sleep(1)
    told("a change, until a page hears of it", heard)
    told("a change, until a page has read it", shown)
    print(f"connections opened               {sum(person.opened for person in people):>8}")
    for line in lines:
        line.cancel()
    for person in people:
        person.close()
    await asyncio.gather(*lines, return_exceptions=True)
    for name, process in (("samkoer-web", web.process), ("samkoer-matcherd", it.matcherd.process)):
        now, most = memory(process)
        print(f"memory of {name:<24} {now:7.0f} MiB, at most {most:.0f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--alerts", type=int, default=50_000, help="open alerts (default 50,000)")
    parser.add_argument("--people", type=int, default=200, help="coordinators with an open page (default 200)")
    parser.add_argument("--changes", type=int, default=10, help="changes that all pages hear of (default 10)")
    arguments = parser.parse_args()
    heading()
    bench = Bench()
    with bench.installation() as it:
        pki = it.work / "pki"
        it.pki("server", pki, "web-server")
        it.pki("client", pki, "coordinator", "webside")
        names = [f"k{number:03}" for number in range(arguments.people)]
        for name in names:
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
        finally:
            web.stop()


if __name__ == "__main__":
    main()
