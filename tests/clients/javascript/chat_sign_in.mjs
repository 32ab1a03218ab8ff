// The hook of examples/chat_sign_in, called for several users; prints the results as JSON.
// Usage: node chat_sign_in.mjs http://127.0.0.1:4590
import {
  ChimeSDKIdentityClient,
  ConflictException,
  CreateAppInstanceAdminCommand,
  CreateAppInstanceCommand,
  CreateAppInstanceUserCommand,
  DescribeAppInstanceUserCommand,
  ForbiddenException,
  ListAppInstanceAdminsCommand,
  ResourceLimitExceededException,
  UpdateAppInstanceUserCommand,
} from "@aws-sdk/client-chime-sdk-identity";

const client = new ChimeSDKIdentityClient({
  endpoint: process.argv[2],
  region: "us-east-1",
  credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "secret" },
});

const describe = async (AppInstanceUserArn) =>
  (await client.send(new DescribeAppInstanceUserCommand({ AppInstanceUserArn }))).AppInstanceUser;

const unless = (type) => (error) => {
  if (!(error instanceof type)) throw error;
  return null;
};

const signIn = async (AppInstanceArn, AppInstanceUserId, Name, isModerator = false) => {
  const AppInstanceUserArn = `${AppInstanceArn}/user/${AppInstanceUserId}`;
  // The service does not distinguish a missing user from a forbidden one.
  const user = await describe(AppInstanceUserArn).catch(unless(ForbiddenException));
  if (user === null) {
    await client.send(new CreateAppInstanceUserCommand({ AppInstanceArn, AppInstanceUserId, Name }));
  } else if (user.Name !== Name) {
    const Metadata = user.Metadata ?? "";
    await client.send(new UpdateAppInstanceUserCommand({ AppInstanceUserArn, Name, Metadata }));
  }
  if (isModerator) {
    const promotion = { AppInstanceArn, AppInstanceAdminArn: AppInstanceUserArn };
    await client.send(new CreateAppInstanceAdminCommand(promotion)).catch(unless(ConflictException));
  }
  return AppInstanceUserArn;
};

const seen = {};
const { AppInstanceArn } = await client.send(new CreateAppInstanceCommand({ Name: "chat" }));

const alice = await signIn(AppInstanceArn, "alice", "Alice");
seen.first = (await describe(alice)).Name;

const coloured = { AppInstanceUserArn: alice, Name: "Alice", Metadata: "colour: green" };
await client.send(new UpdateAppInstanceUserCommand(coloured));
await signIn(AppInstanceArn, "alice", "Alice Smith");
const { Name, Metadata } = await describe(alice);
seen.again = [Name, Metadata];

await signIn(AppInstanceArn, "bob", "Bob", true);
await signIn(AppInstanceArn, "bob", "Bob", true);
const { AppInstanceAdmins } = await client.send(new ListAppInstanceAdminsCommand({ AppInstanceArn }));
seen.admins = AppInstanceAdmins.map(({ Admin }) => Admin.Name);

seen.full = await signIn(AppInstanceArn, "carol", "Carol").catch((error) => {
  unless(ResourceLimitExceededException)(error);
  return error.name;
});

console.log(JSON.stringify(seen));
