export { stop as default } from "./server.js"; // jest calls it after all tests
