"""Random settings and calls, for all accounts and for single ones: accounts do not affect each other."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from qchime import Cloud
from qchime.control.handle import CloudHandle
from qchime.core.clients import deliver, from_client
from qchime.core.dispatch import respond

ACCOUNTS = ("111122223333", "444455556666", "777788889999")
KEYS = ("ASIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE")
"""Keys without an account in them, like those of STS."""
EVERYBODY = None
account_ids = st.sampled_from(ACCOUNTS)
anybody = st.sampled_from((EVERYBODY, *ACCOUNTS))
emails = st.sampled_from(("alice@example.com", "bob@example.com"))
LIMIT = 100
"""AWS's quota of app instances."""


@dataclass
class Said:
    """The settings for all accounts or for one, and the resources there."""

    limit: int | None = None
    days: int = 0
    required: bool | None = None
    texts: list[str] = field(default_factory=list)
    faults: int = 0
    emails: dict[str, None] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    instances: list[str] = field(default_factory=list)
    calls: int = 0


class Accounts(RuleBasedStateMachine):
    """A cloud, compared with a simple model of it."""

    def __init__(self) -> None:
        super().__init__()
        self.cloud = Cloud()
        self.everybody = CloudHandle(self.cloud)
        self.said: dict[str | None, Said] = {}
        self.dumped: list[tuple[str | None, Any, Any]] = []

    @initialize()
    def begin(self) -> None:
        self.said = {EVERYBODY: Said()}

    def handle(self, who: str | None) -> Any:
        return self.everybody if who is EVERYBODY else self.everybody.account(who)

    def of(self, who: str | None) -> Said:
        return self.said.setdefault(who, Said())

    @contextmanager
    def unnoticed(self, who: str | None) -> Iterator[None]:
        """Check that a change of one account affects neither another one nor the world for all accounts."""

        def dumps() -> dict[Any, Any]:
            world = self.everybody.dump()["world"]
            others = {one: self.handle(one).dump() for one in ACCOUNTS if one != who}
            return {**others, EVERYBODY: {name: kept for name, kept in world.items() if name != "calls"}}

        before = dumps()
        yield
        assert who is EVERYBODY or dumps() == before

    @rule(who=anybody, limit=st.integers(0, 3))
    def set_a_limit(self, who: str | None, limit: int) -> None:
        with self.unnoticed(who):
            self.handle(who).limits.app_instances_per_account = limit
        self.of(who).limit = limit

    @rule(who=anybody, days=st.integers(-3, 3))
    def advance_the_clock(self, who: str | None, days: int) -> None:
        with self.unnoticed(who):
            self.handle(who).clock.advance(days=days)
        self.of(who).days += days

    @rule(who=anybody, required=st.booleans())
    def require_users(self, who: str | None, required: bool) -> None:
        with self.unnoticed(who):
            self.handle(who).users.required = required
        self.of(who).required = required

    @rule(who=anybody, text=st.sampled_from(("yes", "no")))
    def add_an_answer(self, who: str | None, text: str) -> None:
        with self.unnoticed(who):
            self.handle(who).answers.add(text=text)
        self.of(who).texts.append(text)

    @rule(who=anybody)
    def add_a_fault(self, who: str | None) -> None:
        with self.unnoticed(who):
            self.handle(who).faults.add("CreateAppInstance", "ThrottledClientException", times=1)
        self.of(who).faults += 1

    @rule(who=anybody, email=emails)
    def add_a_user(self, who: str | None, email: str) -> None:
        with self.unnoticed(who):
            user = self.handle(who).users.add(email)
        self.of(who).emails[email] = None
        assert user.access_key_id in KEYS or who in (EVERYBODY, user.access_key_id[6:18])

    @rule(
        who=anybody,
        email=emails,
        key=st.sampled_from(KEYS),
    )
    def give_a_user_a_key(self, who: str | None, email: str, key: str) -> None:
        """It is refused if another user has it, in any account or in all."""
        mine = self.of(who).keys.get(key)
        holders = [one for one in self.said if key in self.said[one].keys and one != who]
        refused = mine not in (None, email) or bool(holders)
        with self.unnoticed(who):
            try:
                self.handle(who).users.add(email, access_key_id=key)
            except ValueError:
                assert refused
                return
        assert not refused
        self.of(who).keys[key] = email
        self.of(who).emails[email] = None

    @rule(account_id=account_ids, name=st.sampled_from(("one", "two")))
    def create_an_instance(self, account_id: str, name: str) -> None:
        said = self.of(account_id)
        struck = next((one for one in (said, self.said[EVERYBODY]) if one.faults), None)
        has_room = len(said.instances) < self.limit_of(account_id)
        everybodys = self.everybody.faults
        try:
            self.client(account_id).create_app_instance(Name=name)
            outcome = "made"
        except ClientError as error:
            outcome = error.response["Error"]["Code"]
        said.calls += 1
        if struck is not None:
            struck.faults -= 1
            assert outcome == "ThrottledClientException"
        elif not has_room:
            assert outcome == "ResourceLimitExceededException"
        else:
            assert outcome == "made"
            said.instances.append(name)
        assert len(everybodys.unused) == self.said[EVERYBODY].faults

    @rule(account_id=account_ids)
    def reset_an_account(self, account_id: str) -> None:
        with self.unnoticed(account_id):
            self.handle(account_id).reset()
        self.said.pop(account_id, None)

    @rule()
    def reset_all(self) -> None:
        self.everybody.reset()
        self.said = {EVERYBODY: Said()}

    @rule(who=anybody)
    def dump(self, who: str | None) -> None:
        kept = {one: deepcopy(said) for one, said in self.said.items() if who in (EVERYBODY, one)}
        self.dumped.append((who, self.handle(who).dump(), kept))

    @rule(data=st.data())
    def load(self, data: st.DataObject) -> None:
        if not self.dumped:
            return
        who, state, kept = data.draw(st.sampled_from(self.dumped))
        if who is not EVERYBODY and self.has_keys_of_others(who, kept):
            return
        with self.unnoticed(who):
            self.handle(who).load(state)
        assert self.handle(who).dump() == state
        if who is EVERYBODY:
            self.said = {one: deepcopy(said) for one, said in kept.items()}
        else:
            self.said.pop(who, None)
            self.said.update({one: deepcopy(said) for one, said in kept.items()})

    def has_keys_of_others(self, who: str, kept: dict[Any, Said]) -> bool:
        """Whether the state of an account has a key that now belongs to another, which is refused."""
        keys = kept[who].keys if who in kept else {}
        return any(key in said.keys for one, said in self.said.items() if one != who for key in keys)

    @invariant()
    def settings_for_all_accounts_apply_unless_overridden(self) -> None:
        everybody = self.said[EVERYBODY]
        for account_id in filter(None, self.said):
            handle, said = self.handle(account_id), self.said[account_id]
            assert handle.limits.app_instances_per_account == self.limit_of(account_id)
            assert handle.clock.offset == timedelta(days=everybody.days + said.days)
            required = everybody.required if said.required is None else said.required
            assert handle.users.required is bool(required)
            text = [*everybody.texts, *said.texts][-1:] if not said.texts else said.texts[-1:]
            answer = handle._world.words["answers"].of_card("any", "any").text
            assert [answer] == text or (not text and callable(answer))

    @invariant()
    def an_account_sees_only_its_own(self) -> None:
        for account_id in filter(None, self.said):
            handle, said = self.handle(account_id), self.said[account_id]
            assert [user.email for user in handle.users] == list(said.emails)
            assert [answer.text for answer in handle.answers] == said.texts
            assert len(handle.faults.unused) == said.faults
            assert len(handle.calls()) == said.calls
            kept = handle.dump()["services"]["chime-sdk-identity"].get(account_id, {}).values()
            instances = [one["resource"] for b in kept for one in b["app_instances"]["entries"].values()]
            assert [instance["name"] for instance in instances] == said.instances
            assert {call.account_id for call in handle.calls()} <= {account_id}

    @invariant()
    def the_accounts_are_those_in_use(self) -> None:
        used = {one for one, said in self.said.items() if one and said != Said()}
        assert used <= set(self.everybody.accounts)
        assert len(self.everybody.calls()) == sum(said.calls for said in self.said.values())

    @invariant()
    def a_key_belongs_to_its_user(self) -> None:
        for key in KEYS:
            holder = next((one for one in self.said if one and key in self.said[one].keys), None)
            assert self.cloud.contents.keys.account_of(key) == holder

    def limit_of(self, account_id: str) -> int:
        limits = (self.said[account_id].limit, self.said[EVERYBODY].limit)
        return next((limit for limit in limits if limit is not None), LIMIT)

    def client(self, account_id: str) -> Any:
        made = client_of(account_id)
        USED[0] = self.cloud
        return made


USED = [Cloud()]
"""The cloud behind the cached clients, because creating one takes longer than hundreds of calls."""


@cache
def client_of(account_id: str) -> Any:
    keys: Any = {"aws_access_key_id": account_id, "aws_secret_access_key": "any"}
    once = Config(retries={"total_max_attempts": 1})
    made: Any = boto3.client("chime-sdk-identity", region_name="us-east-1", config=once, **keys)
    made.meta.events.register_first(
        "before-send", lambda request, **_: deliver(request.url, respond(USED[0], from_client(request)))
    )
    return made


TestAccounts = Accounts.TestCase
