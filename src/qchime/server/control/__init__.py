"""The control routes: the handle over HTTP."""

from qchime.server.control.routes import PREFIX, ControlRoutes

__all__ = ["PREFIX", "ControlRoutes"]
