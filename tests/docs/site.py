"""Builds the documentation site: `python -m tests.docs.site build/docs`.

The pages are files of the repository, with links from file to file, so that they can also be read on GitHub.
The site has all of them in one folder, with their links adapted.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from posixpath import normpath, relpath

ROOT = Path(__file__).parent.parent.parent
ELSEWHERE = {
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "examples/README.md": "examples.md",
}
"""Pages outside docs/, with their places on the site."""

_FENCED = re.compile(r"(^ *```.*?^ *```$)", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#)([^)\s#]+)")


def build(folder: Path) -> Path:
    """Build the site in a folder, and return where it is.

    Raises:
        LookupError: a page links to a file that is not on the site.
        CalledProcessError: the site has a warning, such as about a broken link.
    """
    for earlier in ("pages", "site"):
        shutil.rmtree(folder / earlier, ignore_errors=True)
    lay_out(folder / "pages")
    shutil.copy(ROOT / "zensical.toml", folder)
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-m", "zensical", "build", "--strict"]
    subprocess.run(command, cwd=folder, env={**os.environ, "PYTHONPATH": path}, check=True)
    return folder / "site"


def lay_out(folder: Path) -> None:
    """Copy the files of the site to where it has them."""
    places = sources()
    for source, place in places.items():
        copy = folder / place
        copy.parent.mkdir(parents=True, exist_ok=True)
        if source.endswith(".md"):
            text = (ROOT / source).read_text("utf-8")
            copy.write_text(adapted(text, source, places), "utf-8")
        else:
            shutil.copy(ROOT / source, copy)


def sources() -> dict[str, str]:
    """The files of the site, relative to the repository, with their places on it."""
    docs = {name: name.removeprefix("docs/") for name in _files("docs")}
    return docs | ELSEWHERE | {name: name for name in _files("deploy")}


def adapted(text: str, source: str, places: dict[str, str]) -> str:
    """The text of a page with its links to other files as they are on the site."""

    def link(found: re.Match[str]) -> str:
        target = normpath(f"{os.path.dirname(source)}/{found[1]}").removeprefix("/")
        if target not in places:
            raise LookupError(
                f"{source} links to {target}, which is not on the site. Link to a page or a file."
            )
        return relpath(places[target], os.path.dirname(places[source]) or ".")

    parts = _FENCED.split(text)
    parts[::2] = [_LINK.sub(link, part) for part in parts[::2]]
    return "".join(parts)


def _files(folder: str) -> list[str]:
    found = (ROOT / folder).rglob("*")
    return [path.relative_to(ROOT).as_posix() for path in found if path.is_file() and path.name[0] != "."]


if __name__ == "__main__":
    build(Path(sys.argv[1]))
