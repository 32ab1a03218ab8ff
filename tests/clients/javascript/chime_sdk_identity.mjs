// Creates, lists and deletes an app instance and its users; prints the results as JSON.
// Usage: node chime_sdk_identity.mjs http://127.0.0.1:4590
import {
  ChimeSDKIdentityClient,
  ConflictException,
  CreateAppInstanceCommand,
  CreateAppInstanceUserCommand,
  DeleteAppInstanceCommand,
  DescribeAppInstanceCommand,
  ForbiddenException,
  ListAppInstanceUsersCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAppInstanceCommand,
} from "@aws-sdk/client-chime-sdk-identity";

const client = new ChimeSDKIdentityClient({
  endpoint: process.argv[2],
  region: "us-east-1",
  credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "secret" },
});

const describe = async (AppInstanceArn) =>
  (await client.send(new DescribeAppInstanceCommand({ AppInstanceArn }))).AppInstance;

const failure = async (type, command) => {
  try {
    await client.send(command);
  } catch (error) {
    return {
      isTyped: error instanceof type,
      name: error.name,
      code: error.Code,
      status: error.$metadata.httpStatusCode,
    };
  }
  return null;
};

const seen = {};

const { AppInstanceArn, $metadata } = await client.send(
  new CreateAppInstanceCommand({ Name: "Chat", Metadata: "v1" }),
);
seen.hasRequestId = /^[\da-f-]{36}$/.test($metadata.requestId);
const created = await describe(AppInstanceArn);
seen.created = [created.Name, created.Metadata];
seen.datesAreDates = Math.abs(Date.now() - created.CreatedTimestamp.getTime()) < 60 * 60 * 1000;

await client.send(new UpdateAppInstanceCommand({ AppInstanceArn, Name: "Chat 😀", Metadata: "" }));
const updated = await describe(AppInstanceArn);
seen.updated = [updated.Name, updated.Metadata];

await client.send(
  new TagResourceCommand({
    ResourceARN: AppInstanceArn,
    Tags: [
      { Key: "team", Value: "a" },
      { Key: "stage", Value: "b" },
    ],
  }),
);
await client.send(new UntagResourceCommand({ ResourceARN: AppInstanceArn, TagKeys: ["stage"] }));
seen.tags = (await client.send(new ListTagsForResourceCommand({ ResourceARN: AppInstanceArn }))).Tags;

const user = (number, Name) =>
  new CreateAppInstanceUserCommand({ AppInstanceArn, AppInstanceUserId: `user-${number}`, Name });
for (let number = 0; number < 5; number++) {
  await client.send(user(number, `User ${number}`));
}

seen.pages = [];
let NextToken;
do {
  const page = await client.send(new ListAppInstanceUsersCommand({ AppInstanceArn, MaxResults: 2, NextToken }));
  seen.pages.push(page.AppInstanceUsers.map(({ Name }) => Name));
  NextToken = page.NextToken;
} while (NextToken !== undefined);

seen.conflict = await failure(ConflictException, user(0, "Somebody else"));

await client.send(new DeleteAppInstanceCommand({ AppInstanceArn }));
seen.gone = await failure(ForbiddenException, new DescribeAppInstanceCommand({ AppInstanceArn }));

console.log(JSON.stringify(seen));
