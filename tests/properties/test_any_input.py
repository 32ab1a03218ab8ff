"""Any input gets a response that the operation declares, and never an internal failure."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qchime.control.handle import Handle
from qchime.core import dispatch
from qchime.core.cloud import cloud
from qchime.core.service import Service
from qchime.core.table import SERVICES
from qchime.services.chimesdkidentity import SERVICE as CHIME_SDK_IDENTITY
from qchime.services.chimesdkmessaging import SERVICE as CHIME_SDK_MESSAGING
from qchime.services.qapps import SERVICE as QAPPS
from tests.answers import check_answer
from tests.conformance.test_conformance import set_chime_scene
from tests.properties.agreement import client_for
from tests.properties.shaped import ANY_JSON, requests_for
from tests.services.chimesdkidentity.samples import device, lex
from tests.services.chimesdkmessaging.inputs import set_scene as set_messaging_scene
from tests.services.qapps.inputs import set_scene
from tests.services.qapps.samples import HERE, INSTANCE

OPERATIONS = [
    (service, name)
    for service in SERVICES
    for name in service.model.operation_names
    if service.supports(name)
]


def client(service: Service) -> Any:
    """A client of the default user, who is also the caller of unsigned requests."""
    return client_for(service.name, "AKIAIOSFODNN7EXAMPLE", "secret")


def texts_that_mean_something(service: Service) -> list[str]:
    """Ids and ARNs of existing resources, and texts in the formats that operations read."""
    if service is QAPPS:
        scene = set_scene(client(service))
        return [
            *vars(scene).values(),
            "dGVzdA==",
            '{"name": "Ann"}',
            "dave@example.com",
            "text-input",
            "form-input",
            "#ffffff",
        ]
    if service is CHIME_SDK_MESSAGING:
        found = set_messaging_scene(client(CHIME_SDK_IDENTITY), client(service))
        instance = found["ChannelArn"].partition("/channel/")[0]
        others = [f"{instance}/user/{name}" for name in ("bob", "carol", "dave", "eve")]
        return [*found.values(), instance, *others, "MEMBERS", "EQUALS", "HIDDEN", "PRIVATE", "token"]
    instance, user, bot, endpoint = set_chime_scene(client(service))
    return [instance, user, bot, endpoint, "en_US", lex()["Lex"]["LexBotAliasArn"], "alice", "token"]


@pytest.mark.parametrize(("service", "name"), OPERATIONS, ids=[name for _, name in OPERATIONS])
def test_any_input_gets_a_declared_response(qchime: Handle, service: Service, name: str) -> None:
    operation = service.model.operation_model(name)
    known = texts_that_mean_something(service)
    headers = {"instance-id": INSTANCE}

    profile: Any = settings.default

    @settings(max_examples=profile.max_examples // 4)  # there are many operations
    @given(requests_for(operation, known, headers))
    def is_answered(request: Any) -> None:
        response = dispatch.respond(cloud, request, service)
        if response.error == "ValidationError":  # bad input of operations that declare no error for it
            return
        check_answer(operation, response)
        assert response.status < 500

    is_answered()


Read = Callable[..., dict[str, Any]]


def chime_lists() -> list[Read]:
    """Every list of Chime SDK Identity, with more than one item."""
    chime = client(CHIME_SDK_IDENTITY)
    instance, user, bot, _ = set_chime_scene(chime)
    here, of_user = {"AppInstanceArn": instance}, {"AppInstanceUserArn": user}
    chime.create_app_instance(Name="Another")
    chime.create_app_instance_user(**here, AppInstanceUserId="bob", Name="Bob")
    chime.create_app_instance_bot(**here, Configuration=lex())
    chime.create_app_instance_admin(**here, AppInstanceAdminArn=bot)
    chime.register_app_instance_user_endpoint(**of_user, **device("another"))
    return [
        lambda **page: chime.list_app_instances(MaxResults=1, **page),
        lambda **page: chime.list_app_instance_users(**here, MaxResults=1, **page),
        lambda **page: chime.list_app_instance_bots(**here, MaxResults=1, **page),
        lambda **page: chime.list_app_instance_admins(**here, MaxResults=1, **page),
        lambda **page: chime.list_app_instance_user_endpoints(**of_user, MaxResults=1, **page),
    ]


def qapps_lists() -> list[Read]:
    qapps = client(QAPPS)
    set_scene(qapps)
    return [
        lambda **page: qapps.list_q_apps(**HERE, limit=1, **page),
        lambda **page: qapps.list_library_items(**HERE, limit=1, **page),
    ]


RUBBISH = st.text(min_size=1, max_size=30) | st.builds(
    lambda content: base64.urlsafe_b64encode(json.dumps(content).encode()).decode(), ANY_JSON
)
"""Texts, and tokens in our format, which is JSON in base64."""


@pytest.mark.parametrize(
    ("lists", "member", "error"),
    [(chime_lists, "NextToken", "BadRequestException"), (qapps_lists, "nextToken", "ValidationException")],
    ids=["chime-sdk-identity", "qapps"],
)
def test_a_token_that_was_not_issued_is_refused(
    qchime: Handle, lists: Callable[[], list[Read]], member: str, error: str
) -> None:
    reads = lists()
    tokens = [read()[member] for read in reads]

    def mutilated(number: int, at: int, character: str) -> str:
        token = tokens[number]
        at %= len(token)
        return str(token[:at] + character + token[at + 1 :])

    numbers = st.integers(0, len(reads) - 1)
    almost = st.builds(mutilated, numbers, st.integers(0, 99), st.sampled_from("A9_=+ä"))

    @given(numbers, RUBBISH | almost | st.sampled_from(tokens))
    @example(0, tokens[0] + "=")
    @example(0, " " + tokens[0])
    def is_refused(number: int, token: str) -> None:
        if token == tokens[number]:
            reads[number](**{member: token})
            return
        with pytest.raises(Exception, match=error):
            reads[number](**{member: token})

    is_refused()
