"""The handle's `endpoints`: which endpoints AWS would have deactivated, because a delivery failed."""

from __future__ import annotations

from typing import Any

from qchime.core.words import call_with
from qchime.services.chimesdkidentity import SERVICE
from qchime.world import Changes


class Endpoints:
    """The endpoints that a test author has deactivated, for all accounts or for one.

    AWS deactivates an endpoint when it cannot deliver a push notification to it. qchime delivers none.
    """

    changes: Changes

    def __init__(self, everybody: Endpoints | None = None) -> None:
        self._everybody = everybody
        self._reasons: dict[str, str] = {}

    def deactivate(self, endpoint_id: str, reason: str = "INVALID_DEVICE_TOKEN") -> None:
        """Make the endpoint with this id INACTIVE, as AWS does after a failed delivery.

        Raises:
            TypeError: the id is not a string.
            ValueError: there is no such reason; the message lists them.
        """
        if not isinstance(endpoint_id, str):
            raise TypeError(f"endpoints.deactivate takes the EndpointId as a string, not {endpoint_id!r}")
        _check_reason(reason)
        self._reasons = {**self._reasons, endpoint_id: reason}
        self.changes.note()

    def reason_for(self, endpoint_id: str) -> str | None:
        """Why the endpoint with this id is INACTIVE; None if it is ACTIVE."""
        above = self._everybody.reason_for(endpoint_id) if self._everybody is not None else None
        return self._reasons.get(endpoint_id, above)

    @property
    def deactivated(self) -> dict[str, str]:
        """The reasons of all deactivated endpoints, by endpoint id."""
        return dict(self._reasons)

    def show(self) -> dict[str, Any]:
        """The reasons as JSON."""
        return {"deactivated": self.deactivated}

    def post(self, **given: Any) -> None:
        """Deactivate an endpoint."""
        call_with(self.deactivate, given)

    def state(self) -> dict[str, str]:
        """The reasons by endpoint id."""
        return self.deactivated

    def restore(self, state: dict[str, str]) -> None:
        """Replace the reasons with saved ones."""
        self._reasons = dict(state)

    def integrity_errors(self, state: dict[str, str]) -> list[tuple[str, str]]:
        """The unknown reasons in a state, as pairs of an endpoint id and a problem."""
        return [
            (endpoint_id, _mistake(reason))
            for endpoint_id, reason in state.items()
            if reason not in _reasons()
        ]

    def reset(self) -> None:
        """Make all endpoints ACTIVE again."""
        self._reasons = {}
        self.changes.note()


def _reasons() -> list[str]:
    shape: Any = SERVICE.model.shape_for("EndpointStatusReason")
    return list(shape.enum)


def _check_reason(reason: Any) -> None:
    if reason not in _reasons():
        raise ValueError(_mistake(reason))


def _mistake(reason: Any) -> str:
    return f"There is no reason {reason!r}. Choose from: {', '.join(_reasons())}"
