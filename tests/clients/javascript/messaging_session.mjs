// Runs messaging_story.mjs in Node; prints the results as JSON.
// Usage: node messaging_session.mjs https://127.0.0.1:4590 http://127.0.0.1:4591/cut '{"accessKeyId": "any", …}'
import * as chime from "amazon-chime-sdk-js";
import { WebSocket } from "ws";

import { tellStory } from "./messaging_story.mjs";

globalThis.WebSocket ??= WebSocket; // which Node 20 lacks

// Amazon's library always connects by wss; a server without --tls takes ws.
class PlainWebSocketAdapter extends chime.DefaultWebSocketAdapter {
  create(url, protocols, isSignedUrl) {
    super.create(url.replace(/^wss:/, "ws:"), protocols, isSignedUrl);
  }
}

const [, , endpoint, cutUrl, credentials] = process.argv;
const adapter = endpoint.startsWith("http:") ? (logger) => new PlainWebSocketAdapter(logger) : undefined;
const given = { endpoint, cutUrl, credentials: JSON.parse(credentials), adapter };
console.log(JSON.stringify(await tellStory(given)));
