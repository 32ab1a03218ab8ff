// The program of examples/q_app_survey with three people; prints the results as JSON.
// Usage: node q_app_survey.cjs http://127.0.0.1:4590 FILE, where FILE has the model, the app and the keys in JSON.
process.env.AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE = "1";
const { readFileSync } = require("node:fs");
const AWS = require("aws-sdk");

const [endpoint, file] = process.argv.slice(2);
const { model, instanceId, appDefinition, cards, handout, opinions, people } = JSON.parse(readFileSync(file));
const options = { endpoint, apiConfig: model, region: "us-east-1", maxRetries: 0 };
const [host, alice, bob] = people.map((keys) => new AWS.Service({ ...options, ...keys }));

const survey = async () => {
  const seen = { polls: [] };
  const app = await host.createQApp({ instanceId, title: "Survey", appDefinition }).promise();
  const { appId, appVersion } = app;
  await host.createLibraryItem({ instanceId, appId, appVersion, categories: [] }).promise();
  const { sessionId } = await host.startQAppSession({ instanceId, appId, appVersion }).promise();
  const session = { instanceId, sessionId };

  const document = { fileName: "Tides.txt", fileContentsBase64: handout, scope: "SESSION" };
  const { fileId } = await host.importDocument({ ...session, ...document, appId, cardId: cards.HANDOUT }).promise();
  const put = (client, cardId, value) =>
    client.updateQAppSession({ ...session, values: [{ cardId, value }] }).promise();
  await put(host, cards.HANDOUT, fileId);
  let card;
  do {
    card = (await host.getQAppSession(session).promise()).cardStatus[cards.REMINDER];
    seen.polls.push(card.currentState);
  } while (card.currentState !== "COMPLETED");
  seen.reminder = card.currentValue;

  const sharingConfiguration = { enabled: true, acceptResponses: true, revealCards: false };
  await host.updateQAppSessionMetadata({ ...session, sharingConfiguration }).promise();
  await put(alice, cards.QUESTIONS, JSON.stringify(opinions[0]));
  await put(bob, cards.QUESTIONS, JSON.stringify(opinions[1]));
  const { sessionData } = await bob.listQAppSessionData(session).promise();
  seen.seen = sessionData.map(({ value }) => value.rating);

  try {
    await bob.exportQAppSessionData(session).promise();
  } catch (error) {
    seen.refused = error.code;
  }
  const { csvFileLink } = await host.exportQAppSessionData(session).promise();
  seen.rows = await (await fetch(csvFileLink)).text();
  await host.stopQAppSession(session).promise();
  return seen;
};

survey().then(
  (seen) => console.log(JSON.stringify(seen)),
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
