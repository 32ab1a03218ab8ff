"""The state as a tree of resources."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from qchime import Handle
from qchime.control import tree
from qchime.control.tree import Place, Resource, State
from qchime.core.cloud import cloud
from qchime.core.collection import Collection
from qchime.core.showing import Look
from qchime.world import Lock


@dataclass
class Leaf:
    name: str
    content: bytes = b""


@dataclass
class Branch:
    title: str
    leaves: Collection[Leaf] = field(default_factory=Collection)
    by_key: dict[str, Leaf] = field(default_factory=dict)
    versions: list[Leaf] = field(default_factory=list)
    only: Leaf | None = None
    labels: dict[str, str] = field(default_factory=dict)
    names: Collection[str] = field(default_factory=Collection)
    derived: list[Leaf] = field(init=False, default_factory=list)


def resource(record: Any, **looks: Look) -> Resource:
    """The root of a state that consists of this record."""
    backend: Any = SimpleNamespace(lock=Lock())
    state = State({Leaf: looks["leaf"]} if looks else {}, backend)
    return Resource(record, Place("1", "service", "region"), None, state)


@pytest.fixture
def branch() -> Branch:
    branch = Branch("A branch", by_key={"b": Leaf("B")}, versions=[Leaf("1"), Leaf("2")], only=Leaf("Only"))
    branch.leaves.add("a", Leaf("A"))
    branch.names.add("x", "X")
    return branch


def test_fields_that_hold_records_are_groups_and_the_others_members(branch: Branch) -> None:
    root = resource(branch)
    figures = [(figure.title, figure.count) for figure in root.groups]
    assert figures == [("Leaves", 1), ("By key", 1), ("Versions", 2), ("Only", 1)]
    assert root.members == {"title": "A branch", "labels": {}, "names": ["X"]}


@pytest.mark.parametrize(
    ("group", "key", "label"),
    [("leaves", "a", "A"), ("by_key", "b", "B"), ("versions", "1", "2"), ("only", "", "Only")],
)
def test_a_record_is_found_by_its_group_and_key(branch: Branch, group: str, key: str, label: str) -> None:
    found = resource(branch).child(group, key)
    assert found is not None
    assert (found.label, found.key, found.group, found.place.steps) == (label, key, group, (group, key))


@pytest.mark.parametrize(
    ("group", "key"),
    [
        ("leaves", "z"),
        ("by_key", "z"),
        ("versions", "2"),
        ("versions", "-1"),
        ("labels", "a"),
        ("nothing", "a"),
    ],
)
def test_what_there_is_not_is_not_found(branch: Branch, group: str, key: str) -> None:
    assert resource(branch).child(group, key) is None


def test_only_keys_that_somebody_chose_identify(branch: Branch) -> None:
    root = resource(branch)
    keys = {group: found.identifier for group in tree.groups_of(branch) for found in root.children(group)}
    assert keys == {"leaves": "a", "by_key": "b", "versions": None, "only": None}


def test_a_look_names_a_record_and_a_name_that_is_empty_is_the_key() -> None:
    branch = Branch("", by_key={"b": Leaf("B"), "c": Leaf("")})
    named = resource(branch, leaf=Look(label=lambda leaf: f"leaf {leaf.name}" if leaf.name else None))
    assert [child.label for child in named.children("by_key")] == ["leaf B", "c"]
    assert resource(branch).label == "Branch"


def test_a_file_is_its_size(branch: Branch) -> None:
    branch.by_key["b"].content = bytes(7)
    (leaf,) = resource(branch).children("by_key")
    assert leaf.members == {"name": "B", "content": "7 bytes"}


def test_a_page_of_a_group_begins_where_it_is_told() -> None:
    branch = Branch("A branch", by_key={str(number): Leaf(str(number)) for number in range(10)})
    page = resource(branch).children("by_key", 4, 3)
    assert [child.key for child in page] == ["4", "5", "6"]


def test_a_place_leads_to_the_same_resource_until_it_is_gone(qchime: Handle) -> None:
    chime = boto3.client("chime-sdk-identity", region_name="us-east-1")
    arn = chime.create_app_instance(Name="Chat")["AppInstanceArn"]
    (found,) = tree.search(cloud.contents, arn.upper(), 10)
    assert found.label == "Chat"
    again = tree.find(cloud.contents, found.place)
    assert again is not None
    assert again.record is found.record
    chime.delete_app_instance(AppInstanceArn=arn)
    assert tree.find(cloud.contents, found.place) is None


@pytest.mark.parametrize(
    "place",
    [
        Place("000000000000", "chime-sdk-identity", "us-east-1"),
        Place("123456789012", "nothing", "us-east-1"),
        Place("123456789012", "chime-sdk-identity", "eu-central-1"),
    ],
)
def test_a_place_that_was_never_used_is_not_found(qchime: Handle, place: Place) -> None:
    boto3.client("chime-sdk-identity", region_name="us-east-1").create_app_instance(Name="Chat")
    assert tree.find(cloud.contents, place) is None
    assert cloud.contents.existing("000000000000") is None


def test_a_search_stops_when_it_has_enough(qchime: Handle) -> None:
    chime = boto3.client("chime-sdk-identity", region_name="us-east-1")
    for number in range(5):
        chime.create_app_instance(Name=f"Chat {number}")
    assert [found.label for found in tree.search(cloud.contents, "CHAT", 3)] == ["Chat 0", "Chat 1", "Chat 2"]
