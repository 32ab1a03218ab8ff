"""The server: all services over HTTP, for every AWS SDK and for the AWS CLI."""

from qchime.compat import explained

with explained():
    from qchime.server.application import Application
    from qchime.server.serving import Server

__all__ = ["Application", "Server"]
