// Before each file of tests: AWS clients find the server, in an account that belongs to this worker alone.
import { control } from "./control.js";

const worker = process.env.VITEST_POOL_ID ?? process.env.JEST_WORKER_ID;
const account = Number(process.env.QCHIME_RUN) + Number(worker);

delete process.env.AWS_PROFILE;
delete process.env.AWS_SESSION_TOKEN;
Object.assign(process.env, {
  AWS_ENDPOINT_URL: process.env.QCHIME_URL, // of every service, so that no call reaches AWS
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: String(account), // twelve digits: the account
  AWS_SECRET_ACCESS_KEY: "testing",
});

beforeEach(() => control("POST", "reset"));
