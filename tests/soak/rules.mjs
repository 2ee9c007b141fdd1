// What the operator lets agents do, as a policy document; and, said once more and independently of it, what may be run and
// what is charged for it, by which everything is judged afterwards.

/** Limits of each tool, as the document has them. Windows are short, so that each is filled many times. */
const LIMITS = {
  sliding: [{ counter: "sliding", window: 15, max: 9 }],
  fixed: [{ counter: "fixed", window: 10, max: 7, algorithm: "fixed" }],
  shared: [
    { counter: "shared-own", window: 20, max: 8 },
    { counter: "shared", window: 15, max: 60, scope: "server" },
  ],
  session: [{ counter: "session", window: 15, max: 4, scope: "session", sessions: 3 }],
  costly: [
    { counter: "costly-calls", window: 20, max: 12 },
    { counter: "costly", window: 20, max: 50, cost_from: "args.amount" },
  ],
  lasting: [
    { counter: "lasting", window: "day", max: 25, algorithm: "fixed" },
    { counter: "lasting-all", window: "hour", max: 500, scope: "server" },
  ],
  refunded: [{ counter: "refunded", window: 15, max: 6 }],
  stream: [{ counter: "streams", window: 30, max: 5 }],
  switched: [{ counter: "switched", window: "minute", max: 1000 }],
};

const SECONDS = { minute: 60, hour: 3600, day: 86_400 };
const secondsOf = (window) => SECONDS[window] ?? window;

/** Tools that are charged, with their limits. */
export const METERED = Object.fromEntries(Object.entries(LIMITS).map(([tool, limits]) => [tool, limits.map(read)]));

function read({ window, algorithm = "sliding", scope = "grant", cost_from: unit, ...limit }) {
  return { ...limit, window: secondsOf(window) * 1000, algorithm, scope, unit: unit ?? "calls" };
}

/** Millionths of what a call costs by the argument `amount`, or one. */
export const costOf = ({ unit }, args) => (unit === "calls" ? 1 : Math.round(args.amount * 1e6));
export const mostOf = ({ unit, max }) => (unit === "calls" ? max : max * 1e6);

/** The most that a grant may use of a counter of that scope within a window, whatever it does with its sessions. */
export const mostOfGrant = (limit) => mostOf(limit) * (limit.scope === "session" ? limit.sessions + 1 : 1);

/** Tools that may be run without a limit. */
const FREE = ["free", "guarded", "torrent", "switched_free"];
/** Those which the operator opens and shuts. */
export const SWITCHED = ["switched", "switched_free"];
export const LEVELS = ["low", "middle"];

/** What the origin has, and nobody may ever run, with why it is refused. */
export const REFUSED = { shut: "denied_by_rule", unnamed: "default_deny", hidden: "hidden" };
export const TOOLS = [...Object.keys(METERED), ...FREE, ...Object.keys(REFUSED)];

export const OPEN_RESOURCE = "soak://open/";
export const SHUT_RESOURCE = "soak://shut/";
export const PROMPT = "greet";

/** The policy in one of its editions; no two have the same bytes. */
export function policyOf({ edition, open }) {
  const audit = ["args.mark"];
  const rule = (more) => ({ audit, ...more });
  const metered = Object.entries(LIMITS).map(([tool, limits]) => [tool, rule({ limits })]);
  const tools = Object.fromEntries([...metered, ...FREE.map((tool) => [tool, rule({})])]);
  tools.refunded.refund_on = ["error", "tool_error"];
  tools.guarded.require = [{ path: "args.level", op: "in", value: LEVELS, reason: "Only low and middle." }];
  tools.shut = rule({ action: "deny" });
  if (!open) for (const tool of SWITCHED) tools[tool].action = "deny";
  return {
    version: "1",
    description: `edition ${edition}`,
    default: "deny",
    hide: ["hidden"],
    tools,
    prompts: { [PROMPT]: rule({}) },
    resources: { [`${OPEN_RESOURCE}{mark}`]: rule({}) },
  };
}

/** Whether any edition of the policy lets this be run. */
export function mayRun({ method, name, args }) {
  if (method === "resources/read") return name.startsWith(OPEN_RESOURCE);
  if (method === "prompts/get") return name === PROMPT;
  if (name === "guarded") return LEVELS.includes(args.level);
  return name in METERED || FREE.includes(name);
}

/** The rule that allows it, as the audit names it. */
export function ruleOf({ method, name }) {
  if (method === "resources/read") return `/resources/${`${OPEN_RESOURCE}{mark}`.replaceAll("~", "~0").replaceAll("/", "~1")}`;
  return `/${method === "prompts/get" ? "prompts" : "tools"}/${name}`;
}

/** The tools that a list has to show; those that are switched may be there or not. */
export const LISTED = [...Object.keys(METERED), ...FREE].filter((tool) => !SWITCHED.includes(tool));
