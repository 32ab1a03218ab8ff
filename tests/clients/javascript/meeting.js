// Copied beside the tests of examples/javascript: the first tests of all files begin together, and end together,
// so that files that share an account are in each other's way however fast the machine is.
import { randomUUID } from "node:crypto";
import { readdirSync, writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

const TIMEOUT = 90_000;
const { MEETING, MEETING_FILES } = process.env;

async function meet(point) {
  writeFileSync(`${MEETING}/${point}-${randomUUID()}`, "");
  while (readdirSync(MEETING).filter((name) => name.startsWith(point)).length < Number(MEETING_FILES)) {
    await setTimeout(20);
  }
}

function once(meeting) {
  let has_met = false;
  return async () => {
    if (has_met) return;
    has_met = true;
    await meeting();
  };
}

beforeEach(once(() => meet("begin")), TIMEOUT);
afterEach(once(() => meet("end")), TIMEOUT);
