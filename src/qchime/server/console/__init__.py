"""The page: what a server's cloud holds and what has just happened, for a browser."""

from qchime.server.console.console import Console

__all__ = ["Console"]
