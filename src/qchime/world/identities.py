"""What another mock in this process knows about people: sessions of STS, users of IAM Identity Center."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple, Protocol


class Session(NamedTuple):
    """Temporary credentials that STS has given for a context assertion, which names a person."""

    context_assertion: str
    access_key_id: str
    secret_access_key: str
    session_token: str
    expires_at: datetime
    """Timezone-aware."""


class Identities(Protocol):
    """STS and IAM Identity Center of another mock; `qchime.compat.MotoIdentities` implements it."""

    def session(self, access_key_id: str) -> Session | None:
        """The session with this access key, None if there is none or if it is not a person's."""

    def user_id(self, email: str, account_id: str) -> str | None:
        """The id of the user with this e-mail address in the identity stores of an account, None if missing.

        An empty `account_id` means those of all accounts.
        """
