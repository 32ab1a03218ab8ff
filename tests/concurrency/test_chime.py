"""Ten threads use Chime SDK Identity at once: counts are exact, and no quota is exceeded."""

from collections.abc import Callable
from typing import Any

import pytest

from qchime.control.handle import Handle
from tests.concurrency.together import THREADS, at_once, flat, outcome
from tests.services.chimesdkidentity.samples import device, lex, tags

TIMES = 5
ROOM = 7


@pytest.fixture
def instance_arn(chimes: list[Any]) -> str:
    return str(chimes[0].create_app_instance(Name="Chat")["AppInstanceArn"])


@pytest.fixture
def user_arns(chimes: list[Any], instance_arn: str) -> list[str]:
    """A user for each thread."""
    return [
        chimes[0].create_app_instance_user(**user_in(instance_arn, number))["AppInstanceUserArn"]
        for number in range(THREADS)
    ]


def user_in(instance_arn: str, number: int) -> dict[str, Any]:
    return {"AppInstanceArn": instance_arn, "AppInstanceUserId": f"user-{number}", "Name": "Somebody"}


def users(client: Any, instance_arn: str) -> list[str]:
    listed = client.list_app_instance_users(AppInstanceArn=instance_arn)["AppInstanceUsers"]
    return [user["AppInstanceUserArn"] for user in listed]


def test_every_created_resource_exists_once(chimes: list[Any], instance_arn: str) -> None:
    def create(number: int, client: Any) -> list[str]:
        made = [
            client.create_app_instance_bot(AppInstanceArn=instance_arn, Configuration=lex())
            for _ in range(TIMES)
        ]
        return [bot["AppInstanceBotArn"] for bot in made]

    made = at_once(create, chimes)
    listed = [
        bot["AppInstanceBotArn"]
        for bot in chimes[0].list_app_instance_bots(AppInstanceArn=instance_arn)["AppInstanceBots"]
    ]
    assert sorted(listed) == sorted(flat(made))
    assert len(set(listed)) == THREADS * TIMES
    for own in made:
        assert [arn for arn in listed if arn in own] == own, "in the order of creation"


Quota = tuple[str, Callable[[int, Any], list[str]], Callable[[], int]]


def app_instances(chimes: list[Any], instance_arn: str, user_arns: list[str]) -> Quota:
    def create(number: int, client: Any) -> list[str]:
        return [outcome(client.create_app_instance, Name="Another") for _ in range(2)]

    def count() -> int:
        return len(chimes[0].list_app_instances()["AppInstances"]) - 1

    return "app_instances_per_account", create, count


def members(chimes: list[Any], instance_arn: str, user_arns: list[str]) -> Quota:
    def create(number: int, client: Any) -> list[str]:
        given = [user_in(instance_arn, 100 * number + one) for one in range(1, 3)]
        return [outcome(client.create_app_instance_user, **one) for one in given]

    for arn in user_arns[1:]:
        chimes[0].delete_app_instance_user(AppInstanceUserArn=arn)
    return "users_per_app_instance", create, lambda: len(users(chimes[0], instance_arn)) - 1


def admins(chimes: list[Any], instance_arn: str, user_arns: list[str]) -> Quota:
    here = {"AppInstanceArn": instance_arn}
    chimes[0].create_app_instance_user(**user_in(instance_arn, 99))
    chimes[0].create_app_instance_admin(**here, AppInstanceAdminArn=f"{instance_arn}/user/user-99")
    bots = [
        chimes[0].create_app_instance_bot(**here, Configuration=lex())["AppInstanceBotArn"]
        for _ in range(THREADS)
    ]

    def promote(number: int, client: Any) -> list[str]:
        arns = (user_arns[number], bots[number])
        return [outcome(client.create_app_instance_admin, **here, AppInstanceAdminArn=arn) for arn in arns]

    def count() -> int:
        return len(chimes[0].list_app_instance_admins(**here)["AppInstanceAdmins"]) - 1

    return "admins_per_app_instance", promote, count


def endpoints(chimes: list[Any], instance_arn: str, user_arns: list[str]) -> Quota:
    user = {"AppInstanceUserArn": user_arns[0]}
    chimes[0].register_app_instance_user_endpoint(**user, **device("first"))

    def register(number: int, client: Any) -> list[str]:
        devices = [device(f"device-{number}-{one}") for one in range(2)]
        return [outcome(client.register_app_instance_user_endpoint, **user, **one) for one in devices]

    def count() -> int:
        return len(chimes[0].list_app_instance_user_endpoints(**user)["AppInstanceUserEndpoints"]) - 1

    return "endpoints_per_user", register, count


@pytest.mark.parametrize("quota", [app_instances, members, admins, endpoints])
def test_no_quota_is_exceeded(
    qchime: Handle,
    chimes: list[Any],
    instance_arn: str,
    user_arns: list[str],
    quota: Callable[..., Quota],
) -> None:
    """One exists already, so there is room for one less."""
    limit, create, count = quota(chimes, instance_arn, user_arns)
    qchime.limits.update(**{limit: ROOM + 1})

    tries = flat(at_once(create, chimes))
    assert tries.count("ok") == count() == ROOM
    assert tries.count("ResourceLimitExceededException") == 2 * THREADS - ROOM


def test_the_tag_limit_is_not_exceeded(qchime: Handle, chimes: list[Any], instance_arn: str) -> None:
    qchime.limits.tags_per_resource = ROOM
    resource = {"ResourceARN": instance_arn}

    def tag(number: int, client: Any) -> str:
        return outcome(client.tag_resource, **resource, Tags=tags(**{f"key-{number}": "value"}))

    tries = at_once(tag, chimes)
    assert tries.count("ok") == ROOM
    kept = {one["Key"] for one in chimes[0].list_tags_for_resource(**resource)["Tags"]}
    assert kept == {f"key-{number}" for number, result in enumerate(tries) if result == "ok"}


SAME = {"ClientRequestToken": "the-same"}


def test_one_client_token_makes_one_app_instance(chimes: list[Any]) -> None:
    made = at_once(lambda _, client: client.create_app_instance(Name="Chat", **SAME), chimes)

    assert len({answer["AppInstanceArn"] for answer in made}) == 1
    assert len(chimes[0].list_app_instances()["AppInstances"]) == 1


def test_one_client_token_makes_one_bot(chimes: list[Any], instance_arn: str) -> None:
    bot = {"AppInstanceArn": instance_arn, "Configuration": lex(), **SAME}
    made = at_once(lambda _, client: client.create_app_instance_bot(**bot)["AppInstanceBotArn"], chimes)

    (listed,) = chimes[0].list_app_instance_bots(AppInstanceArn=instance_arn)["AppInstanceBots"]
    assert made == [listed["AppInstanceBotArn"]] * THREADS


def test_one_client_token_registers_one_endpoint(chimes: list[Any], user_arns: list[str]) -> None:
    user = {"AppInstanceUserArn": user_arns[0]}
    register = {**user, **device(), **SAME}
    made = at_once(
        lambda _, client: client.register_app_instance_user_endpoint(**register)["EndpointId"], chimes
    )
    (listed,) = chimes[0].list_app_instance_user_endpoints(**user)["AppInstanceUserEndpoints"]
    assert made == [listed["EndpointId"]] * THREADS


def test_one_client_token_for_different_users_makes_one_user(chimes: list[Any], instance_arn: str) -> None:
    def create(number: int, client: Any) -> str:
        return outcome(client.create_app_instance_user, **user_in(instance_arn, number), **SAME)

    tries = at_once(create, chimes)
    assert sorted(tries) == ["ConflictException"] * (THREADS - 1) + ["ok"]
    assert users(chimes[0], instance_arn) == [f"{instance_arn}/user/user-{tries.index('ok')}"]


def test_a_user_created_by_all_threads_exists_once(chimes: list[Any], instance_arn: str) -> None:
    """Sign-in hooks create users whether or not they exist."""

    def create(_: int, client: Any) -> str:
        return str(client.create_app_instance_user(**user_in(instance_arn, 0))["AppInstanceUserArn"])

    assert at_once(create, chimes) == [f"{instance_arn}/user/user-0"] * THREADS
    assert users(chimes[0], instance_arn) == [f"{instance_arn}/user/user-0"]


def test_the_first_of_conflicting_names_wins(chimes: list[Any], instance_arn: str) -> None:
    def create(number: int, client: Any) -> str:
        user = {**user_in(instance_arn, 0), "Name": f"Name {number}"}
        return outcome(client.create_app_instance_user, **user)

    tries = at_once(create, chimes)
    assert sorted(tries) == ["ConflictException"] * (THREADS - 1) + ["ok"]
    (user,) = chimes[0].list_app_instance_users(AppInstanceArn=instance_arn)["AppInstanceUsers"]
    assert user["Name"] == f"Name {tries.index('ok')}"


def test_an_administrator_is_promoted_once(
    chimes: list[Any], instance_arn: str, user_arns: list[str]
) -> None:
    role = {"AppInstanceArn": instance_arn, "AppInstanceAdminArn": user_arns[0]}
    tries = at_once(lambda _, client: outcome(client.create_app_instance_admin, **role), chimes)
    assert sorted(tries) == ["ConflictException"] * (THREADS - 1) + ["ok"]


def test_a_device_token_is_registered_once(chimes: list[Any], user_arns: list[str]) -> None:
    given = {"AppInstanceUserArn": user_arns[0], **device()}
    tries = at_once(lambda _, client: outcome(client.register_app_instance_user_endpoint, **given), chimes)
    assert sorted(tries) == ["ConflictException"] * (THREADS - 1) + ["ok"]


def test_a_user_is_deleted_once(chimes: list[Any], user_arns: list[str]) -> None:
    user = {"AppInstanceUserArn": user_arns[0]}
    tries = at_once(lambda _, client: outcome(client.delete_app_instance_user, **user), chimes)
    assert sorted(tries) == ["ForbiddenException"] * (THREADS - 1) + ["ok"]


def test_an_expired_user_is_gone_for_all_threads(
    qchime: Handle, chimes: list[Any], instance_arn: str, user_arns: list[str]
) -> None:
    expiry = {"ExpirationDays": 1, "ExpirationCriterion": "CREATED_TIMESTAMP"}
    for arn in user_arns[:ROOM]:
        chimes[0].put_app_instance_user_expiration_settings(AppInstanceUserArn=arn, ExpirationSettings=expiry)
    qchime.clock.advance(days=2)

    listed = at_once(lambda _, client: users(client, instance_arn), chimes)
    assert listed == [user_arns[ROOM:]] * THREADS
