export default {
  transform: {},
  globalSetup: "./qchime/server.js",
  globalTeardown: "./qchime/stop.js",
  setupFilesAfterEnv: ["./qchime/account.js"],
};
