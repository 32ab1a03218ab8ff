// Runs messaging_story.mjs in a browser; esbuild bundles it.
import { tellStory } from "./messaging_story.mjs";

globalThis.tellStory = tellStory;
