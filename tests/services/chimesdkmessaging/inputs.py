"""A valid input for every operation, for tests of all operations."""

from typing import Any

from qchime.services.chimesdkmessaging import SERVICE as CHIME_SDK_MESSAGING
from tests.services.chimesdkidentity.samples import days, tags

MODEL = CHIME_SDK_MESSAGING.model
OPERATIONS = [name for name in MODEL.operation_names if CHIME_SDK_MESSAGING.supports(name)]
USERS = ("admin", "bob", "carol", "dave", "eve")


def set_scene(identity: Any, messaging: Any) -> dict[str, str]:
    """Create an app instance with a channel; returns its ARN, and the bearer's, an administrator and member.

    Bob is a member too, Carol is a moderator, Dave is banned, and Eve is not in the channel.
    """
    here = {"AppInstanceArn": identity.create_app_instance(Name="Chat")["AppInstanceArn"]}
    for name in USERS:
        identity.create_app_instance_user(**here, AppInstanceUserId=name, Name=name.capitalize())
    admin, bob, carol, dave, _ = (f"{here['AppInstanceArn']}/user/{name}" for name in USERS)
    identity.create_app_instance_admin(**here, AppInstanceAdminArn=admin)
    given = {"Name": "General", "MemberArns": [bob], "ModeratorArns": [carol], "Tags": tags(colour="blue")}
    channel = messaging.create_channel(**here, **given, ChimeBearer=admin)["ChannelArn"]
    messaging.create_channel_ban(ChannelArn=channel, MemberArn=dave, ChimeBearer=admin)
    return {"ChannelArn": channel, "ChimeBearer": admin}


def valid_inputs(scene: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Inputs by operation, for what `set_scene` has created."""
    channel, bearer = scene["ChannelArn"], scene["ChimeBearer"]
    instance = channel.partition("/channel/")[0]
    bob, carol, dave, eve = (f"{instance}/user/{name}" for name in USERS[1:])
    in_instance = {"AppInstanceArn": instance, "ChimeBearer": bearer}
    of_bearer = {**scene, "MemberArn": bearer}
    for_bearer = {**scene, "AppInstanceUserArn": bearer}
    filtered = {"PushNotifications": {"AllowNotifications": "FILTERED", "FilterRule": "{}"}}
    fields = [{"Key": "MEMBERS", "Operator": "INCLUDES", "Values": [bob]}]
    return {
        "BatchCreateChannelMembership": {**scene, "MemberArns": [eve]},
        "CreateChannel": {**in_instance, "Name": "Another"},
        "CreateChannelBan": {**scene, "MemberArn": eve},
        "CreateChannelMembership": {**scene, "MemberArn": eve, "Type": "DEFAULT"},
        "CreateChannelModerator": {**scene, "ChannelModeratorArn": bob},
        "DeleteChannel": scene,
        "DeleteChannelBan": {**scene, "MemberArn": dave},
        "DeleteChannelMembership": {**scene, "MemberArn": bob},
        "DeleteChannelModerator": {**scene, "ChannelModeratorArn": carol},
        "DescribeChannel": scene,
        "DescribeChannelBan": {**scene, "MemberArn": dave},
        "DescribeChannelMembership": {**scene, "MemberArn": bob},
        "DescribeChannelMembershipForAppInstanceUser": for_bearer,
        "DescribeChannelModeratedByAppInstanceUser": for_bearer,
        "DescribeChannelModerator": {**scene, "ChannelModeratorArn": carol},
        "GetChannelMembershipPreferences": of_bearer,
        "GetMessagingSessionEndpoint": {},
        "ListChannelBans": scene,
        "ListChannelMemberships": scene,
        "ListChannelMembershipsForAppInstanceUser": {"ChimeBearer": bearer},
        "ListChannelModerators": scene,
        "ListChannels": in_instance,
        "ListChannelsModeratedByAppInstanceUser": {"ChimeBearer": bearer},
        "ListTagsForResource": {"ResourceARN": channel},
        "PutChannelExpirationSettings": {**scene, "ExpirationSettings": days(7)},
        "PutChannelMembershipPreferences": {**of_bearer, "Preferences": filtered},
        "SearchChannels": {"ChimeBearer": bearer, "Fields": fields},
        "TagResource": {"ResourceARN": channel, "Tags": tags(colour="red")},
        "UntagResource": {"ResourceARN": channel, "TagKeys": ["colour"]},
        "UpdateChannel": {**scene, "Name": "Renamed"},
        "UpdateChannelReadMarker": scene,
    }
