"""Cards, their references and derived members, without clients or storage."""

from itertools import pairwise
from typing import Any

import pytest

from qchime.services.qapps.cards import Card, CardKind, InvalidDefinition, read_cards, required_capabilities
from tests.services.qapps.cards.samples import A, B, C, D, file, form, plugin, query, text, unions

# References


def test_a_prompt_refers_to_cards_with_an_at_sign_and_an_id() -> None:
    assert query(A, f"Compare @{B} and @{C}.").references == [B, C]


def test_references_are_distinct_and_in_order_of_appearance() -> None:
    assert query(A, f"@{C}, @{B}, @{C}").references == [C, B]


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        "bob@example.com",
        "@Text",
        "@{Text}",
        "@",
        B,
        f"@{{{B}}}",
        f"@ {B}",
        f"@{B[:-1]}",
        "@4cf94d96-8819-75c2-98cc-58c56b35c72f",
        "@4cf94d96-8819-45c2-18cc-58c56b35c72f",
        "@4CF94D96-8819-45C2-98CC-58C56B35C72F",
    ],
)
def test_anything_but_an_id_after_an_at_sign_is_text(prompt: str) -> None:
    """Ids have the form in the model: a lowercase UUID of version 4 or 5."""
    assert query(A, prompt).references == []


def test_uuids_of_version_5_are_ids_too() -> None:
    assert query(A, "@4cf94d96-8819-55c2-98cc-58c56b35c72f").references == [
        "4cf94d96-8819-55c2-98cc-58c56b35c72f"
    ]


def test_punctuation_after_an_id_is_text() -> None:
    assert query(A, f"(@{B}), @{C}'s; @{D}@{B}").references == [B, C, D]


@pytest.mark.parametrize(
    "card", [text(A, default_value=f"@{B}"), file(A), form(A)], ids=lambda card: card.kind
)
def test_input_cards_have_no_references(card: Card) -> None:
    assert card.is_input
    assert card.references == []


@pytest.mark.parametrize("card", [query(A), plugin(A)], ids=lambda card: card.kind)
def test_query_and_plugin_cards_are_not_inputs(card: Card) -> None:
    assert not card.is_input


# Prompts


def test_references_are_replaced_by_the_values_of_their_cards() -> None:
    card = query(A, f"Compare @{B} and @{C}, not @{B}!")
    assert card.resolved({B: "tea", C: "coffee"}) == "Compare tea and coffee, not tea!"


def test_the_id_of_a_missing_card_stays_text() -> None:
    """AWS's own example has one."""
    assert query(A, f"Sum up @{B}").resolved({}) == f"Sum up @{B}"


def test_a_reference_can_be_replaced_by_an_empty_value() -> None:
    assert query(A, f"Sum up @{B}.").resolved({B: ""}) == "Sum up ."


def test_references_inside_values_are_not_replaced() -> None:
    assert query(A, f"Sum up @{B}").resolved({B: f"@{C} \\1", C: "never"}) == f"Sum up @{C} \\1"


# Values


@pytest.mark.parametrize(
    ("card", "value"),
    [
        (text(A), None),
        (text(A, default_value="Hello"), "Hello"),
        (file(A), None),
        (file(A, file_id=B), B),
        (form(A), None),
    ],
)
def test_a_default_text_or_file_is_a_value(card: Card, value: str) -> None:
    """The documentation does not say so."""
    assert card.default_value == value


def test_a_form_keeps_the_latest_answer_unless_it_appends() -> None:
    """The default is not documented."""
    assert form(A).compute_mode == "replace"
    assert form(A, compute_mode="append").compute_mode == "append"


# Reading a definition


def test_cards_keep_their_order_and_everything_that_was_sent() -> None:
    cards = [query(A, f"@{B}", title="First"), text(B, placeholder="Type here")]
    assert list(read_cards(unions(*cards))) == cards
    assert (cards[0].id, cards[0].title) == (A, "First")


def test_a_definition_may_have_no_cards() -> None:
    assert list(read_cards([])) == []


def test_references_to_missing_cards_are_accepted() -> None:
    assert list(read_cards(unions(query(A, f"@{B}")))) == [query(A, f"@{B}")]


def test_a_repeated_id_is_invalid() -> None:
    """The ids are the keys of a session's cards."""
    with pytest.raises(InvalidDefinition, match=f"More than one card has the id {A}"):
        read_cards(unions(text(A), query(B), query(A)))


@pytest.mark.parametrize(
    ("kind", "type_"),
    [
        ("text_input", "q-query"),
        ("q_query", "q-plugin"),
        ("q_plugin", "q-query"),
        ("file_upload", "form-input"),
        ("form_input", "file-upload"),
    ],
)
def test_a_type_that_does_not_match_the_kind_of_card_is_invalid(kind: CardKind, type_: str) -> None:
    """The model has the type twice: as the member, and as a text."""
    card = Card(kind, {"id": A, "title": "Card", "type": type_, "prompt": ""})
    with pytest.raises(InvalidDefinition, match=f"is a {kind}, not of type {type_}"):
        read_cards(unions(card))


def test_a_card_that_refers_to_itself_is_invalid() -> None:
    """It could never run."""
    with pytest.raises(InvalidDefinition, match=f"in a circle: {A} -> {A}"):
        read_cards(unions(query(A, f"More of @{A}")))


def test_references_in_a_circle_are_invalid_and_the_circle_is_shown() -> None:
    """None of them could ever run."""
    cards = [text(D), query(A, f"@{B} @{D}"), plugin(B, f"@{C}"), query(C, f"@{A}")]
    with pytest.raises(InvalidDefinition) as raised:
        read_cards(unions(*cards))
    circle = str(raised.value).removesuffix(".").split(": ")[1].split(" -> ")
    assert circle[0] == circle[-1]
    assert set(circle) == {A, B, C}
    assert set(pairwise(circle)) == {(A, B), (B, C), (C, A)}


# Derived members


def test_a_card_runs_after_the_cards_it_refers_to() -> None:
    cards = [query(D, f"@{C} @{B}"), query(C, f"@{B}"), plugin(B, f"@{A}"), text(A)]
    assert [card.id for card in read_cards(unions(*cards)).running_order] == [A, B, C, D]


def test_references_to_missing_cards_do_not_affect_the_running_order() -> None:
    cards = [query(A, f"@{C}"), query(B, f"@{A} @{D}")]
    assert list(read_cards(unions(*cards)).running_order) == cards


def answer(card: Card, *others: Card, plugin_type: str = "CUSTOM") -> dict[str, Any]:
    """The card as GetQApp returns it, in an app with the others."""
    return card.answer(read_cards(unions(*others)), lambda plugin_id: plugin_type)


def test_the_answer_for_an_input_card_has_no_dependencies() -> None:
    assert answer(text(A, placeholder="Type here")) == {
        "text_input": {
            "id": A,
            "title": "Text",
            "type": "text-input",
            "placeholder": "Type here",
            "dependencies": [],
        }
    }


def test_the_answer_for_a_query_has_its_dependencies_and_output_source() -> None:
    (card,) = answer(query(A, f"@{B}")).values()
    assert (card["dependencies"], card["output_source"]) == ([B], "approved-sources")
    (card,) = answer(query(A, output_source="llm")).values()
    assert card["output_source"] == "llm"


def test_the_answer_for_a_query_lists_the_forms_it_refers_to() -> None:
    """What memoryReferences are is hardly documented."""
    answered = answer(query(A, f"@{D} @{B} @{C}"), text(B), form(C), form(D))["q_query"]
    assert answered["memory_references"] == [D, C]
    assert answered["dependencies"] == [D, B, C]
    assert "memory_references" not in answer(query(A, f"@{B}"), text(B))["q_query"]


def test_the_answer_for_a_plugin_has_its_type_and_no_members_of_queries() -> None:
    answered = answer(plugin(A, f"@{C}"), form(C), plugin_type="JIRA")["q_plugin"]
    assert (answered["plugin_type"], answered["dependencies"]) == ("JIRA", [C])
    assert not {"output_source", "memory_references"} & set(answered)


def test_answering_does_not_change_the_card() -> None:
    card = query(A, f"@{B}")
    answer(card, form(B))
    assert set(card.fields) == {"id", "title", "type", "prompt"}


def test_required_capabilities_are_distinct_and_in_the_order_of_the_model() -> None:
    """Those of queries are documented, the other two are not."""
    cards = [plugin(A), query(B, output_source="llm"), query(C), query(D), file("e"), text("f")]
    assert required_capabilities(cards) == ["FileUpload", "CreatorMode", "RetrievalMode", "PluginMode"]
    assert required_capabilities([text(A), form(B)]) == []
