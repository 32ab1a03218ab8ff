// Creates, runs and deletes a Q App; prints the results as JSON.
// Usage: node qapps.cjs http://127.0.0.1:4590
process.env.AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE = "1";
const AWS = require("aws-sdk");

const client = new AWS.QApps({
  endpoint: process.argv[2],
  region: "us-east-1",
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "secret",
  maxRetries: 0,
});

const instanceId = "8b4b9cc0-2f5a-4b7d-9e56-6f7d3f1c1a2b";
const paper = "3e57f6a8-92f5-47e1-8a1b-0d8c9d8b5a11";
const summary = "0c6de0f3-5ae2-4d2b-8f37-9f6a3c2e4d33";
const titles = { [paper]: "Paper", [summary]: "Summary" };

const failure = async (request) => {
  try {
    await request.promise();
  } catch (error) {
    return {
      code: error.code,
      status: error.statusCode,
      hasRequestId: /^[\da-f-]{36}$/.test(error.requestId),
    };
  }
  return null;
};

const life = async () => {
  const seen = {};

  const created = await client
    .createQApp({
      instanceId,
      title: "Reader",
      appDefinition: {
        cards: [
          { fileUpload: { id: paper, title: "Paper", type: "file-upload" } },
          { qQuery: { id: summary, title: "Summary", type: "q-query", prompt: `Sum up @${paper}` } },
        ],
      },
    })
    .promise();
  const { appId, appArn } = created;
  seen.created = [created.title, created.status, created.appVersion];
  seen.datesAreDates = Math.abs(Date.now() - created.createdAt.getTime()) < 60 * 60 * 1000;

  const { appDefinition } = await client.getQApp({ instanceId, appId }).promise();
  seen.dependencies = appDefinition.cards
    .filter(({ qQuery }) => qQuery)
    .map(({ qQuery }) => [qQuery.title, qQuery.dependencies.map((id) => titles[id])]);

  const item = await client
    .createLibraryItem({ instanceId, appId, appVersion: 1, categories: [] })
    .promise();
  seen.published = item.status;

  const { sessionId } = await client.startQAppSession({ instanceId, appId, appVersion: 1 }).promise();
  const { fileId } = await client
    .importDocument({
      instanceId,
      appId,
      cardId: paper,
      fileName: "story.txt",
      fileContentsBase64: `data:text/plain;base64,${Buffer.from("Once upon a time").toString("base64")}`,
      scope: "SESSION",
      sessionId,
    })
    .promise();
  await client
    .updateQAppSession({ instanceId, sessionId, values: [{ cardId: paper, value: fileId }] })
    .promise();
  seen.statuses = [];
  let session;
  do {
    session = await client.getQAppSession({ instanceId, sessionId }).promise();
    seen.statuses.push(session.status);
  } while (session.status === "IN_PROGRESS");
  seen.answer = session.cardStatus[summary].currentValue;
  await client.stopQAppSession({ instanceId, sessionId }).promise();

  for (let number = 0; number < 3; number++) {
    const title = `App ${number}`;
    await client.createQApp({ instanceId, title, appDefinition: { cards: [] } }).promise();
  }
  seen.pages = [];
  let nextToken;
  do {
    const page = await client.listQApps({ instanceId, limit: 2, nextToken }).promise();
    seen.pages.push(page.apps.map(({ title }) => title));
    nextToken = page.nextToken;
  } while (nextToken);

  await client.tagResource({ resourceARN: appArn, tags: { team: "a", "cost::centre": "7" } }).promise();
  seen.tags = (await client.listTagsForResource({ resourceARN: appArn }).promise()).tags;

  seen.invalid = await failure(client.getQApp({ instanceId, appId: "no UUID" }));
  await client.deleteQApp({ instanceId, appId }).promise();
  seen.gone = await failure(client.getQApp({ instanceId, appId }));
  return seen;
};

life().then(
  (seen) => console.log(JSON.stringify(seen)),
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
