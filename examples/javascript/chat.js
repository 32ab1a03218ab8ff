// A chat with its users, and a channel where they talk.
import {
  ChimeSDKIdentityClient,
  CreateAppInstanceCommand,
  CreateAppInstanceUserCommand,
  ListAppInstancesCommand,
} from "@aws-sdk/client-chime-sdk-identity";
import {
  ChimeSDKMessagingClient,
  CreateChannelCommand,
  ListChannelMessagesCommand,
  SendChannelMessageCommand,
} from "@aws-sdk/client-chime-sdk-messaging";

const identity = new ChimeSDKIdentityClient();
const messaging = new ChimeSDKMessagingClient();

export async function openChat(name) {
  const { AppInstanceArn } = await identity.send(new CreateAppInstanceCommand({ Name: name }));
  return AppInstanceArn;
}

export async function namesOfChats() {
  const { AppInstances } = await identity.send(new ListAppInstancesCommand());
  return AppInstances.map(({ Name }) => Name);
}

export async function join(chat, name) {
  const { AppInstanceUserArn } = await identity.send(
    new CreateAppInstanceUserCommand({ AppInstanceArn: chat, AppInstanceUserId: name.toLowerCase(), Name: name }),
  );
  return AppInstanceUserArn;
}

export async function openChannel(chat, user, name) {
  const { ChannelArn } = await messaging.send(
    new CreateChannelCommand({ AppInstanceArn: chat, ChimeBearer: user, Name: name }),
  );
  return ChannelArn;
}

export async function say(channel, user, text) {
  await messaging.send(
    new SendChannelMessageCommand({
      ChannelArn: channel,
      ChimeBearer: user,
      Content: text,
      Type: "STANDARD",
      Persistence: "PERSISTENT",
    }),
  );
}

export async function history(channel, user) {
  const { ChannelMessages } = await messaging.send(
    new ListChannelMessagesCommand({ ChannelArn: channel, ChimeBearer: user, SortOrder: "ASCENDING" }),
  );
  return ChannelMessages.map(({ Sender, Content }) => `${Sender.Name}: ${Content}`);
}
