"""`QchimeContainer`, over an engine that runs the image's command without a container."""

import re
import shlex
import socket
from typing import Any

import pytest
from docker.errors import ImageNotFound
from docker.errors import NotFound as DockerNotFound
from testcontainers.core.config import testcontainers_config
from testcontainers.core.exceptions import ContainerStartException
from werkzeug.exceptions import HTTPException, InternalServerError, NotFound

from qchime import cli
from qchime.core.table import SERVICES
from qchime.testcontainers import HEALTH, IMAGE, PORT, QchimeContainer
from tests.deploy.balancing import DEPLOY
from tests.deploy.test_image import last, values
from tests.server.wire import send
from tests.testcontainers.engine import Container, Engine, Image

ACCOUNTS = ("111122223333", "444455556666")


def names(client: Any) -> list[str]:
    return [instance["Name"] for instance in client.list_app_instances()["AppInstances"]]


def only(engine: Engine) -> Container:
    [container] = engine.containers.values()
    return container


def status_for(host: str, container: QchimeContainer) -> int:
    return send(container.get_url(), "GET", HEALTH, headers={"Host": host}).status


class TestClients:
    def test_use_the_server(self, container: QchimeContainer) -> None:
        chime = container.get_client("chime-sdk-identity")
        chime.create_app_instance(Name="chat")

        assert names(chime) == ["chat"]
        assert container.get_control().calls() == ["CreateAppInstance", "ListAppInstances"]

    def test_of_every_service_have_its_endpoint_and_a_region(self, container: QchimeContainer) -> None:
        for service in SERVICES.names:
            client = container.get_client(service)
            assert (client.meta.endpoint_url, client.meta.region_name) == (
                container.get_url(),
                "us-east-1",
            )

    def test_call_from_the_account_of_their_key(self, container: QchimeContainer) -> None:
        chime, other = (
            container.get_client("chime-sdk-identity", aws_access_key_id=account) for account in ACCOUNTS
        )
        chime.create_app_instance(Name="chat")

        assert (names(chime), names(other)) == (["chat"], [])
        container.get_control(ACCOUNTS[0]).reset()
        assert names(chime) == []
        assert container.get_control(ACCOUNTS[1]).calls() == ["ListAppInstances"]

    def test_call_as_a_registered_user(self, container: QchimeContainer) -> None:
        control = container.get_control()
        control.users.required = True
        alice = control.users.add("alice@example.com")

        container.get_client("qapps", **alice.credentials).list_q_apps(instanceId="mine")
        [call] = control.calls()
        assert (call.status, call.user.email) == (200, "alice@example.com")

    def test_are_in_the_region_that_a_test_asks_for(self, container: QchimeContainer) -> None:
        chime = container.get_client("chime-sdk-identity", region_name="eu-central-1")
        assert ":eu-central-1:" in chime.create_app_instance(Name="chat")["AppInstanceArn"]


class TestCommand:
    @pytest.mark.parametrize(
        "options", [["--verify-signatures"], "--verify-signatures"], ids=["list", "text"]
    )
    def test_has_further_options(self, options: list[str] | str, engine: Engine) -> None:
        with QchimeContainer().with_command(options) as container:
            chime = container.get_client("chime-sdk-identity")
            with pytest.raises(chime.exceptions.ClientError, match="UnrecognizedClientException"):
                chime.list_app_instances()

    def test_may_come_from_the_constructor(self, engine: Engine) -> None:
        with QchimeContainer(command="--allow-host mock.test") as container:
            assert status_for("mock.test", container) == 200

    def test_can_have_another_port(self, engine: Engine) -> None:
        with QchimeContainer(port=5000) as container:
            assert container.get_control().calls() == []

    def test_allows_the_names_that_other_containers_use(self, engine: Engine) -> None:
        container = QchimeContainer(name="chat_mock").with_network_aliases("mock", "mock.internal")
        with container:
            for host in ("chat_mock", "mock:4590", "mock.internal"):
                assert status_for(host, container) == 200
            assert status_for("rebound.example", container) == 403

    @pytest.mark.parametrize("host", ["docker", "build-host.internal"])
    def test_allows_the_name_of_the_machine_with_the_engine(
        self, host: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        resolve = socket.getaddrinfo
        monkeypatch.setattr(
            socket,
            "getaddrinfo",
            lambda name, *args, **kwargs: resolve("127.0.0.1" if name == host else name, *args, **kwargs),
        )
        monkeypatch.setattr(testcontainers_config, "tc_host_override", host)
        with QchimeContainer() as container:
            assert container.get_url().startswith(f"http://{host}:")
            assert names(container.get_client("chime-sdk-identity")) == []

    def test_names_no_host_that_the_server_accepts_anyway(self, engine: Engine) -> None:
        with QchimeContainer():
            assert only(engine).command[2:] == [*last("ENTRYPOINT")[2:], f"--port={PORT}"]

    def test_is_the_same_when_the_container_starts_again(self, engine: Engine) -> None:
        container = QchimeContainer(name="mock")
        commands = []
        for _ in range(2):
            with container:
                commands.append(only(engine).command)
        assert commands[0] == commands[1]


class TestEnd:
    def test_ends_the_server(self, engine: Engine) -> None:
        with QchimeContainer() as container:
            control = container.get_control()
            assert control.calls() == []

        assert engine.containers == {}
        with pytest.raises(OSError, match="refused"):
            control.calls()

    def test_comes_too_if_the_test_fails(self, engine: Engine) -> None:
        with pytest.raises(ZeroDivisionError), QchimeContainer():
            1 / 0  # noqa: B018
        assert engine.containers == {}

    def test_removes_a_container_that_did_not_start(self, engine: Engine) -> None:
        with pytest.raises(ContainerStartException), QchimeContainer(command="--nonsense"):
            pass
        assert engine.containers == {}


class TestErrors:
    @pytest.mark.parametrize(
        ("options", "reason"),
        [
            ("--nonsense", "unrecognized arguments: --nonsense"),
            ("--seed /missing.json", r"/missing\.json"),
            ("--allow-host a@b", "'a@b' is not a host name"),
        ],
    )
    def test_a_server_that_ends_shows_its_log(self, options: str, reason: str, engine: Engine) -> None:
        with pytest.raises(ContainerStartException, match=f"(?s)has exited. Its log:.*{reason}"):
            QchimeContainer(command=options).start()

    def test_a_server_that_is_never_reached_shows_its_log(
        self, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(testcontainers_config, "max_tries", 3)
        engine.images["qchime"] = Image(["qchime", "serve", "--host", "127.0.0.1"])

        with pytest.raises(
            TimeoutError, match=r"(?s)after 3 seconds: .*refused.*Its log:.*is serving on http"
        ):
            QchimeContainer().start()

    def test_a_server_without_the_health_route_says_so(
        self, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(testcontainers_config, "max_tries", 3)
        monkeypatch.setattr("qchime.testcontainers.HEALTH", "/_qchime/healthy")

        with pytest.raises(TimeoutError, match=r"(?s)after 3 seconds: HTTP Error 404.*Its log:"):
            QchimeContainer().start()

    @pytest.mark.parametrize(
        "refusal",
        [NotFound("pull access denied"), InternalServerError("lookup registry.example.com: no such host")],
        ids=["unknown to the registry", "no registry"],
    )
    def test_a_missing_image_is_to_be_built(self, refusal: HTTPException, engine: Engine) -> None:
        engine.images.clear()
        engine.refusal = refusal
        comment = re.search("docker build .*", (DEPLOY / "Dockerfile").read_text("utf-8"))
        assert comment

        with pytest.raises(ContainerStartException, match=f"{refusal.description}.*{re.escape(comment[0])}"):
            QchimeContainer().start()

    def test_another_missing_image_is_named(self, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(testcontainers_config, "ryuk_disabled", False)
        with pytest.raises(ImageNotFound, match="fromImage=testcontainers%2Fryuk"):
            QchimeContainer().start()

    @pytest.mark.parametrize("options", [["--tls"], "--member --tls"], ids=["list", "text"])
    def test_there_is_no_tls(self, options: list[str] | str, engine: Engine) -> None:
        with pytest.raises(ValueError, match="QchimeContainer serves without TLS"):
            QchimeContainer().with_command(options).start()
        assert engine.containers == {}

    def test_a_container_that_is_removed_meanwhile_is_not_waited_for(
        self, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Container, "start", lambda container: engine.containers.pop(container.id))
        with pytest.raises(DockerNotFound):
            QchimeContainer().start()

    def test_the_control_of_a_malformed_account(self, engine: Engine) -> None:
        with QchimeContainer() as container, pytest.raises(ValueError, match="12 digits"):
            container.get_control("1")


class TestImage:
    """What `QchimeContainer` and `deploy/Dockerfile` have to agree about."""

    def test_has_the_name_of_the_dockerfile(self) -> None:
        [command] = re.findall("docker build .*", (DEPLOY / "Dockerfile").read_text("utf-8"))
        words = shlex.split(command)
        assert words[words.index("--tag") + 1] == IMAGE

    def test_exposes_the_port(self) -> None:
        assert values("EXPOSE") == [str(PORT)]
        assert cli.DEFAULT_PORT == PORT

    def test_checks_its_health_at_the_same_path(self) -> None:
        assert f'"{HEALTH}"' in (DEPLOY / "health.py").read_text("utf-8")

    def test_needs_no_environment(self, engine: Engine) -> None:
        assert Image().environment == {}
        assert QchimeContainer().env == {}


def test_a_proxy_of_the_environment_is_not_used(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    container = QchimeContainer()  # docker's own client uses proxies
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setattr(container.get_docker_client().client.api, "trust_env", False)
    with container:
        assert container.get_control().calls() == []
