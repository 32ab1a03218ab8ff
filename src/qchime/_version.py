"""The version of the installed package, which the build takes from the git tag."""

from importlib.metadata import version

__version__ = version("qchime")
