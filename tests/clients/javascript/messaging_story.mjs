// Two users chat; sessions of amazon-chime-sdk-js receive the events. Runs in Node and in browsers.
import {
  ChimeSDKIdentityClient,
  CreateAppInstanceAdminCommand,
  CreateAppInstanceCommand,
  CreateAppInstanceUserCommand,
} from "@aws-sdk/client-chime-sdk-identity";
import {
  AssociateChannelFlowCommand,
  BatchCreateChannelMembershipCommand,
  ChannelFlowCallbackCommand,
  ChimeSDKMessagingClient,
  CreateChannelBanCommand,
  CreateChannelCommand,
  CreateChannelFlowCommand,
  CreateChannelMembershipCommand,
  DeleteChannelCommand,
  DeleteChannelMembershipCommand,
  DeleteChannelMessageCommand,
  RedactChannelMessageCommand,
  SendChannelMessageCommand,
  UpdateChannelCommand,
  UpdateChannelMessageCommand,
} from "@aws-sdk/client-chime-sdk-messaging";
import * as chime from "amazon-chime-sdk-js";

const NAMES = ["admin", "alice", "bob", "carol", "dave", "eve"];
const PROCESSOR = {
  Name: "Censor",
  Configuration: {
    Lambda: {
      ResourceArn: "arn:aws:lambda:us-east-1:123456789012:function:censor",
      InvocationType: "ASYNC",
    },
  },
  ExecutionOrder: 1,
  FallbackAction: "ABORT",
};

// A session, and a log of all that it tells its observers.
class Listener {
  constructor(userArn, messaging, adapter) {
    const configuration = new chime.MessagingSessionConfiguration(userArn, null, undefined, messaging);
    configuration.prefetchOn = chime.PrefetchOn.Connect;
    configuration.reconnectShortBackoffMs = 10;
    const logger = new chime.NoOpLogger();
    this.session = new chime.DefaultMessagingSession(configuration, logger, adapter?.(logger));
    this.log = [];
    this.waiting = [];
    this.session.addObserver({
      messagingSessionDidStart: () => this.note("started"),
      messagingSessionDidStartConnecting: (isAgain) => this.note(isAgain ? "connecting again" : "connecting"),
      messagingSessionDidStop: (event) => this.note("stopped", event.code),
      messagingSessionDidReceiveMessage: (message) =>
        this.note(message.type, message.payload && JSON.parse(message.payload)),
    });
  }

  note(what, detail) {
    this.log.push({ what, detail });
    this.waiting = this.waiting.filter((check) => !check());
  }

  // Resolves with the detail of the first entry like this, which may be there already.
  until(what, matches = () => true) {
    return new Promise((resolve) => {
      const check = () => {
        const found = this.log.find((entry) => entry.what === what && matches(entry.detail));
        if (found) resolve(found.detail);
        return found !== undefined;
      };
      if (!check()) this.waiting.push(check);
    });
  }

  names() {
    return this.log.map(({ what }) => what);
  }
}

class Chat {
  static async create(endpoint, credentials) {
    const chat = new Chat();
    const config = { endpoint, region: "us-east-1", credentials };
    chat.identity = new ChimeSDKIdentityClient(config);
    chat.messaging = new ChimeSDKMessagingClient(config);
    ({ AppInstanceArn: chat.arn } = await chat.identity.send(new CreateAppInstanceCommand({ Name: "Chat" })));
    for (const name of NAMES) {
      const input = { AppInstanceArn: chat.arn, AppInstanceUserId: name, Name: name };
      chat[name] = (await chat.identity.send(new CreateAppInstanceUserCommand(input))).AppInstanceUserArn;
    }
    const admin = { AppInstanceArn: chat.arn, AppInstanceAdminArn: chat.admin };
    await chat.identity.send(new CreateAppInstanceAdminCommand(admin));
    return chat;
  }

  async create(Name) {
    const input = { AppInstanceArn: this.arn, Name, MemberArns: [this.bob], ChimeBearer: this.alice };
    return (await this.messaging.send(new CreateChannelCommand(input))).ChannelArn;
  }

  async send(ChannelArn, ChimeBearer, Content, more = {}) {
    const kind = { Type: "STANDARD", Persistence: "PERSISTENT", ...more };
    const input = { ChannelArn, ChimeBearer, Content, ...kind };
    return (await this.messaging.send(new SendChannelMessageCommand(input))).MessageId;
  }
}

// Both users cause every event that there is.
const causeEvents = async (chat, control) => {
  const { messaging, alice, bob } = chat;
  const ChannelArn = await chat.create("General");
  const byAlice = { ChannelArn, ChimeBearer: alice };
  await messaging.send(new UpdateChannelCommand({ ...byAlice, Name: "Renamed 😀", Metadata: "{}" }));
  await messaging.send(
    new CreateChannelMembershipCommand({ ...byAlice, MemberArn: chat.carol, Type: "DEFAULT" }),
  );
  await messaging.send(
    new BatchCreateChannelMembershipCommand({ ...byAlice, MemberArns: [chat.dave, chat.eve] }),
  );
  await messaging.send(new DeleteChannelMembershipCommand({ ...byAlice, MemberArn: chat.carol }));
  await messaging.send(new CreateChannelBanCommand({ ...byAlice, MemberArn: chat.dave }));

  const MessageId = await chat.send(ChannelArn, bob, "Hello 😀 <&>\n");
  const ofBob = { ChannelArn, MessageId, ChimeBearer: bob };
  await messaging.send(new UpdateChannelMessageCommand({ ...ofBob, Content: "Hello all", Metadata: "{}" }));
  await chat.send(ChannelArn, bob, "typing", { Type: "CONTROL", Persistence: "NON_PERSISTENT" });
  await chat.send(ChannelArn, alice, "psst", { Target: [{ MemberArn: bob }] });
  await chat.send(ChannelArn, alice, "psst", { Target: [{ MemberArn: chat.eve }] });
  await messaging.send(new RedactChannelMessageCommand(ofBob));
  await messaging.send(new DeleteChannelMessageCommand({ ...ofBob, ChimeBearer: chat.admin }));

  await useFlow(chat, ChannelArn, control);
  await messaging.send(new DeleteChannelCommand(byAlice));
};

const useFlow = async ({ messaging, arn, alice, bob, ...chat }, ChannelArn, control) => {
  const send = Chat.prototype.send.bind({ messaging });
  const MessageId = await send(ChannelArn, bob, "before");
  const flow = { AppInstanceArn: arn, Name: "Censor", Processors: [PROCESSOR] };
  const { ChannelFlowArn } = await messaging.send(new CreateChannelFlowCommand(flow));
  await messaging.send(new AssociateChannelFlowCommand({ ChannelArn, ChannelFlowArn, ChimeBearer: alice }));
  const update = () =>
    messaging.send(
      new UpdateChannelMessageCommand({ ChannelArn, MessageId, Content: "after", ChimeBearer: bob }),
    );
  const deny = async () => {
    const [pending] = (await control("flows")).pending;
    const ChannelMessage = { MessageId: pending.event.ChannelMessage.MessageId };
    const input = { CallbackId: pending.callback_id, ChannelArn, DeleteResource: true, ChannelMessage };
    await messaging.send(new ChannelFlowCallbackCommand(input));
  };
  await control("flows", { action: "hold" });
  await send(ChannelArn, bob, "denied");
  await deny();
  await update();
  await deny();
  await control("flows", { action: "fail" });
  await send(ChannelArn, bob, "failed");
  await update();
};

// A session is cut off while another user goes on, and catches up.
const cutAndReconnect = async (chat, listener, cut) => {
  const channel = await chat.create("Cut");
  await chat.send(channel, chat.bob, "before the cut");
  await listener.until("CREATE_CHANNEL_MESSAGE", ({ Content }) => Content === "before the cut");
  const start = listener.log.length;
  await cut();
  await listener.until("connecting again");
  await listener.until("CHANNEL_DETAILS");
  await chat.send(channel, chat.bob, "after the cut");
  await listener.until("CREATE_CHANNEL_MESSAGE", ({ Content }) => Content === "after the cut");
  const log = listener.log.slice(start);
  const details = log.find(({ what }) => what === "CHANNEL_DETAILS").detail;
  return {
    names: log.map(({ what }) => what),
    name: details.Channel.Name,
    messages: details.ChannelMessages.map(({ Content }) => Content),
    members: details.ChannelMemberships.map(({ Member }) => Member.Name),
  };
};

// `adapter` makes a WebSocketAdapter, if it is not the default one; `cutUrl` cuts all connections.
export const tellStory = async ({ endpoint, cutUrl, credentials, adapter }) => {
  const chat = await Chat.create(endpoint, credentials);
  const listeners = ["alice", "bob"].map((name) => new Listener(chat[name], chat.messaging, adapter));
  for (const { session } of listeners) await session.start();

  const control = async (path, body) => {
    const options = body && { method: "POST", body: JSON.stringify(body) };
    return (await fetch(`${endpoint}/_qchime/${path}`, options)).json();
  };
  await causeEvents(chat, control);
  await Promise.all(listeners.map((listener) => listener.until("DELETE_CHANNEL")));
  const received = listeners.map((listener) => listener.names());

  const [alices, bobs] = listeners;
  bobs.session.stop();
  await bobs.until("stopped");
  const again = await cutAndReconnect(chat, alices, () => fetch(cutUrl));
  alices.session.stop();

  const stranger = new Listener(`${chat.bob}-2`, chat.messaging, adapter);
  const refused = await stranger.session.start().catch(({ code }) => code);
  return { arns: [chat.alice, chat.bob], received, again, refused };
};
