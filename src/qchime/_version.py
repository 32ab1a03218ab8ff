"""The version of the installed package, which the build takes from the git tag."""

from functools import cache


@cache
def installed_version() -> str:
    """The version; reading it costs more than everything else that `import qchime` does."""
    from importlib import metadata

    return metadata.version("qchime")
