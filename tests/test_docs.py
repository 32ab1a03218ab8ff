"""Every snippet in the documentation runs, and the tables in the pages are complete.

The `python` blocks of a page run unchanged, as one test module with the page's line numbers. Known commands
in `console` blocks are run or checked. Blocks with other info strings are not run.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import re
import shlex
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import pytest
import requests
from botocore import xform_name

from qchime import Handle, __version__, cli, pytest_plugin
from qchime.core.table import SERVICES
from qchime.pytest_plugin.options import Options
from qchime.server import Server
from qchime.server.control.routes import METHODS, PREFIX, WORDS, ControlRoutes
from qchime.world import Limits, calls, records
from tests.testcontainers.engine import used

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), ROOT / "examples" / "README.md"]
WITHOUT_SNIPPETS = {
    ROOT / "docs" / f"{name}.md"
    for name in ("cli", "conformance", "fidelity", "operations", "performance", "reliability")
}
IN_OTHER_LANGUAGES = {
    ROOT / "docs" / "sdks" / f"{name}.md"
    for name in ("dotnet", "go", "java", "javascript-v2", "javascript-v3", "rust")
}
"""Pages of SDKs; tests/clients/test_sdk_pages.py runs what can be run."""
DEFAULT_URL = f"http://{cli.DEFAULT_HOST}:{cli.DEFAULT_PORT}"
INI = """\
[pytest]
asyncio_mode = auto
asyncio_default_fixture_loop_scope = function
"""

ROUTES = {
    (method, word)
    for word in WORDS
    for method in METHODS
    if hasattr(ControlRoutes, f"{method.lower()}_{word}")
}
ROUTES |= {
    (method, name)
    for service in SERVICES
    for name, word in service.words.items()
    for method in ("GET", "POST", "DELETE")
    if method != "POST" or hasattr(resolve_name(word.local), "post")
}

SHOWN_VERSION = "0.1.0"
"""What the pages show as the version, whichever is installed."""

_FENCE = re.compile(r"```(\S*)\n(.*?)\n```", re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A code block; `line` is the number of its first line of code, from 1."""

    language: str
    line: int
    text: str


@dataclass(frozen=True)
class Command:
    """A line after `$`, and the output that the page shows."""

    words: list[str]
    shown: str
    place: str


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@cache
def blocks(page: Path) -> list[Block]:
    text = page.read_text("utf-8")
    return [
        Block(found[1], text.count("\n", 0, found.start(2)) + 1, found[2]) for found in _FENCE.finditer(text)
    ]


def as_module(page: Path) -> str:
    """All Python code of a page, with its line numbers, and a test that shows that the module was run."""
    module = [""] * len(page.read_text("utf-8").splitlines())
    for block in blocks(page):
        if block.language == "python":
            lines = block.text.splitlines()
            module[block.line - 1 : block.line - 1 + len(lines)] = lines
    return "\n".join([*module, "", "", "def test_the_page_was_run():", "    pass", ""])


def commands(page: Path) -> Iterator[Command]:
    for block in blocks(page):
        if block.language != "console":
            continue
        assert block.text.startswith("$ "), f"{name_of(page)}:{block.line}: a console block starts with $"
        line = block.line
        for text in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
            typed, continued = text, re.match(r"(?:.*\\\n)*.*", text)
            assert continued is not None
            typed, shown = text[: continued.end()], text[continued.end() :].strip()
            shown = shown.replace(SHOWN_VERSION, __version__)
            yield Command(shlex.split(typed.replace("\\\n", " ")), shown, f"{name_of(page)}:{line}")
            line += text.count("\n")


def program(command: Command) -> str:
    """The program's name, wherever it is installed."""
    return command.words[0].rpartition("/")[2]


def pages_with(*programs: str) -> pytest.MarkDecorator:
    """The pages that have such commands."""
    found = [page for page in PAGES if any(program(command) in programs for command in commands(page))]
    return pytest.mark.parametrize("page", found, ids=name_of)


class TestPython:
    @pytest.mark.parametrize(
        "page", [page for page in PAGES if any(b.language == "python" for b in blocks(page))], ids=name_of
    )
    def test_runs(self, page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """In a separate run of pytest in this process, which has the slow imports already."""
        (tmp_path / "pytest.ini").write_text(INI)
        name = re.sub(r"\W", "_", name_of(page).removesuffix(".md"))
        module = tmp_path / f"test_{name}.py"
        module.write_text(as_module(page), "utf-8")
        monkeypatch.chdir(tmp_path)
        monkeypatch.syspath_prepend(tmp_path)  # for processes that a page starts
        for variable in os.environ:
            if variable.startswith(("AWS_", "MOTO_", "PYTEST_ADDOPTS")):
                monkeypatch.delenv(variable)
        options = ["-q", "--import-mode=importlib", "-p", "no:cacheprovider", "-p", "no:faulthandler"]

        with used(tmp_path) if "QchimeContainer" in module.read_text("utf-8") else nullcontext():
            assert pytest.main([*options, "-c", "pytest.ini", str(module)]) == pytest.ExitCode.OK

    @pytest.mark.parametrize("page", PAGES, ids=name_of)
    def test_has_no_duplicate_names(self, page: Path) -> None:
        names = [
            node.name
            for node in ast.parse(as_module(page)).body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        ]
        assert sorted(names) == sorted(set(names))


class TestCurl:
    @pytest.fixture
    def server(self, qchime: Handle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
        monkeypatch.chdir(tmp_path)
        with Server(state_file=tmp_path / "state.json") as server:
            yield server

    @pages_with("curl")
    def test_gets_the_response_on_the_page(self, page: Path, server: Server) -> None:
        for command in commands(page):
            if program(command) == "curl":
                answer = curl(command, server.url)
                if ">" in command.words:
                    Path(command.words[-1]).write_bytes(answer.content)
                if command.shown:
                    message = f"{command.place}: the answer is {answer.status_code} {answer.text}"
                    assert fits(json.loads(command.shown), answer.json()), message
                else:
                    assert answer.ok, f"{command.place}: {answer.text}"

    def test_covers_every_control_route(self) -> None:
        page = ROOT / "docs" / "http.md"
        requested = [request(command) for command in commands(page) if program(command) == "curl"]
        shown = {(method, re.split(r"[/?]", url.partition(PREFIX)[2])[0]) for method, url, *_ in requested}
        assert ROUTES - shown == set()

    @pytest.mark.parametrize(
        ("shown", "got", "is_alike"),
        [
            ({"a": 1}, {"a": 1}, True),
            ({"a": 1}, {"a": 1, "b": 2}, False),
            ({"a": "…"}, {"a": [1]}, True),
            ({"a": "from … to …"}, {"a": "from here to there"}, True),
            ({"a": "from … to …"}, {"a": "from here"}, False),
            ({"a": "x…"}, {"a": 1}, False),
            ([{"a": "…"}], [{"a": 1}], True),
            ([1], [1, 2], False),
            (1, True, False),
            (None, None, True),
        ],
    )
    def test_is_compared_strictly(self, shown: Any, got: Any, is_alike: bool) -> None:
        assert fits(shown, got) is is_alike


def request(command: Command) -> tuple[str, str, dict[str, str], bytes | None]:
    """Method, URL, headers and body of the request that curl would send."""
    method, url, headers, body = None, None, {}, None
    words = iter(command.words[1:])
    for word in words:
        match word:
            case "-s":
                pass
            case "-X":
                method = next(words)
            case "-d":
                body = next(words).encode()
            case ">":
                next(words)
            case "-H":
                name, _, value = next(words).partition(":")
                headers[name] = value.strip()
            case _:
                assert not word.startswith("-"), f"{command.place}: {word} is unknown"
                assert url is None, f"{command.place}: two URLs"
                url = word
    assert url is not None, f"{command.place}: no URL"
    if body is not None:
        headers = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    return method or ("GET" if body is None else "POST"), url, headers, body


def curl(command: Command, server_url: str) -> requests.Response:
    method, url, headers, body = request(command)
    assert url.startswith(DEFAULT_URL), f"{command.place}: {url} is not the server's"
    url = url.replace(DEFAULT_URL, server_url)
    if body is not None and body.startswith(b"@"):
        body = Path(body[1:].decode()).read_bytes()
    return requests.request(method, url, headers=headers, data=body, timeout=30)


def fits(shown: Any, got: Any) -> bool:
    """Whether a response is the one on a page, where `…` stands for anything, and as a key for more keys."""
    if shown == "…":
        return True
    if isinstance(shown, str) and "…" in shown:
        pattern = ".*".join(map(re.escape, shown.split("…")))
        return isinstance(got, str) and re.fullmatch(pattern, got, re.DOTALL) is not None
    if isinstance(shown, dict):
        named = shown.keys() - {"…"}
        return (
            isinstance(got, dict)
            and (named < got.keys() if "…" in shown else named == got.keys())
            and all(fits(shown[name], got[name]) for name in named)
        )
    if isinstance(shown, list):
        return isinstance(got, list) and len(shown) == len(got) and all(map(fits, shown, got))
    return type(shown) is type(got) and bool(shown == got)


class TestCommands:
    """Of the command line, of pytest and of the AWS CLI."""

    @pages_with("qchime")
    def test_of_qchime_are_valid(self, page: Path, capsys: pytest.CaptureFixture[str]) -> None:
        for command in commands(page):
            if program(command) == "qchime":
                options = understood(command, capsys)
                if options.run is cli._serve:
                    url = DEFAULT_URL.replace("http:", "https:") if options.tls else DEFAULT_URL
                    ca_file = "/tmp/qchime-x8b2k1/ca.pem" if options.tls else None
                    assert command.shown in ("", cli._welcome(url, options.moto, ca_file)), command.place
                else:
                    assert cli.main(command.words[1:]) == 0

    @pages_with("pytest")
    def test_of_pytest_name_existing_files(self, page: Path) -> None:
        for command in commands(page):
            if program(command) == "pytest":
                for word in command.words[1:]:
                    is_path = "/" in word and not word.startswith("-")
                    assert not is_path or (ROOT / word).exists(), f"{command.place}: {word} is missing"

    @pages_with("aws")
    def test_of_the_aws_cli_name_supported_operations(self, page: Path) -> None:
        for command in commands(page):
            if program(command) == "aws":
                [service] = [service for service in SERVICES if service.name == command.words[1]]
                supported = filter(service.supports, service.model.operation_names)
                assert command.words[2] in [xform_name(name, "-") for name in supported], command.place


def understood(command: Command, capsys: pytest.CaptureFixture[str]) -> argparse.Namespace:
    try:
        return cli._parser().parse_args(command.words[1:])
    except SystemExit:
        pytest.fail(f"{command.place}: {capsys.readouterr().err}")


RUN = {"curl", "qchime", "pytest", "aws"}


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page not in WITHOUT_SNIPPETS | IN_OTHER_LANGUAGES], ids=name_of
)
def test_every_page_has_a_tested_snippet(page: Path) -> None:
    runs_python = any(block.language == "python" for block in blocks(page))
    assert runs_python or any(program(command) in RUN for command in commands(page))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_all_fences_are_closed(page: Path) -> None:
    fences = re.findall(r"^\s*```", page.read_text("utf-8"), re.MULTILINE)
    assert len(fences) == 2 * len(blocks(page))


class TestLinks:
    @pytest.mark.parametrize("page", PAGES, ids=name_of)
    def test_lead_somewhere(self, page: Path) -> None:
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
            if "://" not in target:
                path, _, anchor = target.partition("#")
                linked = (page.parent / path).resolve() if path else page
                assert linked.exists(), target
                assert not anchor or anchor in anchors(linked), target

    @pytest.mark.parametrize("folder", ["docs", "docs/sdks"])
    def test_lead_from_the_index_to_every_page(self, folder: str) -> None:
        index = (ROOT / folder / "README.md").read_text("utf-8")
        pages = [page.name for page in PAGES if page.parent == ROOT / folder and page.name != "README.md"]
        assert [name for name in pages if f"]({name})" not in index] == []


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub derives from the headings."""
    headings = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


class TestTables:
    """The tables in the pages are complete, and their figures right."""

    def test_limits(self) -> None:
        rows = re.findall(r"^\| `(\w+)` \| ([\d ]+) \|", text_of("world.md"), re.MULTILINE)
        assert {name: int(figure.replace(" ", "")) for name, figure in rows} == Limits(SERVICES).as_dict()
        assert len(rows) == len(Limits(SERVICES).as_dict())

    def test_options_of_the_server(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit):
            cli._parser().parse_args(["serve", "--help"])
        flags = set(re.findall(r"--[a-z-]+", capsys.readouterr().out)) - {"--help"}
        assert flags - set(re.findall(r"--[a-z-]+", text_of("server.md"))) == set()

    def test_control_routes(self) -> None:
        rows = re.findall(rf"^\| (.*?) ?{PREFIX}(\w+)` \|", text_of("http.md"), re.MULTILINE)
        assert {(method, word) for text, word in rows for method in re.findall("[A-Z]+", text)} == ROUTES

    def test_options_of_the_marker(self) -> None:
        assert missing("pytest.md", [option.name for option in fields(Options)]) == []

    def test_services_of_the_readme(self) -> None:
        rows = re.findall(
            r"^\| (.+) \(`([\w-]+)`\) \| (\d+ of|all) (\d+) \|$", PAGES[0].read_text("utf-8"), re.MULTILINE
        )
        expected = []
        for service in SERVICES:
            names = service.model.operation_names
            supported = sum(map(service.supports, names))
            how_many = "all" if supported == len(names) else f"{supported} of"
            expected.append((service.title, service.name, how_many, str(len(names))))
        assert rows == expected

    def test_figures_of_the_readme(self) -> None:
        readme = PAGES[0].read_text("utf-8")
        operations = [name for service in SERVICES for name in service.model.operation_names]
        supported = sum(
            service.supports(name) for service in SERVICES for name in service.model.operation_names
        )
        assert f"| {supported} of {len(operations)} operations |" in readme
        assert f"in-process and over HTTP | {supported} |" in readme
        assert f"[{figure('conformance.md', r'([0-9,]+) variants')}](docs/conformance.md)" in readme
        for row, what in {
            "starting and stopping a mock": "times as long",
            "a small test: start": "times as long",
            "`qchime serve`, 8 connections": "times as many",
        }.items():
            ratio = figure("performance.md", rf"\| {row}.*\| ([0-9.]+) \| at (?:most|least)")
            shown = f"{float(ratio):.0f}" if float(ratio) > 1 else ratio
            assert f"[{shown} {what}](docs/performance.md)" in readme
        assert float(figure("reliability.md", r"been acknowledged ([0-9.]+) seconds before")) < 1

    def test_fixtures(self) -> None:
        source = ast.parse(Path(pytest_plugin.__file__).read_text("utf-8"))
        fixtures = [
            node.name
            for node in source.body
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
            for decorator in node.decorator_list
            if ast.unparse(decorator).startswith("pytest.fixture")
        ]
        fixtures += [f"{name.replace('-', '_')}_client" for name in SERVICES.names]
        assert len(fixtures) == 5
        assert missing("pytest.md", fixtures) == []

    def test_fields_of_a_call_and_how_many_are_kept(self) -> None:
        assert missing("calls.md", [member.name for member in fields(calls.CallRecord)]) == []
        assert f"{records.MOST_RECORDS:,}".replace(",", " ") in text_of("calls.md")
        assert f"{records.MOST_BYTES // 1024**2} MiB" in text_of("calls.md")


def text_of(name: str) -> str:
    return (ROOT / "docs" / name).read_text("utf-8")


def figure(page: str, pattern: str) -> str:
    [found] = re.findall(pattern, text_of(page))
    return str(found)


def missing(page: str, names: list[str]) -> list[str]:
    """The names that a page does not have as code."""
    code = " ".join(re.findall(r"`([^`\n]+)`", _FENCE.sub("", text_of(page))))
    return [name for name in names if not re.search(rf"\b{name}\b", code)]
