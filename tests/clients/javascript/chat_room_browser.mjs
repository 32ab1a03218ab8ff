// People use the page of examples/chat_room in headless Chromium; prints what they see as JSON.
// Usage: node chat_room_browser.mjs http://127.0.0.1:8000/ https://127.0.0.1:4590 /usr/bin/chromium
import { launch } from "puppeteer-core";

const WAIT = { polling: 50, timeout: 20_000 }; // tabs in the background have no animation frames
const [, , url, endpoint, executablePath] = process.argv;
const browser = await launch({
  executablePath,
  args: ["--no-sandbox", "--disable-dev-shm-usage"], // runs as root in containers
});

// Somebody with a browser.
class Person {
  static async visit(name) {
    const person = new Person();
    person.tab = await (await browser.createBrowserContext()).newPage(); // in a window of its own
    person.tab.on("pageerror", (error) => console.error(name, error));
    person.tab.on("console", (message) => console.error(name, message.text()));
    await person.acceptCertificate();
    await person.signIn(name);
    return person;
  }

  // Ignores the browser's warning about the certificate of the server, as people do who know it.
  async acceptCertificate() {
    await this.tab.goto(`${endpoint}/_qchime/health`).catch((warning) => warning);
    await this.tab.click("#details-button");
    const loaded = this.tab.waitForNavigation();
    await this.tab.click("#proceed-link");
    await loaded;
  }

  async signIn(name) {
    await this.tab.goto(url);
    await this.tab.type("#name", name);
    await this.tab.click("#sign-in button");
  }

  async say(text) {
    await this.tab.waitForSelector("#text", { visible: true });
    await this.tab.type("#text", text);
    await this.tab.click("#say button");
  }

  // Clicks the button next to a line.
  async click(line, label) {
    await this.reads(line);
    await this.tab.bringToFront();
    await this.tab.locator(`::-p-xpath(//li[contains(., ${JSON.stringify(line)})]/button[. = "${label}"])`).click();
  }

  reads(line) {
    return this.waitFor("ol", line);
  }

  isTold(text) {
    return this.waitFor("[role=status]", text);
  }

  waitFor(selector, text) {
    const isThere = (selector, text) => document.querySelector(selector).textContent.includes(text);
    return this.tab.waitForFunction(isThere, WAIT, selector, text);
  }

  lines() {
    return this.tab.$$eval("li", (lines) => lines.map((line) => line.firstChild.textContent));
  }
}

try {
  const seen = {};
  const alice = await Person.visit("Alice");
  const bob = await Person.visit("Bob");
  await bob.say("What the heck?");
  await alice.reads("Bob: What the ****?");
  await bob.say("https://example.com");
  await bob.isTold("not delivered");

  await bob.say("<b>I am back</b>");
  await alice.click("Bob: What the ****?", "Remove");
  await bob.reads("Bob: (removed)");
  await bob.reads("<b>I am back</b>");
  seen.bob = await bob.lines();

  await alice.click("Bob: <b>I am back</b>", "Ban");
  await bob.isTold("no longer connected");
  await bob.signIn("Bob");
  await bob.isTold("You have been banned.");

  await alice.say("Quiet now");
  await alice.reads("Alice: Quiet now");
  const carol = await Person.visit("Carol");
  await carol.reads("Alice: Quiet now");
  seen.carol = await carol.lines();
  seen.buttons = await Promise.all([alice, carol].map(({ tab }) => tab.$$eval("li button", (all) => all.length)));
  console.log(JSON.stringify(seen));
} finally {
  await browser.close();
}
