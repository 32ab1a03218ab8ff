"""Messages on their way: at once to the members, or first through the channel's flow.

https://docs.aws.amazon.com/chime-sdk/latest/dg/using-channel-flows.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import chain
from typing import Any

from qchime import compat
from qchime.core.backend import Call
from qchime.rules import inferred
from qchime.services.chimesdkmessaging import SERVICE
from qchime.services.chimesdkmessaging.chat import Chat
from qchime.services.chimesdkmessaging.exceptions import BadRequestException, ConflictException, missing
from qchime.services.chimesdkmessaging.flow_actions import Action, Flows, PendingMessage
from qchime.services.chimesdkmessaging.message_directory import MessageDirectory
from qchime.services.chimesdkmessaging.places import part_of
from qchime.services.chimesdkmessaging.publishing import WRITERS
from qchime.services.chimesdkmessaging.resources import Callback, Message, SubChannel
from qchime.services.chimesdkmessaging.scripts import callback_input
from qchime.services.chimesdkmessaging.sizes import check_sizes
from qchime.world import DEFAULT_USER

CALLBACK_LIFETIME = timedelta(hours=48)
"""https://docs.aws.amazon.com/chime-sdk/latest/dg/processor-setup.html"""

FLOWS = inferred(
    "messaging.flows-pass",
    "Messages pass through a channel flow at once, and no Lambda function is invoked, unless a test author "
    "chooses otherwise. AWS invokes the function, and the message is PENDING meanwhile.",
    sources=["https://docs.aws.amazon.com/chime-sdk/latest/dg/using-channel-flows.html"],
    turn="flows.hold, flows.script or flows.invoke",
)

UPDATES = inferred(
    "messaging.update-in-flow",
    "While a channel flow processes an update, the message stays as it was; it also does if the update is "
    "denied or fails. An update of a message that has been redacted or deleted meanwhile has no effect.",
)

CALLBACKS = inferred(
    "messaging.flow-callback",
    "The processors of a channel flow run one after the other, each with its own CallbackId. A CallbackId "
    "that is unknown or older than 48 hours raises a ForbiddenException, one that was already used a "
    "ConflictException, and the MessageId of another message a BadRequestException.",
    sources=["https://docs.aws.amazon.com/chime-sdk/latest/dg/processor-setup.html"],
)


class Processing(MessageDirectory):
    """The way of new and updated messages."""

    @property
    def flows(self) -> Flows:
        """What a test author wants to happen in flows."""
        flows: Flows = self.world.words["flows"]
        return flows

    @FLOWS
    def submit(self, chat: Chat, part: SubChannel, draft: Message, change: str) -> str:
        """Deliver a new or updated message, or start the channel's flow; return its status.

        `change` is CREATE or UPDATE. Flows process STANDARD messages only.
        """
        flow = chat.flows.get(chat.channel_of(part).channel_flow_arn or "")
        is_processed = flow is not None and draft.type == "STANDARD"
        if flow is None or not is_processed or self._action(flow.channel_flow_arn, chat).kind == "pass":
            self._deliver(chat, part, draft, change)
            return "SENT"
        self._note(part, draft, change, "PENDING")
        processors = sorted(flow.processors, key=lambda processor: processor["execution_order"])
        draft = replace(draft)
        self._start(chat, part, self._callback(draft, change, flow.channel_flow_arn, processors), draft)
        return "PENDING"

    def _action(self, flow_arn: str, chat: Chat) -> Action:
        flow = chat.flows.get(flow_arn)
        return self.flows.action_for(flow_arn, flow.name if flow else "")

    def _callback(
        self, draft: Message, change: Any, flow_arn: str, processors: list[dict[str, Any]]
    ) -> Callback:
        now = self.world.clock.now()
        return Callback(self.new_uuid(), flow_arn, processors, change, draft.message_id, draft, now)

    def _start(self, chat: Chat, part: SubChannel, callback: Callback, draft: Message) -> None:
        """Let the first processor of a callback have the message."""
        self._forget_old(part)
        part.callbacks.add(callback.callback_id, callback)
        action = self._action(callback.channel_flow_arn, chat)
        if action.kind != "hold":
            event = self._event(part, callback, draft)
            self.lock.after_own_release(partial(self._process, action, part, callback, event))

    def _forget_old(self, part: SubChannel) -> None:
        """Forget expired callbacks, which are refused as unknown ones are."""
        before = self.world.clock.now() - CALLBACK_LIFETIME
        while part.callbacks and next(iter(part.callbacks)).created_timestamp <= before:
            part.callbacks.remove(next(iter(part.callbacks.entries)))

    def _process(self, action: Action, part: SubChannel, callback: Callback, event: dict[str, Any]) -> None:
        """Run a processor, without the lock: it may call this service itself."""
        if action.function is not None:
            answer = action.function(event)
            with self.lock:
                self._take(part, callback, answer)
            return
        problem = _problem_of(action, callback.processors[0], event)
        if problem is not None:
            with self.lock:
                self._fall_back(part, callback, problem)

    def _take(self, part: SubChannel, callback: Callback, answer: Any) -> None:
        """Call back with what a script returned, unless it has called back itself."""
        if callback.draft is None or self._current_chat(part, callback) is None:
            return
        operation = SERVICE.operation("ChannelFlowCallback")
        parameters = operation.bind(callback_input(operation, callback, part, answer))
        self.note_change()
        self.channel_flow_callback(Call(operation.method, DEFAULT_USER, parameters), **parameters)

    def _current_chat(self, part: SubChannel, callback: Callback) -> Chat | None:
        """The chat, if it still has this sub-channel with this callback."""
        chat = self.chats.get(part.app_instance_arn)
        channel = chat.channels.get(part.channel_arn) if chat else None
        is_current = channel is not None and part in channel.parts and callback.callback_id in part.callbacks
        return chat if is_current else None

    def _fall_back(self, part: SubChannel, callback: Callback, problem: str) -> None:
        """Do what the processor's FallbackAction says."""
        chat, draft = self._current_chat(part, callback), callback.draft
        if chat is None or draft is None:
            return
        self.note_change()
        callback.draft = None
        if callback.processors[0]["fallback_action"] == "CONTINUE":
            self._go_on(chat, part, callback, draft)
        else:
            draft.status_detail = problem[:256]
            self._note(part, draft, callback.change, "FAILED")

    @CALLBACKS
    def channel_flow_callback(
        self,
        call: Call,
        *,
        callback_id: str,
        channel_arn: str,
        channel_message: dict[str, Any],
        delete_resource: bool = False,
    ) -> dict[str, Any]:
        """Take what a processor made of a message; the members given replace those of the message."""
        chat, channel = self.channel_of(channel_arn)
        part = part_of(channel, channel_message.get("sub_channel_id"))
        callback, draft = self._open_callback(part, callback_id, channel_message["message_id"])
        given = {name: channel_message[name] for name in _REPLACED if name in channel_message}
        draft = replace(draft, **given)
        check_sizes(draft)
        callback.draft = None
        if delete_resource:
            self._note(part, draft, callback.change, "DENIED")
        else:
            self._go_on(chat, part, callback, draft)
        return {"channel_arn": channel_arn, "callback_id": callback_id}

    def _open_callback(self, part: SubChannel, callback_id: str, message_id: str) -> tuple[Callback, Message]:
        self._forget_old(part)
        callback = part.callbacks.get(callback_id)
        if callback is None:
            raise missing("callback of the last 48 hours:", callback_id).because(CALLBACKS)
        if callback.draft is None:
            raise ConflictException(f"The callback {callback_id} was already used.").because(CALLBACKS)
        if callback.message_id != message_id:
            message = f"The callback is for the message {callback.message_id}, not for {message_id}."
            raise BadRequestException(message).because(CALLBACKS)
        return callback, callback.draft

    def _go_on(self, chat: Chat, part: SubChannel, callback: Callback, draft: Message) -> None:
        """Let the next processor have the message, or deliver it after the last one."""
        flow_arn, rest = callback.channel_flow_arn, callback.processors[1:]
        if rest and self._action(flow_arn, chat).kind != "pass":
            self._start(chat, part, self._callback(draft, callback.change, flow_arn, rest), draft)
        else:
            self._deliver(chat, part, draft, callback.change)

    @UPDATES
    def _deliver(self, chat: Chat, part: SubChannel, draft: Message, change: str) -> None:
        draft.status, draft.status_detail, draft.update_status = "SENT", None, None
        if draft.persistence == "PERSISTENT":
            entry = part.messages.entries.get(draft.message_id)
            if entry is None or entry.resource.redacted:
                return
            entry.resource = draft
            channel = chat.channel_of(part)
            sent = [moment for moment in (channel.last_message_timestamp, draft.created_timestamp) if moment]
            channel.last_message_timestamp = max(sent)
        elif passed := part.passed.get(draft.message_id):
            passed.status = "SENT"
        self.publish_message(f"{change}_CHANNEL_MESSAGE", part, draft)

    def _note(self, part: SubChannel, draft: Message, change: str, status: str) -> None:
        """Note that a message is PENDING, FAILED or DENIED, and tell its sender."""
        stored = part.messages.get(draft.message_id)
        if change == "UPDATE" and stored is not None:
            stored.update_status = None if status == "DENIED" else status
        elif status == "DENIED":
            part.messages.remove(draft.message_id)
        elif stored is not None:
            stored.status, stored.status_detail = status, draft.status_detail
        if passed := part.passed.get(draft.message_id):
            passed.status = status
        shown = replace(draft, status=status)
        self.publish_message(f"{status}_{change}_CHANNEL_MESSAGE", part, shown)

    def _event(self, part: SubChannel, callback: Callback, draft: Message) -> dict[str, Any]:
        """What AWS sends to the Lambda function of a processor."""
        message = json.loads(WRITERS["ChannelMessage"](self.message_in_full(part, draft)))
        return {
            "EventType": "CHANNEL_MESSAGE_EVENT",
            "CallbackId": callback.callback_id,
            "ChannelMessage": {name: message[name] for name in message if name not in _NOT_IN_EVENT},
        }

    def pending_messages(self) -> Iterator[PendingMessage]:
        """The messages that wait for a callback."""
        with self.lock:
            channels = [channel for chat in self.chats.values() for channel in chat.channels]
            waiting = [
                PendingMessage(
                    callback.callback_id,
                    part.channel_arn,
                    callback.channel_flow_arn,
                    self._event(part, callback, callback.draft),
                )
                for part in chain.from_iterable(channel.parts for channel in channels)
                for callback in part.callbacks
                if callback.draft is not None
            ]
        return iter(waiting)


def _problem_of(action: Action, processor: dict[str, Any], event: dict[str, Any]) -> str | None:
    """Invoke the Lambda function of a processor, unless it is to fail. Return why it could not be invoked."""
    if action.kind == "fail":
        return "The processor fails because of flows.fail."
    return compat.invoke_moto_lambda(processor["configuration"]["lambda"]["resource_arn"], json.dumps(event))


_REPLACED = ("content", "metadata", "message_attributes", "content_type")
"""What a callback may replace. A push notification is sent to devices only."""
_NOT_IN_EVENT = ("Redacted", "Status")
