// Sends signed requests to Q Apps; prints the outcomes as JSON.
// Usage: node verified_qapps.cjs http://127.0.0.1:4590 ACCESS_KEY_ID SECRET_ACCESS_KEY SESSION_TOKEN
process.env.AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE = "1";
const AWS = require("aws-sdk");

const [endpoint, accessKeyId, secretAccessKey, sessionToken] = process.argv.slice(2);
const options = { endpoint, region: "us-east-1", accessKeyId, secretAccessKey, sessionToken, maxRetries: 0 };
const client = new AWS.QApps(options);
const instanceId = "8b4b9cc0-2f5a-4b7d-9e56-6f7d3f1c1a2b";

const life = async () => {
  const seen = {};
  const appDefinition = { cards: [] };
  const { appArn } = await client.createQApp({ instanceId, title: "App é", appDefinition }).promise();
  await client.tagResource({ resourceARN: appArn, tags: { a: "1", "ä b": "é" } }).promise();
  await client.untagResource({ resourceARN: appArn, tagKeys: ["ä b", "b"] }).promise();
  seen.tags = (await client.listTagsForResource({ resourceARN: appArn }).promise()).tags;
  try {
    await new AWS.QApps({ ...options, secretAccessKey: "guess" }).listQApps({ instanceId }).promise();
  } catch (error) {
    seen.wrongSecret = error.code;
  }
  return seen;
};

life().then((seen) => console.log(JSON.stringify(seen)));
