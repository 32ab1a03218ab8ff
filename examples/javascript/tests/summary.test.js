import { control } from "../qchime/control.js";
import { createSummarizer, summarize, titlesOfApps } from "../summary.js";

test("the app answers what the test decides", async () => {
  await control("POST", "answers", { card: "Summary", text: "All is well" });
  const app = await createSummarizer("Summarizer");

  expect(await summarize(app, "A long report")).toBe("All is well");
  expect(await titlesOfApps()).toEqual(["Summarizer"]);
});

test("the prompt has the text", async () => {
  const app = await createSummarizer("Summarizer");

  expect(await summarize(app, "A long report")).toBe("Answer to: Summarize A long report");
});

test("apps of other tests are gone", async () => {
  expect(await titlesOfApps()).toEqual([]);
});
