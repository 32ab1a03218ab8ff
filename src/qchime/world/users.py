"""Who calls: the users that a test author registered, and the default user that everybody else is."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from qchime.world.clock import Clock
from qchime.world.ids import Ids
from qchime.world.locks import Lock

DEFAULT_ACCOUNT_ID = "123456789012"
"""The account of whoever names none, in moto too."""

_KEY_WITH_ACCOUNT = re.compile(r"(\d{12})|A[KS]IAQC(\d{12})[0-9A-F]{8}", re.ASCII)


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


def account_in_key(access_key_id: str) -> str | None:
    """The account that a key carries in the clear: one of 12 digits is the account itself."""
    found = _KEY_WITH_ACCOUNT.fullmatch(access_key_id)
    return (found[1] or found[2]) if found else None


class Keys:
    """Which account an access key belongs to that a test author has given, of all accounts of a cloud.

    It is an index, and no more: `has_key` says whether the users of an account have a key now. A reset or a
    load takes keys away, and another account may have claimed the same key since.
    """

    def __init__(self, has_key: Callable[[str, str], bool]) -> None:
        self._has_key = has_key
        self._claimed: dict[str, tuple[str, ...]] = {}

    def claim(self, access_key_id: str, account_id: str) -> None:
        """Remember the account of a key."""
        claimed = self._claimed.get(access_key_id, ())
        if account_id not in claimed:
            self._claimed[access_key_id] = (*claimed, account_id)

    def account_of(self, access_key_id: str) -> str | None:
        """The account that has a key; None if it is nobody's, or holds in every account."""
        claimed = self._claimed.get(access_key_id, ())
        return next((account for account in claimed if self._has_key(account, access_key_id)), None)


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
            has_credentials = access_key_id or secret_access_key or session_token
            if known is not None and expires_at is None and not has_credentials:
                return known
            is_temporary = expires_at is not None
            made_token = self._ids.uuid() if is_temporary else None
            user = User(
                email=email,
                user_id=user_id or self._user_id_of(email),
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
        return self._registered(email) or self.add(email)

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

    def integrity_errors(self, state: UsersState) -> Iterator[tuple[str, str]]:
        """What keeps a state from being restored: the number of each user whose key is not the account's."""
        for number, user in enumerate(state.users):
            if error := self._objection_to(user.access_key_id):
                yield f"users[{number}].access_key_id", error

    def reset(self) -> None:
        """Forget everybody, and require nobody."""
        self.restore(UsersState(None, []))

    def _keep(self, user: User) -> None:
        self._by_key[user.access_key_id] = user
        self._keys.claim(user.access_key_id, self._account_id)
        if user.expires_at is None:
            self._by_email.setdefault(user.email, user)

    def _registered(self, email: str) -> User | None:
        """The account's own user of this e-mail, or everybody's."""
        above = self._everybody
        return self._by_email.get(email) or (above._registered(email) if above is not None else None)

    def _user_id_of(self, email: str) -> str:
        known = self._registered(email)
        return known.user_id if known is not None else made_user_id(email)

    def _check_key(self, email: str, access_key_id: str | None) -> None:
        if access_key_id is None:
            return
        owner = self._by_key.get(access_key_id)
        if owner is not None and owner.email != email:
            raise ValueError(f"{owner.email} has the access key {access_key_id} already")
        if error := self._objection_to(access_key_id):
            raise ValueError(error)

    def _objection_to(self, access_key_id: str) -> str | None:
        """A key leads to one account: that which it carries, else that which has registered it first.

        A key of everybody's user leads to whichever account the request names.
        """
        if self._everybody is not None and self._everybody.has_key(access_key_id):
            owner = self._everybody.by_access_key(access_key_id)
            return f"{owner.email} has the access key {access_key_id} in every account"
        account_id = account_in_key(access_key_id) if self._account_id else None
        account_id = account_id or self._keys.account_of(access_key_id)
        if account_id in (None, self._account_id):
            return None
        return f"the access key {access_key_id} belongs to the account {account_id}"

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
        others = [DEFAULT_USER, *self, *(self._everybody or ())]
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
