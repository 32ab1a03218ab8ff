"""A server that is one of several: it controls single accounts, and refuses to speak for all of them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qchime import Client, Cloud, Handle
from qchime.core.table import SERVICES
from qchime.server import Server
from qchime.server.control.routes import WORDS, ControlRoutes
from tests.server.wire import client, create, names, send, signed
from tests.test_cli import run, serving

ACCOUNT, OTHER, DEFAULT = "111122223333", "444455556666", "123456789012"
ROUTES = [
    (method, word)
    for word in WORDS
    for method in ("GET", "POST", "PATCH", "PUT", "DELETE")
    if hasattr(ControlRoutes, f"{method.lower()}_{word}")
]
ROUTES += [
    (method, word)
    for word, kind in SERVICES.words().items()
    for method in ("GET", "POST", "DELETE")
    if method != "POST" or hasattr(kind, "post")
]


@pytest.fixture(scope="module")
def member() -> Iterator[Server]:
    with Server(cloud=Cloud(), member=True) as server:
        yield server


@pytest.fixture(autouse=True)
def clean(member: Server) -> None:
    member.reset()


def test_health_stays(member: Server) -> None:
    assert send(member, "GET", "/_qchime/health").json["status"] == "ok"


@pytest.mark.parametrize(("method", "word"), [route for route in ROUTES if route[1] != "health"])
def test_a_route_for_all_accounts_is_refused_and_changes_nothing(
    member: Server, method: str, word: str
) -> None:
    create(member)
    before = member.dump()
    answer = send(member, method, f"/_qchime/{word}")

    assert answer.status == 400
    assert answer.message.startswith("This server is one of several, each with some of the accounts. ")
    assert member.dump() == before


@pytest.mark.parametrize("word", ["reset", "faults", "users", "clock", "limits", "calls", "state", "answers"])
def test_the_error_names_the_route_of_a_single_account(member: Server, word: str) -> None:
    method = "POST" if word == "reset" else "GET"
    advice = f"Use /_qchime/accounts/{{id}}/{word} or, in Python, Client(url, account=id)."
    assert advice in send(member, method, f"/_qchime/{word}").message

    assert send(member, method, f"/_qchime/accounts/{ACCOUNT}/{word}").status == 200


@pytest.mark.parametrize(
    "use",
    [
        lambda handle: handle.reset(),
        lambda handle: handle.faults.add("CreateQApp"),
        lambda handle: handle.answers.add("Summary", "All is well"),
        lambda handle: handle.clock.advance(days=1),
        lambda handle: handle.accounts,
        lambda handle: handle.seed(42),
    ],
)
def test_the_client_for_all_accounts_raises_it(member: Server, use: Callable[[Handle], object]) -> None:
    with pytest.raises(ValueError, match="one of several"):
        use(Client(member.url))


def test_what_no_server_has_is_still_a_404_or_a_405(member: Server) -> None:
    assert send(member, "GET", "/_qchime/nothing").status == 404
    assert send(member, "PUT", "/_qchime/faults").status == 405
    assert send(member, "GET", "/_qchime/accounts/12/faults").message.startswith(
        "An account id has 12 digits"
    )


def test_one_account_is_controlled_as_on_any_server(member: Server) -> None:
    mine = Client(member.url, account=ACCOUNT)
    mine.limits.app_instances_per_account = 0
    mine.clock.advance(days=1)
    alice = mine.users.add("alice@example.com")
    mine.users.add("alice@example.com", access_key_id=ACCOUNT)
    chime = client(member, **alice.credentials)
    with pytest.raises(chime.exceptions.ResourceLimitExceededException):
        chime.create_app_instance(Name="chat")
    create(member)

    assert mine.calls() == ["CreateAppInstance"]
    assert mine.calls()[0].user == alice
    mine.load(mine.dump())
    mine.reset()
    assert mine.calls() == []
    assert names(member) == ["Chat"]


class TestAccessKeys:
    @pytest.mark.parametrize("key", ["AKIAIOSFODNN7EXAMPLE", f"AKIAQC{ACCOUNT}", "short"])
    def test_one_that_does_not_name_its_account_is_refused(self, member: Server, key: str) -> None:
        mine = Client(member.url, account=ACCOUNT)
        with pytest.raises(ValueError, match=f"The access key {key} does not name the account {ACCOUNT}"):
            mine.users.add("alice@example.com", access_key_id=key)

        assert list(mine.users) == []

    @pytest.mark.parametrize("key", [ACCOUNT, f"ASIAQC{ACCOUNT}0123ABCD"])
    def test_one_that_names_it_is_taken(self, member: Server, key: str) -> None:
        alice = Client(member.url, account=ACCOUNT).users.add("alice@example.com", access_key_id=key)
        send(member, "GET", "/app-instances", headers=signed(access_key_id=key))

        assert member.account(ACCOUNT).calls()[0].user == alice

    def test_any_is_taken_in_the_default_account(self, member: Server) -> None:
        default = Client(member.url, account=DEFAULT)
        alice = default.users.add("alice@example.com", access_key_id="AKIAIOSFODNN7EXAMPLE")
        create(member)

        assert default.calls()[0].user == alice

    def test_a_member_of_the_wrong_type_is_still_an_error_of_its_own(self, member: Server) -> None:
        route = f"/_qchime/accounts/{ACCOUNT}/users"
        refused = send(member, "POST", route, {"email": "alice@example.com", "access_key_id": 5})

        assert "users.add takes access_key_id as a string" in refused.message


def test_the_state_file_is_not_saved_on_request(member: Server) -> None:
    refused = send(member, "POST", f"/_qchime/accounts/{ACCOUNT}/state")

    assert refused.status == 400
    assert "It saves its state file by itself" in refused.message


class TestCommandLine:
    def test_member(self) -> None:
        with serving("--member") as process:
            assert send(process.url, "GET", "/_qchime/health").status == 200
            with pytest.raises(ValueError, match="one of several"):
                Client(process.url).reset()
            Client(process.url, account=OTHER).reset()

    def test_a_seed_holds_for_every_account_of_a_member(self, tmp_path: Path) -> None:
        seed = tmp_path / "seed.json"
        with Server(cloud=Cloud()) as server:
            server.limits.app_instances_per_account = 0
            server.save(seed)
        with serving("--member", "--seed", str(seed)) as process:
            body = {"Name": "chat", "ClientRequestToken": "token"}
            for key in (ACCOUNT, OTHER, "any"):
                refused = send(process.url, "POST", "/app-instances", body, signed(access_key_id=key))
                assert refused.error == "ResourceLimitExceededException"

    def test_not_with_moto(self) -> None:
        ended = run("serve", "--port", "0", "--member", "--moto")

        assert ended.returncode == 1
        assert ended.stderr.startswith("moto's access keys do not name their account")
