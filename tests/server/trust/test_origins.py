"""Who may talk to the server: a browser on a foreign page must reach nothing."""

from collections.abc import Iterator

import pytest

from qchime.server import Server
from qchime.server.trust import bodies
from tests.core.test_hosts import MALFORMED
from tests.server.wire import limit_bodies, names, send, send_raw

CREATE = b'{"Name": "Chat", "ClientRequestToken": "token"}'
PAGE = "http://localhost:3000"
APP = "https://app.example.com"


def can_be_sent(text: str) -> bool:
    """Whether a header can have this text, whole and not too long."""
    return text == text.strip() != "" and text.isprintable() and max(text) < "\x80" and len(text) < 60_000


class TestHosts:
    @pytest.mark.parametrize(
        "host",
        [
            "localhost",
            "localhost:4590",
            "LOCALHOST",
            "chat.localhost:4590",
            "127.0.0.1",
            "127.0.0.1:80",
            "[::1]:4590",
            "[0:0:0:0:0:0:0:1]:4590",
            "192.168.0.17:4590",
            "identity-chime.us-east-1.amazonaws.com",
            "identity-chime-fips.us-west-2.amazonaws.com:443",
            "data.qapps.us-east-1.api.aws",
        ],
    )
    def test_this_machine_addresses_and_awss_own_hosts_are_answered(
        self, qchime_server: Server, host: str
    ) -> None:
        assert send(qchime_server, "GET", "/_qchime/health", headers={"Host": host}).status == 200

    @pytest.mark.parametrize(
        "host",
        [
            "evil.example",
            "evil.example:4590",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "evil-localhost",
            "identity-chime.us-east-1.amazonaws.com.evil.example",
            "evil.example#.localhost",
            "localhost@evil.example",
            "identity-chime.us-east-1.amazonaws.com:443@evil.example",
            "identity-chime.us-east-1.amazonaws.com/.evil.example",
            "s3.amazonaws.com",
            "localhost.",
            "127.0.0.1.",
            "2130706433",
            "0x7f.1",
            "0177.0.0.1",
            "127.1",
        ],
    )
    @pytest.mark.parametrize("target", ["/app-instances", "/_qchime/health", "/nothing"])
    def test_foreign_names_are_refused(self, qchime_server: Server, host: str, target: str) -> None:
        answer = send(qchime_server, "GET", target, headers={"Host": host})

        assert (answer.status, answer.error) == (403, "AccessDeniedException")

    @pytest.mark.parametrize("host", [host for host in MALFORMED if can_be_sent(host)])
    def test_a_malformed_host_is_refused(self, qchime_server: Server, host: str) -> None:
        answer = send(qchime_server, "GET", "/_qchime/health", headers={"Host": host})

        assert (answer.status, answer.error) == (403, "AccessDeniedException")
        assert "is malformed" in answer.message

    def test_a_host_that_is_not_ascii_is_refused(self, qchime_server: Server) -> None:
        for host in ("localhost:\xb2", "localh\xf6st"):
            raw = f"Host: {host}".encode("latin-1")

            assert send_raw(qchime_server, b"GET /_qchime/health HTTP/1.0", raw).status == 403

    @pytest.mark.parametrize(
        "host", ["mock.test", "mock.test:4590", "MOCK.test:4590", "mock.test.", "my_service:80", "127.1:4590"]
    )
    def test_allow_host_takes_the_host_as_refused(self, qchime_server: Server, host: str) -> None:
        message = send(qchime_server, "GET", "/", headers={"Host": host}).message
        *_, option, allowed = message.split()
        assert (option, allowed) == ("--allow-host", host)

        with Server(hosts=[allowed]) as server:
            name = host.partition(":")[0]
            for spelling in (host, name, f"{name}:1", host.upper(), host.lower()):
                answer = send(server, "GET", "/_qchime/health", headers={"Host": spelling})
                assert answer.status == 200, spelling
            assert send(server, "GET", "/_qchime/health", headers={"Host": "evil.example"}).status == 403

    @pytest.mark.parametrize("host", ["[::1]", "[FD00::1]:4590", "fd00::1", "192.168.0.17:4590", "localhost"])
    def test_addresses_and_localhost_can_be_allowed_too(self, host: str) -> None:
        with Server(hosts=[host]) as server:
            assert send(server, "GET", "/_qchime/health", headers={"Host": "[fd00::1]"}).status == 200

    @pytest.mark.parametrize("host", ["", "https://mock.test", "mock.test/", "*.test", ".test", "a b", "a:b"])
    def test_a_malformed_host_cannot_be_allowed(self, host: str) -> None:
        with pytest.raises(ValueError, match="is not a host name"):
            Server(hosts=[host])

    def test_clients_too_old_for_a_host_header_are_answered(self, qchime_server: Server) -> None:
        assert send_raw(qchime_server, b"GET /_qchime/health HTTP/1.0").status == 200


class TestOrigins:
    @pytest.mark.parametrize(
        "origin",
        [
            PAGE,
            "http://localhost",
            "https://localhost:8443",
            "http://app.localhost:3000",
            "http://127.0.0.1:8000",
            "http://[::1]:8000",
            "capacitor://localhost",
        ],
    )
    def test_pages_from_this_machine_are_answered_and_see_the_answer(
        self, qchime_server: Server, origin: str
    ) -> None:
        answer = send(qchime_server, "GET", "/app-instances", headers={"Origin": origin})

        assert answer.status == 200
        assert answer.headers["access-control-allow-origin"] == origin
        assert answer.headers["vary"] == "Origin"
        assert (
            answer.headers["access-control-expose-headers"]
            == "x-amzn-ErrorType, x-amzn-RequestId, x-qchime-rule"
        )

    @pytest.mark.parametrize(
        ("method", "target", "body", "status"),
        [
            ("POST", "/app-instances", b"{}", 400),
            ("GET", "/nothing", None, 404),
            ("GET", "/_qchime/nothing", None, 404),
            ("POST", "/app-instances", b"x" * 1001, 413),
        ],
    )
    def test_pages_from_this_machine_see_errors_too(
        self,
        qchime_server: Server,
        monkeypatch: pytest.MonkeyPatch,
        method: str,
        target: str,
        body: bytes | None,
        status: int,
    ) -> None:
        limit_bodies(monkeypatch, 1000)
        answer = send(qchime_server, method, target, body, {"Origin": PAGE})

        assert answer.status == status
        assert answer.headers["access-control-allow-origin"] == PAGE

    @pytest.mark.parametrize(
        "origin",
        [
            "https://evil.example",
            "http://localhost.evil.example",
            "http://127.0.0.1.evil.example",
            "http://evil.example:80@localhost.evil.example",
            "http://localhost:3000.evil.example",
            "http://localhost:3000@evil.example",
            "http://localhost, http://evil.example",
            "http://0.0.0.0:3000",
            "http://127.0.0.1.",
            "http://localhost.",
            "http://2130706433",
            "http://0x7f.1",
            "http://127.1",
            "http://[::ffff:192.168.0.17]",
            "http://192.168.0.17:3000",
            "https://identity-chime.us-east-1.amazonaws.com",
            "null",
            "",
            "localhost",
            "file://",
            "http://",
            "://localhost",
            "//localhost",
            "http:/localhost",
            "http:localhost",
            "http://localhost/",
            "ht tp://localhost",
            "1://localhost",
            "http://http://localhost",
            *(f"http://{host}" for host in MALFORMED if can_be_sent(host)),
        ],
    )
    def test_pages_from_elsewhere_reach_nothing_and_see_nothing(
        self, qchime_server: Server, origin: str
    ) -> None:
        answer = send(qchime_server, "POST", "/app-instances", CREATE, {"Origin": origin})

        assert (answer.status, answer.error) == (403, "AccessDeniedException")
        assert "access-control-allow-origin" not in answer.headers
        assert names(qchime_server) == []

    def test_they_are_refused_before_the_body_is_read(self, qchime_server: Server) -> None:
        answer = send_raw(
            qchime_server,
            b"POST /app-instances HTTP/1.1",
            b"Host: localhost",
            b"Origin: https://evil.example",
            b"Content-Length: 1000",
        )
        assert answer.status == 403

    def test_who_is_no_browser_gets_no_headers_for_browsers(self, qchime_server: Server) -> None:
        headers = send(qchime_server, "GET", "/app-instances").headers

        assert not [name for name in headers if name.startswith("access-control-")]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One that more origins than those of this machine may use."""
    with Server(origins=[APP, "HTTP://Intern:80", "http://intern:8080", "http://[FD00:0::1]"]) as server:
        yield server


class TestOriginsThatAreAllowed:
    @pytest.mark.parametrize("origin", [APP, "http://intern", "http://intern:8080", "http://[fd00::1]", PAGE])
    @pytest.mark.parametrize("site", ["cross-site", "same-site", None])
    def test_are_answered_and_see_the_answer_beside_those_from_this_machine(
        self, server: Server, origin: str, site: str | None
    ) -> None:
        headers = {"Origin": origin} | ({"Sec-Fetch-Site": site} if site else {})
        answer = send(server, "GET", "/_qchime/health", headers=headers)

        assert answer.status == 200
        assert answer.headers["access-control-allow-origin"] == origin

    @pytest.mark.parametrize(
        "origin",
        [
            "http://app.example.com",
            "https://app.example.com:8443",
            "https://app.example.com.evil.example",
            "https://evil.example/https://app.example.com",
            "https://sub.app.example.com",
            "https://app.example.com/",
            "https://appxexample.com",
            "http://intern:80",
            "null",
        ],
    )
    def test_are_exact(self, server: Server, origin: str) -> None:
        answer = send(server, "GET", "/_qchime/health", headers={"Origin": origin})

        assert (answer.status, answer.error) == (403, "AccessDeniedException")
        assert "--allow-origin" in answer.message
        assert "access-control-allow-origin" not in answer.headers

    def test_may_ask_beforehand_and_from_the_internet(self, server: Server) -> None:
        asked = {
            "Origin": APP,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Private-Network": "true",
        }
        answer = send(server, "OPTIONS", "/apps.list", headers=asked)

        assert answer.status == 204
        assert answer.headers["access-control-allow-origin"] == APP
        assert answer.headers["access-control-allow-private-network"] == "true"

    def test_are_told_of_private_networks_only_if_they_ask(self, server: Server) -> None:
        asked = {"Origin": APP, "Access-Control-Request-Method": "POST"}
        answer = send(server, "OPTIONS", "/apps.list", headers=asked)

        assert answer.status == 204
        assert "access-control-allow-private-network" not in answer.headers

    def test_do_not_open_the_door_to_other_hosts(self, server: Server) -> None:
        headers = {"Origin": APP, "Host": "app.example.com"}

        assert send(server, "GET", "/_qchime/health", headers=headers).status == 403

    @pytest.mark.parametrize(
        "origin",
        [
            "*",
            "",
            "null",
            "app.example.com",
            "https://",
            "https://a/",
            "https://*.a",
            "https://a b",
            "https://a:b",
            "https://a:80:80",
            "https://a@b",
            "https://[a]",
            "https://b\xfccher.example",
        ],
    )
    def test_have_a_scheme_and_a_host_and_nothing_else(self, origin: str) -> None:
        with pytest.raises(ValueError, match="is not an origin"):
            Server(origins=[origin])


class TestFetchMetadata:
    def test_a_cross_site_request_is_refused_though_it_names_no_origin(self, qchime_server: Server) -> None:
        answer = send(qchime_server, "POST", "/_qchime/reset", headers={"Sec-Fetch-Site": "cross-site"})

        assert (answer.status, answer.error) == (403, "AccessDeniedException")

    def test_a_cross_site_request_changes_nothing(self, qchime_server: Server) -> None:
        send(qchime_server, "POST", "/app-instances", CREATE, {"Sec-Fetch-Site": "cross-site"})

        assert names(qchime_server) == []

    @pytest.mark.parametrize("site", ["same-origin", "same-site", "none"])
    def test_all_others_are_answered(self, qchime_server: Server, site: str) -> None:
        headers = {"Sec-Fetch-Site": site, "Origin": PAGE}

        assert send(qchime_server, "GET", "/app-instances", headers=headers).status == 200


class TestPreflight:
    ASKED = "authorization,content-type,instance-id,x-amz-date,x-amz-user-agent"

    @pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
    def test_a_page_from_this_machine_may_use_every_method_and_header(
        self, qchime_server: Server, method: str
    ) -> None:
        headers = {
            "Origin": PAGE,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": self.ASKED,
        }
        answer = send(qchime_server, "OPTIONS", "/apps.list", headers=headers)
        allowed = {name.strip() for name in answer.headers["access-control-allow-headers"].split(",")}

        assert answer.status == 204
        assert answer.body == b""
        assert answer.headers["access-control-allow-origin"] == PAGE
        assert method in answer.headers["access-control-allow-methods"].split(", ")
        assert allowed >= {"instance-id", "authorization", "content-type"}

    @pytest.mark.parametrize("target", ["/_qchime/limits", "/app-instances/anything", "/nothing"])
    def test_every_path_may_be_asked_about(self, qchime_server: Server, target: str) -> None:
        headers = {"Origin": PAGE, "Access-Control-Request-Method": "PATCH"}

        assert send(qchime_server, "OPTIONS", target, headers=headers).status == 204

    def test_a_page_from_elsewhere_may_not(self, qchime_server: Server) -> None:
        headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
        answer = send(qchime_server, "OPTIONS", "/app-instances", headers=headers)

        assert answer.status == 403
        assert not [name for name in answer.headers if name.startswith("access-control-")]


class TestSizes:
    @pytest.fixture(autouse=True)
    def small(self, monkeypatch: pytest.MonkeyPatch) -> None:
        limit_bodies(monkeypatch, 1000)

    @pytest.mark.parametrize(("method", "target"), [("POST", "/app-instances"), ("PATCH", "/_qchime/limits")])
    def test_a_body_that_is_too_large_is_refused(
        self, qchime_server: Server, method: str, target: str
    ) -> None:
        assert send(qchime_server, method, target, b" " * 1001).status == 413

    def test_it_is_refused_before_it_is_read(self, qchime_server: Server) -> None:
        answer = send_raw(
            qchime_server,
            b"POST /app-instances HTTP/1.1",
            b"Host: localhost",
            b"Content-Length: 9999999999999999",
        )
        assert answer.status == 413

    def test_a_body_of_unknown_length_is_read_no_further_than_that(self, qchime_server: Server) -> None:
        answer = send_raw(
            qchime_server,
            b"POST /app-instances HTTP/1.1",
            b"Host: localhost",
            b"Transfer-Encoding: chunked",
            body=b"7d0\r\n" + b" " * 2000 + b"\r\n0\r\n\r\n",
        )
        assert answer.status == 413

    def test_a_body_of_just_the_largest_size_is_read(self, qchime_server: Server) -> None:
        assert send(qchime_server, "POST", "/app-instances", CREATE.ljust(1000)).status == 201

    def test_headers_are_bounded_too(self, qchime_server: Server) -> None:
        assert send(qchime_server, "GET", "/app-instances", headers={"X-Long": "x" * 100_000}).status == 431


def test_a_file_of_50_megabytes_fits_into_a_body_for_files() -> None:
    base64 = 4 * 50 * 1024 * 1024 // 3

    assert base64 < bodies.LARGEST_FILE
