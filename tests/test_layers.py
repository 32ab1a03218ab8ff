"""What import-linter cannot check: imports of `qchime` itself, and names of services in strings."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import qchime
from qchime.core.table import SERVICES

HOUSE = Path(qchime.__file__).parent
MODULES = sorted(HOUSE.rglob("*.py"))
FACE = HOUSE / "__init__.py"
MAY_IMPORT_THE_FACE = {HOUSE / "pytest_plugin" / "__init__.py"}
"""The plugin's fixtures use only public names, as test authors do."""


def imports_at_run_time(node: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """The imports in a module, except those for type checkers."""
    for child in ast.iter_child_nodes(node):
        if (
            isinstance(child, ast.If)
            and isinstance(child.test, ast.Name)
            and child.test.id == "TYPE_CHECKING"
        ):
            yield from imports_at_run_time(ast.Module(child.orelse, []))
        elif isinstance(child, ast.Import | ast.ImportFrom):
            yield child
        else:
            yield from imports_at_run_time(child)


def uses_the_face(statement: ast.Import | ast.ImportFrom) -> bool:
    if isinstance(statement, ast.Import):
        return any(alias.name == "qchime" for alias in statement.names)
    is_module = [
        (HOUSE / alias.name).is_dir() or (HOUSE / f"{alias.name}.py").exists() for alias in statement.names
    ]
    return statement.module == "qchime" and not all(is_module)


def strings(tree: ast.AST) -> Iterator[str]:
    """The string constants, without docstrings."""
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.value


def test_no_module_imports_the_public_names() -> None:
    users = {
        module
        for module in MODULES
        if module != FACE and any(map(uses_the_face, imports_at_run_time(ast.parse(module.read_text()))))
    }
    assert users == MAY_IMPORT_THE_FACE


@pytest.mark.parametrize(
    "module",
    [module for module in MODULES if not module.is_relative_to(HOUSE / "services")],
    ids=lambda module: str(module.relative_to(HOUSE)),
)
def test_no_string_names_a_service(module: Path) -> None:
    names = {name for service in SERVICES for name in (service.name, service.module, service.endpoint_prefix)}
    found = [
        text
        for text in strings(ast.parse(module.read_text()))
        if text in names or text.startswith("qchime.services.")
    ]
    assert found == []
