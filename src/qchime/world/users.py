"""Who calls: the users that a test author registered, and the default user that everybody else is."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from qchime.world.clock import Clock
from qchime.world.ids import Ids
from qchime.world.locks import Lock

DEFAULT_ACCOUNT_ID = "123456789012"
"""The account of whoever names none, in moto too."""


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

    `required` is None for an account that leaves it to everybody's.

    Raises:
        ValueError: users that cannot have been registered together.
    """

    required: bool | None
    users: list[User]

    def __post_init__(self) -> None:
        ids = {user.email: user.user_id for user in self.users if user.expires_at is None}
        for user in self.users:
            _check_email(user.email)
            if user.user_id != ids.get(user.email):
                raise ValueError(f"{user.email} has temporary credentials but no lasting ones of this id")
            if user.expires_at is not None and user.session_token is None:
                raise ValueError(f"{user.email} needs session_token and expires_at, or neither of them")
        _check_unique("user_id", [DEFAULT_USER.user_id, *ids.values()])
        _check_unique("access_key_id", [DEFAULT_USER.access_key_id, *(u.access_key_id for u in self.users)])


class Keys:
    """Which account an access key belongs to that a test author has given, of all accounts of a cloud.

    It is an index, and no more: who has a key, the users of the account know.
    """

    def __init__(self) -> None:
        self._accounts: dict[str, str] = {}

    def claim(self, access_key_id: str, account_id: str) -> None:
        """Remember the account of a key."""
        self._accounts[access_key_id] = account_id

    def account_of(self, access_key_id: str) -> str | None:
        """The account that has claimed a key, and may have lost it since."""
        return self._accounts.get(access_key_id)


class Users:
    """The registered users, of everybody or of one account.

    Once `required` is true, Q Apps refuses everybody else, as AWS refuses credentials without an identity.
    """

    def __init__(
        self, clock: Clock, ids: Ids, keys: Keys, everybody: Users | None = None, account_id: str = ""
    ) -> None:
        self._lock = Lock()
        self._required: bool | None = None
        self._clock = clock
        self._ids = ids
        self._keys = keys
        self._everybody = everybody
        self._account_id = account_id
        self._by_email: dict[str, User] = {}
        self._by_key: dict[str, User] = {}

    @property
    def required(self) -> bool:
        """Whether Q Apps refuses callers whom nobody has registered."""
        if self._required is None:
            return self._everybody is not None and self._everybody.required
        return self._required

    @required.setter
    def required(self, required: bool) -> None:
        if not isinstance(required, bool):
            raise ValueError(f"users.required takes True or False, not {required!r}")
        self._required = required

    def add(
        self,
        email: str,
        expires_in: float | None = None,
        *,
        user_id: str | None = None,
        access_key_id: str | None = None,
        secret_access_key: str | None = None,
        session_token: str | None = None,
    ) -> User:
        """Register somebody; what is not given of their credentials is made.

        The same e-mail is the same user, who may have several access keys.

        Args:
            email: who it is.
            expires_in: seconds. With them it is temporary credentials that come back, new ones each time,
                of the same person.
            user_id: the id that IAM Identity Center knows them by.
            access_key_id: a key that they have already, such as one that STS gave them.
            secret_access_key: the secret of that key.
            session_token: the token that comes with it, if it is temporary.

        Raises:
            ValueError: this is no e-mail address, or the default user's, or no such number of seconds; or
                somebody else has this id or this key.
        """
        _check_email(email)
        _check_texts(user_id=user_id, access_key_id=access_key_id)
        _check_texts(secret_access_key=secret_access_key, session_token=session_token)
        expires_at = None if expires_in is None else self._time_in(expires_in)
        with self._lock:
            known = self._by_email.get(email)
            self._check_user_id(email, user_id, known)
            self._check_key(email, access_key_id)
            if expires_at is None and access_key_id is None and known is not None:
                return known
            is_temporary = expires_at is not None
            made_token = self._ids.uuid() if is_temporary else None
            user = User(
                email=email,
                user_id=user_id or (known.user_id if known else made_user_id(email)),
                access_key_id=access_key_id or self._new_access_key("ASIA" if is_temporary else "AKIA"),
                secret_access_key=secret_access_key or self._ids.uuid(),
                session_token=session_token or made_token,
                expires_at=expires_at,
            )
            if known is None and is_temporary:
                self._keep(self._lasting(user))
            self._keep(user)
            return user

    def named(self, email: str) -> User:
        """The user of this e-mail, the account's own or everybody's; registered now if there is none."""
        for users in (self, self._everybody):
            if users is not None and email in users._by_email:
                return users._by_email[email]
        return self.add(email)

    def by_access_key(self, access_key_id: str) -> User:
        """Who signs with this key, also if it has expired."""
        user = self._by_key.get(access_key_id)
        if user is not None:
            return user
        return self._everybody.by_access_key(access_key_id) if self._everybody is not None else DEFAULT_USER

    def has_key(self, access_key_id: str) -> bool:
        """Whether this key is registered here."""
        return access_key_id in self._by_key

    def __iter__(self) -> Iterator[User]:
        return iter(list(self._by_email.values()))

    @property
    def temporary(self) -> list[User]:
        """The same people with the temporary credentials that were made for them, expired ones too."""
        return [user for user in list(self._by_key.values()) if user.expires_at is not None]

    def state(self) -> UsersState:
        """Everybody, with all credentials."""
        with self._lock:
            required = self.required if self._everybody is None else self._required
            return UsersState(required, list(self._by_key.values()))

    def restore(self, state: UsersState) -> None:
        """Know these, and nobody else."""
        with self._lock:
            self._required, self._by_email, self._by_key = state.required, {}, {}
            for user in state.users:
                self._keep(user)

    def reset(self) -> None:
        """Forget everybody, and require nobody."""
        self.restore(UsersState(None, []))

    def _keep(self, user: User) -> None:
        self._by_key[user.access_key_id] = user
        self._keys.claim(user.access_key_id, self._account_id)
        if user.expires_at is None:
            self._by_email.setdefault(user.email, user)

    def _check_key(self, email: str, access_key_id: str | None) -> None:
        owner = self.by_access_key(access_key_id) if access_key_id is not None else DEFAULT_USER
        if owner not in (DEFAULT_USER, self._by_email.get(email)):
            raise ValueError(f"{owner.email} has the access key {access_key_id} already")

    def _lasting(self, temporary: User) -> User:
        """The credentials of somebody who has had none, beside the temporary ones."""
        return replace(
            temporary,
            access_key_id=self._new_access_key("AKIA"),
            secret_access_key=self._ids.uuid(),
            session_token=None,
            expires_at=None,
        )

    def _check_user_id(self, email: str, user_id: str | None, known: User | None) -> None:
        if user_id is None:
            return
        if known is not None and known.user_id != user_id:
            raise ValueError(f"{email} has the user_id {known.user_id} already")
        others = [DEFAULT_USER, *self]
        if other := next((user for user in others if user.user_id == user_id and user.email != email), None):
            raise ValueError(f"{other.email} has the user_id {user_id} already")

    def _time_in(self, seconds: float) -> datetime:
        try:
            if seconds > 0 and not isinstance(seconds, bool):
                return self._clock.now() + timedelta(seconds=seconds)
        except (TypeError, ValueError, OverflowError):
            pass  # the same message says it
        raise ValueError(f"users.add takes expires_in as a number of seconds above 0, not {seconds!r}")

    def _new_access_key(self, prefix: str) -> str:
        """AWS's prefixes, `AKIA` of lasting keys and `ASIA` of temporary ones; then `QC` and the account.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
        """
        account_id = self._account_id or DEFAULT_ACCOUNT_ID
        return f"{prefix}QC{account_id}{self._ids.uuid()[:8].upper()}"


def made_user_id(email: str) -> str:
    """An id in the form of IAM Identity Center. It is made of the e-mail: one person, one id everywhere."""
    digits = hashlib.blake2b(email.encode(errors="replace"), digest_size=16).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-7{digits[13:16]}-{digits[16:20]}-{digits[20:]}"


def _check_email(email: Any) -> None:
    if not isinstance(email, str) or "@" not in email:
        raise ValueError(f"users.add takes an e-mail address, not {email!r}")
    if email == DEFAULT_USER.email:
        raise ValueError(f"{email} is the default user, who signs with any other credentials")


def _check_unique(name: str, values: list[str]) -> None:
    for value, times in Counter(values).items():
        if times > 1:
            raise ValueError(f"two users have the {name} {value!r}")


def _check_texts(**texts: Any) -> None:
    for name, text in texts.items():
        if text is not None and (not isinstance(text, str) or not text):
            raise ValueError(f"users.add takes {name} as a text of at least one character, not {text!r}")
