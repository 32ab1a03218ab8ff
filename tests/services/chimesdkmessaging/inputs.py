"""A valid input for every operation, for tests of all operations."""

from typing import Any

from qchime.control.handle import CloudHandle
from qchime.services.chimesdkmessaging import SERVICE as CHIME_SDK_MESSAGING
from tests.services.chimesdkidentity.samples import days, tags
from tests.services.chimesdkmessaging.samples import ELASTIC, MESSAGE, processors, streams

MODEL = CHIME_SDK_MESSAGING.model
OPERATIONS = [name for name in MODEL.operation_names if CHIME_SDK_MESSAGING.supports(name)]
USERS = ("admin", "bob", "carol", "dave", "eve")


def set_scene(identity: Any, messaging: Any) -> dict[str, str]:
    """Create an app instance with a channel; returns what inputs refer to.

    The bearer is an administrator and a member. Bob is a member too, Carol is a moderator, Dave is banned,
    and Eve is not in the channel. A message is sent there, and one is held by the flow of another channel.
    A third channel is elastic.
    """
    here = {"AppInstanceArn": identity.create_app_instance(Name="Chat")["AppInstanceArn"]}
    for name in USERS:
        identity.create_app_instance_user(**here, AppInstanceUserId=name, Name=name.capitalize())
    admin, bob, carol, dave, _ = (f"{here['AppInstanceArn']}/user/{name}" for name in USERS)
    identity.create_app_instance_admin(**here, AppInstanceAdminArn=admin)
    given = {"Name": "General", "MemberArns": [bob], "ModeratorArns": [carol], "Tags": tags(colour="blue")}
    channel = messaging.create_channel(**here, **given, ChimeBearer=admin)["ChannelArn"]
    messaging.create_channel_ban(ChannelArn=channel, MemberArn=dave, ChimeBearer=admin)
    scene = {"ChannelArn": channel, "ChimeBearer": admin}
    sent = messaging.send_channel_message(**scene, **MESSAGE)["MessageId"]
    used, unused = (
        messaging.create_channel_flow(**here, Name=name, Processors=processors())["ChannelFlowArn"]
        for name in ("Held", "Unused")
    )
    other = messaging.create_channel(**here, Name="Held", Privacy="PRIVATE", ChimeBearer=admin)["ChannelArn"]
    there = {"ChannelArn": other, "ChimeBearer": admin}
    messaging.associate_channel_flow(**there, ChannelFlowArn=used)
    actions: Any = CloudHandle()
    actions.flows.hold("Held")
    held = messaging.send_channel_message(**there, **MESSAGE)["MessageId"]
    callback = next(one.callback_id for one in actions.flows.pending() if held in str(one.event))
    messaging.put_messaging_streaming_configurations(**here, **streams(channel, "Channel"))
    more = {"Name": "Elastic", "ElasticChannelConfiguration": ELASTIC, "ChimeBearer": admin}
    elastic = {"ElasticChannelArn": messaging.create_channel(**here, **more)["ChannelArn"]}
    flows = {"ChannelFlowArn": used, "UnusedFlowArn": unused}
    held_there = {"HeldChannelArn": other, "HeldMessageId": held, "CallbackId": callback}
    return {**scene, "MessageId": sent, **held_there, **flows, **elastic}


def valid_inputs(scene: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Inputs by operation, for what `set_scene` has created."""
    channel, bearer = scene["ChannelArn"], scene["ChimeBearer"]
    used, unused = {"ChannelFlowArn": scene["ChannelFlowArn"]}, {"ChannelFlowArn": scene["UnusedFlowArn"]}
    callback = {"CallbackId": scene["CallbackId"], "ChannelMessage": {"MessageId": scene["HeldMessageId"]}}
    message, held = {"MessageId": scene["MessageId"]}, scene["HeldChannelArn"]
    elastic = {"ChannelArn": scene["ElasticChannelArn"], "ChimeBearer": bearer}
    scene = {"ChannelArn": channel, "ChimeBearer": bearer}
    instance = channel.partition("/channel/")[0]
    bob, carol, dave, eve = (f"{instance}/user/{name}" for name in USERS[1:])
    in_instance = {"AppInstanceArn": instance, "ChimeBearer": bearer}
    of_bearer = {**scene, "MemberArn": bearer}
    for_bearer = {**scene, "AppInstanceUserArn": bearer}
    filtered = {"PushNotifications": {"AllowNotifications": "FILTERED", "FilterRule": "{}"}}
    fields = [{"Key": "MEMBERS", "Operator": "INCLUDES", "Values": [bob]}]
    return {
        "AssociateChannelFlow": {**scene, **used},
        "BatchCreateChannelMembership": {**scene, "MemberArns": [eve]},
        "ChannelFlowCallback": {"ChannelArn": held, **callback},
        "CreateChannel": {**in_instance, "Name": "Another"},
        "CreateChannelBan": {**scene, "MemberArn": eve},
        "CreateChannelFlow": {"AppInstanceArn": instance, "Name": "Another", "Processors": processors()},
        "CreateChannelMembership": {**scene, "MemberArn": eve, "Type": "DEFAULT"},
        "CreateChannelModerator": {**scene, "ChannelModeratorArn": bob},
        "DeleteChannel": scene,
        "DeleteChannelBan": {**scene, "MemberArn": dave},
        "DeleteChannelFlow": unused,
        "DeleteChannelMembership": {**scene, "MemberArn": bob},
        "DeleteChannelMessage": {**scene, **message},
        "DeleteChannelModerator": {**scene, "ChannelModeratorArn": carol},
        "DeleteMessagingStreamingConfigurations": {"AppInstanceArn": instance},
        "DescribeChannel": scene,
        "DescribeChannelBan": {**scene, "MemberArn": dave},
        "DescribeChannelFlow": used,
        "DescribeChannelMembership": {**scene, "MemberArn": bob},
        "DescribeChannelMembershipForAppInstanceUser": for_bearer,
        "DescribeChannelModeratedByAppInstanceUser": for_bearer,
        "DescribeChannelModerator": {**scene, "ChannelModeratorArn": carol},
        "DisassociateChannelFlow": {**scene, **used, "ChannelArn": held},
        "GetChannelMembershipPreferences": of_bearer,
        "GetMessagingSessionEndpoint": {},
        "GetChannelMessage": {**scene, **message},
        "GetChannelMessageStatus": {**scene, **message},
        "GetMessagingStreamingConfigurations": {"AppInstanceArn": instance},
        "ListChannelBans": scene,
        "ListChannelFlows": {"AppInstanceArn": instance},
        "ListChannelMemberships": scene,
        "ListChannelMembershipsForAppInstanceUser": {"ChimeBearer": bearer},
        "ListChannelMessages": scene,
        "ListChannelModerators": scene,
        "ListChannels": in_instance,
        "ListChannelsAssociatedWithChannelFlow": used,
        "ListChannelsModeratedByAppInstanceUser": {"ChimeBearer": bearer},
        "ListSubChannels": elastic,
        "ListTagsForResource": {"ResourceARN": channel},
        "PutChannelExpirationSettings": {**scene, "ExpirationSettings": days(7)},
        "PutChannelMembershipPreferences": {**of_bearer, "Preferences": filtered},
        "PutMessagingStreamingConfigurations": {"AppInstanceArn": instance, **streams(channel)},
        "RedactChannelMessage": {**scene, **message},
        "SearchChannels": {"ChimeBearer": bearer, "Fields": fields},
        "SendChannelMessage": {**scene, **MESSAGE},
        "TagResource": {"ResourceARN": channel, "Tags": tags(colour="red")},
        "UntagResource": {"ResourceARN": channel, "TagKeys": ["colour"]},
        "UpdateChannel": {**scene, "Name": "Renamed"},
        "UpdateChannelFlow": {**used, "Name": "Renamed", "Processors": processors()},
        "UpdateChannelMessage": {**scene, **message, "Content": "Good evening"},
        "UpdateChannelReadMarker": scene,
    }
