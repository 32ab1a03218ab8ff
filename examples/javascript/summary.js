// A Q App that summarizes what its user types. Only version 2 of AWS's SDK has Q Apps, and needs the endpoint.
import AWS from "aws-sdk";

const qapps = new AWS.QApps({ endpoint: process.env.AWS_ENDPOINT_URL });
const instanceId = "0b8df6a1-7c1f-4d3c-9a8e-5f1d2c3b4a59";
const [text, summary] = ["5c2bd0b3-4d3f-4a57-8d0c-5b1e3a2f9c01", "5c2bd0b3-4d3f-4a57-8d0c-5b1e3a2f9c02"];

export async function createSummarizer(title) {
  const cards = [
    { textInput: { id: text, title: "Text", type: "text-input" } },
    { qQuery: { id: summary, title: "Summary", type: "q-query", prompt: `Summarize @${text}`, outputSource: "llm" } },
  ];
  return qapps.createQApp({ instanceId, title, appDefinition: { cards } }).promise();
}

export async function titlesOfApps() {
  const { apps } = await qapps.listQApps({ instanceId }).promise();
  return apps.map(({ title }) => title);
}

export async function summarize({ appId, appVersion }, value) {
  const initialValues = [{ cardId: text, value }];
  const { sessionId } = await qapps.startQAppSession({ instanceId, appId, appVersion, initialValues }).promise();
  const { cardStatus } = await qapps.getQAppSession({ instanceId, sessionId }).promise();
  return cardStatus[summary].currentValue;
}
