"""Logging in to the coordinators' page through a real reverse proxy (Apache with
mod_auth_openidc, by the example that is shipped) at a real OpenID Connect provider; and what
gets nobody in: headers of one's own, tokens for others, forged or expired ones, and the page's
address without the proxy."""
import base64
import fcntl
import hashlib
import hmac
import html
import http.client
import json
import os
import pathlib
import random
import re
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from installation import BIN, ROOT, Installation, run  # noqa: E402
from town import BASE, Town  # noqa: E402
from web_page import Web  # noqa: E402

SOURCE = ROOT / "tests/system/oidc"
EXAMPLES = ROOT / "deploy/web"
MODULES = pathlib.Path("/usr/lib/apache2/modules")
SECRET = "a client secret of this test alone"
GIVE_UP = 12  # redirections of one login


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def provider_folder():
    """The provider and its packages, installed once a build folder and lock file."""
    lock_file = (SOURCE / "package-lock.json").read_bytes()
    folder = BIN.parent / "oidc-provider" / hashlib.sha256(lock_file).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for path in SOURCE.iterdir():
            shutil.copy(path, folder)
        if not (folder / "installed").exists():
            result = run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, timeout=800)
            assert result.returncode == 0, result.stderr
            (folder / "installed").touch()
    return folder


def part(value):
    """A part of a JWT."""
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Browser:
    """Cookies, redirections and forms, as much as a login needs."""

    def __init__(self, ca):
        self.cookies, self.context = {}, ssl.create_default_context(cafile=ca)

    def ask(self, url, method="GET", body=None, headers=None):
        """One request; (status, headers, text)."""
        where = urllib.parse.urlsplit(url)
        connection = http.client.HTTPSConnection(where.hostname, where.port, timeout=60, context=self.context)
        jar = self.cookies.setdefault(where.netloc, {})
        headers = dict(headers or {})
        if jar:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())
        path = where.path or "/"
        connection.request(method, path + (f"?{where.query}" if where.query else ""), body, headers)
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                cookie, _, value = value.split(";")[0].partition("=")
                jar[cookie] = value
        connection.close()
        return answer.status, answer.headers, text

    def follow(self, url, person, stop=None):
        """Goes on until a page that is neither a redirection nor a form of the provider's, or until
        an address that begins with `stop`. Returns (address, status, text)."""
        status, text = 0, ""
        for _ in range(GIVE_UP):
            if stop and url.startswith(stop):
                return url, status, text
            status, headers, text = self.ask(url, headers={"Accept": "text/html"})
            form = re.search(r'<form[^>]*action="([^"]+)"', text)
            if status == 200 and form and 'name="prompt"' in text:
                fields = {"prompt": re.search(r'name="prompt" value="(\w+)"', text)[1]}
                if fields["prompt"] == "login":
                    fields |= {"login": person, "password": "x"}
                url = urllib.parse.urljoin(url, html.unescape(form[1]))
                status, headers, text = self.ask(url, "POST", urllib.parse.urlencode(fields),
                                                 {"Content-Type": "application/x-www-form-urlencoded"})
            if status not in (301, 302, 303, 307):
                return url, status, text
            url = urllib.parse.urljoin(url, headers["Location"])
        raise AssertionError(f"still going on at {url}")


class OidcTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        (cls.folder / "town").mkdir()
        town = Town(cls.folder / "town", random.Random(1), people=6)
        cls.it = Installation(cls.folder / "town").__enter__()
        cls.addClassCleanup(cls.it.__exit__)
        cls.pki = cls.it.work / "pki"
        for name in ("provider", "proxy", "web-server"):
            cls.it.pki("server", cls.pki, name)
        cls.it.pki("client", cls.pki, "coordinator", "webside")
        cls.it.start()
        cls.it.push(BASE)
        del town
        # What Apache's own user must read.
        cls.folder.chmod(0o755)
        shutil.copy(cls.pki / "ca.pem", cls.folder)
        cls.issuer = f"https://localhost:{free_port()}"
        cls.origin = f"https://localhost:{free_port()}"
        cls.callback = f"{cls.origin}/oidc/callback"
        cls.processes = []
        cls.addClassCleanup(cls.end)
        cls.start_provider()
        cls.start_web()
        cls.start_apache()

    @classmethod
    def end(cls):
        for process in cls.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    @classmethod
    def start(cls, name, command, ready, **options):
        log = cls.folder / f"{name}.log"
        with open(log, "wb") as out:
            process = subprocess.Popen([str(c) for c in command], stdout=out, stderr=subprocess.STDOUT,
                                       cwd=cls.folder, **options)
        cls.processes.append(process)
        for _ in range(600):
            if ready(log):
                return
            assert process.poll() is None, f"{name} ended:\n" + log.read_text(encoding="utf-8")
            time.sleep(0.1)
        raise AssertionError(f"{name} did not start:\n" + log.read_text(encoding="utf-8"))

    @classmethod
    def start_provider(cls):
        cls.key = cls.folder / "signing.key"
        made = run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", cls.key])
        assert made.returncode == 0, made.stderr
        keys = cls.folder / "keys.json"
        script = ("const c=require('crypto'),f=require('fs');const [k,o]=process.argv.slice(1);"
                  "f.writeFileSync(o,JSON.stringify({keys:[{...c.createPrivateKey(f.readFileSync(k)).export({format:'jwk'}),"
                  "kid:'one',use:'sig',alg:'RS256'}]}))")
        made = run(["node", "-e", script, cls.key, keys])
        assert made.returncode == 0, made.stderr
        client = {"client_secret": SECRET, "response_types": ["code"], "grant_types": ["authorization_code"]}
        clients = [{**client, "client_id": "samkoer", "redirect_uris": [cls.callback]},
                   {**client, "client_id": "another-system", "redirect_uris": ["https://another.example/callback"]}]
        folder = provider_folder()
        cls.start("provider", ["node", folder / "provider.mjs"],
                  lambda log: "listening" in log.read_text(encoding="utf-8"),
                  env={**os.environ, "ISSUER": cls.issuer, "KEY": str(cls.pki / "provider.key"),
                       "CERTIFICATE": str(cls.pki / "provider.pem"), "SIGNING_KEYS": str(keys),
                       "CLIENTS": json.dumps(clients)})

    @classmethod
    def start_web(cls):
        """By web-openid.yaml; its keys by samkoer-fetch-keys."""
        browser = Browser(cls.folder / "ca.pem")
        jwks = json.loads(browser.ask(f"{cls.issuer}/.well-known/openid-configuration")[2])["jwks_uri"]
        keys = cls.it.work / "openid-keys.pem"
        fetched = run([EXAMPLES / "samkoer-fetch-keys", jwks, keys],
                      env={**os.environ, "SSL_CERT_FILE": str(cls.folder / "ca.pem")})
        assert fetched.returncode == 0, fetched.stderr
        config = yaml.safe_load((EXAMPLES / "web-openid.yaml").read_text(encoding="utf-8"))
        config["municipality"] = (cls.pki / "municipality").read_text(encoding="utf-8").strip()
        config["matcher"] = {"address": cls.it.matcherd.address, "server_name": "localhost"}
        cls.page = f"localhost:{free_port()}"
        config["listen"] |= {"address": cls.page.replace("localhost", "127.0.0.1"), "origin": cls.origin}
        config["state_dir"] = str(cls.it.work / "web-state")
        config["metrics_listen"] = "127.0.0.1:0"
        config["openid"] |= {"issuer": cls.issuer, "keys_file": str(keys)}
        (cls.it.work / "web-openid.yaml").write_text(json.dumps(config), encoding="utf-8")
        cls.it.edit("matcherd", lambda c: c.update(
            portals=[f"samkoer://{config['municipality']}/coordinator/webside"]))
        cls.it.matcherd.stop()
        cls.it.matcherd.start()
        cls.web = Web(cls.it, "web-openid").start()
        cls.addClassCleanup(cls.web.kill)

    @classmethod
    def start_apache(cls):
        """By apache.conf, with the addresses and files of this test."""
        shipped = (EXAMPLES / "apache.conf").read_text(encoding="utf-8")
        secrets_file = cls.folder / "secrets.conf"
        secrets_file.write_text(f'OIDCClientSecret "{SECRET}"\nOIDCCryptoPassphrase "{secrets.token_hex(16)}"\n')
        port = cls.origin.rsplit(":", 1)[1]
        for shown, here in (
                ("10.20.0.13:443", f"127.0.0.1:{port}"), ("ServerName ungeindsats.viborg.example", "ServerName localhost"),
                ("/etc/apache2/ungeindsats.pem", cls.pki / "proxy.pem"),
                ("/etc/apache2/ungeindsats.key", cls.pki / "proxy.key"),
                ("https://login.viborg.example/adfs", cls.issuer),
                ("/etc/apache2/samkoer-oidc-secrets.conf", secrets_file),
                ("https://ungeindsats.viborg.example", cls.origin),
                ("/etc/samkoer/pki/ca.pem", cls.folder / "ca.pem"),
                ("https://127.0.0.1:8445", f"https://{cls.page}")):
            assert shown in shipped, shown
            shipped = shipped.replace(shown, str(here))
        enabled = re.search(r"a2enmod (.+)$", (EXAMPLES / "apache.conf").read_text(encoding="utf-8"), re.M)[1].split()
        loaded = "".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so\n"
                         for name in ("mpm_event", "authz_core", "authn_core", "authz_user", "socache_shmcb", *enabled))
        user = "User www-data\nGroup www-data\n" if os.geteuid() == 0 else ""
        (cls.folder / "apache.conf").write_text(
            f'{loaded}{user}ServerRoot "{cls.folder}"\nPidFile {cls.folder}/apache.pid\nListen 127.0.0.1:{port}\n'
            f"ErrorLog {cls.folder}/error.log\nLogLevel warn\nServerName localhost\n"
            f"OIDCCABundlePath {cls.folder}/ca.pem\n{shipped}", encoding="utf-8")

        def ready(_):
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", int(port))) == 0
        cls.start("apache", ["/usr/sbin/apache2", "-f", cls.folder / "apache.conf", "-D", "FOREGROUND"], ready,
                  env={**os.environ, "APACHE_RUN_DIR": str(cls.folder)})

    # ---- what people and others do ----

    def told(self):
        error = self.folder / "error.log"
        return self.web.log()[-2000:] + (error.read_text(encoding="utf-8")[-2000:] if error.exists() else "")

    def log_in(self, person):
        browser = Browser(self.folder / "ca.pem")
        url, status, text = browser.follow(f"{self.origin}/", person)
        self.assertEqual((url, status), (f"{self.origin}/", 200), text[:500] + self.told())
        return browser

    def session(self, browser, headers=None, at=None):
        """Who the page takes the browser for: (status, name)."""
        status, _, text = browser.ask(f"{at or self.origin}/api/session", "POST", "{}",
                                      {"Origin": self.origin, "Content-Type": "application/json", **(headers or {})})
        return status, (json.loads(text).get("person") if status == 200 else None)

    def direct(self, token=None, headers=None):
        """At the page's own address, past the proxy."""
        browser = Browser(self.folder / "ca.pem")
        headers = dict(headers or {})
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return self.session(browser, headers, at=f"https://{self.page}")

    def token(self, client, callback, person):
        """An ID token that the provider gives."""
        browser = Browser(self.folder / "ca.pem")
        verifier = secrets.token_urlsafe(48)
        challenge = part(hashlib.sha256(verifier.encode()).digest())
        asked = urllib.parse.urlencode({
            "client_id": client, "redirect_uri": callback, "response_type": "code", "scope": "openid profile",
            "state": "x", "nonce": "y", "code_challenge": challenge, "code_challenge_method": "S256"})
        url, _, text = browser.follow(f"{self.issuer}/auth?{asked}", person, stop=callback)
        self.assertTrue(url.startswith(callback), text)
        code = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)["code"][0]
        credentials = base64.b64encode(
            f"{urllib.parse.quote(client)}:{urllib.parse.quote_plus(SECRET)}".encode()).decode()
        status, _, text = browser.ask(f"{self.issuer}/token", "POST", urllib.parse.urlencode({
            "grant_type": "authorization_code", "code": code, "redirect_uri": callback, "code_verifier": verifier}),
            {"Content-Type": "application/x-www-form-urlencoded", "Authorization": f"Basic {credentials}"})
        self.assertEqual(status, 200, text)
        return json.loads(text)["id_token"]

    def sign(self, claims, key=None):
        """A token with the provider's key, or another one."""
        text = f"{part({'alg': 'RS256', 'kid': 'one'})}.{part(claims)}"
        signed = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key or self.key], input=text.encode(),
                                capture_output=True, check=True)
        return f"{text}.{part(signed.stdout)}"

    def claims(self, **other):
        now = int(time.time())
        return {"iss": self.issuer, "aud": "samkoer", "sub": "anna", "preferred_username": "anna",
                "groups": ["ungekoordinator"], "iat": now, "exp": now + 300, **other}

    def test_a_login_ends_on_the_page_as_that_person(self):
        for person in ("anna", "bo-2"):
            browser = self.log_in(person)
            self.assertEqual(self.session(browser), (200, person), self.told())
        # Who is no coordinator stays outside, at the proxy already.
        browser = Browser(self.folder / "ca.pem")
        _, status, _ = browser.follow(f"{self.origin}/", "gaest")
        self.assertIn(status, (401, 403))
        self.assertNotEqual(self.session(browser)[0], 200)

    def test_a_header_of_ones_own_never_counts_at_the_proxy(self):
        anna = self.token("samkoer", self.callback, "anna")
        self.assertEqual(self.direct(anna), (200, "anna"), "the token would do")
        stranger = Browser(self.folder / "ca.pem")
        for name in ("Authorization", "authorization"):
            status, _ = self.session(stranger, {name: f"Bearer {anna}"})
            self.assertIn(status, (302, 401, 403), "in without a login")
        bo = self.log_in("bo")
        for headers in ({"Authorization": f"Bearer {anna}"}, {"OIDC_id_token": anna},
                        {"OIDC-id-token": anna, "X-Forwarded-User": "anna", "samkoer-on-behalf-of": "anna"}):
            self.assertEqual(self.session(bo, headers), (200, "bo"), self.told())

    def test_the_page_itself_believes_only_a_token_that_holds(self):
        self.assertEqual(self.direct(self.sign(self.claims())), (200, "anna"), "the test signs as the provider does")
        good = self.token("samkoer", self.callback, "anna")
        head, body, signature = good.split(".")
        public = (self.it.work / "openid-keys.pem").read_bytes()
        hashed = f"{part({'alg': 'HS256'})}.{body}"
        other_key = self.folder / "other.key"
        self.assertEqual(run(["openssl", "genpkey", "-algorithm", "RSA", "-out", other_key]).returncode, 0)
        now = int(time.time())
        refused = {
            "no token": None,
            "an empty one": "",
            "another audience": self.token("another-system", "https://another.example/callback", "anna"),
            "an expired one": self.sign(self.claims(iat=now - 900, exp=now - 300)),
            "not valid yet": self.sign(self.claims(iat=now + 300, exp=now + 600)),
            "another issuer": self.sign(self.claims(iss="https://login.example")),
            "no role": self.token("samkoer", self.callback, "gaest"),
            "no signature": f"{part({'alg': 'none'})}.{body}.",
            "the public key as a secret":
                f"{hashed}.{part(hmac.new(public, hashed.encode(), hashlib.sha256).digest())}",
            "another key": self.sign(self.claims(), other_key),
            "another body": f"{head}.{part(self.claims(preferred_username='bo'))}.{signature}",
        }
        for what, token in refused.items():
            with self.subTest(what):
                status, name = self.direct(token)
                self.assertIn(status, (401, 403))
                self.assertIsNone(name)
        for headers in ({"X-Forwarded-User": "anna"}, {"OIDC_CLAIM_preferred_username": "anna"},
                        {"samkoer-on-behalf-of": "anna"}):
            self.assertIn(self.direct(None, headers)[0], (401, 403))
        log = self.web.log()
        for token in filter(None, refused.values()):
            self.assertNotIn(token.split(".")[1], log, "a token stands in the log")


if __name__ == "__main__":
    unittest.main()
