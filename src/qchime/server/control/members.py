"""The control routes of a member: a server that is one of several behind a load balancer.

Each member has some of the accounts, and the load balancer finds the account of a request in its access key
or path. A route that concerns all accounts would reach one member only, so it is refused.
"""

from typing import Any

from qchime.server.control.routes import JSON, ControlRoutes, Route
from qchime.world import DEFAULT_ACCOUNT_ID, account_in_key

NOT_WITH_MOTO = (
    "moto's access keys do not name their account, so a load balancer cannot tell which member has it. "
    "Leave out `member` or `moto`."
)
_WHY = "This server is one of several, each with some of the accounts."
_FOR_ALL_ALONE = ("accounts", "seed")


class MemberRoutes(ControlRoutes):
    """The control routes of a member: for single accounts, and its health."""

    def post_users(self, **given: Any) -> JSON:
        """Register a user, and show their credentials. Their access key must name the account.

        Raises:
            ValueError: a load balancer would look for the given access key in the default account.
        """
        key = given.get("access_key_id")
        if isinstance(key, str) and (account_in_key(key) or DEFAULT_ACCOUNT_ID) != self._account_id:
            raise ValueError(
                f"{_WHY} The access key {key} does not name the account {self._account_id}, so its requests "
                f"go to the account {DEFAULT_ACCOUNT_ID}. Leave out access_key_id, or register it there."
            )
        return super().post_users(**given)

    def post_state(self) -> JSON:
        """Refuse to save: the state file holds all accounts of this member.

        Raises:
            ValueError: always.
        """
        raise ValueError(f"{_WHY} It saves its state file by itself, and not on request.")

    def _run(self, name: str, route: Route, given: JSON) -> JSON:
        if self._account_id is not None or name == "health":
            return super()._run(name, route, given)
        if name in _FOR_ALL_ALONE:
            raise ValueError(f"{_WHY} Only a server on its own has /_qchime/{name}.")
        raise ValueError(
            f"{_WHY} Use /_qchime/accounts/{{id}}/{name} or, in Python, Client(url, account=id)."
        )
