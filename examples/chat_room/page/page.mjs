// The page of the chat room: a messaging session of amazon-chime-sdk-js shows what happens in the channel.
import {
  ChimeSDKMessagingClient,
  CreateChannelBanCommand,
  ListChannelMessagesCommand,
  RedactChannelMessageCommand,
  SendChannelMessageCommand,
} from "@aws-sdk/client-chime-sdk-messaging";
import { DefaultMessagingSession, LogLevel, ConsoleLogger, MessagingSessionConfiguration } from "amazon-chime-sdk-js";

const find = (selector) => document.querySelector(selector);
const announce = (text) => (find("[role=status]").textContent = text);

class Channel {
  constructor(name, { user, channel, isModerator, region, endpoint }) {
    this.user = user;
    this.isModerator = isModerator;
    this.given = { ChannelArn: channel, ChimeBearer: user };
    this.client = new ChimeSDKMessagingClient({ region, endpoint, credentials: () => credentialsOf(name) });
    this.lines = new Map(); // the line of each message, by its id
  }

  async open() {
    const configuration = new MessagingSessionConfiguration(this.user, null, undefined, this.client);
    this.session = new DefaultMessagingSession(configuration, new ConsoleLogger("chat", LogLevel.ERROR));
    this.session.addObserver({
      messagingSessionDidStart: () => this.catchUp(), // also after it was interrupted
      messagingSessionDidStartConnecting: (isAgain) => isAgain && announce("Connecting again …"),
      messagingSessionDidStop: () => announce("You are no longer connected. Reload the page to sign in."),
      messagingSessionDidReceiveMessage: ({ type, payload }) => this.receive(type, payload && JSON.parse(payload)),
    });
    await this.session.start();
  }

  async catchUp() {
    const { ChannelMessages } = await this.client.send(new ListChannelMessagesCommand(this.given));
    const sent = ChannelMessages.filter(({ Status }) => Status.Value === "SENT");
    sent.reverse().forEach((message) => this.show(message));
    announce("");
  }

  receive(type, payload) {
    if (type === "DELETE_CHANNEL_MEMBERSHIP" && payload.Member.Arn === this.user) {
      this.session.stop();
    } else if (type.startsWith("DENIED_") || type.startsWith("FAILED_")) {
      announce("Your message was not delivered.");
    } else if (/^(CREATE|UPDATE|REDACT)_CHANNEL_MESSAGE$/.test(type)) {
      this.show(payload);
    }
  }

  show({ MessageId, Sender, Content, Redacted }) {
    const line = this.lines.get(MessageId) ?? document.createElement("li");
    line.textContent = `${Sender.Name}: ${Redacted ? "(removed)" : Content}`;
    if (this.isModerator && !Redacted) {
      line.append(this.button("Remove", () => new RedactChannelMessageCommand({ ...this.given, MessageId })));
      const ban = { ...this.given, MemberArn: Sender.Arn };
      if (Sender.Arn !== this.user) line.append(this.button("Ban", () => new CreateChannelBanCommand(ban)));
    }
    if (!this.lines.has(MessageId)) find("ol").append(line);
    this.lines.set(MessageId, line);
  }

  button(label, command) {
    const button = document.createElement("button");
    button.textContent = label;
    button.addEventListener("click", () => this.send(command()));
    return button;
  }

  say(Content) {
    const message = { ...this.given, Content, Type: "STANDARD", Persistence: "PERSISTENT" };
    return this.send(new SendChannelMessageCommand(message));
  }

  async send(command) {
    announce("");
    await this.client.send(command).catch(({ name, message }) => announce(`${name}: ${message}`));
  }
}

const signIn = async (name) => {
  const answer = await fetch("sign-in", { method: "POST", body: JSON.stringify({ name }) });
  const content = await answer.json();
  if (!answer.ok) throw new Error(content.message);
  return content;
};

// The SDK asks for new ones before they expire.
const credentialsOf = async (name) => {
  const { expiration, ...keys } = (await signIn(name)).credentials;
  return { ...keys, expiration: new Date(expiration) };
};

find("#sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const name = find("#name").value;
    const channel = new Channel(name, await signIn(name));
    await channel.open();
    find("#sign-in").hidden = true;
    find("main").hidden = false;
    find("#say").addEventListener("submit", (event) => {
      event.preventDefault();
      channel.say(find("#text").value);
      event.target.reset();
    });
  } catch (error) {
    announce(error.message ?? "The session was refused."); // the SDK rejects with a CloseEvent
  }
});
