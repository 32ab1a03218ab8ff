import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globals: true,
    globalSetup: "./qchime/server.js",
    setupFiles: "./qchime/account.js",
  },
});
