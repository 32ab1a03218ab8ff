"""All rules of qchime and of the installed services, and what each of them is about."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from qchime.core.service import Service
from qchime.core.table import SERVICES
from qchime.restjson import python_name
from qchime.rules import RULES, Place, Rule

_WITHOUT_RULES = ("qchime.__main__", "qchime.pytest_plugin")
"""One runs the command line, and the other is pytest's to import."""

EVERY_SERVICE = "Every service"
SUBJECTS = {"qchime.server": "Server", "qchime.moto": "CloudFormation with moto", "qchime": EVERY_SERVICE}
"""The subjects of rules that are decided outside of services, by package."""


def all_rules() -> list[Rule]:
    """Every rule, by name. This imports every module of qchime, and those that the services' rows name.

    Without the extra that a module needs, as that about CloudFormation does, its rules may be missing.
    """
    _import_all("qchime")
    for service in SERVICES:
        _ = service.backend, service.exceptions, service.routes, service.sockets
    SERVICES.words()
    return [RULES[name] for name in sorted(RULES)]


def rules_by_subject() -> dict[str, list[Rule]]:
    """Every rule, by the title of the service that it is about, or by another subject."""
    titles = {_home(service): service.title for service in SERVICES}
    subjects: dict[str, list[Rule]] = {title: [] for title in (EVERY_SERVICE, *titles.values())}
    for rule in all_rules():
        fitting = (home for home in (*titles, *SUBJECTS) if f"{rule.module}.".startswith(f"{home}."))
        subjects.setdefault({**SUBJECTS, **titles}[next(fitting, "qchime")], []).append(rule)
    return {subject: rules for subject, rules in subjects.items() if rules}


def rules_of_operation(service: Service, operation: str) -> list[Rule]:
    """The rules that stand on an operation, by the model's name of it."""
    method = getattr(service.backend, python_name(operation))
    place = Place(method.__module__, method.__qualname__)
    return [rule for rule in RULES.values() if place in rule.targets]


def _home(service: Service) -> str:
    """The package of a service, or its only module."""
    module = service.backend.__module__
    return module.rpartition(".")[0] or module


def _import_all(name: str) -> None:
    try:
        package = import_module(name)
    except ImportError as error:
        cause = error.__cause__ or error
        missing = cause.name if isinstance(cause, ModuleNotFoundError) else None
        if missing is None or missing.partition(".")[0] == "qchime":
            raise
        return  # the package that it requires need not be installed
    for found in iter_modules(getattr(package, "__path__", []), f"{name}."):
        if found.name not in _WITHOUT_RULES:
            _import_all(found.name)
