"""Checks that calls could have produced a state, so that operations can rely on it."""

from collections.abc import Iterator

from qchime.services.chimesdkidentity.resources import AppInstance, AppInstanceUser, State

IntegrityError = tuple[str, str]
"""A place in the state, and what is wrong there."""


def integrity_errors(state: State, app_instance_arns: str) -> Iterator[IntegrityError]:
    """Check that every key matches its resource, and that every administrator exists."""
    for key, entry in state.app_instances.entries.items():
        place, instance = f"app_instances.entries.{key}", entry.resource
        yield from _arn(place, key, instance.app_instance_arn, f"{app_instance_arns}/")
        for kind in ("users", "admins", "bots"):
            for inner_place, what in _KINDS[kind](instance):
                yield f"{place}.resource.{kind}.entries.{inner_place}", what


def _users(instance: AppInstance) -> Iterator[IntegrityError]:
    for key, entry in instance.users.entries.items():
        yield from _arn(key, key, entry.resource.arn, f"{instance.app_instance_arn}/user/")
        yield from _endpoints(f"{key}.resource.endpoints.entries", entry.resource)


def _endpoints(place: str, user: AppInstanceUser) -> Iterator[IntegrityError]:
    for key, entry in user.endpoints.entries.items():
        endpoint = entry.resource
        if (key, user.arn) != (endpoint.endpoint_id, endpoint.app_instance_user_arn):
            yield f"{place}.{key}", "its key is not its endpoint_id, or it belongs to another user"


def _bots(instance: AppInstance) -> Iterator[IntegrityError]:
    for key, entry in instance.bots.entries.items():
        yield from _arn(key, key, entry.resource.arn, f"{instance.app_instance_arn}/bot/")


def _admins(instance: AppInstance) -> Iterator[IntegrityError]:
    for key, entry in instance.admins.entries.items():
        admin = entry.resource
        if (key, instance.app_instance_arn) != (admin.admin_arn, admin.app_instance_arn):
            yield key, "its key is not its admin_arn, or it belongs to another app instance"
        if key not in instance.users and key not in instance.bots:
            yield key, "there is no such user or bot"


_KINDS = {"users": _users, "admins": _admins, "bots": _bots}


def _arn(place: str, key: str, arn: str, start: str) -> Iterator[IntegrityError]:
    if key != arn:
        yield place, f"its key is not its ARN {arn}"
    if not arn.startswith(start) or "/" in arn.removeprefix(start) or arn == start:
        yield place, f"its ARN is not {start} followed by an id"
