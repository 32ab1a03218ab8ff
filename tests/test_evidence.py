"""Every rule is listed, has a test that names it, and is the only way to say that something is inferred."""

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import qchime
from qchime.core.evidence import all_rules, rules_by_subject, rules_of_operation
from qchime.core.service import Service
from qchime.core.table import SERVICES
from qchime.restjson import python_name
from qchime.rules import Rule
from tests import fidelity

HOUSE = Path(qchime.__file__).parent
ROOT = Path(__file__).parent.parent
DEFINITION = re.compile(r"\b(?:inferred|disputed|observed)\(\s*\"([^\"]+)\"")
USE = re.compile(r"\binferred\(|import .*inferred|^\s*inferred,$")
RULES = all_rules()


def test_a_module_of_ours_that_cannot_be_imported_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it, rules would be missing."""
    monkeypatch.delitem(sys.modules, "qchime.server.trust.signatures")
    monkeypatch.setitem(sys.modules, "qchime.world.clock", None)
    monkeypatch.delitem(sys.modules, "qchime.world")

    with pytest.raises(ImportError):
        all_rules()


def modules(folder: Path) -> Iterator[tuple[Path, str]]:
    for file in sorted(folder.rglob("*.py")):
        yield file, file.read_text(encoding="utf-8")


def marked() -> set[str]:
    """The names in `@pytest.mark.rule("…")`, in all tests."""
    return {
        str(argument.value)
        for _, text in modules(ROOT / "tests")
        if "mark.rule(" in text
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.rule"
        for argument in node.args
        if isinstance(argument, ast.Constant)
    }


def test_every_rule_in_the_source_is_listed() -> None:
    """Also one in a module that only some callers import."""
    defined = {name for _, text in modules(HOUSE) for name in DEFINITION.findall(text)}
    assert defined == {rule.name for rule in RULES}
    assert [rule for rules in rules_by_subject().values() for rule in rules] != []
    assert sorted(rule.name for rules in rules_by_subject().values() for rule in rules) == sorted(defined)


def test_every_rule_has_a_test_that_names_it() -> None:
    assert {rule.name for rule in RULES} - marked() == set(), "mark a test with @pytest.mark.rule(name)"


def test_every_test_names_a_rule_that_there_is() -> None:
    assert marked() - {rule.name for rule in RULES} == set(), "the rule has another name, or none"


def test_whatever_is_inferred_is_a_rule() -> None:
    found = [
        f"{file.relative_to(HOUSE)}: {line.strip()}"
        for file, text in modules(HOUSE)
        if file.name != "rules.py"
        for line in text.splitlines()
        if "inferred" in line.lower() and not USE.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_an_operation_lists_the_rules_of_the_errors_that_it_raises(service: Service) -> None:
    for name in filter(service.supports, service.model.operation_names):
        method = getattr(service.backend, python_name(name))
        raised = re.findall(r"\.because\(\s*([A-Z_]+)\s*\)", inspect.getsource(method))
        rules = {vars(sys.modules[method.__module__])[constant] for constant in raised}
        assert rules <= set(rules_of_operation(service, name)), name


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
class TestARule:
    def test_has_a_name_that_is_easy_to_type(self, rule: Rule) -> None:
        assert re.fullmatch(r"[a-z]+\.[a-z0-9]+(-[a-z0-9]+)*", rule.name)

    def test_is_a_sentence_for_users(self, rule: Rule) -> None:
        assert re.fullmatch(r"[A-Z`].*[.)]", rule.text)
        assert "|" not in rule.text, "it would end the cell of the table"

    def test_stands_beside_what_it_decides(self, rule: Rule) -> None:
        for module, name in rule.places:
            assert module.startswith("qchime.")
            assert name.split(".")[-1] in (HOUSE.parent / f"{module.replace('.', '/')}.py").read_text()

    def test_has_links_as_sources(self, rule: Rule) -> None:
        assert all(source.startswith("https://") for source in rule.sources)

    def test_has_at_least_two_choices_or_none(self, rule: Rule) -> None:
        assert len(rule.choices) != 1
        assert len(set(rule.choices)) == len(rule.choices)


def test_rules_with_choices_need_no_door() -> None:
    """They are found without importing the server, moto or the pytest plugin."""
    assert SERVICES.rules().keys() == {rule.name for rule in RULES if rule.choices}
    doors = ("qchime.mocking", "qchime.server", "qchime.moto", "qchime.pytest_plugin", "qchime.control")
    assert not [rule.name for rule in RULES if rule.choices and rule.module.startswith(doors)]


def test_an_operation_has_the_rules_that_stand_on_it() -> None:
    identity = SERVICES.named("chime-sdk-identity")
    names = [rule.name for rule in rules_of_operation(identity, "CreateAppInstanceUser")]
    assert sorted(names) == ["chime.existing-users", "chime.replayed-users", "chime.same-users"]


def test_the_page_is_that_of_the_rules() -> None:
    written = (ROOT / "docs" / "fidelity.md").read_text(encoding="utf-8")
    assert written == fidelity.page(), "run `make fidelity`"
