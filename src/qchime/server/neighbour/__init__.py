"""moto's server behind ours, for the services that we do not have."""

from qchime.server.neighbour.neighbour import Neighbour

__all__ = ["Neighbour"]
