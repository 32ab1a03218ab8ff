"""A loaded state returns the same responses as before, and behaves as the original would have."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
import requests
from botocore.exceptions import ClientError

from qchime import Handle
from qchime.core.cloud import cloud
from qchime.core.table import SERVICES
from tests.control.snapshot.populated import (
    OTHER_ACCOUNT,
    PEOPLE,
    READS,
    Populated,
    all_mocked,
    client,
    everything_read,
    populate,
)
from tests.services.qapps.running import DRAFT, NAME, PAPER, TICKET, fill, look, submit
from tests.services.qapps.samples import HERE


def through_json(state: Any) -> Any:
    return json.loads(json.dumps(state, allow_nan=False))


@pytest.fixture(scope="module")
def dumped() -> dict[str, Any]:
    """The dump of a rich state from an earlier mock, everything read from it, and its ids and links."""
    with all_mocked() as mock:
        given_out = populate(mock)
        answers = everything_read(mock)
        chime = boto3.client("chime-sdk-identity", region_name="us-east-1")
        page = chime.list_app_instance_users(AppInstanceArn=given_out.chat, MaxResults=1)
        qapps = client(mock, "qapps", PEOPLE[0], "us-east-1", None)
        apps = qapps.list_q_apps(**HERE, limit=1)
        return {
            "given_out": given_out,
            "answers": answers,
            "state": through_json(mock.dump()),
            "users_token": page["NextToken"],
            "apps_token": apps["nextToken"],
        }


@pytest.fixture
def loaded(dumped: dict[str, Any]) -> Iterator[Handle]:
    with all_mocked() as mock:
        mock.load(dumped["state"])
        yield mock


@pytest.fixture
def given_out(dumped: dict[str, Any]) -> Populated:
    found: Populated = dumped["given_out"]
    return found


@pytest.fixture
def alice(loaded: Handle) -> Any:
    return client(loaded, "qapps", PEOPLE[0], "us-east-1", None)


@pytest.fixture
def chime(loaded: Handle) -> Any:
    return boto3.client("chime-sdk-identity", region_name="us-east-1")


def test_the_state_has_every_part_of_the_world(dumped: dict[str, Any]) -> None:
    kept = {name for name, part in vars(cloud.contents.world).items() if hasattr(part, "restore")}
    assert dumped["state"]["world"].keys() == {*kept, *cloud.contents.world.words, "calls"}


def test_every_read_operation_returns_something(dumped: dict[str, Any]) -> None:
    answered = {what.split()[3] for what, answer in dumped["answers"].items() if isinstance(answer, list)}
    assert answered == {operation for _, operation in READS}


def test_every_response_is_the_same(dumped: dict[str, Any], loaded: Handle) -> None:
    assert everything_read(loaded) == dumped["answers"]


def test_a_dump_of_a_loaded_state_is_the_same(dumped: dict[str, Any], loaded: Handle) -> None:
    assert json.dumps(loaded.dump()) == json.dumps(dumped["state"])


def test_a_loaded_mock_shares_nothing_with_the_state(
    dumped: dict[str, Any], loaded: Handle, alice: Any, given_out: Populated
) -> None:
    before = through_json(dumped["state"])
    alice.delete_q_app(**HERE, appId=given_out.app)
    loaded.limits.file_bytes = 1
    assert dumped["state"] == before


def test_a_fresh_mock_has_an_empty_state_that_can_be_loaded() -> None:
    with all_mocked() as mock:
        state = mock.dump()
        assert state["services"] == {service.name: {} for service in SERVICES}
        mock.load(state)
        assert mock.dump() == state


def test_a_load_replaces_everything(dumped: dict[str, Any], given_out: Populated) -> None:
    with all_mocked() as mock:
        boto3.client("chime-sdk-identity", region_name="us-west-2").create_app_instance(Name="Other")
        mock.users.add("dave@example.com")
        mock.load(dumped["state"])
        assert mock.dump() == dumped["state"]


class TestTheWorld:
    def test_the_clock_keeps_its_offset(self, loaded: Handle) -> None:
        assert loaded.clock.offset.total_seconds() == 2 * 24 * 3600 + 7e-6

    def test_limits_are_unchanged(self, loaded: Handle) -> None:
        assert loaded.limits.endpoints_per_user == 3
        assert loaded.limits.apps_per_user == 100

    def test_users_are_unchanged(self, dumped: dict[str, Any], loaded: Handle) -> None:
        emails = [user.email for user in loaded.users]
        assert emails == list(PEOPLE)
        state = loaded.dump()
        assert [user["email"] for user in state["world"]["users"]["users"]] == [*PEOPLE, "alice@example.com"]

    def test_temporary_credentials_work_until_they_expire(
        self, dumped: dict[str, Any], loaded: Handle, given_out: Populated
    ) -> None:
        user = dumped["state"]["world"]["users"]["users"][-1]
        alice = boto3.client(
            "qapps",
            region_name="us-east-1",
            aws_access_key_id=user["access_key_id"],
            aws_secret_access_key=user["secret_access_key"],
            aws_session_token=user["session_token"],
        )
        assert alice.get_q_app(**HERE, appId=given_out.app)["appDefinition"]["canEdit"] is True
        loaded.clock.advance(hours=2)
        with pytest.raises(ClientError, match="expired"):
            alice.get_q_app(**HERE, appId=given_out.app)

    def test_users_are_still_required(self) -> None:
        with all_mocked() as mock:
            mock.users.required = True
            state = mock.dump()
        with all_mocked() as mock:
            mock.load(state)
            nobody = boto3.client("qapps", region_name="us-east-1")
            with pytest.raises(nobody.exceptions.UnauthorizedException):
                nobody.list_q_apps(**HERE)

    def test_answers_are_unchanged_except_functions(self, loaded: Handle) -> None:
        answers = [(answer.card, answer.fails, answer.waits) for answer in loaded.answers]
        assert answers == [("Query", False, False), ("Plugin", False, True), ("Never", True, False)]
        text = loaded.answers.of_card("Plugin", "").text
        assert callable(text)
        assert text("Hello") == "Answer to: Hello"
        app = loaded.answers.of_prediction("Plan a trip")
        assert app is not None
        assert app["title"] == "Trip"
        assert loaded.answers.plugin_type("a" * 36) == "JIRA"

    def test_initial_categories_are_unchanged(self, loaded: Handle) -> None:
        assert [(one.title, one.color) for one in loaded.categories] == [("Human Resources", "#00ff00")]
        client = boto3.client("qapps", region_name="us-east-1")
        (category,) = client.list_categories(instanceId="first used now")["categories"]
        assert (category["title"], category["color"]) == ("Human Resources", "#00ff00")

    def test_who_left_an_app_still_may_not_run_it(self, loaded: Handle, given_out: Populated) -> None:
        bob = boto3.client(
            "qapps", region_name="us-east-1", **loaded.users.add("bob@example.com").credentials
        )
        with pytest.raises(bob.exceptions.AccessDeniedException):
            bob.start_q_app_session(**HERE, appId=given_out.survey, appVersion=1)


class TestAfterALoad:
    def test_an_old_page_token_finds_the_next_page(
        self, chime: Any, dumped: dict[str, Any], given_out: Populated
    ) -> None:
        here = {"AppInstanceArn": given_out.chat}
        everybody = chime.list_app_instance_users(**here)["AppInstanceUsers"]
        rest = chime.list_app_instance_users(**here, NextToken=dumped["users_token"])["AppInstanceUsers"]
        assert rest == everybody[1:]

    def test_an_old_page_token_of_apps_finds_the_next_page(self, alice: Any, dumped: dict[str, Any]) -> None:
        rest = alice.list_q_apps(**HERE, nextToken=dumped["apps_token"])["apps"]
        assert rest == alice.list_q_apps(**HERE)["apps"][1:]

    def test_an_old_client_token_creates_nothing_new(self, chime: Any, given_out: Populated) -> None:
        before = chime.list_app_instances()["AppInstances"]
        again = {"Name": "Chat", "Tags": [{"Key": "team", "Value": "a"}]}
        answer = chime.create_app_instance(**again, ClientRequestToken="token-Chat")
        assert answer["AppInstanceArn"] == given_out.chat
        assert chime.list_app_instances()["AppInstances"] == before
        with pytest.raises(chime.exceptions.ConflictException):
            chime.create_app_instance(Name="Another", ClientRequestToken="token-Chat")

    def test_the_token_of_a_deleted_resource_can_be_reused(self, chime: Any) -> None:
        answer = chime.create_app_instance(Name="New", ClientRequestToken="token-Gone")
        assert chime.list_app_instances()["AppInstances"][-1]["AppInstanceArn"] == answer["AppInstanceArn"]

    def test_users_expire(self, chime: Any, loaded: Handle, given_out: Populated) -> None:
        here = {"AppInstanceArn": given_out.chat}
        before = chime.list_app_instance_users(**here)["AppInstanceUsers"]
        loaded.clock.advance(days=1, hours=6, minutes=1)
        assert chime.list_app_instance_users(**here)["AppInstanceUsers"] == before[:-1]
        admins = chime.list_app_instance_admins(**here)["AppInstanceAdmins"]
        assert [admin["Admin"]["Name"] for admin in admins] == ["Renamed", "Bot"]

    def test_an_administrator_follows_the_name_of_the_user(self, chime: Any, given_out: Populated) -> None:
        user = chime.list_app_instance_users(AppInstanceArn=given_out.chat)["AppInstanceUsers"][0]
        arn = user["AppInstanceUserArn"]
        chime.update_app_instance_user(AppInstanceUserArn=arn, Name="Later", Metadata="")
        admins = chime.list_app_instance_admins(AppInstanceArn=given_out.chat)["AppInstanceAdmins"]
        assert admins[0]["Admin"]["Name"] == "Later"

    def test_an_announced_upload_succeeds(self, alice: Any, given_out: Populated) -> None:
        upload = given_out.upload
        files = {"file": ("paper.txt", b"test")}
        answer = requests.post(upload["presignedUrl"], data=upload["presignedUrlFields"], files=files)
        assert answer.status_code == 204, answer.text
        fill(alice, given_out.session, {PAPER: upload["fileId"]})
        assert look(alice, given_out.session)["cardStatus"][PAPER]["currentValue"] == upload["fileId"]

    def test_an_announced_upload_expires(self, loaded: Handle, given_out: Populated) -> None:
        loaded.clock.advance(minutes=16)
        upload = given_out.upload
        files = {"file": ("paper.txt", b"test")}
        answer = requests.post(upload["presignedUrl"], data=upload["presignedUrlFields"], files=files)
        assert answer.status_code == 403

    def test_an_export_can_be_downloaded(self, loaded: Handle, given_out: Populated) -> None:
        assert urlsplit(given_out.export).path.endswith(".csv")
        lines = requests.get(given_out.export).content.decode().splitlines()
        assert lines[0] == "name,score,nested,user,submission,time"
        assert lines[2].startswith("Bob 🙂,")

    def test_a_session_continues(self, alice: Any, given_out: Populated) -> None:
        status = look(alice, given_out.session)["cardStatus"]
        assert status[NAME]["currentValue"] == "Ann"
        assert status[DRAFT]["currentValue"] == "All is well"
        assert status[TICKET]["currentState"] == "WAITING"
        fill(alice, given_out.session, {TICKET: "yes"})
        assert look(alice, given_out.session)["cardStatus"][TICKET]["currentState"] == "COMPLETED"

    def test_a_data_collection_continues(self, loaded: Handle, given_out: Populated) -> None:
        bob = client(loaded, "qapps", PEOPLE[1], "us-east-1", None)
        submit(bob, given_out.collection, {"name": "Robert"})
        data = bob.list_q_app_session_data(**HERE, sessionId=given_out.collection)["sessionData"]
        assert [entry["value"] for entry in data] == [{"name": "Robert"}]

    def test_an_app_is_deleted_with_everything_in_it(
        self, loaded: Handle, alice: Any, given_out: Populated
    ) -> None:
        alice.delete_q_app(**HERE, appId=given_out.app)
        place = loaded.dump()["services"]["qapps"]["123456789012"]["us-east-1"]
        assert given_out.app not in json.dumps(place)

    def test_another_account_is_independent(self, loaded: Handle, given_out: Populated) -> None:
        alice = client(loaded, "qapps", PEOPLE[0], "us-east-1", OTHER_ACCOUNT)
        titles = [app["title"] for app in alice.list_q_apps(**HERE)["apps"]]
        assert titles == ["Draft", "Survey", "Paper"]
        with pytest.raises(alice.exceptions.ResourceNotFoundException):
            alice.get_q_app(**HERE, appId=given_out.app)


def test_a_call_in_progress_finishes_on_the_state_it_started_with(dumped: dict[str, Any]) -> None:
    """A function that answers a card loads another state."""
    with all_mocked() as mock:
        given_out = populate(mock)
        alice = client(mock, "qapps", PEOPLE[0], "us-east-1", None)

        def reload(prompt: str) -> str:
            mock.load(dumped["state"])
            return "from before"

        mock.answers.add(card="Query", text=reload)
        answer = alice.start_q_app_session(**HERE, appId=given_out.app, appVersion=1)
        assert answer["sessionId"] not in json.dumps(mock.dump())
        assert mock.dump()["services"] == dumped["state"]["services"]


def test_an_answer_with_half_of_a_surrogate_pair_can_be_dumped(
    loaded: Handle, alice: Any, given_out: Populated
) -> None:
    loaded.answers.add(card="Query", text=lambda prompt: "\ud800")
    session = alice.start_q_app_session(**HERE, appId=given_out.app, appVersion=1)["sessionId"]
    loaded.load(through_json(loaded.dump()))
    cards = alice.get_q_app_session(**HERE, sessionId=session)["cardStatus"].values()
    assert "?" in [card["currentValue"] for card in cards]


def test_an_answer_that_is_a_function_is_left_out() -> None:
    with all_mocked() as mock:
        mock.answers.add(text=str.upper)
        assert mock.dump()["world"]["answers"]["answers"] == []
