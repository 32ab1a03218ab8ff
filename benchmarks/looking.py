"""What a page that is open in a browser leaves of the server's processor time, at 1 000 calls per second."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

import boto3
from playwright.sync_api import Page, sync_playwright

from benchmarks.measuring import Measure, alternate
from benchmarks.serving import LOOPBACK, Running, Server, qchime, request
from benchmarks.spread import processor_seconds

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
CONNECTIONS = 8
RATE = 1000
"""Calls per second."""
SECONDS = 4.0
ROUNDS = 5

View = Callable[[Server], str]
"""Prepares a server, and returns the part of its page that is open."""


def calls(server: Server) -> str:
    """The calls as they come."""
    return "page/calls"


def resource(server: Server) -> str:
    """A resource, for which all calls are searched, because few of them concern it."""
    keys = {"aws_access_key_id": "any", "aws_secret_access_key": "any"}
    chime = boto3.client("chime-sdk-identity", "us-east-1", endpoint_url=_url(server), **keys)
    arn = chime.create_app_instance(Name="Chat")["AppInstanceArn"]
    place = {"account": arn.split(":")[4], "service": "chime-sdk-identity", "region": "us-east-1"}
    return f"page/resource?{urlencode({**place, 'step': ['app_instances', arn]}, doseq=True)}"


def measure(view: View) -> Measure:
    """The share of its time that the server does not need, with the page and without."""
    with qchime() as server, _browser() as page:
        address = f"{_url(server)}/_qchime/{view(server)}"
        load = Running(server.port, [request("GET", "/app-instances", "chime")])

        def beside(shown: str) -> float:
            page.goto(shown)
            return _left(server, load)

        return alternate(lambda: beside(address), lambda: beside("about:blank"), ROUNDS)


def _left(server: Server, load: Running) -> float:
    before = processor_seconds(server.pid)
    _, answers = load.load(CONNECTIONS, SECONDS, RATE)
    return 1 - (processor_seconds(server.pid) - before) / answers * RATE


def _url(server: Server) -> str:
    return f"http://{LOOPBACK}:{server.port}"


@contextmanager
def _browser() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser.new_page()
        browser.close()
