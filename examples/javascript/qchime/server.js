// Starts `qchime serve` before all tests, unless QCHIME_URL names a server that runs already.
import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { openSync } from "node:fs";
import { createInterface } from "node:readline";

let server;

export default async function start() {
  process.env.QCHIME_RUN = randomInt(1e11, 9e11); // differs from that of other runs on the same server
  process.env.QCHIME_URL ||= await serve();
  return stop; // vitest calls it after all tests
}

export async function stop() {
  if (server?.kill()) await once(server, "exit");
}

async function serve() {
  const log = openSync("qchime.log", "w");
  server = spawn("qchime", ["serve", "--port", "0"], { stdio: ["ignore", "pipe", log] });
  await once(server, "spawn");
  for await (const line of createInterface({ input: server.stdout })) {
    return line.match(/http:\S+/)[0];
  }
  throw new Error("qchime serve has ended before it could serve: see qchime.log");
}
