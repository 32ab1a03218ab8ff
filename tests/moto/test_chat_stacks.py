"""Users, channels and channel flows created, updated and deleted by stacks."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from qchime import mock_chimesdkmessaging
from qchime.control.handle import CloudHandle
from qchime.server import Server
from tests.moto.stacks import Stacks, with_properties

CENSOR = "arn:aws:lambda:us-east-1:123456789012:function:censor"


def expiry(days: Any, criterion: str = "CREATED_TIMESTAMP") -> dict[str, Any]:
    return {"ExpirationDays": days, "ExpirationCriterion": criterion}


def processor(**other: Any) -> dict[str, Any]:
    configuration = {"Lambda": {"ResourceArn": CENSOR, "InvocationType": "ASYNC"}}
    required = {
        "Name": "Censor",
        "Configuration": configuration,
        "ExecutionOrder": 1,
        "FallbackAction": "ABORT",
    }
    return required | other


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    given = {"AppInstanceArn": {"Ref": "Chat"}, "Tags": [{"Key": "team", "Value": "a"}]} | properties
    return {"Type": f"AWS::Chime::{kind}", "Properties": given}


TEMPLATE: dict[str, Any] = {
    "Resources": {
        "Chat": {"Type": "AWS::Chime::AppInstance", "Properties": {"Name": "chat"}},
        "Alice": resource(
            "AppInstanceUser",
            AppInstanceUserId="alice",
            Name="Alice",
            Metadata="v1",
            ExpirationSettings=expiry(30),
        ),
        "Bob": resource("AppInstanceUser", AppInstanceUserId="bob", Name="Bob"),
        "General": resource(
            "Channel",
            ChimeBearer={"Ref": "Alice"},
            Name="General",
            Mode="UNRESTRICTED",
            Privacy="PRIVATE",
            Metadata="v1",
            MemberArns=[{"Ref": "Bob"}],
            ExpirationSettings=expiry(7, "LAST_MESSAGE_TIMESTAMP"),
        ),
        "Flow": resource("ChannelFlow", Name="Censored", Processors=[processor()]),
    },
    "Outputs": {name: {"Value": {"Ref": name}} for name in ("Chat", "Alice", "Bob", "General", "Flow")},
}


ELASTIC: dict[str, Any] = {
    "ElasticChannelConfiguration": {
        "MaximumSubChannels": "2",
        "TargetMembershipsPerSubChannel": 3,
        "MinimumMembershipPercentage": 40,
    },
    "Mode": "RESTRICTED",
    "MemberArns": None,
    "ModeratorArns": [{"Ref": "Bob"}],
}
"""Properties that make a channel elastic."""


def changed(logical_id: str, **properties: Any) -> dict[str, Any]:
    """The template with other properties of a resource; None removes one."""
    return with_properties(TEMPLATE, logical_id, **properties)


def with_output(value: Any) -> dict[str, Any]:
    """The template with one more output."""
    return TEMPLATE | {"Outputs": TEMPLATE["Outputs"] | {"Value": {"Value": value}}}


def with_resources(**resources: Any) -> dict[str, Any]:
    """A template with these resources alone, each of which is an output."""
    return {"Resources": resources, "Outputs": {name: {"Value": {"Ref": name}} for name in resources}}


class Chat:
    """An app instance that does not belong to the stack, and its resources."""

    def __init__(self, stacks: Stacks) -> None:
        self.chime, self.messaging = stacks.chime, stacks.messaging
        self.arn = self.chime.create_app_instance(Name="elsewhere")["AppInstanceArn"]

    def add_user(self, name: str) -> str:
        return str(
            self.chime.create_app_instance_user(AppInstanceArn=self.arn, AppInstanceUserId=name, Name=name)[
                "AppInstanceUserArn"
            ]
        )

    def add_admin(self) -> str:
        admin = self.add_user("admin")
        self.chime.create_app_instance_admin(AppInstanceArn=self.arn, AppInstanceAdminArn=admin)
        return admin

    def channels(self, bearer: str) -> list[str]:
        found = self.messaging.list_channels(AppInstanceArn=self.arn, ChimeBearer=bearer)["Channels"]
        return [channel["Name"] for channel in found]

    def flows(self) -> list[str]:
        found = self.messaging.list_channel_flows(AppInstanceArn=self.arn)["ChannelFlows"]
        return [flow["Name"] for flow in found]

    def resources(self, **properties: Any) -> dict[str, Any]:
        """A user, and a channel of its own."""
        alice = resource("AppInstanceUser", AppInstanceArn=self.arn, AppInstanceUserId="alice", Name="Alice")
        channel = {"AppInstanceArn": self.arn, "ChimeBearer": {"Ref": "Alice"}, "Name": "General"}
        return with_resources(Alice=alice, General=resource("Channel", **channel | properties))


@pytest.fixture
def elsewhere(stacks: Stacks) -> Chat:
    return Chat(stacks)


class TestCreation:
    def test_of_users(self, stacks: Stacks) -> None:
        alice = stacks.create(TEMPLATE)["Alice"]

        user = stacks.user(alice)
        assert alice.endswith("/user/alice")
        assert (user["Name"], user["Metadata"], user["ExpirationSettings"]) == ("Alice", "v1", expiry(30))
        assert stacks.tags(alice) == {"team": "a"}

    def test_of_channels(self, stacks: Stacks) -> None:
        outputs = stacks.create(TEMPLATE)
        arn, bearer = outputs["General"].split("|")

        channel = stacks.channel(outputs["General"])
        assert (channel["Name"], channel["Metadata"]) == ("General", "v1")
        assert (channel["Mode"], channel["Privacy"]) == ("UNRESTRICTED", "PRIVATE")
        assert channel["ExpirationSettings"] == expiry(7, "LAST_MESSAGE_TIMESTAMP")
        assert stacks.tags(arn) == {"team": "a"}
        members = stacks.messaging.list_channel_memberships(ChannelArn=arn, ChimeBearer=bearer)
        assert [each["Member"]["Name"] for each in members["ChannelMemberships"]] == ["Alice", "Bob"]

    def test_of_elastic_channels(self, stacks: Stacks) -> None:
        reference = stacks.create(changed("General", **ELASTIC))["General"]
        arn, bearer = reference.split("|")

        assert stacks.channel(reference)["ElasticChannelConfiguration"] == {
            "MaximumSubChannels": 2,
            "TargetMembershipsPerSubChannel": 3,
            "MinimumMembershipPercentage": 40,
        }
        parts = stacks.messaging.list_sub_channels(ChannelArn=arn, ChimeBearer=bearer)["SubChannels"]
        assert [part["MembershipCount"] for part in parts] == [0]
        stacks.update(changed("General", **ELASTIC, Name="Renamed", ExpirationSettings=None))
        channel = stacks.channel(reference)
        assert (channel["Name"], "ExpirationSettings" in channel) == ("Renamed", False)

    def test_of_channel_flows(self, stacks: Stacks) -> None:
        arn = stacks.create(TEMPLATE)["Flow"]

        flow = stacks.flow(arn)
        assert (flow["Name"], flow["Processors"]) == ("Censored", [processor()])
        assert stacks.tags(arn) == {"team": "a"}

    @pytest.mark.rule("cloudformation.scalars")
    def test_with_numbers_from_parameters_and_as_strings(self, stacks: Stacks) -> None:
        """CloudFormation passes the values of parameters as strings."""
        template = changed(
            "Alice", ExpirationSettings=expiry({"Fn::Sub": "${Days}"}), Name=1, Metadata=True
        ) | {"Parameters": {"Days": {"Type": "String", "Default": "90"}}}
        template["Resources"]["Flow"]["Properties"]["Processors"] = [processor(ExecutionOrder="2")]
        outputs = stacks.create(template)

        user = stacks.user(outputs["Alice"])
        assert (user["ExpirationSettings"]["ExpirationDays"], user["Name"], user["Metadata"]) == (
            90,
            "1",
            "true",
        )
        assert stacks.flow(outputs["Flow"])["Processors"][0]["ExecutionOrder"] == 2

    def test_without_items_that_have_no_value(self, stacks: Stacks) -> None:
        nothing = {"Fn::If": ["HasModerators", {"Ref": "Alice"}, {"Ref": "AWS::NoValue"}]}
        template = changed("General", MemberArns=[nothing, {"Ref": "Bob"}], Metadata=nothing)
        reference = stacks.create(template | {"Conditions": {"HasModerators": {"Fn::Equals": ["a", "b"]}}})

        assert "Metadata" not in stacks.channel(reference["General"])

    def test_by_a_bot_as_bearer(self, stacks: Stacks, elsewhere: Chat) -> None:
        lex = {"LexBotAliasArn": "arn:aws:lex:us-east-1:123456789012:bot-alias/ABCDEFGHIJ/KLMNOPQRST"}
        bot = elsewhere.chime.create_app_instance_bot(
            AppInstanceArn=elsewhere.arn, Configuration={"Lex": lex | {"LocaleId": "en_US"}}
        )["AppInstanceBotArn"]
        stacks.create(elsewhere.resources(ChimeBearer=bot))

        assert elsewhere.channels(bot) == ["General"]


class TestReferences:
    def test_a_channel_is_identified_by_its_arn_and_its_bearer(self, stacks: Stacks) -> None:
        template = with_output({"Fn::GetAtt": ["General", "Arn"]})
        outputs = stacks.create(template)

        assert outputs["General"] == f"{outputs['Value']}|{outputs['Alice']}"
        listed = stacks.cloudformation.describe_stack_resources(StackName="chat")["StackResources"]
        ids = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in listed}
        assert ids == {name: outputs[name] for name in TEMPLATE["Resources"]}

    @pytest.mark.parametrize(
        ("attribute", "pattern"),
        [
            (("Alice", "AppInstanceUserArn"), "{Chat}/user/alice"),
            (("General", "CreatedBy.Arn"), "{Alice}"),
            (("General", "CreatedBy.Name"), "Alice"),
            (("Flow", "Arn"), "{Flow}"),
        ],
        ids=".".join,
    )
    def test_attributes(self, stacks: Stacks, attribute: tuple[str, str], pattern: str) -> None:
        outputs = stacks.create(with_output({"Fn::GetAtt": list(attribute)}))
        assert outputs["Value"] == pattern.format(**outputs)

    def test_attributes_that_are_parts_of_an_arn(self, stacks: Stacks) -> None:
        parts = "${Flow.AppInstanceId} ${Flow.ChannelFlowId}"
        outputs = stacks.create(with_output({"Fn::Sub": parts}))

        instance, flow = outputs["Value"].split()
        assert (outputs["Chat"].endswith(f"/{instance}"), outputs["Flow"].endswith(f"/{flow}")) == (
            True,
            True,
        )

    @pytest.mark.parametrize("name", ["Chat", "General", "Flow"])
    @pytest.mark.parametrize("attribute", ["CreatedTimestamp", "LastUpdatedTimestamp"])
    def test_timestamps_are_in_iso_8601(self, stacks: Stacks, name: str, attribute: str) -> None:
        with mock_chimesdkmessaging() as mock:
            outputs = stacks.create(with_output({"Fn::GetAtt": [name, attribute]}))
            assert outputs["Value"] <= mock.clock.now().isoformat()
        assert outputs["Value"].endswith("Z")

    def test_attributes_are_those_of_the_moment(self, stacks: Stacks) -> None:
        """The channel flow of a channel, which only the API can associate."""
        outputs = stacks.create(TEMPLATE)
        arn, bearer = outputs["General"].split("|")
        stacks.messaging.associate_channel_flow(
            ChannelArn=arn, ChannelFlowArn=outputs["Flow"], ChimeBearer=bearer
        )
        template = with_output({"Fn::GetAtt": ["General", "ChannelFlowArn"]})
        stacks.update(template)

        assert stacks.outputs()["Value"] == outputs["Flow"]

    def test_attributes_are_those_of_a_loaded_state(self, stacks: Stacks) -> None:
        with mock_chimesdkmessaging() as mock:
            outputs = stacks.create(TEMPLATE)
            state = mock.dump()
            arn, bearer = outputs["General"].split("|")
            stacks.messaging.delete_channel(ChannelArn=arn, ChimeBearer=bearer)
            mock.load(state)
            stacks.update(with_output({"Fn::GetAtt": ["General", "CreatedBy.Name"]}))

            assert stacks.outputs()["Value"] == "Alice"

    def test_other_resources_can_refer_to_attributes(self, stacks: Stacks) -> None:
        template = with_resources(
            **TEMPLATE["Resources"],
            Kept={
                "Type": "AWS::SSM::Parameter",
                "Properties": {"Name": "kept", "Type": "String", "Value": {"Fn::Sub": "${General.Arn}"}},
            },
        )
        outputs = stacks.create(template)

        kept = stacks.ssm.get_parameter(Name="kept")["Parameter"]["Value"]
        assert outputs["General"].startswith(f"{kept}|")

    @pytest.mark.rule("cloudformation.absent-attributes")
    @pytest.mark.parametrize("attribute", ["ChannelFlowArn", "LastMessageTimestamp"])
    def test_absent_attributes_have_no_value(self, stacks: Stacks, attribute: str) -> None:
        outputs = stacks.create(with_output({"Fn::GetAtt": ["General", attribute]}))
        assert outputs.keys() == TEMPLATE["Outputs"].keys()

    @pytest.mark.rule("cloudformation.absent-attributes")
    @pytest.mark.parametrize(("attribute", "remains"), [("CreatedTimestamp", False), ("Arn", True)])
    def test_attributes_of_a_channel_that_is_gone(
        self, stacks: Stacks, attribute: str, remains: bool
    ) -> None:
        outputs = stacks.create(TEMPLATE)
        arn, bearer = outputs["General"].split("|")
        stacks.messaging.delete_channel(ChannelArn=arn, ChimeBearer=bearer)
        stacks.update(with_output({"Fn::GetAtt": ["General", attribute]}))

        assert ("Value" in stacks.outputs()) == remains

    @pytest.mark.parametrize(
        ("name", "attribute"),
        [
            ("General", "ChannelArn"),
            ("General", "Name"),
            ("General", "CreatedBy.Age"),
            ("General", "Arn.Name"),
            ("Flow", "ChannelFlowArn"),
            ("Alice", "Arn"),
        ],
    )
    def test_unknown_attributes_are_refused(self, stacks: Stacks, name: str, attribute: str) -> None:
        value = {"Fn::GetAtt": [name, attribute]}
        named = resource("ChannelFlow", Name=value, Processors=[processor()])
        for template in (with_output(value), with_resources(**TEMPLATE["Resources"], Named=named)):
            with pytest.raises(
                ClientError, match=f"does not support attribute type {attribute} in Fn::GetAtt"
            ):
                stacks.create(template)


class TestUpdates:
    def test_change_a_user_in_place(self, stacks: Stacks) -> None:
        alice = stacks.create(TEMPLATE)["Alice"]
        stacks.update(changed("Alice", Name="Alison", Metadata="v2", ExpirationSettings=expiry(60)))

        assert stacks.outputs()["Alice"] == alice
        user = stacks.user(alice)
        assert (user["Name"], user["Metadata"], user["ExpirationSettings"]) == ("Alison", "v2", expiry(60))

    def test_change_a_channel_in_place(self, stacks: Stacks) -> None:
        reference = stacks.create(TEMPLATE)["General"]
        stacks.update(
            changed("General", Name="New", Metadata="v2", Mode="RESTRICTED", ExpirationSettings=expiry(60))
        )

        assert stacks.outputs()["General"] == reference
        channel = stacks.channel(reference)
        assert (channel["Name"], channel["Metadata"], channel["Mode"]) == ("New", "v2", "RESTRICTED")
        assert channel["ExpirationSettings"] == expiry(60)

    def test_change_a_channel_flow_in_place(self, stacks: Stacks) -> None:
        arn = stacks.create(TEMPLATE)["Flow"]
        stacks.update(changed("Flow", Name="New", Processors=[processor(FallbackAction="CONTINUE")]))

        assert stacks.outputs()["Flow"] == arn
        flow = stacks.flow(arn)
        assert (flow["Name"], flow["Processors"][0]["FallbackAction"]) == ("New", "CONTINUE")

    @pytest.mark.rule("cloudformation.removed-properties")
    def test_remove_what_the_template_no_longer_has(self, stacks: Stacks) -> None:
        outputs = stacks.create(TEMPLATE)
        stacks.update(changed("Alice", Metadata=None, ExpirationSettings=None))
        user = stacks.user(outputs["Alice"])
        assert (user["Name"], user["Metadata"], user.get("ExpirationSettings")) == ("Alice", "", None)

        stacks.update(changed("General", Metadata=None, Mode=None, ExpirationSettings=None))
        channel = stacks.channel(outputs["General"])
        assert (channel.get("Metadata"), channel.get("ExpirationSettings")) == (None, None)
        assert channel["Mode"] == "UNRESTRICTED", "UpdateChannel without Mode keeps it"

    @pytest.mark.rule("cloudformation.update-operations")
    @pytest.mark.parametrize(
        ("changes", "events"),
        [
            ({"Name": "New"}, ["UPDATE_CHANNEL"]),
            ({"ExpirationSettings": expiry(60)}, ["UPDATE_CHANNEL_EXPIRATION_SETTINGS"]),
            ({"Tags": [{"Key": "stage", "Value": "test"}]}, []),
        ],
        ids=["name", "expiration", "tags"],
    )
    def test_call_only_the_operations_that_they_need(
        self, stacks: Stacks, changes: dict[str, Any], events: list[str]
    ) -> None:
        with mock_chimesdkmessaging() as mock:
            stacks.create(TEMPLATE)
            before = len(mock.events())
            stacks.update(changed("General", **changes))
            assert [event.type for event in mock.events()[before:]] == events

    @pytest.mark.parametrize("name", ["Alice", "General", "Flow"])
    def test_replace_the_templates_tags(self, stacks: Stacks, name: str) -> None:
        arn = stacks.create(TEMPLATE)[name].partition("|")[0]
        stacks.update(changed(name, Tags=[{"Key": "stage", "Value": "test"}]))
        assert stacks.tags(arn) == {"stage": "test"}

        stacks.update(changed(name, Tags=None))
        assert stacks.tags(arn) == {}

    @pytest.mark.parametrize(
        ("name", "changes", "message"),
        [
            ("Alice", {"Name": " "}, "regular expression"),
            ("General", {"Name": ""}, "length greater than or equal to 1"),
            ("General", {"ExpirationSettings": expiry(0)}, "value greater than or equal to 1"),
            ("Flow", {"Processors": []}, "length greater than or equal to 1"),
        ],
    )
    def test_that_are_invalid_change_nothing(
        self, stacks: Stacks, name: str, changes: dict[str, Any], message: str
    ) -> None:
        arn = stacks.create(TEMPLATE)[name].partition("|")[0]
        with pytest.raises(ClientError, match=message):
            stacks.update(changed(name, **{"Tags": []} | changes))
        assert stacks.tags(arn) == {"team": "a"}

    def test_by_a_bearer_that_has_lost_its_role_are_refused(self, stacks: Stacks) -> None:
        reference = stacks.create(TEMPLATE)["General"]
        _demote(stacks, reference)
        with pytest.raises(ClientError, match=r"lacks the role.*\(ForbiddenException\)"):
            stacks.update(changed("General", Name="New"))


def _demote(stacks: Stacks, reference: str) -> None:
    """Take the role of moderator from the bearer of a channel."""
    arn, bearer = reference.split("|")
    stacks.messaging.delete_channel_moderator(ChannelArn=arn, ChannelModeratorArn=bearer, ChimeBearer=bearer)


class TestReplacement:
    def test_of_a_user_with_another_id(self, stacks: Stacks) -> None:
        old = stacks.create(TEMPLATE)["Bob"]
        stacks.update(changed("Bob", AppInstanceUserId="robert"))

        new = stacks.outputs()["Bob"]
        assert (new.endswith("/user/robert"), stacks.user(new)["Name"]) == (True, "Bob")
        with pytest.raises(stacks.chime.exceptions.ForbiddenException):
            stacks.user(old)

    @pytest.mark.parametrize(
        "changes",
        [
            {"ChimeBearer": {"Ref": "Bob"}},
            {"ChannelId": "general"},
            {"Privacy": "PUBLIC"},
            {"MemberArns": None},
            {"ModeratorArns": [{"Ref": "Bob"}]},
        ],
        ids=lambda changes: next(iter(changes)),
    )
    def test_of_a_channel(self, stacks: Stacks, changes: dict[str, Any]) -> None:
        old = stacks.create(TEMPLATE)["General"]
        stacks.update(changed("General", **changes))

        new = stacks.outputs()["General"]
        assert new.partition("|")[0] != old.partition("|")[0]
        assert stacks.channel(new)["Name"] == "General"
        with pytest.raises(stacks.messaging.exceptions.ForbiddenException, match="there is no channel"):
            stacks.channel(old)

    @pytest.mark.rule("messaging.channels-of-stacks")
    def test_of_a_channel_whose_bearer_the_same_update_removes(self, stacks: Stacks, elsewhere: Chat) -> None:
        admin = elsewhere.add_admin()
        template = elsewhere.resources()
        stacks.create(template)
        template["Resources"]["Bob"] = template["Resources"].pop("Alice")
        template["Resources"]["Bob"]["Properties"]["AppInstanceUserId"] = "bob"
        template["Resources"]["General"]["Properties"]["ChimeBearer"] = {"Ref": "Bob"}
        stacks.update({"Resources": template["Resources"]})

        assert elsewhere.channels(admin) == ["General"]

    def test_of_a_channel_with_the_same_id_is_refused(self, stacks: Stacks) -> None:
        """The new one comes before the old one is deleted, as in AWS."""
        reference = stacks.create(changed("General", ChannelId="general"))["General"]
        with pytest.raises(ClientError, match=r"already exists\..*\(ConflictException\)"):
            stacks.update(changed("General", ChannelId="general", Privacy="PUBLIC"))

        assert stacks.channel(reference)["Privacy"] == "PRIVATE"

    @pytest.mark.parametrize("quota", [1, 2])
    def test_of_an_elastic_channel_needs_a_quota_of_two(self, stacks: Stacks, quota: int) -> None:
        """The new one comes before the old one is deleted, as in AWS."""
        CloudHandle().limits.elastic_channels_per_app_instance = quota
        reference = stacks.create(changed("General", **ELASTIC))["General"]
        larger = {**ELASTIC["ElasticChannelConfiguration"], "MaximumSubChannels": 3}
        template = changed("General", **ELASTIC | {"ElasticChannelConfiguration": larger})
        if quota == 1:
            with pytest.raises(ClientError, match=r"limit of 1 elastic.*\(ResourceLimitExceededException\)"):
                stacks.update(template)
        else:
            stacks.update(template)

        found = stacks.channel(reference if quota == 1 else stacks.outputs()["General"])
        assert found["ElasticChannelConfiguration"]["MaximumSubChannels"] == quota + 1

    def test_of_a_channel_flow_that_moves_to_another_app_instance(
        self, stacks: Stacks, elsewhere: Chat
    ) -> None:
        old = stacks.create(TEMPLATE)["Flow"]
        stacks.update(changed("Flow", AppInstanceArn=elsewhere.arn))

        assert stacks.outputs()["Flow"].startswith(f"{elsewhere.arn}/channel-flow/")
        with pytest.raises(stacks.messaging.exceptions.ForbiddenException):
            stacks.flow(old)

    @pytest.mark.rule("cloudformation.cleanup")
    def test_leaves_what_cannot_be_deleted(self, stacks: Stacks, elsewhere: Chat) -> None:
        outputs = stacks.create(TEMPLATE)
        arn, bearer = outputs["General"].split("|")
        stacks.messaging.associate_channel_flow(
            ChannelArn=arn, ChannelFlowArn=outputs["Flow"], ChimeBearer=bearer
        )
        stacks.update(changed("Flow", AppInstanceArn=elsewhere.arn))

        assert elsewhere.flows() == ["Censored"]
        assert stacks.flow(outputs["Flow"])["Name"] == "Censored"


class TestDeletion:
    def test_deletes_all_resources(self, stacks: Stacks, elsewhere: Chat) -> None:
        admin = elsewhere.add_admin()
        template = elsewhere.resources()
        flow = resource(
            "ChannelFlow", AppInstanceArn=elsewhere.arn, Name="Censored", Processors=[processor()]
        )
        template["Resources"]["Flow"] = flow
        stacks.create(template)
        assert (elsewhere.channels(admin), elsewhere.flows()) == (["General"], ["Censored"])

        stacks.delete()
        users = stacks.chime.list_app_instance_users(AppInstanceArn=elsewhere.arn)["AppInstanceUsers"]
        assert (elsewhere.channels(admin), elsewhere.flows()) == ([], [])
        assert [user["Name"] for user in users] == ["admin"]

    @pytest.mark.rule("messaging.channels-of-stacks")
    @pytest.mark.parametrize("bearer_first", [True, False])
    def test_does_not_depend_on_the_order(self, stacks: Stacks, elsewhere: Chat, bearer_first: bool) -> None:
        """An update deletes in the order of the template."""
        admin = elsewhere.add_admin()
        template = elsewhere.resources()
        if not bearer_first:
            template["Resources"] = dict(reversed(template["Resources"].items()))
        stacks.create(template)
        stacks.update(
            {"Resources": {"Other": {"Type": "AWS::Chime::AppInstance", "Properties": {"Name": "x"}}}}
        )

        assert elsewhere.channels(admin) == []

    def test_ignores_resources_that_are_already_gone(self, stacks: Stacks, elsewhere: Chat) -> None:
        reference = stacks.create(elsewhere.resources())["General"]
        arn, bearer = reference.split("|")
        stacks.messaging.delete_channel(ChannelArn=arn, ChimeBearer=bearer)
        stacks.delete()

        assert stacks.cloudformation.list_stacks()["StackSummaries"][0]["StackStatus"] == "DELETE_COMPLETE"

    def test_of_a_channel_by_a_bearer_that_has_lost_its_role_is_refused(
        self, stacks: Stacks, elsewhere: Chat
    ) -> None:
        reference = stacks.create(elsewhere.resources(ChimeBearer=elsewhere.add_user("bob")))["General"]
        _demote(stacks, reference)
        with pytest.raises(ClientError, match=r"lacks the role.*\(ForbiddenException\)"):
            stacks.delete()

        assert stacks.channel(reference)["Name"] == "General"

    def test_of_a_flow_that_a_channel_of_others_uses_is_refused(
        self, stacks: Stacks, elsewhere: Chat
    ) -> None:
        bob = elsewhere.add_user("bob")
        flow = resource(
            "ChannelFlow", AppInstanceArn=elsewhere.arn, Name="Censored", Processors=[processor()]
        )
        arn = stacks.create(with_resources(Flow=flow))["Flow"]
        channel = stacks.messaging.create_channel(AppInstanceArn=elsewhere.arn, Name="x", ChimeBearer=bob)
        stacks.messaging.associate_channel_flow(
            ChannelArn=channel["ChannelArn"], ChannelFlowArn=arn, ChimeBearer=bob
        )
        with pytest.raises(ClientError, match=r"is associated with a channel.*\(ConflictException\)"):
            stacks.delete()

        assert elsewhere.flows() == ["Censored"]


class TestInvalidTemplates:
    @pytest.mark.rule("cloudformation.required-properties")
    @pytest.mark.rule("cloudformation.wrong-types")
    @pytest.mark.parametrize(
        ("template", "message"),
        [
            (
                changed("Alice", Name=None),
                r"'name' failed .* Member must not be null\" \(BadRequestException\)",
            ),
            (changed("Alice", AppInstanceUserId="a b"), "'appInstanceUserId' failed to satisfy constraint"),
            (changed("General", ChimeBearer=None), "'chimeBearer' failed .* Member must not be null"),
            (changed("General", Mode="OPEN"), "enum value set"),
            (
                changed("General", Arn="arn"),
                "for resource General with message:\n#: extraneous key \\[Arn\\]",
            ),
            (changed("General", ClientRequestToken="token"), "extraneous key \\[ClientRequestToken\\]"),
            (
                changed("General", ChimeBearer="arn:aws:chime:us-east-1:123456789012:app-instance/x/user/x"),
                r"x-amz-chime-bearer HTTP header.*\(ForbiddenException\)",
            ),
            (
                changed(
                    "General", ModeratorArns=["arn:aws:chime:us-east-1:123456789012:app-instance/x/user/x"]
                ),
                r"for the input parameter.*\(ForbiddenException\)",
            ),
            (
                changed("Alice", ExpirationSettings=expiry("soon")),
                "message:\n#/ExpirationSettings/ExpirationDays: expected type: Integer, found: String",
            ),
            (changed("Alice", Name=["Alice"]), "#/Name: expected type: String, found: JSONArray"),
            (changed("General", MemberArns="x"), "#/MemberArns: expected type: JSONArray, found: String"),
            (changed("Flow", Processors=["x"]), "#/Processors/0: expected type: JSONObject, found: String"),
            (
                changed("Flow", Processors=[processor(Speed="fast")]),
                "for resource Flow with message:\n#/Processors/0: extraneous key \\[Speed\\]",
            ),
            (
                changed("Flow", Processors=[processor(), processor(ExecutionOrder=2)]),
                r"at most 1 processors.*\(ResourceLimitExceededException\)",
            ),
            (
                changed("General", **ELASTIC | {"Mode": "UNRESTRICTED"}),
                r"An elastic channel is RESTRICTED.*\(BadRequestException\)",
            ),
            (
                changed("General", **ELASTIC | {"MemberArns": [{"Ref": "Bob"}]}),
                r"takes no MemberArns.*\(BadRequestException\)",
            ),
            (
                changed("General", **ELASTIC | {"ElasticChannelConfiguration": {"MaximumSubChannels": 2}}),
                "'elasticChannelConfiguration.targetMembershipsPerSubChannel' failed .* must not be null",
            ),
        ],
    )
    def test_are_refused(self, stacks: Stacks, template: dict[str, Any], message: str) -> None:
        with pytest.raises(ClientError, match=message) as caught:
            stacks.create(template)

        assert caught.value.response["Error"]["Code"] == "ValidationError"


def test_stacks_work_on_a_server_with_moto() -> None:
    with Server(moto=True) as server:
        server.reset()
        stacks = Stacks(endpoint_url=server.url)
        outputs = stacks.create(TEMPLATE)
        assert stacks.channel(outputs["General"])["CreatedBy"]["Name"] == "Alice"
        stacks.update(changed("General", ChimeBearer={"Ref": "Bob"}))
        assert stacks.channel(stacks.outputs()["General"])["CreatedBy"]["Name"] == "Bob"
        stacks.delete()
        assert stacks.names() == []
