"""What counts as a change, for those who save the state."""

from collections.abc import Callable
from typing import Any

from qchime.control.handle import Handle
from qchime.core.cloud import Cloud
from qchime.core.cloud import cloud as default_cloud


def kept(handle: Handle) -> Any:
    """The state without the log of calls, which grows with reads too."""
    state = handle.dump()
    del state["world"]["calls"]
    return state


def assert_noticed(
    handle: Handle, act: Callable[[], object], *, changes: bool, cloud: Cloud = default_cloud
) -> None:
    """What may change the state is noticed as a change; what does not is no change, and changes nothing."""
    before, last = kept(handle), cloud.changes.last
    act()
    is_noticed = cloud.changes.last != last
    assert is_noticed == changes
    assert is_noticed or kept(handle) == before
