"""`qchime serve` in a container, for tests that use testcontainers.

It requires the extra `qchime[testcontainers]`; no other module imports it.
"""

from __future__ import annotations

import shlex
import time
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, cast

from qchime.control.opening import opener_for
from qchime.core.hosts import address_of, in_url

try:
    from docker.errors import APIError, ImageNotFound
    from testcontainers.core.container import DockerContainer
    from testcontainers.core.exceptions import ContainerStartException
    from testcontainers.core.waiting_utils import WaitStrategy, WaitStrategyTarget
except ImportError as error:
    raise ImportError(
        f"testcontainers cannot be loaded ({error}). Install it: pip install 'qchime[testcontainers]'"
    ) from error

if TYPE_CHECKING:
    from typing_extensions import Self

    from qchime import Client

IMAGE = "qchime"
"""The image that `deploy/Dockerfile` describes, by the name that its first lines give it."""
PORT = 4590
"""The port on which the image serves."""
HEALTH = "/_qchime/health"
"""The path that is answered as soon as the server is ready."""
REGION = "us-east-1"
"""The region of the clients, unless they are created with another."""
KEYS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
"""The credentials of the clients, unless they are created with others. They belong to the default account."""


class QchimeContainer(DockerContainer):
    """A container with a qchime server. `start` waits until the server is ready.

    `with_command` takes further options of `qchime serve`, such as `["--verify-signatures"]`. Other
    containers in its network reach it at `port`, by its name and its aliases. Further keyword arguments are
    those of `DockerContainer`.

    Example:
        with QchimeContainer() as container:
            chime = container.get_client("chime-sdk-identity")
            chime.create_app_instance(Name="chat")
            assert container.get_control().calls() == ["CreateAppInstance"]
    """

    def __init__(self, image: str = IMAGE, port: int = PORT, **kwargs: Any) -> None:
        super().__init__(image, **kwargs)
        self.port = port
        """The port inside the container."""
        self.with_exposed_ports(port)
        self.waiting_for(_UntilHealthy())

    def start(self) -> Self:
        """Start the container, and return it when the server is ready.

        Raises:
            ContainerStartException: there is no such image, or the server exited; the message has its log.
            ValueError: the command has `--tls`.
            TimeoutError: the server is not ready within testcontainers' timeout, 120 seconds by default; the
                message has its log.
        """
        try:
            return super().start()
        except APIError as error:
            if self._has_image():  # another one is missing, such as that of testcontainers' Ryuk
                raise
            raise ContainerStartException(
                f"There is no image {self.image!r} ({error.explanation}). Build it in a clone of qchime: "
                f"docker build --file deploy/Dockerfile --tag {self.image} ."
            ) from None

    def get_url(self) -> str:
        """The address of the server, for `endpoint_url`, `qchime.Client` and `--qchime-url`."""
        return f"http://{in_url(self.get_container_host_ip())}:{self.get_exposed_port(self.port)}"

    def get_client(self, service: str, **kwargs: Any) -> Any:
        """A boto3 client for the server.

        Further keyword arguments are those of `boto3.client`. A client with an access key of twelve digits
        calls from that account, one with the `credentials` of a registered user calls as that user.
        """
        import boto3

        client: Any = boto3.client
        return client(service, **{"endpoint_url": self.get_url(), "region_name": REGION, **KEYS, **kwargs})

    def get_control(self, account: str | None = None) -> Client:
        """The handle of the server, or of one of its accounts.

        Raises:
            ValueError: `account` does not have 12 digits.
        """
        from qchime.control import client

        return cast("Client", client.Client(self.get_url(), account))

    def _has_image(self) -> bool:
        try:
            self.get_docker_client().client.images.get(self.image)
        except ImageNotFound:
            return False
        return True

    def _configure(self) -> None:
        """Complete the command with the port, and with the names by which clients call the server."""
        given = shlex.split(self._command) if isinstance(self._command, str) else self._command or []
        if "--tls" in given:
            raise ValueError(
                "QchimeContainer serves without TLS, because its clients would not know the authority of the "
                "run. Leave out --tls. For a server with TLS, start the image with `docker run`."
            )
        hosts = [self.get_docker_client().host(), self._name or "", *(self._network_aliases or ())]
        ours = [f"--port={self.port}", *(f"--allow-host={host}" for host in hosts if _is_name(host))]
        self.with_command([*given, *(option for option in ours if option not in given)])


def _is_name(host: str) -> bool:
    """Whether the server has to be told to accept this host: it accepts addresses by itself."""
    return host not in ("", "localhost") and address_of(host) is None


class _UntilHealthy(WaitStrategy):
    """Waits for the health route, without a proxy, and only as long as the container runs."""

    def wait_until_ready(self, container: WaitStrategyTarget) -> None:
        assert isinstance(container, QchimeContainer)
        end = time.monotonic() + self._startup_timeout
        while (obstacle := _obstacle(container)) is not None:
            if time.monotonic() > end:
                raise TimeoutError(
                    f"The server in the container {container.get_container_id()[:12]} was not ready after "
                    f"{self._startup_timeout:g} seconds: {obstacle}. Its log:\n{_log_of(container)}"
                )
            time.sleep(min(self._poll_interval, 0.1))


def _obstacle(container: QchimeContainer) -> Exception | None:
    """Why the server is not ready, None if it is.

    Raises:
        ContainerStartException: the container has ended, so the server will never be ready.
    """
    container.reload()
    if container.status in ("exited", "dead", "removing"):
        raise ContainerStartException(
            f"The server in the container {container.get_container_id()[:12]} has exited. "
            f"Its log:\n{_log_of(container)}"
        )
    try:
        url = container.get_url()
        opener_for(url).open(f"{url}{HEALTH}", timeout=1).close()
    except (OSError, HTTPException) as error:
        return error
    return None


def _log_of(container: QchimeContainer) -> str:
    return "".join(part.decode(errors="replace") for part in container.get_logs()).strip()
