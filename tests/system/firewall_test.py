"""deploy/firewall/samkoer.nft between two network namespaces of the test's own: whom it lets
in, and how often."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULES = ROOT / "deploy/firewall/samkoer.nft"
PORTS = (8443, 8444, 8445)
MOST = 20  # connections of an address
# A machine with the servers, and one beside it with an address of the municipality's and another one.
STAGE = """
    set -e
    ip link set lo up
    unshare -n sleep 100 & other=$!
    trap 'kill $other' EXIT
    while [ "$(readlink /proc/$other/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
    ip link add name servers type veth peer name clients netns $other
    ip address add 10.20.0.1/24 dev servers
    ip address add 192.0.2.1/24 dev servers
    ip link set servers up
    nsenter -t $other -n ip address add 10.20.0.2/24 dev clients
    nsenter -t $other -n ip address add 10.20.0.3/24 dev clients
    nsenter -t $other -n ip address add 192.0.2.2/24 dev clients
    nsenter -t $other -n ip link set clients up
    nft -f {rules}
    nft -f {rules}
    {python} {program} listen & listener=$!
    trap 'kill $other $listener' EXIT
    {python} {program} local
    nsenter -t $other -n {python} {program} remote
"""
PROGRAM = """
import socket, socketserver, sys, threading, time
PORTS, MOST = {ports}, {most}
def connect(server, client, port):
    try:
        return socket.create_connection((server, port), 1.5, (client, 0))
    except OSError:
        return None
def wait():
    for _ in range(100):
        one = connect("127.0.0.1", "127.0.0.1", 9000)
        if one:
            return one.close()
        time.sleep(0.05)
if sys.argv[1] == "listen":
    class Until(socketserver.BaseRequestHandler):
        def handle(self):
            self.request.recv(1)  # nothing comes but the end
    socketserver.ThreadingTCPServer.daemon_threads = True
    for port in (*PORTS, 9000):
        threading.Thread(target=socketserver.ThreadingTCPServer(("", port), Until).serve_forever, daemon=True).start()
    time.sleep(100)
elif sys.argv[1] == "local":
    wait()
    held = [connect("127.0.0.1", "127.0.0.1", PORTS[0]) for _ in range(MOST + 5)]
    print("itself", sum(1 for c in held if c))
else:
    for port in PORTS:
        print("stranger", port, bool(connect("192.0.2.1", "192.0.2.2", port)))
        print("stranger to the other address", port, bool(connect("10.20.0.1", "192.0.2.2", port)))
    print("another port", bool(connect("192.0.2.1", "192.0.2.2", 9000)))
    held = [connect("10.20.0.1", "10.20.0.2", PORTS[n % 3]) for n in range(MOST + 3)]
    print("held", sum(1 for c in held if c))
    print("its neighbour", bool(connect("10.20.0.1", "10.20.0.3", PORTS[0])))
    for c in held[:10]:
        c.close()
    print("after ten were closed", any(connect("10.20.0.1", "10.20.0.2", PORTS[0]) for _ in range(5)))
"""


class Ports(unittest.TestCase):
    def test_a_role_has_one_port_in_every_example_and_it_stands_in_the_rules_once(self):
        examples = ROOT / "deploy/packages/examples"
        listens = r'(?:listen|address): "[0-9.]+:(\d+)"'
        found = {}
        for role, paths in (("matcherd", [examples / "matcherd.yaml"]), ("keyd", [examples / "keyd.yaml"]),
                            ("web", [examples / "web.yaml", ROOT / "deploy/web/web-openid.yaml"])):
            ports = {re.search(listens, path.read_text(encoding="utf-8"))[1] for path in paths}
            image = (ROOT / f"deploy/containers/{role}.Containerfile").read_text(encoding="utf-8")
            ports.add(re.search(r"^EXPOSE (\d+)$", image, re.M)[1])
            self.assertEqual(len(ports), 1, f"{role}: {ports}")
            found[role] = int(ports.pop())
        self.assertEqual(sorted(found.values()), sorted(PORTS))
        for line in re.findall(r"tcp dport \{([^}]*)\}", RULES.read_text(encoding="utf-8")):
            self.assertEqual([int(port) for port in line.split(",")], sorted(found.values()))
        # Where others call them.
        called = {"samkoer-matcher": found["matcherd"], "samkoer-keyd": found["keyd"], "127.0.0.1": found["web"]}
        for folder in ("deploy", "clients/adapters", "docs"):
            for path in (ROOT / folder).rglob("*"):
                if path.suffix not in (".yaml", ".conf", ".cfg", ".md", ".json") or "node_modules" in path.parts:
                    continue
                text = path.read_text(encoding="utf-8")
                for host, port in re.findall(r"(samkoer-matcher|samkoer-keyd)[\w.]*\.example:(\d+)", text):
                    self.assertEqual(int(port), called[host], path)
                for port in re.findall(r"https://127\.0\.0\.1:(\d+)", text):
                    self.assertEqual(int(port), called["127.0.0.1"], path)
                for port in re.findall(r"https://ungeindsats\.\w+\.example:(\d+)", text):
                    self.assertEqual(int(port), found["web"], path)


class Firewall(unittest.TestCase):
    def test_strangers_stay_out_and_nobody_takes_all(self):
        for program in ("nft", "ip"):
            self.assertTrue(shutil.which(program), f"{program} is missing")
        possible = subprocess.run(["unshare", "-n", "sh", "-c", "ip link add name v0 type veth peer name v1"],
                                  capture_output=True, text=True, check=False, timeout=30)
        if possible.returncode != 0:
            self.skipTest("no namespaces here, the rules were not tried: " + possible.stderr.strip())
        program = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory())) / "program.py"
        program.write_text(PROGRAM.format(ports=PORTS, most=MOST), encoding="utf-8")
        stage = textwrap.dedent(STAGE).format(rules=RULES, python=sys.executable, program=program)
        done = subprocess.run(["unshare", "-n", "bash", "-c", stage], capture_output=True, text=True, check=False,
                              timeout=90)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        said = done.stdout.splitlines()
        wanted = [f"itself {MOST + 5}"]
        for port in PORTS:
            wanted += [f"stranger {port} False", f"stranger to the other address {port} False"]
        wanted += ["another port True", f"held {MOST}", "its neighbour True", "after ten were closed True"]
        self.assertEqual(said, wanted)


if __name__ == "__main__":
    unittest.main()
