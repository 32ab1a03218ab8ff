"""Behind a reverse proxy the server answers as if its clients had called it under the proxy's name."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
import trustme
from botocore.exceptions import ClientError
from werkzeug.test import Client as WsgiClient

from qchime import Cloud, Handle
from qchime.server import Application, Server
from qchime.world import User
from tests.server.trust.proxying import proxy_before, write
from tests.server.trust.sigv4 import Signing
from tests.server.wire import TIMEOUT, Reply, client, send
from tests.services.qapps.samples import INSTANCE
from tests.services.qapps.test_file_links import STORY, Upload
from tests.test_cli import serving

HOST, PROTO = "X-Forwarded-Host", "X-Forwarded-Proto"
FORWARDED = {HOST: "mock.test", PROTO: "https"}


@contextmanager
def behind_proxy(**options: Any) -> Iterator[Server]:
    with Server(cloud=Cloud(), proxy=True, **options) as server:
        yield server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One behind a proxy, called mock.test by its clients."""
    with behind_proxy(hosts=["mock.test"]) as server:
        yield server


@pytest.fixture(scope="module")
def certificates() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def bundle(certificates: trustme.CA, tmp_path: Path) -> str:
    return write(certificates, tmp_path / "ca.pem")


def client_through_proxy(server: Server, service: str, headers: dict[str, str]) -> Any:
    """A client whose requests have the headers of a proxy."""
    aws = client(server, service)
    aws.meta.events.register("before-send", lambda request, **_: request.headers.update(headers))
    return aws


def link(server: Server, headers: dict[str, str]) -> str:
    """The link that a client behind a proxy gets for the upload of a file."""
    return str(Upload(client_through_proxy(server, "qapps", headers)).link["presignedUrl"])


class TestLinks:
    @pytest.mark.parametrize(
        ("headers", "start"),
        [
            (FORWARDED, "https://mock.test/"),
            ({HOST: "mock.test:8443", PROTO: "https"}, "https://mock.test:8443/"),
            ({HOST: "mock.test"}, "http://mock.test/"),
            ({HOST: "[::1]:80", PROTO: "HTTPS"}, "https://[::1]:80/"),
            ({HOST: "evil.example, mock.test", PROTO: "http,https"}, "https://mock.test/"),
            ({HOST: "mock.test ,localhost:81\t", PROTO: "https, http"}, "http://localhost:81/"),
        ],
    )
    def test_have_the_host_and_scheme_of_the_nearest_proxy(
        self, server: Server, headers: dict[str, str], start: str
    ) -> None:
        assert link(server, headers).startswith(f"{start}_qchime/files")

    def test_can_have_a_forwarded_scheme_only(self, server: Server) -> None:
        https = server.url.replace("http:", "https:")

        assert link(server, {PROTO: "https"}).startswith(f"{https}/_qchime/files")

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {HOST: "", PROTO: ""},
            {HOST: "mock.test, ", PROTO: "https,"},
            {PROTO: "ftp"},
            {PROTO: "javascript"},
            {PROTO: "https://mock.test/"},
            {"Forwarded": "host=mock.test;proto=https"},
        ],
    )
    def test_have_the_servers_address_otherwise(self, server: Server, headers: dict[str, str]) -> None:
        assert link(server, headers).startswith(f"{server.url}/_qchime/files")

    def test_have_the_servers_address_without_the_option(self, qchime_server: Server) -> None:
        for host in ("localhost", "evil.example", "["):
            assert link(qchime_server, {HOST: host, PROTO: "https"}).startswith(qchime_server.url)


class TestTrust:
    """A page can set `X-Forwarded-Host`, which is not among the headers that browsers keep to themselves."""

    @staticmethod
    def ask(server: Server, **headers: str) -> Reply:
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return send(server, "GET", "/_qchime/health", headers=named)

    @pytest.mark.parametrize("host", ["evil.example", "mock.test.evil", "mock.test, evil.example", "["])
    def test_the_forwarded_host_must_be_trusted(self, server: Server, host: str) -> None:
        answer = self.ask(server, X_Forwarded_Host=host)

        assert (answer.status, answer.error) == (403, "AccessDeniedException")
        assert host.split()[-1] in answer.message

    def test_the_host_header_must_be_trusted_too(self, server: Server) -> None:
        answer = self.ask(server, Host="evil.example", X_Forwarded_Host="mock.test")

        assert (answer.status, answer.error) == (403, "AccessDeniedException")
        assert "evil.example" in answer.message

    def test_both_can_be_allowed_hosts(self) -> None:
        with behind_proxy(hosts=["qchime", "mock.test"]) as server:
            assert self.ask(server, Host="qchime:4590", X_Forwarded_Host="mock.test").status == 200

    def test_foreign_origins_are_refused(self, server: Server) -> None:
        assert self.ask(server, X_Forwarded_Host="mock.test", Origin="https://evil.example").status == 403

    def test_without_the_option_the_forwarded_host_is_ignored(self, qchime_server: Server) -> None:
        assert self.ask(qchime_server, X_Forwarded_Host="evil.example").status == 200
        assert self.ask(qchime_server, Host="mock.test", X_Forwarded_Host="localhost").status == 403


@pytest.fixture(scope="module")
def verifying() -> Iterator[Server]:
    with behind_proxy(hosts=["mock.test"], verify_signatures=True) as server:
        yield server


class TestSignatures:
    @pytest.fixture
    def alice(self, verifying: Server) -> User:
        return verifying.users.add("alice@example.com")

    def test_are_verified_against_the_forwarded_host(self, verifying: Server, alice: User) -> None:
        signing = Signing(alice, "mock.test")
        sent = {**signing.in_headers(), "host": "localhost"}

        assert send(verifying, "GET", signing.target, headers={**sent, HOST: "mock.test"}).status == 200
        wrong = [{HOST: "localhost"}, {HOST: "mock.test:443"}, {HOST: "mock.test, localhost"}, {}]
        for headers in wrong:
            answer = send(verifying, "GET", signing.target, headers={**sent, **headers})
            assert answer.error == "InvalidSignatureException", headers

    def test_of_presigned_urls_too(self, verifying: Server, alice: User) -> None:
        target = Signing(alice, "mock.test").in_query()

        assert send(verifying, "GET", target, headers=FORWARDED).status == 200
        assert send(verifying, "GET", target).error == "InvalidSignatureException"


def test_wsgi_applications_can_be_behind_a_proxy() -> None:
    application = Application(["mock.test"], cloud=Cloud(), proxy=True, verify_signatures=True)
    wsgi = WsgiClient(application)
    made = wsgi.post("/_qchime/users", json={"email": "alice@example.com"}).json
    signed = {**Signing(User(**(made or {})), "mock.test").in_headers(), "host": "localhost"}

    assert wsgi.get("/app-instances", headers={**signed, **FORWARDED}).status_code == 200
    assert wsgi.get("/app-instances", headers=signed).status_code == 403


def test_the_command_line_has_the_option() -> None:
    with serving("--proxy", "--allow-host", "mock.test") as process:
        for host, status in {"mock.test": 200, "evil.example": 403}.items():
            assert send(process.url, "GET", "/_qchime/health", headers={HOST: host}).status == status


@pytest.mark.parametrize("proxy", [True, False])
def test_motos_services_use_the_forwarded_host_too(qchime: Handle, proxy: bool) -> None:
    with Server(hosts=["mock.test"], moto=True, proxy=proxy) as server:
        url = client_through_proxy(server, "sqs", FORWARDED).create_queue(QueueName="queue")["QueueUrl"]

        assert url.startswith("https://mock.test/" if proxy else server.url)
        requests.post(f"{server.url}/moto-api/reset", timeout=TIMEOUT)


class TestRealProxy:
    """boto3, `requests` and our own client, through a proxy that takes TLS."""

    @staticmethod
    def qapps(url: str, bundle: str, user: User) -> Any:
        return boto3.Session().client(
            "qapps", endpoint_url=url, region_name="us-east-1", verify=bundle, **user.credentials
        )

    def test_a_file_is_uploaded_through_the_proxy(self, certificates: trustme.CA, bundle: str) -> None:
        with behind_proxy(verify_signatures=True) as server, proxy_before(server, certificates) as url:
            alice = server.users.add("alice@example.com")
            upload = Upload(self.qapps(url, bundle, alice))
            address, files = upload.link["presignedUrl"], {"file": ("story.txt", STORY, "text/plain")}
            sent = requests.post(address, upload.fields, files=files, verify=bundle, timeout=TIMEOUT)

            assert address.startswith(f"{url}/_qchime/files")
            assert sent.ok, sent.text
            assert upload.is_usable()

    def test_without_the_option_signatures_do_not_match(self, certificates: trustme.CA, bundle: str) -> None:
        server = Server(cloud=Cloud(), verify_signatures=True)
        with server, proxy_before(server, certificates) as url:
            alice = server.users.add("alice@example.com")
            with pytest.raises(ClientError, match="InvalidSignatureException"):
                self.qapps(url, bundle, alice).list_q_apps(instanceId=INSTANCE)

    def test_qchimes_client_connects_through_the_proxy(self, certificates: trustme.CA, bundle: str) -> None:
        """In a process of its own, because Python reads the variable only once."""
        program = "import sys, qchime; qchime.Client(sys.argv[1]).clock.advance(days=7)"
        with behind_proxy() as server, proxy_before(server, certificates) as url:
            subprocess.run(
                [sys.executable, "-c", program, f"{url}/"],
                env={**os.environ, "SSL_CERT_FILE": bundle},
                check=True,
                timeout=TIMEOUT,
            )
            assert server.clock.offset.days == 7
