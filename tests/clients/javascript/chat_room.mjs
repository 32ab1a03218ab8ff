// The chat room of examples/chat_room: Alice and Bob talk until she bans him; prints the results as JSON.
// Usage: node chat_room.mjs http://127.0.0.1:4590, where the messages of channel flows are held
import {
  ChimeSDKIdentityClient,
  CreateAppInstanceCommand,
  CreateAppInstanceUserCommand,
} from "@aws-sdk/client-chime-sdk-identity";
import {
  AssociateChannelFlowCommand,
  ChannelFlowCallbackCommand,
  ChimeSDKMessagingClient,
  ConflictException,
  CreateChannelBanCommand,
  CreateChannelCommand,
  CreateChannelFlowCommand,
  CreateChannelMembershipCommand,
  ForbiddenException,
  ListChannelMessagesCommand,
  RedactChannelMessageCommand,
  SendChannelMessageCommand,
} from "@aws-sdk/client-chime-sdk-messaging";

const endpoint = process.argv[2];
const config = {
  endpoint,
  region: "us-east-1",
  credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "secret" },
};
const identity = new ChimeSDKIdentityClient(config);
const client = new ChimeSDKMessagingClient(config);

const nameOf = async (type, command) => {
  const error = await client.send(command).catch((error) => error);
  if (!(error instanceof type)) throw error;
  return error.name;
};

const { AppInstanceArn } = await identity.send(new CreateAppInstanceCommand({ Name: "chat" }));
const signUp = async (Name) => {
  const input = { AppInstanceArn, AppInstanceUserId: Name.toLowerCase(), Name };
  return (await identity.send(new CreateAppInstanceUserCommand(input))).AppInstanceUserArn;
};
const alice = await signUp("Alice");
const bob = await signUp("Bob");

const created = { AppInstanceArn, ChannelId: "general", Name: "General", ChimeBearer: alice };
const { ChannelArn } = await client.send(new CreateChannelCommand(created));
const again = await nameOf(ConflictException, new CreateChannelCommand(created));
const ResourceArn = "arn:aws:lambda:us-east-1:123456789012:function:censor";
const processor = {
  Name: "Censor",
  Configuration: { Lambda: { ResourceArn, InvocationType: "ASYNC" } },
  ExecutionOrder: 1,
  FallbackAction: "ABORT",
};
const flow = { AppInstanceArn, Name: "Censor", Processors: [processor] };
const { ChannelFlowArn } = await client.send(new CreateChannelFlowCommand(flow));
await client.send(new AssociateChannelFlowCommand({ ChannelArn, ChannelFlowArn, ChimeBearer: alice }));
const membership = { ChannelArn, MemberArn: bob, Type: "DEFAULT" };
await client.send(new CreateChannelMembershipCommand({ ...membership, ChimeBearer: alice }));

const say = async (ChimeBearer, Content) => {
  const input = { ChannelArn, Content, Type: "STANDARD", Persistence: "PERSISTENT", ChimeBearer };
  const { MessageId, Status } = await client.send(new SendChannelMessageCommand(input));
  const { pending } = await (await fetch(`${endpoint}/_qchime/accounts/123456789012/flows`)).json();
  const ChannelMessage = { MessageId, Content: Content.replace("heck", "****") };
  const callback = { CallbackId: pending[0].callback_id, ChannelArn, ChannelMessage };
  await client.send(new ChannelFlowCallbackCommand(callback));
  return { MessageId, status: Status.Value };
};
const { status } = await say(bob, "What the heck?");
await say(alice, "Mind your words");
const { MessageId } = await say(bob, "Why?");
await client.send(new RedactChannelMessageCommand({ ChannelArn, MessageId, ChimeBearer: alice }));

const listed = { ChannelArn, SortOrder: "ASCENDING", ChimeBearer: bob };
const { ChannelMessages } = await client.send(new ListChannelMessagesCommand(listed));
const history = ChannelMessages.map(({ Sender, Content }) => [Sender.Name, Content ?? null]);
const ban = (MemberArn, ChimeBearer) => new CreateChannelBanCommand({ ChannelArn, MemberArn, ChimeBearer });
const refused = await nameOf(ForbiddenException, ban(alice, bob));
await client.send(ban(bob, alice));
const join = new CreateChannelMembershipCommand({ ...membership, ChimeBearer: bob });
const banned = await nameOf(ForbiddenException, join);

console.log(JSON.stringify({ again, status, history, refused, banned }));
