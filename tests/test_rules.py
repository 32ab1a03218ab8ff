"""Rules as data: how they are defined, and what they know about themselves."""

import pytest

from qchime import rules
from qchime.rules import disputed, inferred, observed


@pytest.fixture(autouse=True)
def own_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules of these tests are nobody else's."""
    monkeypatch.setattr(rules, "_rules", {})


LINK = "https://docs.aws.amazon.com/chime-sdk/"


def test_a_rule_has_its_mark() -> None:
    marks = [
        inferred("a.one", "Text."),
        disputed("a.two", "Text.", sources=[LINK]),
        observed("a.three", "Text.", sources=[LINK]),
    ]

    assert [rule.mark for rule in marks] == ["inferred", "disputed", "observed"]
    assert [rule.sources for rule in marks] == [(), (LINK,), (LINK,)]


def test_a_rule_knows_its_module_and_what_it_decorates() -> None:
    rule = inferred("a.names", "Names need not be unique.")

    @rule
    def create() -> str:
        return "created"

    @rule
    class Names:
        @rule
        def add(self) -> None: ...

    inside = "test_a_rule_knows_its_module_and_what_it_decorates.<locals>"
    assert create() == "created"
    assert rule.module == __name__
    names = [f"{inside}.create", f"{inside}.Names.add", f"{inside}.Names"]
    assert [place.name for place in rule.places] == names
    assert {place.module for place in rule.places} == {__name__}


def test_a_rule_beside_a_constant_is_known_by_its_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = inferred("a.constant", "It is constant.")
    monkeypatch.setitem(globals(), "CONSTANT_RULE", rule)

    assert rule.places == ((__name__, "CONSTANT_RULE"),)


def test_a_rule_that_stands_beside_nothing_says_where_it_should_stand() -> None:
    rule = inferred("a.nowhere", "It is nowhere.")
    with pytest.raises(LookupError, match=rf"Make the rule a.nowhere a constant of {__name__}, or decorate"):
        _ = rule.places


def test_two_rules_cannot_have_the_same_name() -> None:
    inferred("a.twice", "Once.")
    with pytest.raises(ValueError, match=rf"{__name__} already has a rule 'a.twice'; give this one another"):
        observed("a.twice", "Twice.")


def test_a_rule_says_how_to_turn_it() -> None:
    assert inferred("a.fixed", "Text.").way_to_turn == ""
    assert inferred("a.time", "Text.", turn="clock.advance").way_to_turn == "clock.advance"
    rule = inferred("a.choice", "Text.", choices=["x", "y", "z"])
    assert rule.way_to_turn == 'rules["a.choice"] = "y" or rules["a.choice"] = "z"'
