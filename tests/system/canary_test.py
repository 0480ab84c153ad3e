"""Plants canary CPR numbers, runs everything at the highest log level, crashes
and errors included, and searches everything that was written or sent for them."""
import pathlib
import resource
import socket
import subprocess
import sys
import tempfile
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import traces  # noqa: E402
from installation import BIN, ROOT, Installation  # noqa: E402
from wire_tap import WireTap  # noqa: E402

sys.path.insert(0, str(ROOT / "deploy/lib"))
import demo_data  # noqa: E402

# Fictional: each fails modulus 11. In several departments, in one, in a case
# reference, in a title, as a replaced number, in a note.
CANARIES = ["1203055551", "2407094441", "0909037771", "1411086661", "0505065551", "1712072221"]


def fails_modulus_11(digits):
    return sum(int(d) * w for d, w in zip(digits, demo_data.WEIGHTS)) % 11 != 0


class CanaryTest(unittest.TestCase):
    def setUp(self):
        for digits in CANARIES:
            self.assertTrue(fails_modulus_11(digits))

    def plant(self, folder):
        """Adds canary rows to the demo's familie and jobcenter exports."""
        familie = folder / "familie.csv"
        text = familie.read_bytes().decode("windows-1252")
        header = text.splitlines()[0].split(";")

        def row(**values):
            base = {"CPR": "", "Sagsnr": "DUB-9", "SagNavn": "titel", "KLE": "27.24.03",
                    "AfdelingNavn": "Familieteam 2", "HenvendelsesDato": "01-02-2026", "SlutDato": "",
                    "Status": "Igangværende", "PrimærAnsvarlig": "MFR", **values}
            return ";".join(base[h] for h in header) + "\r\n"
        a, b, c, d = CANARIES[:4]
        text += row(CPR=f"{a[:6]}-{a[6:]}", Sagsnr="DUB-9001")
        text += row(CPR=b, Sagsnr="DUB-9002", SagNavn=f"27.24.03 {d[:6]}-{d[6:]}")
        text += row(CPR=a, Sagsnr=f"{c[:6]}-{c[6:]}")
        text += row(CPR=c, Sagsnr=c)
        text += row(CPR=d, Sagsnr="DUB-9003", HenvendelsesDato="31-02-2026")
        familie.write_bytes(text.encode("windows-1252"))
        jobcenter = folder / "jobcenter.txt"
        columns = jobcenter.read_text(encoding="utf-8").splitlines()[0].split("\t")
        values = {"personnummer": a.removeprefix("0"), "navn": a, "sagsid": "JC9001", "emne": "15.20.00",
                  "team": "Team Unge", "startdato": "2026-02-01", "slutdato": "NULL",
                  "sagsstatus": "AKTIV", "sagsbehandler": b}
        with open(jobcenter, "a", encoding="utf-8", newline="") as file:
            file.write("\t".join(values[c] for c in columns) + "\n")

    def test_no_canary_is_found_anywhere(self):
        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        outputs = {}
        with tempfile.TemporaryDirectory() as data_name:
            data = pathlib.Path(data_name)
            subprocess.run([sys.executable, ROOT / "deploy/lib/demo_data.py", data], check=True)
            self.plant(data)
            with Installation(data) as it:
                self.exercise(it, outputs)
                self.assertEqual([p for p in it.work.rglob("core*") if p.is_file()], [])
                blobs = {str(path.relative_to(it.work)): path.read_bytes()
                         for path in it.work.rglob("*") if path.is_file() and path.name != "numbers.csv"}
                blobs.update(outputs)
                # The search itself must be able to find: the export has them.
                self.assertTrue(traces.search({"export": (data / "familie.csv").read_bytes()}, CANARIES))
                self.assertEqual(traces.search(blobs, CANARIES), [])

    def exercise(self, it, outputs):
        def keep(name, result, codes):
            self.assertIn(result.returncode, codes, f"{name}: {result.stdout}{result.stderr}")
            outputs[f"output of {name}"] = (result.stdout + result.stderr).encode()

        metrics = free_port()
        it.edit("keyd", lambda c: c.update(log_level="trace"))
        it.edit("matcherd", lambda c: c.update(log_level="trace", metrics_listen=f"127.0.0.1:{metrics}"))
        it.start()
        hyphen = f"{CANARIES[0][:6]}-{CANARIES[0][6:]}"
        (it.work / "numbers.csv").write_text(f"{CANARIES[4]};{CANARIES[5]}\n")
        taps = []
        for department in it.departments:
            pair = [WireTap(server.address, it.work / "pki", name, department)
                    for server, name in ((it.matcherd, "matcherd"), (it.keyd, "keyd"))]
            taps += pair
            it.edit(f"agent-{department}", lambda c, pair=pair: c.update(
                matcher={"address": pair[0].address, "server_name": "localhost"},
                key_service={"address": pair[1].address, "server_name": "localhost"}))
        it.edit("agent-familie", lambda c: c.update(number_map_file=f"{it.work}/numbers.csv"))
        try:
            for department in it.departments:
                keep(f"check {department}", it.agent(department, "check", "--day", it.day), (0, 2))
                keep(f"push {department}", it.agent(department, "push", "--day", it.day, "--fast-unlock"), (0, 2))
            captured = sum(len(tap.captured) for tap in taps)
            self.assertGreater(captured, 20_000, "the taps saw nothing")
            # The wire is readable to the test: a case reference stands in it.
            self.assertTrue(any(b"DUB-9001" in tap.captured for tap in taps))
            # Crashes in the middle of pushes.
            for department in it.departments[:3]:
                pusher = subprocess.Popen(
                    [BIN / "samkoer-agent", "--config", it.work / f"agent-{department}.yaml", "push",
                     "--day", it.day, "--fast-unlock", "--allow-shrink"],
                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                it.matcherd.kill()
                outputs[f"output of push {department} while the matcher is killed"] = pusher.communicate(timeout=120)[0]
                it.matcherd.start()
            alerts = it.alerts()
            keep("list", it.alerts_program("list", "--all"), (0,))
            with_canary = [a for a in alerts if any(p["case_ref"] == "DUB-9001" for p in a["participants"])]
            self.assertEqual(len(with_canary), 1, "the canary in two departments gives one alert")
            alert = with_canary[0]["alert_id"]
            for note in (CANARIES[0], f"ring om {hyphen}"):
                refused = it.alerts_program("set", alert, "conference-planned", "--note", note)
                self.assertNotEqual(refused.returncode, 0)
            keep("set", it.alerts_program("set", alert, "conference-planned", "--note", "aftalt"), (0,))
            keep("inbox", it.agent("familie", "inbox"), (0,))
            keep("person", it.audit("person", "--reason", "Anmodning om indsigt", input=hyphen + "\n"), (0,))
            for form in ("html", "json"):
                keep(f"person report, {form}", it.audit("person", "report", "--reason", "Indsigt", "--format", form, "--out",
                                                        it.work / f"indsigt.{form}", input=hyphen + "\n"), (0,))
            keep("person report of two", it.audit("person", "report", "--reason", "Indsigt", "--also", "--out", it.work,
                                                  input=f"{hyphen}\n{CANARIES[1]}\n"), (0,))
            keep("person, two lines", it.audit("person", "--reason", "prøve", input=f"{hyphen}\n{CANARIES[1]}\n"), (65,))
            refused = it.audit("person", "--reason", f"om {hyphen}", input=hyphen + "\n")
            self.assertNotEqual(refused.returncode, 0)
            keep("person, not a number", it.audit("person", "--reason", "prøve", input=hyphen[:-1] + "\n"), range(1, 99))
            keep("verify", it.audit("verify"), (0,))
            keep("log", it.audit("log"), (0,))
            keep("export", it.audit("export", it.work / "log-export"), (0,))
            outputs["metrics"] = urllib.request.urlopen(
                f"http://127.0.0.1:{metrics}/metrics", timeout=10).read()
            self.assertIn(b"samkoer", outputs["metrics"])
        finally:
            for number, tap in enumerate(taps):
                tap.close()
                outputs[f"wire {number}"] = bytes(tap.captured)
        self.assertEqual(it.matcherd.stop(), 0)
        self.assertEqual(it.keyd.stop(), 0)


class TracesTest(unittest.TestCase):
    def test_every_form_is_found_where_it_is_planted(self):
        import base64
        digits = CANARIES[1]
        for name, pattern in traces.forms(digits).items():
            self.assertTrue(traces.search({"x": b"\x17" * 9 + pattern + b"\x2a" * 9}, [digits]), name)
        for shift in range(3):
            text = base64.b64encode(b"abcdefg"[:shift + 3] + digits.encode() + b"tail")
            self.assertTrue(traces.search({"x": text}, [digits]), shift)
        self.assertEqual(traces.search({"x": bytes(range(256)) * 50}, [digits]), [])


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


if __name__ == "__main__":
    unittest.main()
