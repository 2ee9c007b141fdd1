// The two policies under which the recorder listens, and what each lets through.
import { BAD, GOOD } from "./message.mjs";

const LISTS = ["tools/list", "prompts/list", "resources/list", "resources/templates/list"];
/** What calls nothing and reads nothing: any policy lets it through. */
const OPEN = new Set([
  ...LISTS,
  ..."initialize ping logging/setLevel server/discover".split(" "),
  ..."initialized cancelled progress message roots/list_changed".split(" ").map((name) => `notifications/${name}`),
]);
const isOpen = ({ method, subjects }) => OPEN.has(method) || (method === "subscriptions/listen" && subjects.length === 0);
const calls = ({ method, subjects }, allowed) => method === "tools/call" && allowed(subjects[0]);

/** One harmless tool, and nothing else. */
export const NARROW = {
  document: { version: "1", default: "deny", tools: { [GOOD]: {} } },
  allows: (message) => isOpen(message) || calls(message, (name) => name === GOOD),
};

/** Everything but some: here much gets through, and all readers must see the same in it. */
export const WIDE = {
  document: { version: "1", default: "allow", hide: ["shell_*", "draft_*"], tools: { management_execute_command: { action: "deny" } } },
  allows: (message) =>
    isOpen(message) ||
    calls(message, (name) => name !== BAD && !name.startsWith("shell_") && name !== "management_execute_command") ||
    ["prompts/get", "completion/complete"].includes(message.method) && !message.subjects.some((subject) => subject.startsWith("draft_")) ||
    ["resources/read", "resources/subscribe", "resources/unsubscribe", "subscriptions/listen"].includes(message.method),
};
