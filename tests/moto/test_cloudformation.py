"""App instances and bots created, updated and deleted by stacks."""

import copy
import json
from contextlib import ExitStack
from typing import Any

import pytest
import yaml
from botocore.exceptions import ClientError
from moto import mock_aws

from qchime import mock_chimesdkidentity
from qchime.control.handle import CloudHandle
from qchime.moto import registration
from qchime.server import Server
from tests.changes import assert_noticed
from tests.moto.stacks import Stacks, with_properties

LEX = {
    "LexBotAliasArn": "arn:aws:lex:us-east-1:123456789012:bot-alias/ABCDEFGHIJ/KLMNOPQRST",
    "LocaleId": "en_US",
    "InvokedBy": {"StandardMessages": "MENTIONS", "TargetedMessages": "ALL"},
}
TEMPLATE: dict[str, Any] = {
    "Resources": {
        "Bot": {
            "Type": "AWS::Chime::AppInstanceBot",
            "Properties": {
                "AppInstanceArn": {"Ref": "Chat"},
                "Configuration": {"Lex": LEX},
                "Name": "Helper",
                "Tags": [{"Key": "team", "Value": "a"}],
            },
        },
        "Chat": {
            "Type": "AWS::Chime::AppInstance",
            "Properties": {"Name": "chat", "Metadata": "v1", "Tags": [{"Key": "team", "Value": "a"}]},
        },
    },
    "Outputs": {
        "Chat": {"Value": {"Ref": "Chat"}},
        "ChatArn": {"Value": {"Fn::GetAtt": ["Chat", "AppInstanceArn"]}},
        "Bot": {"Value": {"Ref": "Bot"}},
        "BotArn": {"Value": {"Fn::GetAtt": ["Bot", "AppInstanceBotArn"]}},
    },
}


def changed(logical_id: str, **properties: Any) -> dict[str, Any]:
    """The template with other properties of a resource; None removes one."""
    return with_properties(TEMPLATE, logical_id, **properties)


def test_a_stack_creates_both_resources(stacks: Stacks) -> None:
    outputs = stacks.create(TEMPLATE)

    instance, bot = stacks.instance(outputs["Chat"]), stacks.bot(outputs["Bot"])
    assert (instance["Name"], instance["Metadata"]) == ("chat", "v1")
    assert (bot["Name"], bot["Configuration"]) == ("Helper", {"Lex": LEX})
    assert stacks.tags(outputs["Chat"]) == stacks.tags(outputs["Bot"]) == {"team": "a"}


def test_a_stack_notes_what_it_creates_updates_and_deletes(stacks: Stacks) -> None:
    handle = CloudHandle()
    assert_noticed(handle, lambda: stacks.create(TEMPLATE), changes=True)
    assert_noticed(handle, lambda: stacks.update(changed("Chat", Name="talk")), changes=True)
    assert_noticed(handle, stacks.delete, changes=True)


@pytest.mark.rule("cloudformation.caller")
def test_a_stack_calls_no_operation_over_the_wire(stacks: Stacks) -> None:
    with mock_chimesdkidentity() as mock:
        mock.users.add("alice@example.com")
        mock.users.required = True
        mock.faults.add("CreateAppInstance", "ServiceFailureException")
        stacks.create(TEMPLATE)
        assert stacks.names() == ["chat"]
        assert mock.calls("CreateAppInstance") == []


def test_ref_and_getatt_return_the_arn(stacks: Stacks) -> None:
    outputs = stacks.create(TEMPLATE)

    assert outputs["Chat"] == outputs["ChatArn"]
    assert outputs["Bot"] == outputs["BotArn"]
    assert outputs["Bot"].startswith(f"{outputs['Chat']}/bot/")


def test_its_resources_are_listed_by_their_arns(stacks: Stacks) -> None:
    outputs = stacks.create(TEMPLATE)
    listed = stacks.cloudformation.describe_stack_resources(StackName="chat")["StackResources"]

    assert {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in listed} == {
        "Chat": outputs["Chat"],
        "Bot": outputs["Bot"],
    }


def test_resources_can_refer_to_other_services_and_back(stacks: Stacks) -> None:
    template = changed("Chat", Name={"Fn::GetAtt": ["Source", "QueueName"]})
    template["Resources"]["Source"] = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "chat-queue"}}
    template["Resources"]["Kept"] = {
        "Type": "AWS::SSM::Parameter",
        "Properties": {"Name": "kept", "Type": "String", "Value": {"Fn::Sub": "${Bot.AppInstanceBotArn}"}},
    }
    outputs = stacks.create(template)

    assert stacks.instance(outputs["Chat"])["Name"] == "chat-queue"
    assert stacks.ssm.get_parameter(Name="kept")["Parameter"]["Value"] == outputs["Bot"]


@pytest.mark.rule("cloudformation.scalars")
def test_yaml_templates_may_have_numbers_for_strings(stacks: Stacks) -> None:
    template = """
        Resources:
          Chat:
            Type: AWS::Chime::AppInstance
            Properties:
              Name: 2024
              Tags:
                - {Key: cost-centre, Value: 42}
                - {Key: temporary, Value: true}
        Outputs:
          Chat: {Value: !GetAtt Chat.AppInstanceArn}
    """
    arn = stacks.create(template)["Chat"]

    assert stacks.instance(arn)["Name"] == "2024"
    assert stacks.tags(arn) == {"cost-centre": "42", "temporary": "true"}


def test_change_sets_create_and_update_resources(stacks: Stacks) -> None:
    for kind, template in (("CREATE", TEMPLATE), ("UPDATE", changed("Chat", Name="new"))):
        given = {"StackName": "chat", "ChangeSetName": kind}
        stacks.cloudformation.create_change_set(
            **given, ChangeSetType=kind, TemplateBody=json.dumps(template)
        )
        stacks.cloudformation.execute_change_set(**given)

    assert stacks.names() == ["new"]


class TestUpdates:
    def test_change_an_app_instance_in_place(self, stacks: Stacks) -> None:
        arn = stacks.create(TEMPLATE)["Chat"]
        stacks.update(changed("Chat", Name="new", Metadata="v2"))

        assert stacks.outputs()["Chat"] == arn
        assert (stacks.instance(arn)["Name"], stacks.instance(arn)["Metadata"]) == ("new", "v2")

    def test_change_a_bot_in_place(self, stacks: Stacks) -> None:
        arn = stacks.create(TEMPLATE)["Bot"]
        stacks.update(
            changed("Bot", Name="New", Metadata="v2", Configuration={"Lex": LEX | {"LocaleId": "de_DE"}})
        )

        assert stacks.outputs()["Bot"] == arn
        bot = stacks.bot(arn)
        assert (bot["Name"], bot["Metadata"], bot["Configuration"]["Lex"]["LocaleId"]) == (
            "New",
            "v2",
            "de_DE",
        )

    @pytest.mark.rule("cloudformation.removed-properties")
    def test_empty_what_the_template_no_longer_has(self, stacks: Stacks) -> None:
        outputs = stacks.create(TEMPLATE)
        stacks.update(changed("Chat", Metadata=None))
        assert stacks.instance(outputs["Chat"])["Metadata"] == ""

        stacks.update(changed("Bot", Name=None))
        assert stacks.bot(outputs["Bot"])["Name"] == ""

    @pytest.mark.rule("cloudformation.added-tags")
    def test_replace_the_templates_tags_and_leave_others(self, stacks: Stacks) -> None:
        arn = stacks.create(TEMPLATE)["Chat"]
        stacks.chime.tag_resource(ResourceARN=arn, Tags=[{"Key": "by hand", "Value": "x"}])
        stacks.update(changed("Chat", Tags=[{"Key": "stage", "Value": "test"}]))
        assert stacks.tags(arn) == {"by hand": "x", "stage": "test"}

        stacks.update(changed("Chat", Tags=None))
        assert stacks.tags(arn) == {"by hand": "x"}

    def test_replace_a_bot_that_moves_to_another_app_instance(self, stacks: Stacks) -> None:
        old = stacks.create(TEMPLATE)["Bot"]
        elsewhere = stacks.chime.create_app_instance(Name="elsewhere")["AppInstanceArn"]
        stacks.update(changed("Bot", AppInstanceArn=elsewhere))

        new = stacks.outputs()["Bot"]
        assert new.startswith(f"{elsewhere}/bot/")
        assert stacks.bot(new)["Name"] == "Helper"
        with pytest.raises(stacks.chime.exceptions.NotFoundException):
            stacks.bot(old)

    def test_follow_a_parameter(self, stacks: Stacks) -> None:
        template = json.dumps(
            changed("Chat", Name={"Ref": "Name"}) | {"Parameters": {"Name": {"Type": "String"}}}
        )
        for name, change in (("one", "create_stack"), ("two", "update_stack")):
            parameters = [{"ParameterKey": "Name", "ParameterValue": name}]
            getattr(stacks.cloudformation, change)(
                StackName="chat", TemplateBody=template, Parameters=parameters
            )
        assert stacks.names() == ["two"]

    def test_add_and_remove(self, stacks: Stacks) -> None:
        stacks.create(TEMPLATE)
        template = {
            "Resources": {"Other": {"Type": "AWS::Chime::AppInstance", "Properties": {"Name": "other"}}}
        }
        stacks.update(template)

        assert stacks.names() == ["other"]

    @pytest.mark.parametrize("properties", [{"Name": ""}, {"Name": None}, {"Tags": [{"Key": "only"}]}])
    def test_that_are_invalid_change_nothing(self, stacks: Stacks, properties: dict[str, Any]) -> None:
        arn = stacks.create(TEMPLATE)["Chat"]
        with pytest.raises(ClientError, match="1 validation error detected"):
            stacks.update(changed("Chat", **{"Metadata": "v2"} | properties))

        assert (stacks.instance(arn)["Name"], stacks.instance(arn)["Metadata"]) == ("chat", "v1")


class TestDeletion:
    def test_deletes_both_resources(self, stacks: Stacks) -> None:
        stacks.create(TEMPLATE)
        stacks.delete()

        assert stacks.names() == []

    def test_keeps_resources_of_others(self, stacks: Stacks) -> None:
        stacks.create(TEMPLATE)
        stacks.chime.create_app_instance(Name="by hand")
        stacks.delete()

        assert stacks.names() == ["by hand"]

    def test_ignores_resources_that_are_already_gone(self, stacks: Stacks) -> None:
        stacks.chime.delete_app_instance(AppInstanceArn=stacks.create(TEMPLATE)["Chat"])
        stacks.delete()

        assert stacks.cloudformation.list_stacks()["StackSummaries"][0]["StackStatus"] == "DELETE_COMPLETE"

    def test_respects_the_retain_policy(self, stacks: Stacks) -> None:
        template = copy.deepcopy(TEMPLATE)
        template["Resources"]["Chat"]["DeletionPolicy"] = "Retain"
        stacks.create(template)
        stacks.delete()

        assert stacks.names() == ["chat"]


class TestInvalidTemplates:
    @pytest.mark.rule("cloudformation.failures")
    @pytest.mark.rule("cloudformation.unknown-properties")
    @pytest.mark.parametrize(
        ("template", "message"),
        [
            (changed("Chat", Name=None), "'name' failed to satisfy constraint: Member must not be null"),
            (changed("Chat", Name="x" * 257), "length less than or equal to 256"),
            (changed("Bot", Configuration=None), "'configuration' failed to satisfy constraint"),
            (changed("Bot", Configuration={"Lex": LEX | {"LocaleId": None}}), "localeId"),
            (changed("Bot", Configuration={"Lex": LEX | {"RespondsTo": "NOBODY"}}), "enum value set"),
            (
                changed("Chat", Nmae="typo"),
                "for resource Chat with message:\n#: extraneous key \\[Nmae\\] is not permitted",
            ),
            (
                changed("Bot", Configuration={"Lex": LEX | {"Speed": "fast"}}),
                "for resource Bot with message:\n#/Configuration/Lex: extraneous key \\[Speed\\]",
            ),
            (changed("Bot", Tags=[{"Key": "a", "Value": "b", "C": "d"}]), "#/Tags/0: extraneous key \\[C\\]"),
            (changed("Chat", ClientRequestToken="token"), "extraneous key \\[ClientRequestToken\\]"),
            (
                changed("Bot", AppInstanceArn="arn:aws:chime:us-east-1:123456789012:app-instance/none"),
                r"there is no app instance .*\(ForbiddenException\)",
            ),
        ],
    )
    def test_are_refused(self, stacks: Stacks, template: dict[str, Any], message: str) -> None:
        with pytest.raises(ClientError, match=message) as caught:
            stacks.create(template)

        assert caught.value.response["Error"]["Code"] == "ValidationError"

    def test_quotas_apply_to_stacks(self) -> None:
        with mock_chimesdkidentity() as mock, mock_aws():
            mock.limits.app_instances_per_account = 0
            with pytest.raises(ClientError, match="ResourceLimitExceededException"):
                Stacks().create(TEMPLATE)

    def test_an_unknown_attribute_is_refused(self, stacks: Stacks) -> None:
        template = TEMPLATE | {"Outputs": {"X": {"Value": {"Fn::GetAtt": ["Chat", "Arn"]}}}}
        with pytest.raises(ClientError, match="Arn"):
            stacks.create(template)


@pytest.mark.parametrize("order", [("chime", "moto"), ("moto", "chime"), ("moto",)], ids="-in-".join)
def test_stacks_work_in_any_order_of_mocks(order: tuple[str, ...]) -> None:
    mocks: dict[str, Any] = {"chime": mock_chimesdkidentity, "moto": mock_aws}
    with ExitStack() as stack:
        for name in order:
            stack.enter_context(mocks[name]())
        stacks = Stacks()
        stacks.create(TEMPLATE)
        assert stacks.names() == ["chat"]
        stacks.delete()
        assert stacks.names() == []


def test_stacks_work_on_a_server_with_moto() -> None:
    with Server(moto=True) as server:
        server.reset()
        stacks = Stacks(endpoint_url=server.url)
        outputs = stacks.create(yaml.safe_dump(TEMPLATE))
        assert stacks.bot(outputs["Bot"])["Name"] == "Helper"
        stacks.delete()
        assert stacks.names() == []


def test_resource_types_can_be_unregistered_and_registered_again() -> None:
    template = {"Resources": {"Chat": TEMPLATE["Resources"]["Chat"]}}
    registration.unregister()
    try:
        with mock_aws(), pytest.warns(UserWarning, match="AWS::Chime::AppInstance but it's not supported"):
            Stacks().create(template)
    finally:
        registration.register()
    with mock_aws():
        stacks = Stacks()
        stacks.create(template)
        assert stacks.names() == ["chat"]
