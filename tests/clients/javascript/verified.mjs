// Sends signed requests and presigned URLs; prints the outcomes as JSON.
// Usage: node verified.mjs http://127.0.0.1:4590 ACCESS_KEY_ID SECRET_ACCESS_KEY SESSION_TOKEN
import { createHash, createHmac } from "node:crypto";
import {
  ChimeSDKIdentityClient,
  CreateAppInstanceCommand,
  DescribeAppInstanceCommand,
  ListAppInstancesCommand,
  ListAppInstanceUsersCommand,
  TagResourceCommand,
} from "@aws-sdk/client-chime-sdk-identity";
import { SignatureV4 } from "@smithy/signature-v4"; // comes with the client

const [endpoint, accessKeyId, secretAccessKey, sessionToken] = process.argv.slice(2);
const credentials = { accessKeyId, secretAccessKey, sessionToken };
const region = "us-east-1";
const client = new ChimeSDKIdentityClient({ endpoint, region, credentials });

const nameOfError = async (client, command) => {
  try {
    await client.send(command);
  } catch (error) {
    return error.name;
  }
  return null;
};

class Sha256 {
  constructor(secret) {
    this.hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret);
  }
  update(data) {
    this.hash.update(data);
  }
  async digest() {
    return this.hash.digest();
  }
}

const signer = new SignatureV4({ credentials, region, service: "chime", sha256: Sha256 });

const presigned = async (method, path, body) => {
  const { protocol, hostname, port, host } = new URL(endpoint);
  const request = { method, protocol, hostname, port: Number(port), path, query: {}, headers: { host }, body };
  const { query } = await signer.presign(request, { expiresIn: 60 });
  return `${endpoint}${path}?${new URLSearchParams(query)}`;
};

const seen = {};

const { AppInstanceArn } = await client.send(new CreateAppInstanceCommand({ Name: "Chat 😀" }));
seen.created = (await client.send(new DescribeAppInstanceCommand({ AppInstanceArn }))).AppInstance.Name;
await client.send(new TagResourceCommand({ ResourceARN: AppInstanceArn, Tags: [{ Key: "a b", Value: "é" }] }));
seen.users = (await client.send(new ListAppInstanceUsersCommand({ AppInstanceArn }))).AppInstanceUsers;
seen.unusual = await nameOfError(client, new ListAppInstanceUsersCommand({ AppInstanceArn: "arn: é ~*'()!+" }));

const path = `/app-instances/${encodeURIComponent(AppInstanceArn)}`;
seen.presigned = (await fetch(await presigned("GET", path))).status;
const body = JSON.stringify({ Name: "Presigned é", ClientRequestToken: "token" });
const url = await presigned("POST", "/app-instances", body);
seen.presignedBody = (await fetch(url, { method: "POST", body })).status;
seen.otherBody = (await fetch(url, { method: "POST", body: `${body} ` })).status;

const stranger = { ...credentials, secretAccessKey: "guess" };
const theirs = new ChimeSDKIdentityClient({ endpoint, region, credentials: stranger, maxAttempts: 1 });
seen.wrongSecret = await nameOfError(theirs, new ListAppInstancesCommand({}));

console.log(JSON.stringify(seen));
