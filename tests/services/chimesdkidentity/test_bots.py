"""Bots of an app instance."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from qchime.control.handle import Handle
from tests.services.chimesdkidentity.samples import LEX_ALIAS, call_without_metadata, lex

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
INVOKED = {"StandardMessages": "MENTIONS", "TargetedMessages": "NONE"}


@pytest.fixture
def create(client: Any, instance_arn: str) -> Callable[..., Any]:
    def create_bot(**given: Any) -> Any:
        bot = {"AppInstanceArn": instance_arn, "Configuration": lex(), **given}
        return client.create_app_instance_bot(**bot)["AppInstanceBotArn"]

    return create_bot


@pytest.fixture
def describe(client: Any) -> Callable[..., Any]:
    return lambda arn: client.describe_app_instance_bot(AppInstanceBotArn=arn)["AppInstanceBot"]


@pytest.mark.rule("chime.bot-ids")
def test_the_arn_is_the_instance_arn_and_a_generated_uuid(
    create: Callable[..., Any], instance_arn: str
) -> None:
    arn = create()
    assert re.fullmatch(re.escape(instance_arn) + "/bot/" + UUID, arn)
    assert create() != arn


def test_create_returns_only_the_arn(client: Any, instance_arn: str) -> None:
    created = call_without_metadata(
        client, "CreateAppInstanceBot", AppInstanceArn=instance_arn, Configuration=lex()
    )
    assert set(created) == {"AppInstanceBotArn"}


def test_describe_returns_everything_but_tags(
    create: Callable[..., Any], describe: Callable[..., Any]
) -> None:
    described = describe(create(Name="Helper", Metadata="m"))
    assert described.pop("AppInstanceBotArn")
    assert described.pop("CreatedTimestamp") == described.pop("LastUpdatedTimestamp")
    assert described == {"Name": "Helper", "Metadata": "m", "Configuration": lex()}


def test_name_and_metadata_are_optional_and_stay_absent(
    client: Any, create: Callable[..., Any], describe: Callable[..., Any]
) -> None:
    arn = create()
    assert set(describe(arn)) == {
        "AppInstanceBotArn",
        "Configuration",
        "CreatedTimestamp",
        "LastUpdatedTimestamp",
    }


@pytest.mark.parametrize("name", ["", "x" * 256, "Bot 🤖", "two\nlines"])
def test_the_name_is_returned_as_given(
    create: Callable[..., Any], describe: Callable[..., Any], name: str
) -> None:
    assert describe(create(Name=name))["Name"] == name


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"RespondsTo": "STANDARD_MESSAGES"},
        {"InvokedBy": INVOKED},
        {"RespondsTo": "STANDARD_MESSAGES", "InvokedBy": INVOKED, "WelcomeIntent": "Hello_there"},
    ],
    ids=["neither", "responds to", "invoked by", "all"],
)
def test_responds_to_and_invoked_by_are_kept_as_they_were_given(
    create: Callable[..., Any], describe: Callable[..., Any], more: Any
) -> None:
    assert describe(create(Configuration=lex(**more)))["Configuration"] == lex(**more)


def test_a_bot_of_lex_v1_is_a_bad_request(client: Any, create: Callable[..., Any], instance_arn: str) -> None:
    v1 = "arn:aws:lex:us-east-1:123456789012:bot:OrderFlowers"
    with pytest.raises(client.exceptions.BadRequestException, match="lexBotAliasArn"):
        create(Configuration=lex(LexBotAliasArn=v1))
    assert client.list_app_instance_bots(AppInstanceArn=instance_arn)["AppInstanceBots"] == []


@pytest.mark.parametrize("locale", ["en_US", "de_DE", "es_419", "zh_HK", "af_ZA"])
def test_a_locale_of_lex_v2_is_kept(
    create: Callable[..., Any], describe: Callable[..., Any], locale: str
) -> None:
    assert describe(create(Configuration=lex(LocaleId=locale)))["Configuration"]["Lex"]["LocaleId"] == locale


@pytest.mark.rule("chime.other-locales")
@pytest.mark.parametrize("locale", ["en-US", "en_us", "en", "xx_XX", ""])
def test_another_locale_is_a_bad_request(
    client: Any, create: Callable[..., Any], instance_arn: str, bot_arn: str, locale: str
) -> None:
    wrong = lex(LocaleId=locale)
    with pytest.raises(client.exceptions.BadRequestException, match="a locale of Amazon Lex V2"):
        create(Configuration=wrong)
    with pytest.raises(client.exceptions.BadRequestException, match=f"'{locale}' is not a locale"):
        client.update_app_instance_bot(AppInstanceBotArn=bot_arn, Name="", Metadata="", Configuration=wrong)
    (bot,) = client.list_app_instance_bots(AppInstanceArn=instance_arn)["AppInstanceBots"]
    assert bot["Name"] == "Helper"


@pytest.mark.rule("chime.other-locales")
def test_another_locale_can_be_accepted(
    create: Callable[..., Any], describe: Callable[..., Any], qchime: Handle
) -> None:
    """AWS extends its list."""
    qchime.rules["chime.other-locales"] = "accepted"
    bot = describe(create(Configuration=lex(LocaleId="xx_XX")))
    assert bot["Configuration"]["Lex"]["LocaleId"] == "xx_XX"


def test_bots_are_listed_with_metadata_and_without_configuration(
    client: Any, create: Callable[..., Any], instance_arn: str
) -> None:
    arn, plain = create(Name="Helper", Metadata="m"), create()
    assert call_without_metadata(client, "ListAppInstanceBots", AppInstanceArn=instance_arn) == {
        "AppInstanceArn": instance_arn,
        "AppInstanceBots": [
            {"AppInstanceBotArn": arn, "Name": "Helper", "Metadata": "m"},
            {"AppInstanceBotArn": plain},
        ],
    }


def test_update_replaces_name_and_metadata(
    client: Any, create: Callable[..., Any], describe: Callable[..., Any]
) -> None:
    arn = create(Name="Helper", Metadata="old")
    given = {"AppInstanceBotArn": arn, "Name": "", "Metadata": ""}
    assert call_without_metadata(client, "UpdateAppInstanceBot", **given) == {"AppInstanceBotArn": arn}
    assert (describe(arn)["Name"], describe(arn)["Metadata"]) == ("", "")


def test_update_without_a_configuration_keeps_the_old_one(
    client: Any, create: Callable[..., Any], describe: Callable[..., Any]
) -> None:
    arn = create(Configuration=lex(WelcomeIntent="Hello"))
    client.update_app_instance_bot(AppInstanceBotArn=arn, Name="Helper", Metadata="")
    assert describe(arn)["Configuration"] == lex(WelcomeIntent="Hello")


def test_update_replaces_the_whole_configuration(
    client: Any, create: Callable[..., Any], describe: Callable[..., Any]
) -> None:
    arn = create(Configuration=lex(WelcomeIntent="Hello", InvokedBy=INVOKED))
    client.update_app_instance_bot(
        AppInstanceBotArn=arn, Name="Helper", Metadata="", Configuration=lex(LocaleId="de_DE")
    )
    assert describe(arn)["Configuration"] == {"Lex": {"LexBotAliasArn": LEX_ALIAS, "LocaleId": "de_DE"}}


@pytest.mark.rule("chime.update-timestamps")
def test_update_changes_only_the_last_updated_timestamp(
    client: Any, qchime: Handle, bot_arn: str, describe: Callable[..., Any]
) -> None:
    before = describe(bot_arn)
    qchime.clock.advance(hours=1)
    client.update_app_instance_bot(AppInstanceBotArn=bot_arn, Name="Helper", Metadata="")
    after = describe(bot_arn)
    assert after["CreatedTimestamp"] == before["CreatedTimestamp"]
    assert after["LastUpdatedTimestamp"] >= before["LastUpdatedTimestamp"] + timedelta(hours=1)


def test_a_deleted_bot_is_gone(client: Any, instance_arn: str, bot_arn: str) -> None:
    client.delete_app_instance_bot(AppInstanceBotArn=bot_arn)
    assert client.list_app_instance_bots(AppInstanceArn=instance_arn)["AppInstanceBots"] == []
    with pytest.raises(client.exceptions.NotFoundException):
        client.describe_app_instance_bot(AppInstanceBotArn=bot_arn)


@pytest.mark.rule("chime.missing-resource")
def test_only_describe_reports_a_missing_bot_as_not_found(client: Any, bot_arn: str) -> None:
    """It is the only operation that declares NotFoundException."""
    client.delete_app_instance_bot(AppInstanceBotArn=bot_arn)
    with pytest.raises(client.exceptions.ForbiddenException):
        client.update_app_instance_bot(AppInstanceBotArn=bot_arn, Name="Helper", Metadata="")
    with pytest.raises(client.exceptions.ForbiddenException):
        client.delete_app_instance_bot(AppInstanceBotArn=bot_arn)


@pytest.mark.parametrize("of", ["user", "instance", "missing instance"])
def test_an_arn_that_does_not_name_a_bot_is_not_found(
    client: Any, instance_arn: str, user_arn: str, bot_arn: str, of: str
) -> None:
    elsewhere = bot_arn.replace(instance_arn, instance_arn[:-12] + "000000000000")
    arn = {"user": user_arn, "instance": instance_arn, "missing instance": elsewhere}[of]
    with pytest.raises(client.exceptions.NotFoundException):
        client.describe_app_instance_bot(AppInstanceBotArn=arn)
