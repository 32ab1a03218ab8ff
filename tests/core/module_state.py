"""Finds what calls change in qchime's modules. Run as a program, it prints the places as JSON."""

import importlib
import json
import pkgutil
import sys
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from functools import partial
from types import ModuleType
from typing import Any

import boto3

import qchime
from qchime.control.handle import CloudHandle
from qchime.core.clients import deliver, from_client
from qchime.core.cloud import Cloud, cloud
from qchime.core.dispatch import respond
from qchime.restjson import Request
from tests.services.chimesdkidentity.samples import tags
from tests.services.qapps.samples import HERE, definition, query, text

Place = tuple[str, ...]


def import_all() -> None:
    for module in pkgutil.walk_packages(qchime.__path__, "qchime."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def snapshot() -> dict[Place, str]:
    """Every value reachable from a module of qchime, through containers and instances, by its place."""
    found: dict[Place, str] = {}
    seen: set[int] = set()
    for name, module in sorted(sys.modules.items()):
        if name.partition(".")[0] == "qchime":
            for attribute, value in vars(module).items():
                if not attribute.startswith("__"):
                    _walk((name, attribute), value, found, seen)
    return found


def _walk(place: Place, value: Any, found: dict[Place, str], seen: set[int]) -> None:
    if hasattr(value, "cache_info"):
        found[place] = f"{value.cache_info().currsize} answers are remembered"
        return
    children = list(_children(value))
    found[place] = _shown(value) if not children else type(value).__name__
    is_class_elsewhere = isinstance(value, type) and len(place) != 2
    if id(value) not in seen and not is_class_elsewhere:
        seen.add(id(value))
        for step, child in children:
            _walk((*place, step), child, found, seen)


def _shown(value: Any) -> str:
    kinds = (str, bytes, int, float, bool, type(None), Mapping, list, set, frozenset, tuple, deque, Counter)
    return repr(value) if isinstance(value, kinds) else f"{type(value).__name__} {id(value)}"


def _children(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and not isinstance(value, type):
        yield from ((str(key), inner) for key, inner in list(value.items()) if _is_plain(value))
    elif isinstance(value, list | tuple | set | frozenset | deque):
        yield from ((str(number), inner) for number, inner in enumerate(list(value)))
    elif type(value).__module__ == "_weakrefset":
        yield "length", len(value)
    elif isinstance(value, type):
        if value.__module__.partition(".")[0] == "qchime":
            yield from ((n, v) for n, v in list(vars(value).items()) if not n.startswith(("__", "_abc_")))
    elif type(value).__module__.partition(".")[0] == "qchime" and not isinstance(value, ModuleType):
        yield from list(getattr(value, "__dict__", {}).items())
        slots = [slot for kind in type(value).__mro__ for slot in getattr(kind, "__slots__", ())]
        yield from ((slot, getattr(value, slot)) for slot in slots if hasattr(value, slot))
    elif type(value).__name__ == "Random":
        yield "state", hash(value.getstate())


def _is_plain(value: Any) -> bool:
    """Whether a mapping is a plain container, and not one of ours that creates values on access."""
    return type(value).__module__.partition(".")[0] != "qchime"


def use(used: Cloud) -> None:
    """Call both services, and use the handle, with valid and invalid arguments."""
    handle: Any = CloudHandle(used)
    handle.answers.add(card="Query", text=str.upper)
    handle.limits.app_instances_per_account = 2
    handle.faults.add("ListQApps", "ThrottlingException", times=1)
    for user in (handle.users.add("alice@example.com"), handle.account("111122223333").users.add("b@b.com")):
        _use_chime(_client(used, "chime-sdk-identity", user.credentials))
        _use_qapps(_client(used, "qapps", user.credentials))
    respond(used, Request("GET", "localhost", "/nothing", "", {}, b""))
    handle.clock.advance(days=1)
    handle.load(handle.dump())
    handle.account("111122223333").load(handle.account("111122223333").dump())
    handle.account("111122223333").reset()
    handle.reset()


def _client(used: Cloud, service: str, credentials: dict[str, str]) -> Any:
    make: Any = boto3.client
    client = make(service, region_name="us-east-1", **credentials)
    client.meta.events.register_first("before-send", partial(_answer, used))
    return client


def _answer(used: Cloud, request: Any, **_: Any) -> Any:
    return deliver(request.url, respond(used, from_client(request)))


def _use_chime(client: Any) -> None:
    arn = client.create_app_instance(Name="chat", Tags=tags(team="a"))["AppInstanceArn"]
    user = client.create_app_instance_user(AppInstanceArn=arn, AppInstanceUserId="a", Name="Ann")
    client.create_app_instance_admin(AppInstanceArn=arn, AppInstanceAdminArn=user["AppInstanceUserArn"])
    client.list_tags_for_resource(ResourceARN=arn)
    client.list_app_instances()
    for name in ("x" * 300, "second", "one too many"):
        _try(client.create_app_instance, Name=name)
    _try(client.delete_app_instance, AppInstanceArn=f"{arn}x")


def _use_qapps(client: Any) -> None:
    client.list_q_apps(**HERE)
    app = client.create_q_app(**HERE, title="App", appDefinition=definition(text(), query()))["appId"]
    client.update_q_app_permissions(
        **HERE, appId=app, grantPermissions=[{"action": "read", "principal": "carol@example.com"}]
    )
    session = client.start_q_app_session(**HERE, appId=app, appVersion=1)["sessionId"]
    client.get_q_app_session(**HERE, sessionId=session)
    client.predict_q_app(**HERE, options={"problemStatement": "help"})
    _try(client.get_q_app, **HERE, appId="no")


def _try(operation: Any, **given: Any) -> None:
    try:
        operation(**given)
    except Exception as error:
        if not hasattr(error, "response"):
            raise


def main() -> None:
    """Use a new cloud, or the default one, and print what has changed."""
    import_all()
    used = cloud if "default" in sys.argv else Cloud()
    before = snapshot()
    use(used)
    after = snapshot()
    changed = [place for place in before.keys() | after.keys() if before.get(place) != after.get(place)]
    sys.stdout.write(json.dumps(sorted(".".join(place) for place in changed)))


if __name__ == "__main__":
    main()
