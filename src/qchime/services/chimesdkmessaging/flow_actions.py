"""The handle's `flows`: what happens to messages in channels with a flow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from qchime.core.words import call_with
from qchime.services.chimesdkmessaging.scripts import function_of_event
from qchime.world import Changes

Event = dict[str, Any]
"""What AWS sends to the Lambda function of a processor."""
Script = Callable[[Event], Any]
"""A function that processes a message; see `Flows.script`."""
Function = Callable[[Event], Mapping[str, object] | None] | Callable[[Event, Any], object]
"""A function of an event, or the handler of a Lambda function, which also takes a context."""
Kind = Literal["pass", "hold", "script", "invoke", "fail"]


@dataclass(frozen=True, slots=True)
class Action:
    """What happens to the messages of a flow."""

    flow: str | None
    """The flow's ARN or name; None is any flow."""
    kind: Kind
    function: Script | None = None
    """The function of a script."""


PASS = Action(None, "pass")


@dataclass(frozen=True, slots=True)
class PendingMessage:
    """A message that waits for a ChannelFlowCallback."""

    callback_id: str
    channel_arn: str
    channel_flow_arn: str
    event: Event
    """What AWS sends to the Lambda function of the processor."""


@dataclass
class KeptAction:
    """An action in a state."""

    flow: str | None
    kind: Literal["pass", "hold", "invoke", "fail"]


@dataclass
class FlowsState:
    """The state of the actions."""

    actions: list[KeptAction]


class Flows:
    """What channel flows do with messages: they pass, unless a test author chooses otherwise.

    A later choice overrides an earlier one, and those of an account override those for all accounts.
    """

    def __init__(self, everybody: Flows | None = None) -> None:
        self._everybody = everybody
        self.runs_functions = False
        """Whether messages have been scripted or invoke Lambda, here or in an account on top of this."""
        self.changes: Changes = Changes()
        self.backends: Callable[[], list[Any]] = list
        self._actions: list[Action] = []

    def hold(self, flow: str | None = None) -> None:
        """Hold messages: they are PENDING until the test calls ChannelFlowCallback.

        Here and in the other methods, `flow` is the ARN or name of a channel flow; all flows if omitted.
        """
        self._add(Action(flow, "hold"))

    def script(self, function: Function, flow: str | None = None) -> None:
        """Process messages with a function, which gets the event that AWS sends to Lambda.

        It returns None to pass the message on unchanged, or a dict with members of ChannelFlowCallback: the
        fields to replace, `{"ChannelMessage": {"Content": "***"}}`, or `{"DeleteResource": True}` to deny
        the message. The handler of a Lambda function, which calls ChannelFlowCallback itself, works too: its
        context is None, and its return value is ignored. The function runs after SendChannelMessage, whose
        response has the status PENDING, and before that response reaches the caller.

        Raises:
            TypeError: `function` does not take the event, or the event and the context.
        """
        self._add(Action(flow, "script", function_of_event(function)))

    def invoke(self, flow: str | None = None) -> None:
        """Invoke the Lambda functions of processors in moto, whose mock must be active.

        Messages are PENDING until the function calls ChannelFlowCallback. If a function cannot be invoked,
        its processor fails.
        """
        self._add(Action(flow, "invoke"))

    def fail(self, flow: str | None = None) -> None:
        """Make processors fail, as if AWS could not invoke their Lambda functions.

        With the FallbackAction CONTINUE messages pass, with ABORT they are FAILED.
        """
        self._add(Action(flow, "fail"))

    def pass_through(self, flow: str | None = None) -> None:
        """Let messages pass as if there were no flow, which is the default."""
        self._add(Action(flow, "pass"))

    def pending(self) -> list[PendingMessage]:
        """The messages that wait for a ChannelFlowCallback, by channel, in the order of sending."""
        return [message for backend in self.backends() for message in backend.pending_messages()]

    def action_for(self, arn: str, name: str) -> Action:
        """What happens to the messages of a flow."""
        above = self._everybody.action_for(arn, name) if self._everybody is not None else PASS
        return next((action for action in reversed(self._actions) if action.flow in (None, arn, name)), above)

    def reset(self) -> None:
        """Let the messages of all flows pass; in an account, return to the choices for all accounts.

        PENDING messages stay PENDING.
        """
        self._actions.clear()
        self.changes.note()

    def show(self) -> dict[str, Any]:
        """The actions, and the pending messages, as JSON."""
        actions = [{"flow": action.flow, "action": action.kind} for action in self._actions]
        pending = [
            {name: getattr(message, name) for name in PendingMessage.__slots__} for message in self.pending()
        ]
        return {"actions": actions, "pending": pending}

    def post(self, **given: Any) -> None:
        """Set an action: `{"action": "hold", "flow": "Censor"}`."""
        call_with(self._post, given)

    def _post(self, action: str, flow: str | None = None) -> None:
        kinds = [kind for kind in get_args(Kind) if kind != "script"]
        if action not in kinds:
            raise ValueError(f"There is no action {action!r} over HTTP. Choose from: {', '.join(kinds)}")
        self._add(Action(flow, action))  # type: ignore[arg-type]

    def _add(self, action: Action) -> None:
        if not isinstance(action.flow, str | None):
            raise TypeError(f"flow takes the ARN or name of a channel flow, not {action.flow!r}")
        self._actions.append(action)
        if action.kind in ("script", "invoke"):
            (self._everybody or self).runs_functions = True
        self.changes.note()

    def state(self) -> FlowsState:
        """All actions except scripts, which JSON cannot represent."""
        return FlowsState(
            [KeptAction(action.flow, action.kind) for action in self._actions if action.kind != "script"]
        )

    def restore(self, state: FlowsState) -> None:
        """Replace all actions with a saved state."""
        self._actions = []
        for kept in state.actions:
            self._add(Action(kept.flow, kept.kind))
