import { history, join, namesOfChats, openChannel, openChat, say } from "../chat.js";
import { control } from "../qchime/control.js";

test("the history has what users said", async () => {
  const chat = await openChat("Support");
  const alice = await join(chat, "Alice");
  const channel = await openChannel(chat, alice, "General");
  await say(channel, alice, "Hello");

  expect(await history(channel, alice)).toEqual(["Alice: Hello"]);
  expect(await namesOfChats()).toEqual(["Support"]);
});

test("a full account opens no more chats", async () => {
  await control("PATCH", "limits", { app_instances_per_account: 1 });
  await openChat("Support");

  await expect(openChat("Sales")).rejects.toThrow(expect.objectContaining({ name: "ResourceLimitExceededException" }));
});
