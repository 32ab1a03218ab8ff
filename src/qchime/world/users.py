"""Callers: the users that a test author registers, and the default user for all other credentials."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypedDict

from qchime.rules import inferred
from qchime.world.changes import Changes
from qchime.world.clock import Clock
from qchime.world.identities import Identities
from qchime.world.ids import Ids
from qchime.world.locks import Lock

DEFAULT_ACCOUNT_ID = "123456789012"
"""The account of requests that name none; moto has the same default."""

_KEY_WITH_ACCOUNT = re.compile(r"(\d{12})|A[KS]IAQC(\d{12})[0-9A-F]{8}", re.ASCII)


class _Keys(TypedDict):
    aws_access_key_id: str
    aws_secret_access_key: str


class Credentials(_Keys, total=False):
    """Keyword arguments for `boto3.client`."""

    aws_session_token: str


@dataclass(frozen=True, slots=True)
class User:
    """One person, identified by the access key that their clients sign with.

    `user_id` has the form of an IAM Identity Center id, whose third group starts with 7:
    `a841e300-40c1-7062-fa34-5b46dadbbaac`. Users with the same `user_id` are equal, whatever their
    credentials, and own the same resources.
    """

    email: str = field(compare=False)
    """The e-mail address."""
    user_id: str
    """The id in IAM Identity Center, as in `createdBy` of Q Apps."""
    access_key_id: str = field(compare=False)
    """The access key, also that of temporary credentials."""
    secret_access_key: str = field(compare=False)
    """The secret of the access key."""
    session_token: str | None = field(default=None, compare=False)
    """Only temporary credentials have one."""
    expires_at: datetime | None = field(default=None, compare=False)
    """When the credentials expire by the mock's clock, timezone-aware; None if they do not."""

    @property
    def credentials(self) -> Credentials:
        """Keyword arguments for `boto3.client(…, **user.credentials)`."""
        keys: Credentials = {
            "aws_access_key_id": self.access_key_id,
            "aws_secret_access_key": self.secret_access_key,
        }
        return keys if self.session_token is None else {**keys, "aws_session_token": self.session_token}


DEFAULT_USER = User(
    email="default@example.com",
    user_id="a841e300-40c1-7062-fa34-5b46dadbbaac",
    access_key_id="",
    secret_access_key="",
)
"""The user with any unregistered credentials."""

DEFAULT_USER_RULE = inferred(
    "core.default-user",
    "All callers with unregistered credentials are the same default user. AWS has no such user.",
    turn="users.add",
)


@dataclass
class UsersState:
    """The state of the users: one item for each access key, long-term and temporary ones.

    `required` is None for an account that inherits the setting for all accounts. `context_assertions` maps
    each registered assertion to the e-mail address of its user.

    Raises:
        ValueError: the users contradict each other, or one of them is invalid.
    """

    required: bool | None
    users: list[User]
    context_assertions: dict[str, str] = field(default_factory=dict, metadata={"optional": True})

    def __post_init__(self) -> None:
        ids = {user.email: user.user_id for user in self.users if user.expires_at is None}
        for user in self.users:
            _check_email(user.email)
            if user.user_id != ids.get(user.email):
                raise ValueError(
                    f"{user.email} has temporary credentials but no long-term ones with this user_id"
                )
            if user.expires_at is not None and user.session_token is None:
                raise ValueError(f"{user.email} needs session_token and expires_at, or neither of them")
        _check_unique("user_id", [DEFAULT_USER.user_id, *ids.values()])
        _check_unique("access_key_id", [DEFAULT_USER.access_key_id, *(u.access_key_id for u in self.users)])
        for email in self.context_assertions.values():
            if email not in ids:
                raise ValueError(f"{email} has a context assertion but is not among the users; add the user")


def account_in_key(access_key_id: str) -> str | None:
    """The account id in an access key: the key itself if it has 12 digits, or part of a key generated here.

    None for any other key.
    """
    found = _KEY_WITH_ACCOUNT.fullmatch(access_key_id)
    return (found[1] or found[2]) if found else None


class Keys:
    """The accounts that access keys are registered in, for all accounts of a cloud.

    This is only an index: `has_key(account_id, access_key_id)` tells whether an account still has a key. A
    reset or a load can remove it, and another account may have registered the same key since.
    """

    def __init__(self, has_key: Callable[[str, str], bool]) -> None:
        self._has_key = has_key
        self.lock = Lock()
        """Whoever registers a key holds it, so that no two accounts do so with the same one."""
        self._claimed: dict[str, tuple[str, ...]] = {}

    def claim(self, access_key_id: str, account_id: str) -> None:
        """Record that a key is registered in an account."""
        claimed = self._claimed.get(access_key_id, ())
        if account_id not in claimed:
            self._claimed[access_key_id] = (*claimed, account_id)

    def account_of(self, access_key_id: str) -> str | None:
        """The account that a key is registered in; None if it is unregistered, or valid in every account."""
        claimed = self._claimed.get(access_key_id)
        if claimed is None:
            return None
        return next((account for account in claimed if self._has_key(account, access_key_id)), None)


class Users:
    """The registered users, for all accounts or for one.

    An account also has the users that are registered for all accounts. If `required` is true, Q Apps refuses
    all other callers, as AWS refuses credentials without an identity.
    """

    def __init__(
        self,
        clock: Clock,
        ids: Ids,
        keys: Keys,
        identities: Identities,
        everybody: Users | None = None,
        account_id: str = "",
        changes: Changes | None = None,
    ) -> None:
        self._lock = Lock()
        self._changes = changes or Changes()
        self._required: bool | None = None
        self._clock = clock
        self._ids = ids
        self._keys = keys
        self._identities = identities
        self._everybody = everybody
        self._account_id = account_id
        self._by_email: dict[str, User] = {}
        self._by_key: dict[str, User] = {}
        self._by_assertion: dict[str, str] = {}

    @property
    def required(self) -> bool:
        """Whether Q Apps refuses callers who are not registered."""
        if self._required is None:
            return self._everybody is not None and self._everybody.required
        return self._required

    @required.setter
    def required(self, required: bool) -> None:
        if not isinstance(required, bool):
            raise ValueError(f"users.required takes True or False, not {required!r}")
        self._required = required
        self._changes.note()

    def add(
        self,
        email: str,
        expires_in: float | None = None,
        *,
        user_id: str | None = None,
        access_key_id: str | None = None,
        secret_access_key: str | None = None,
        session_token: str | None = None,
        context_assertion: str | None = None,
    ) -> User:
        """Register a user, and generate the credentials that are not given.

        The same e-mail address is the same user, who may have several access keys and context assertions.

        Args:
            email: the e-mail address that identifies the user.
            expires_in: seconds until the credentials expire. Each such call returns new temporary
                credentials for the user.
            user_id: the user's id in IAM Identity Center; by default that of the user with this address in
                moto's identity store, or else an id derived from the address.
            access_key_id: an existing key of the user, such as one from STS.
            secret_access_key: the secret of that key.
            session_token: the session token of that key, if it is temporary.
            context_assertion: an assertion that identifies the user: credentials that moto's STS returns for
                it are the user's.

        Raises:
            ValueError: an argument is invalid, the address is the default user's, or another user has the
                id, key or assertion.
        """
        _check_email(email)
        _check_texts(user_id=user_id, access_key_id=access_key_id)
        _check_texts(secret_access_key=secret_access_key, session_token=session_token)
        _check_texts(context_assertion=context_assertion)
        expires_at = None if expires_in is None else self._time_in(expires_in)
        with self._lock, self._keys.lock:
            known = self._by_email.get(email)
            user_id = user_id or self._id_in_identity_center(email)
            self._check_user_id(email, user_id, known)
            self._check_key(email, access_key_id)
            self._check_assertion(email, context_assertion)
            if context_assertion is not None:
                self._by_assertion[context_assertion] = email
                self._changes.note()
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
                self._keep(self._long_term(user))
            self._keep(user)
            self._changes.note()
            return user

    def named(self, email: str) -> User:
        """The user with this e-mail address, registered now if there is none."""
        return self._registered(email) or self.add(email)

    def by_access_key(self, access_key_id: str) -> User:
        """The user with this key, even if it has expired; the default user if it is not registered.

        A key that moto's STS has returned for a context assertion belongs to the person that the assertion
        identifies.
        """
        return self._with_key(access_key_id) or self._of_session(access_key_id) or DEFAULT_USER

    def has_key(self, access_key_id: str) -> bool:
        """Whether this key is registered here, and not merely inherited."""
        return access_key_id in self._by_key

    def __iter__(self) -> Iterator[User]:
        return iter(list(self._by_email.values()))

    @property
    def temporary(self) -> list[User]:
        """The users of all temporary credentials, one for each, including expired ones."""
        return [user for user in list(self._by_key.values()) if user.expires_at is not None]

    @property
    def context_assertions(self) -> dict[str, str]:
        """The e-mail address of the registered user for each context assertion."""
        return dict(self._by_assertion)

    def state(self) -> UsersState:
        """All users with all their credentials."""
        with self._lock:
            required = self.required if self._everybody is None else self._required
            return UsersState(required, list(self._by_key.values()), self.context_assertions)

    def restore(self, state: UsersState) -> None:
        """Replace all users, and `required`, with saved ones."""
        with self._lock, self._keys.lock:
            self._required, self._by_email, self._by_key = state.required, {}, {}
            self._by_assertion = dict(state.context_assertions)
            for user in state.users:
                self._keep(user)

    def integrity_errors(self, state: UsersState) -> Iterator[tuple[str, str]]:
        """The keys in a state that belong to another account, as pairs of a place and a problem."""
        for number, user in enumerate(state.users):
            if error := self._key_conflict(user.access_key_id):
                yield f"users[{number}].access_key_id", error

    def reset(self) -> None:
        """Forget all users, and reset `required`."""
        self.restore(UsersState(None, []))
        self._changes.note()

    def _keep(self, user: User) -> None:
        self._by_key[user.access_key_id] = user
        self._keys.claim(user.access_key_id, self._account_id)
        if user.expires_at is None:
            self._by_email.setdefault(user.email, user)

    def _with_key(self, access_key_id: str) -> User | None:
        """The user who has registered this key here, else for all accounts."""
        above = self._everybody
        user = self._by_key.get(access_key_id)
        return user or (above._with_key(access_key_id) if above is not None else None)

    @inferred(
        "core.context-assertions",
        "Each context assertion is a different person: the user registered for it, or else an unregistered "
        "one. AWS's assertions are opaque.",
        turn="users.add(…, context_assertion=…)",
    )
    def _of_session(self, access_key_id: str) -> User | None:
        """The person for whom STS has given this key; unless registered, the assertion is who they are."""
        session = self._identities.session(access_key_id)
        if session is None:
            return None
        email = self._email_of(session.context_assertion) or made_email(session.context_assertion)
        known = self._registered(email)
        return User(
            email=email,
            user_id=known.user_id if known is not None else made_user_id(email),
            access_key_id=session.access_key_id,
            secret_access_key=session.secret_access_key,
            session_token=session.session_token,
            expires_at=session.expires_at,
        )

    def _email_of(self, context_assertion: str) -> str | None:
        """The address of the user of an assertion: the account's own, else the one for all accounts."""
        above = self._everybody
        own = self._by_assertion.get(context_assertion)
        return own or (above._email_of(context_assertion) if above is not None else None)

    def _registered(self, email: str) -> User | None:
        """The account's own user with this e-mail address, else the one for all accounts."""
        above = self._everybody
        return self._by_email.get(email) or (above._registered(email) if above is not None else None)

    def _id_in_identity_center(self, email: str) -> str | None:
        """The id of a new user in Identity Center; a registered one keeps the id that they have."""
        if self._registered(email) is not None:
            return None
        return self._identities.user_id(email, self._account_id)

    def _user_id_of(self, email: str) -> str:
        known = self._registered(email)
        return known.user_id if known is not None else made_user_id(email)

    def _check_key(self, email: str, access_key_id: str | None) -> None:
        if access_key_id is None:
            return
        owner = self._by_key.get(access_key_id)
        if owner is not None and owner.email != email:
            raise ValueError(f"{owner.email} already has the access key {access_key_id}. Choose another")
        if error := self._key_conflict(access_key_id):
            raise ValueError(error)

    def _check_assertion(self, email: str, context_assertion: str | None) -> None:
        owner = self._email_of(context_assertion) if context_assertion is not None else None
        if owner not in (None, email):
            raise ValueError(
                f"{owner} already has the context assertion {context_assertion!r}. Choose another"
            )

    def _key_conflict(self, access_key_id: str) -> str | None:
        """Why a key cannot be registered here, None if it can.

        A key belongs to one account: the one in the key itself, else the first to register it. A key that
        is registered for all accounts is valid in whichever account the request names.
        """
        if self._everybody is not None and self._everybody.has_key(access_key_id):
            owner = self._everybody.by_access_key(access_key_id)
            return f"{owner.email} has the access key {access_key_id} in every account; choose another"
        account_id = account_in_key(access_key_id) if self._account_id else None
        account_id = account_id or self._keys.account_of(access_key_id)
        if account_id in (None, self._account_id):
            return None
        return f"the access key {access_key_id} belongs to the account {account_id}; register it there"

    def _long_term(self, temporary: User) -> User:
        """The same user with new long-term credentials."""
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
            raise ValueError(f"{email} already has the user_id {known.user_id}. Leave out user_id")
        others = [DEFAULT_USER, *self, *(self._everybody or ())]
        if other := next((user for user in others if user.user_id == user_id and user.email != email), None):
            raise ValueError(f"{other.email} already has the user_id {user_id}. Choose another")

    def _time_in(self, seconds: float) -> datetime:
        try:
            if seconds > 0 and not isinstance(seconds, bool):
                return self._clock.now() + timedelta(seconds=seconds)
        except (TypeError, ValueError, OverflowError):
            pass  # handled below, like a number of 0 or less
        raise ValueError(f"users.add takes expires_in as a number of seconds above 0, not {seconds!r}")

    def _new_access_key(self, prefix: str) -> str:
        """A key of `prefix`, `QC`, the account id and 8 random digits. AWS's prefixes are `AKIA` and `ASIA`.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
        """
        account_id = self._account_id or DEFAULT_ACCOUNT_ID
        return f"{prefix}QC{account_id}{self._ids.uuid()[:8].upper()}"


def made_user_id(email: str) -> str:
    """A user id in IAM Identity Center's form, derived from the e-mail address: the same everywhere."""
    digits = hashlib.blake2b(email.encode(errors="replace"), digest_size=16).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-7{digits[13:16]}-{digits[16:20]}-{digits[20:]}"


def made_email(context_assertion: str) -> str:
    """An e-mail address for the person of an unregistered context assertion: the same everywhere."""
    digest = hashlib.blake2b(context_assertion.encode(errors="replace"), digest_size=8).hexdigest()
    return f"{digest}@context-assertion.example.com"


def _check_email(email: Any) -> None:
    if not isinstance(email, str) or "@" not in email:
        raise ValueError(f"users.add takes an e-mail address, not {email!r}")
    if email == DEFAULT_USER.email:
        raise ValueError(f"{email} is the default user and cannot be registered. Use another address")


def _check_unique(name: str, values: list[str]) -> None:
    for value, times in Counter(values).items():
        if times > 1:
            raise ValueError(f"two users have the {name} {value!r}; change one of them")


def _check_texts(**texts: Any) -> None:
    for name, text in texts.items():
        if text is not None and (not isinstance(text, str) or not text):
            raise ValueError(f"users.add takes {name} as a string of at least one character, not {text!r}")
