"""Who calls: the users that a test author registered, and the default user that everybody else is."""

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock

from qchime.world.ids import new_uuid


@dataclass(frozen=True, slots=True)
class User:
    """One person, known by the access key that their clients sign with.

    `user_id` has the form of IAM Identity Center, whose third group starts with 7:
    `a841e300-40c1-7062-fa34-5b46dadbbaac`.
    """

    email: str
    user_id: str
    access_key_id: str
    secret_access_key: str

    @property
    def credentials(self) -> dict[str, str]:
        """Keywords for `boto3.client(…, **user.credentials)`."""
        return {
            "aws_access_key_id": self.access_key_id,
            "aws_secret_access_key": self.secret_access_key,
        }


DEFAULT_USER = User(
    email="default@example.com",
    user_id="a841e300-40c1-7062-fa34-5b46dadbbaac",
    access_key_id="",
    secret_access_key="",
)
"""Whoever signs with credentials that nobody registered (inferred: AWS has no such user)."""


class Users:
    """The registered users.

    Once `required` is true, Q Apps refuses everybody else, as AWS refuses credentials without an identity.
    """

    def __init__(self) -> None:
        self.required = False
        self._lock = Lock()
        self._by_email: dict[str, User] = {}
        self._by_key: dict[str, User] = {}

    def add(self, email: str) -> User:
        """Register somebody and make credentials for them; the same e-mail is the same user.

        Raises:
            ValueError: this is no e-mail address, or the default user's.
        """
        if not isinstance(email, str) or "@" not in email:
            raise ValueError(f"users.add takes an e-mail address, not {email!r}")
        if email == DEFAULT_USER.email:
            raise ValueError(f"{email} is the default user, who signs with any other credentials")
        with self._lock:
            return self._by_email.get(email) or self._register(email)

    def _register(self, email: str) -> User:
        first, second, third, fourth, fifth = new_uuid().split("-")
        user = User(
            email=email,
            user_id=f"{first}-{second}-7{third[1:]}-{fourth}-{fifth}",
            access_key_id="AKIA" + new_uuid().replace("-", "")[:16].upper(),
            secret_access_key=new_uuid(),
        )
        self._by_email[email] = self._by_key[user.access_key_id] = user
        return user

    def by_access_key(self, access_key_id: str) -> User:
        """Who signs with this key."""
        return self._by_key.get(access_key_id, DEFAULT_USER)

    def __iter__(self) -> Iterator[User]:
        return iter(list(self._by_email.values()))

    def reset(self) -> None:
        """Forget everybody, and require nobody."""
        self.required = False
        self._by_email.clear()
        self._by_key.clear()
