"""Metadata that depends on where a release is built: the addresses of the repository."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#)([^)\s]+)")


class RepositoryHook(MetadataHookInterface):
    """Adds the addresses of the repository whose workflow builds, and leads the README's links there.

    GitHub's runners name the repository. Builds elsewhere have no addresses.
    """

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the fields that are not known yet: a wheel that is built from an sdist has the sdist's."""
        repository = _repository()
        if "urls" not in metadata:
            metadata["urls"] = _urls(repository) if repository else {}
        if "readme" not in metadata:
            text = Path(self.root, "README.md").read_text("utf-8")
            text = _with_addresses(text, repository) if repository else text
            metadata["readme"] = {"content-type": "text/markdown", "text": text}


def _repository() -> str | None:
    name = os.environ.get("GITHUB_REPOSITORY")
    return f"{os.environ.get('GITHUB_SERVER_URL', 'https://github.com')}/{name}" if name else None


def _urls(repository: str) -> dict[str, str]:
    return {
        "Homepage": repository,
        "Documentation": f"{repository}/blob/HEAD/docs/README.md",
        "Changelog": f"{repository}/blob/HEAD/CHANGELOG.md",
        "Issues": f"{repository}/issues",
        "Security": f"{repository}/blob/HEAD/SECURITY.md",
    }


def _with_addresses(text: str, repository: str) -> str:
    """The README with links that work outside of the repository, too."""

    def address(found: re.Match[str]) -> str:
        return f"{repository}/{'raw' if found[1].endswith('.png') else 'blob'}/HEAD/{found[1]}"

    return _LINK.sub(address, text)
