"""Rules that a test author turns, in-process and over HTTP, for all accounts or for one."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from qchime import Client, Handle
from qchime.control.snapshot import StateError
from qchime.server import Server
from tests.services.qapps.samples import HERE, definition, query

NAME = "qapps.default-output-source"
MINE = "111122223333"


@pytest.fixture(params=["in the process", "over HTTP"])
def mock(request: pytest.FixtureRequest, qchime: Handle, qchime_server: Server) -> Handle:
    return qchime if request.param == "in the process" else Client(qchime_server.url)


def source_in_new_app(**credentials: Any) -> str:
    """The output source that a card has in a new app, if its author names none."""
    client = boto3.client("qapps", region_name="us-east-1", **credentials)
    app = client.create_q_app(**HERE, title="App", appDefinition=definition(query()))
    (card,) = client.get_q_app(**HERE, appId=app["appId"])["appDefinition"]["cards"]
    return str(card["qQuery"]["outputSource"])


@pytest.mark.rule(NAME)
def test_a_rule_can_be_turned_and_turned_back(mock: Handle) -> None:
    assert mock.rules[NAME] == source_in_new_app() == "approved-sources"
    mock.rules[NAME] = "llm"
    assert mock.rules[NAME] == source_in_new_app() == "llm"
    del mock.rules[NAME]
    assert mock.rules[NAME] == source_in_new_app() == "approved-sources"


def test_a_turned_rule_is_for_apps_that_are_created_or_updated_afterwards(mock: Handle) -> None:
    client = boto3.client("qapps", region_name="us-east-1")
    made = client.create_q_app(**HERE, title="A", appDefinition=definition(query()))
    app = {**HERE, "appId": made["appId"]}
    mock.rules[NAME] = "llm"
    assert client.update_q_app(**app, title="B")["requiredCapabilities"] == ["RetrievalMode"]
    updated = client.update_q_app(**app, appDefinition=definition(query()))
    assert updated["requiredCapabilities"] == ["CreatorMode"]


def test_all_rules_that_have_choices_are_listed(mock: Handle) -> None:
    assert NAME in mock.rules
    assert "chime.missing-resource" not in mock.rules
    assert list(mock.rules) == list(mock.rules.as_dict())
    assert len(mock.rules) == len(list(mock.rules))
    assert mock.rules.as_dict()[NAME] == "approved-sources"


def test_the_error_for_a_wrong_name_lists_the_right_ones(mock: Handle) -> None:
    with pytest.raises(KeyError) as error:
        _ = mock.rules["qapps.output"]
    assert str(error.value).startswith("There is no rule 'qapps.output' with a choice. Choose from: ")
    assert NAME in str(error.value)
    with pytest.raises(KeyError, match=r"There is no rule 'chime\.missing-resource' with a choice"):
        mock.rules["chime.missing-resource"] = "NotFoundException"
    with pytest.raises(KeyError, match="There is no rule 'x'"):
        del mock.rules["x"]


@pytest.mark.parametrize("choice", ["LLM", "", 1, ["llm"], {"llm": 1}])
def test_the_error_for_a_wrong_choice_lists_the_right_ones(mock: Handle, choice: Any) -> None:
    with pytest.raises(ValueError, match=rf"{NAME} takes 'approved-sources' or 'llm', not "):
        mock.rules[NAME] = choice
    assert mock.rules[NAME] == "approved-sources"


def test_if_one_choice_is_wrong_none_changes(mock: Handle) -> None:
    with pytest.raises(KeyError):
        mock.rules.update({NAME: "llm", "qapps.output": "llm"})
    assert mock.rules[NAME] == "approved-sources"


def test_a_reset_restores_the_defaults(mock: Handle) -> None:
    for reset in (mock.rules.reset, mock.reset):
        mock.rules[NAME] = "llm"
        reset()
        assert mock.rules[NAME] == "approved-sources"


class TestAccounts:
    def test_an_account_has_its_own_choice_above_everybodys(self, mock: Handle) -> None:
        mine = mock.account(MINE)
        mine.rules[NAME] = "llm"
        assert source_in_new_app() == "approved-sources"
        assert source_in_new_app(aws_access_key_id=MINE, aws_secret_access_key="x") == "llm"

        mine.rules.reset()
        mock.rules[NAME] = "llm"
        assert mine.rules[NAME] == "llm"
        mine.rules[NAME] = "approved-sources"
        assert (mock.rules[NAME], mine.rules[NAME]) == ("llm", "approved-sources")

    def test_a_choice_uses_the_account(self, mock: Handle) -> None:
        mock.account(MINE).rules[NAME] = "llm"
        assert mock.accounts == [MINE]


class TestState:
    def test_choices_survive_dump_and_load(self, mock: Handle) -> None:
        mock.rules[NAME] = "llm"
        mock.account(MINE).rules[NAME] = "approved-sources"
        state = json.loads(json.dumps(mock.dump()))
        mock.reset()
        mock.load(state)
        assert (mock.rules[NAME], mock.account(MINE).rules[NAME]) == ("llm", "approved-sources")

    def test_a_state_without_rules_loads_with_the_defaults(self, mock: Handle) -> None:
        """Versions before 1.0 saved none."""
        mock.rules[NAME] = "llm"
        state = mock.dump()
        del state["world"]["rules"]
        mock.load(state)
        assert mock.rules[NAME] == "approved-sources"

    def test_wrong_names_and_choices_in_a_state_are_named(self, mock: Handle) -> None:
        state = mock.dump()
        state["world"]["rules"] = {"x": "y", NAME: "maybe"}
        with pytest.raises(StateError) as error:
            mock.load(state)
        assert "world.rules.x: There is no rule 'x'" in str(error.value)
        assert f"world.rules.{NAME}: The rule {NAME} takes" in str(error.value)


def test_calls_name_the_rule_that_an_error_follows_from(mock: Handle) -> None:
    client = boto3.client("chime-sdk-identity", region_name="us-east-1")
    client.list_app_instances()
    with pytest.raises(client.exceptions.ForbiddenException) as error:
        client.describe_app_instance(AppInstanceArn="arn:aws:chime:us-east-1:123456789012:app-instance/x")
    headers = error.value.response["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-qchime-rule"] == "chime.missing-resource"
    assert [call.rule for call in mock.calls()] == [None, "chime.missing-resource"]


def test_calls_of_a_saved_state_keep_their_rule(mock: Handle, tmp_path: Path) -> None:
    client = boto3.client("chime-sdk-identity", region_name="us-east-1")
    with pytest.raises(client.exceptions.BadRequestException):
        client.create_app_instance(Name="x" * 257)
    mock.save(tmp_path / "state.json")
    mock.reset()
    mock.load(tmp_path / "state.json")
    assert mock.calls()[0].rule == "chime.invalid-input"


def test_calls_of_a_state_from_before_rules_have_none(mock: Handle) -> None:
    boto3.client("qapps", region_name="us-east-1").list_q_apps(**HERE)
    state = mock.dump()
    del state["world"]["calls"][0]["rule"]
    mock.load(state)
    assert mock.calls()[0].rule is None


def test_an_injected_error_follows_from_no_rule(mock: Handle) -> None:
    mock.faults.add("ListAppInstances", "ForbiddenException", times=1)
    client = boto3.client("chime-sdk-identity", region_name="us-east-1")
    with pytest.raises(client.exceptions.ForbiddenException) as error:
        client.list_app_instances()
    assert "x-qchime-rule" not in error.value.response["ResponseMetadata"]["HTTPHeaders"]
