// Runs messaging_story.mjs in a page in headless Chromium; prints the results as JSON.
// Usage: node messaging_browser.mjs https://127.0.0.1:4590 http://127.0.0.1:4591/cut '{"accessKeyId": "any", …}' \
//   /usr/bin/chromium
import { createServer } from "node:http";

import { build } from "esbuild";
import { launch } from "puppeteer-core";

const [, , endpoint, cutUrl, credentials, executablePath] = process.argv;
const given = { endpoint, cutUrl, credentials: JSON.parse(credentials) };

const bundle = await build({
  entryPoints: [new URL("messaging_page.mjs", import.meta.url).pathname],
  bundle: true,
  write: false,
  define: { global: "globalThis" },
  mainFields: ["browser", "module", "main"], // also for `require`, as webpack does
  logLevel: "error",
});
const page = `<!doctype html><title>Chat</title><script type="module" src="/page.js"></script>`;
const site = createServer((request, response) => {
  const isScript = request.url === "/page.js";
  response.setHeader("Content-Type", isScript ? "text/javascript; charset=utf-8" : "text/html");
  response.end(isScript ? bundle.outputFiles[0].contents : page);
});
await new Promise((resolve) => site.listen(0, "127.0.0.1", resolve));

const browser = await launch({
  executablePath,
  args: ["--no-sandbox", "--disable-dev-shm-usage"], // runs as root in containers
  acceptInsecureCerts: true, // a browser that people use trusts the file that the server prints
});
try {
  const tab = await browser.newPage();
  tab.on("pageerror", (error) => console.error(error));
  tab.on("console", (message) => console.error(message.text()));
  await tab.goto(`http://127.0.0.1:${site.address().port}/`);
  await tab.waitForFunction("globalThis.tellStory");
  console.log(JSON.stringify(await tab.evaluate((given) => tellStory(given), given)));
} finally {
  await browser.close();
  site.close();
}
