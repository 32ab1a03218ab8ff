"""Does what README.md tells a newcomer, in an empty folder, and shows how long it takes.

`python -m release.first_steps WHEEL` tries this wheel, without an argument one of the working tree.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from release.readme import Block, durations, in_language
from release.running import ROOT, Failed, clean_environment, python, run

DEFAULT_URL = "http://127.0.0.1:4590"
NODE_MODULES = ROOT / "tests" / "clients" / "javascript" / "node_modules"


class Newcomer:
    """Somebody with an empty folder, a terminal, README.md, and a wheel in place of the package's name."""

    def __init__(self, folder: Path, wheel: Path, page: str) -> None:
        self._folder = folder
        self._wheel = wheel
        self._page = page
        self._environment = clean_environment()
        self._server: subprocess.Popen[str] | None = None
        self._url = DEFAULT_URL

    def pass_first_test(self) -> str:
        """Install the package, save the page's first test, and run it; returns the heading above.

        Raises:
            Failed: a command fails.
        """
        test = in_language(self._page, "python")[0]
        for block in in_language(self._page, "console"):
            for words in block.commands:
                if words[0].endswith("pytest"):
                    (self._folder / words[-1]).write_text(test.text, "utf-8")
                    self._run(words)
                    return block.heading
                self._run(words)
        raise Failed("README.md does not show how to run its first test")

    def use_aws_cli(self) -> str:
        """Start the server, and type what is below the same heading; returns that heading.

        Raises:
            Failed: a command fails, or none is the AWS CLI's.
        """
        serve = next(block for block in in_language(self._page, "console") if _starts_server(block))
        programs = set()
        for block in in_language(self._page, "console"):
            for words in block.commands if block.heading == serve.heading else ():
                programs.add(words[0])
                self._type(words)
        if "aws" not in programs:
            raise Failed(f"README.md does not use the AWS CLI below {serve.heading!r}")
        return serve.heading

    def use_javascript(self) -> str:
        """Run the page's first JavaScript, with the packages that the tests have; returns the heading above.

        Raises:
            Failed: it fails, or prints nothing.
        """
        block = in_language(self._page, "js")[0]
        for settings in re.findall(r"^(?:\$|) *export (.*)$", self._page, re.MULTILINE):
            self._type(["export", *settings.split()])
        (self._folder / "node_modules").symlink_to(NODE_MODULES)
        (self._folder / "first_steps.mjs").write_text(block.text, "utf-8")
        if not self._run(["node", "first_steps.mjs"]).strip():
            raise Failed("The JavaScript of README.md prints nothing")
        return block.heading

    def _type(self, words: list[str]) -> None:
        if words[0] == "export":
            self._environment |= dict(self._meant(setting).split("=", 1) for setting in words[1:])
        elif "serve" in words:
            self._serve(words)
        else:
            self._run(words)

    def _run(self, words: list[str]) -> str:
        programs = {"python3": sys.executable, "aws": os.environ.get("QCHIME_AWS_CLI", "aws")}
        words = [programs.get(words[0], words[0]), *(self._meant(word) for word in words[1:])]
        return run(*words, cwd=self._folder, environment=self._environment)

    def _meant(self, word: str) -> str:
        """A word with the path of the wheel and the port of this server."""
        return re.sub(r"^(\.\./)?qchime(?=\[|$)", str(self._wheel), word).replace(DEFAULT_URL, self._url)

    def _serve(self, words: list[str]) -> None:
        """Start the server on a free port instead of the usual one."""
        self._server = subprocess.Popen(
            [*words, "--port", "0"],
            cwd=self._folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._server.stdout is not None
        found = re.search(r"http://\S+", self._server.stdout.readline())
        if found is None:
            raise Failed(f"`{' '.join(words)}` does not print a URL")
        self._url = found[0]

    def leave(self) -> None:
        """End the server."""
        if self._server is not None:
            self._server.terminate()
            self._server.communicate()


def _starts_server(block: Block) -> bool:
    return any("serve" in words for words in block.commands)


def take_first_steps(wheel: Path) -> None:
    """Follow README.md in an empty folder, and print how long each part takes beside what the page says.

    Raises:
        Failed: the page does not work.
    """
    page = (ROOT / "README.md").read_text("utf-8")
    said = durations(page)
    with TemporaryDirectory() as folder:
        newcomer = Newcomer(Path(folder), wheel, page)
        steps: dict[str, Callable[[], str]] = {
            "pip install and the first passing test": newcomer.pass_first_test,
            "qchime serve with the AWS CLI": newcomer.use_aws_cli,
            "qchime serve with JavaScript": newcomer.use_javascript,
        }
        try:
            for title, step in steps.items():
                started = time.monotonic()
                heading = step()
                says = f"README.md says {said[heading]}" if heading in said else "README.md gives no time"
                print(f"  {title}: {time.monotonic() - started:.1f} s ({says})", flush=True)
        finally:
            newcomer.leave()


def wheel_of_working_tree(folder: Path) -> Path:
    """Build a wheel of the files as they are, with the build backend of this environment."""
    python("-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT)
    [wheel] = folder.glob("*.whl")
    return wheel


def main(arguments: list[str]) -> int:
    """The exit code: 0 if all of it works."""
    with TemporaryDirectory() as folder:
        try:
            take_first_steps(
                Path(arguments[0]).resolve() if arguments else wheel_of_working_tree(Path(folder))
            )
        except Failed as error:
            print(f"Failed: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
