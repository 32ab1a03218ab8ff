"""Who calls: the users that a test author registered, and the default user that everybody else is."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from qchime.world.clock import Clock
from qchime.world.ids import new_uuid


@dataclass(frozen=True, slots=True)
class User:
    """One person, known by the access key that their clients sign with.

    `user_id` has the form of IAM Identity Center, whose third group starts with 7:
    `a841e300-40c1-7062-fa34-5b46dadbbaac`. It says who somebody is: a person with other credentials is
    equal, and owns the same.
    """

    email: str = field(compare=False)
    user_id: str
    access_key_id: str = field(compare=False)
    secret_access_key: str = field(compare=False)
    session_token: str | None = field(default=None, compare=False)
    """Of temporary credentials only."""
    expires_at: datetime | None = field(default=None, compare=False)
    """Of temporary credentials only: until when they hold, by the clock of the mock."""

    @property
    def credentials(self) -> dict[str, str]:
        """Keywords for `boto3.client(…, **user.credentials)`."""
        keys = {"aws_access_key_id": self.access_key_id, "aws_secret_access_key": self.secret_access_key}
        return keys if self.session_token is None else {**keys, "aws_session_token": self.session_token}


DEFAULT_USER = User(
    email="default@example.com",
    user_id="a841e300-40c1-7062-fa34-5b46dadbbaac",
    access_key_id="",
    secret_access_key="",
)
"""Whoever signs with credentials that nobody registered (inferred: AWS has no such user)."""


@dataclass
class UsersState:
    """What a state keeps of the users: everybody's lasting credentials, and the temporary ones.

    Raises:
        ValueError: users that cannot have been registered together.
    """

    required: bool
    users: list[User]

    def __post_init__(self) -> None:
        lasting = [user for user in self.users if user.session_token is None]
        ids = {user.email: user.user_id for user in lasting}
        for user in self.users:
            _check_email(user.email)
            if user.user_id != ids.get(user.email):
                raise ValueError(f"{user.email} has temporary credentials but no lasting ones of this id")
            if (user.session_token is None) != (user.expires_at is None):
                raise ValueError(f"{user.email} needs session_token and expires_at, or neither of them")
        _check_unique("email", [user.email for user in lasting])
        _check_unique("user_id", [DEFAULT_USER.user_id, *ids.values()])
        _check_unique("access_key_id", [DEFAULT_USER.access_key_id, *(u.access_key_id for u in self.users)])


class Users:
    """The registered users.

    Once `required` is true, Q Apps refuses everybody else, as AWS refuses credentials without an identity.
    """

    def __init__(self, clock: Clock) -> None:
        self._required = False
        self._clock = clock
        self._lock = Lock()
        self._by_email: dict[str, User] = {}
        self._by_key: dict[str, User] = {}

    @property
    def required(self) -> bool:
        """Whether Q Apps refuses callers whom nobody has registered."""
        return self._required

    @required.setter
    def required(self, required: bool) -> None:
        if not isinstance(required, bool):
            raise ValueError(f"users.required takes True or False, not {required!r}")
        self._required = required

    def add(self, email: str, expires_in: float | None = None) -> User:
        """Register somebody and make credentials for them; the same e-mail is the same user.

        Args:
            email: who it is.
            expires_in: seconds. With them it is temporary credentials that come back, new ones each time,
                of the same person.

        Raises:
            ValueError: this is no e-mail address, or the default user's, or no such number of seconds.
        """
        _check_email(email)
        expires_at = None if expires_in is None else self._time_in(expires_in)
        with self._lock:
            user = self._by_email.get(email) or self._register(email)
            return user if expires_at is None else self._temporary(user, expires_at)

    def _time_in(self, seconds: float) -> datetime:
        try:
            if seconds > 0 and not isinstance(seconds, bool):
                return self._clock.now() + timedelta(seconds=seconds)
        except (TypeError, ValueError, OverflowError):
            pass  # the same message says it
        raise ValueError(f"users.add takes expires_in as a number of seconds above 0, not {seconds!r}")

    def _register(self, email: str) -> User:
        first, second, third, fourth, fifth = new_uuid().split("-")
        user = User(
            email=email,
            user_id=f"{first}-{second}-7{third[1:]}-{fourth}-{fifth}",
            access_key_id=_new_access_key("AKIA"),
            secret_access_key=new_uuid(),
        )
        self._by_email[email] = self._by_key[user.access_key_id] = user
        return user

    def _temporary(self, user: User, expires_at: datetime) -> User:
        temporary = replace(
            user,
            access_key_id=_new_access_key("ASIA"),
            secret_access_key=new_uuid(),
            session_token=new_uuid(),
            expires_at=expires_at,
        )
        self._by_key[temporary.access_key_id] = temporary
        return temporary

    def by_access_key(self, access_key_id: str) -> User:
        """Who signs with this key, also if it has expired."""
        return self._by_key.get(access_key_id, DEFAULT_USER)

    def __iter__(self) -> Iterator[User]:
        return iter(list(self._by_email.values()))

    @property
    def temporary(self) -> list[User]:
        """The same people with the temporary credentials that were made for them, expired ones too."""
        return [user for user in list(self._by_key.values()) if user.session_token is not None]

    def state(self) -> UsersState:
        """Everybody, with all credentials."""
        with self._lock:
            return UsersState(self._required, list(self._by_key.values()))

    def restore(self, state: UsersState) -> None:
        """Know these, and nobody else."""
        with self._lock:
            self._required = state.required
            self._by_email = {user.email: user for user in state.users if user.session_token is None}
            self._by_key = {user.access_key_id: user for user in state.users}

    def reset(self) -> None:
        """Forget everybody, and require nobody."""
        self._required = False
        self._by_email.clear()
        self._by_key.clear()


def _check_email(email: Any) -> None:
    if not isinstance(email, str) or "@" not in email:
        raise ValueError(f"users.add takes an e-mail address, not {email!r}")
    if email == DEFAULT_USER.email:
        raise ValueError(f"{email} is the default user, who signs with any other credentials")


def _check_unique(name: str, values: list[str]) -> None:
    for value, times in Counter(values).items():
        if times > 1:
            raise ValueError(f"two users have the {name} {value!r}")


def _new_access_key(prefix: str) -> str:
    """AWS's prefixes: `AKIA` of lasting keys, `ASIA` of temporary ones.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
    """
    return prefix + new_uuid().replace("-", "")[:16].upper()
