import { join, namesOfChats, openChat } from "../chat.js";
import { control } from "../qchime/control.js";

test("a chat is open for its users", async () => {
  const chat = await openChat("Support");
  const users = [await join(chat, "Alice"), await join(chat, "Bob")];

  expect(new Set(users).size).toBe(2);
  expect(await namesOfChats()).toEqual(["Support"]);
});

test("a throttled call is repeated", async () => {
  await control("POST", "faults", { operation: "CreateAppInstance", error: "ThrottledClientException", times: 1 });
  await openChat("Support");

  const { calls } = await control("GET", "calls");
  expect(calls.map(({ operation, status }) => [operation, status])).toEqual([
    ["CreateAppInstance", 429],
    ["CreateAppInstance", 201],
  ]);
});
