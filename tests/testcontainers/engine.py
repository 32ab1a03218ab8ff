"""A Docker engine without containers: the part of its API that testcontainers uses.

Whoever creates a container of the image `qchime` gets a process that runs the command of `deploy/Dockerfile`,
on a free port of loopback. It is reached through the published port only if a real container would be: if the
server listens on the container's port, and on all addresses.
"""

import argparse
import json
import os
import re
import shlex
import struct
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, suppress
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from socket import socket
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from testcontainers.core.config import ConnectionMode, testcontainers_config
from werkzeug import Request, Response
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.serving import make_server

from qchime import cli
from tests.deploy.test_image import INSTRUCTIONS, last

API_VERSION = "1.45"
EVERYWHERE = ("0.0.0.0", "::")
LEFT_OUT = ("AWS_", "DOCKER_", "MOTO_", "QCHIME_", "TESTCONTAINERS_")
"""Variables of this process that no container has."""


def _entrypoint() -> list[str]:
    return list(last("ENTRYPOINT"))


def _environment() -> dict[str, str]:
    """The variables of the image, except for where its programs are. Earlier stages only build it."""
    stages = [index for index, (name, _) in enumerate(INSTRUCTIONS) if name == "FROM"]
    texts = [text for name, text in INSTRUCTIONS[stages[-1] :] if name == "ENV"]
    variables = dict(word.split("=", 1) for text in texts for word in shlex.split(text))
    return {name: value for name, value in variables.items() if name != "PATH"}


@dataclass
class Image:
    """What a container of the image runs."""

    entrypoint: list[str] = field(default_factory=_entrypoint)
    environment: dict[str, str] = field(default_factory=_environment)


class Container:
    """A process in place of a container; its output is in files."""

    def __init__(self, image: Image, name: str, asked: Mapping[str, Any], folder: Path) -> None:
        self.id = uuid4().hex * 2
        self.name = name
        self.command = [*image.entrypoint, *(asked.get("Cmd") or ())]
        given = dict(text.split("=", 1) for text in asked.get("Env") or ())
        self.environment = {**image.environment, **given}
        self.published = {port: _unused_port() for port in asked["HostConfig"]["PortBindings"]}
        self._logs = {name: folder / f"{self.id}.{name}" for name in ("stdout", "stderr")}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def status(self) -> str:
        if self._process is None:
            return "created"
        return "running" if self._process.poll() is None else "exited"

    @property
    def ports(self) -> dict[str, list[dict[str, str]]]:
        """The published ports, as the API shows them. One where the server listens appears when it does."""
        if self.status != "running":
            return {}
        shown = {port: str(unused.getsockname()[1]) for port, unused in self.published.items()}
        listening = self._listening()
        if listening in shown:
            found = re.search(r"https?://127\.0\.0\.1:(\d+)", self.log("stdout").decode())
            shown[listening] = found[1] if found else ""
        return {port: [{"HostIp": "127.0.0.1", "HostPort": host}] for port, host in shown.items() if host}

    def start(self) -> None:
        program, *arguments = self.command
        assert program == "qchime"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(LEFT_OUT)}
        with self._logs["stdout"].open("wb") as out, self._logs["stderr"].open("wb") as err:
            self._process = subprocess.Popen(
                [sys.executable, "-m", program, *arguments, "--host", "127.0.0.1", "--port", "0"],
                stdout=out,
                stderr=err,
                env={**kept, **self.environment},
            )

    def log(self, name: str) -> bytes:
        return self._logs[name].read_bytes()

    def remove(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
        for unused in self.published.values():
            unused.close()

    def _listening(self) -> str | None:
        """The port on which a real container would answer, None if it would not."""
        try:
            with redirect_stderr(StringIO()):
                options: argparse.Namespace = cli._parser().parse_args(self.command[1:])
        except SystemExit:
            return None
        return f"{options.port}/tcp" if options.host in EVERYWHERE else None


class Engine:
    """Answers requests of Docker's clients, as a WSGI application."""

    def __init__(self, folder: Path) -> None:
        self.images = {"qchime": Image()}
        self.containers: dict[str, Container] = {}
        self.started: list[Container] = []
        """Those that have been removed too."""
        self.refusal: HTTPException = NotFound("pull access denied, repository does not exist")
        """What the registry of images answers."""
        self.url = ""
        self._folder = folder
        self._map = Map(
            [
                Rule("/version", endpoint=self._version),
                Rule("/images/create", endpoint=self._pull),
                Rule("/images/<path:name>/json", endpoint=self._image),
                Rule("/containers/create", endpoint=self._create),
                Rule("/containers/<name>/json", endpoint=self._inspect),
                Rule("/containers/<name>/start", endpoint=self._start),
                Rule("/containers/<name>/logs", endpoint=self._log),
                Rule("/containers/<name>", endpoint=self._remove, methods=["DELETE"]),
            ]
        )

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        path = re.sub(r"^/v[\d.]+(?=/)", "", request.path)
        try:
            answer, parts = self._map.bind("", path_info=path).match(method=request.method)
            response: Any = answer(request, **parts)
        except HTTPException as error:
            response = _json({"message": error.description}, error.code or 500)
        except Exception:
            response = _json({"message": traceback.format_exc()}, 500)
        return response(environ, start_response)

    def _version(self, request: Request) -> Response:
        return _json({"ApiVersion": API_VERSION})

    def _image(self, request: Request, name: str) -> Response:
        if name not in self.images:
            raise NotFound(f"No such image: {name}:latest")
        return _json({"Id": name})

    def _pull(self, request: Request) -> Response:
        raise self.refusal

    def _create(self, request: Request) -> Response:
        asked = request.get_json()
        image = self.images[asked["Image"]]
        container = Container(image, request.args.get("name", ""), asked, self._folder)
        self.containers[container.id] = container
        return _json({"Id": container.id}, 201)

    def _inspect(self, request: Request, name: str) -> Response:
        container = self._container(name)
        return _json(
            {
                "Id": container.id,
                "Name": container.name,
                "Config": {"Tty": False},
                "State": {"Status": container.status},
                "NetworkSettings": {"Ports": container.ports},
            }
        )

    def _start(self, request: Request, name: str) -> Response:
        self._container(name).start()
        self.started.append(self._container(name))
        return Response(status=204)

    def _log(self, request: Request, name: str) -> Response:
        """The log in frames: the number of the stream, and the length, before what was printed."""
        frames = b""
        for number, stream in ((1, "stdout"), (2, "stderr")):
            if request.args.get(stream) == "1" and (content := self._container(name).log(stream)):
                frames += struct.pack(">BxxxL", number, len(content)) + content
        return Response(frames)

    def _remove(self, request: Request, name: str) -> Response:
        self._container(name).remove()
        del self.containers[name]
        return Response(status=204)

    def _container(self, name: str) -> Container:
        if name not in self.containers:
            raise NotFound(f"No such container: {name}")
        return self.containers[name]


def _json(content: Any, status: int = 200) -> Response:
    return Response(json.dumps(content), status, mimetype="application/json")


def _unused_port() -> socket:
    """A port where nobody listens, for as long as the socket is open."""
    unused = socket()
    unused.bind(("127.0.0.1", 0))
    return unused


@contextmanager
def running(folder: Path) -> Iterator[Engine]:
    """An engine at a URL of its own; it keeps the output of containers in a folder."""
    engine = Engine(folder)
    server = make_server("127.0.0.1", 0, engine, threaded=True)
    engine.url = f"tcp://127.0.0.1:{server.port}"
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield engine
    finally:
        for container in engine.containers.values():
            with suppress(ProcessLookupError):
                container.remove()
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def used(folder: Path) -> Iterator[Engine]:
    """An engine without containers, which testcontainers uses, in this process and in those it starts."""
    with running(folder) as engine, pytest.MonkeyPatch.context() as patched:
        patched.setenv("DOCKER_HOST", engine.url)
        patched.setenv("TESTCONTAINERS_RYUK_DISABLED", "true")  # it would clean up after this process
        patched.setenv("TESTCONTAINERS_CONNECTION_MODE", "docker_host")
        patched.setattr(testcontainers_config, "ryuk_disabled", True)
        patched.setattr(testcontainers_config, "connection_mode_override", ConnectionMode.docker_host)
        patched.setattr(testcontainers_config, "tc_host_override", None)
        yield engine
