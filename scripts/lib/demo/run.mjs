// The demo's run: an agent tries what the seed's policy allows, once more than it allows, and what it does not name.

import { connect, knock } from "./agent.mjs";

export const ALLOWED = "management_execute_command";
export const UNNAMED = "shell_execute";
/** The policy's `max`, in any minute. */
export const BUDGET = 10;
export const LIMIT = "/tools/execute_command/limits/0";
export const DEFAULT_DENY = "(default deny)";

/** What an agent with a shell would do, were it let. */
const READS_CUSTOMERS = "from shop.models import Customer; print(list(Customer.objects.values_list('email', flat=True)))";

/** Lists and calls through the gateway; at the origin itself, knocks without its key, and lists with it to compare. */
export async function run({ gatewayUrl, token, originUrl, originKey }) {
  const knocked = await knock(originUrl);
  const origin = await connect(originUrl, { "tollgate-key": originKey });
  const offered = await origin.tools();
  await origin.close();

  const agent = await connect(gatewayUrl, { Authorization: `Bearer ${token}` });
  const seen = await agent.tools();
  const calls = [];
  for (let call = 0; call <= BUDGET; call += 1) calls.push(await agent.call(ALLOWED, { command: "check" }));
  const unnamed = await agent.call(UNNAMED, { code: READS_CUSTOMERS });
  await agent.close();
  return { protocol: agent.protocol, knocked, offered, seen, calls, unnamed };
}

/** What should have happened and did not, as sentences; empty if all is as it should be. */
export function shortcomings({ knocked, offered, seen, calls, unnamed }) {
  const admitted = calls.filter(({ denial, failed }) => denial === null && !failed).length;
  const refusal = calls.at(-1).denial;
  const retry = refusal?.retry_after;
  const facts = [
    [knocked.status === 403, `The shop should refuse whoever knocks without its key; it answered HTTP ${knocked.status}.`],
    [offered.includes(ALLOWED) && offered.includes(UNNAMED), `The shop should offer ${ALLOWED} and ${UNNAMED}; it offers ${offered.join(", ")}.`],
    [seen.includes(ALLOWED), `The agent should see ${ALLOWED}, which the policy names; it sees ${seen.join(", ") || "nothing"}.`],
    [!seen.includes(UNNAMED), `The agent should not see ${UNNAMED}, which the policy does not name.`],
    [admitted === BUDGET && calls.slice(0, BUDGET).every(({ denial }) => denial === null), `${BUDGET} calls of ${calls.length} should have been admitted, the first ones; ${admitted} were.`],
    [refusal?.rule === LIMIT, `Call ${calls.length} should have been denied by ${LIMIT}; it was ${judged(calls.at(-1))}.`],
    [Number.isInteger(retry) && retry >= 1 && retry <= 61, `Call ${calls.length} should say when to try again, within the minute; it says ${retry ?? "nothing"}.`],
    [unnamed.denial?.rule === DEFAULT_DENY, `${UNNAMED} should have been denied by ${DEFAULT_DENY}; it was ${judged(unnamed)}.`],
  ];
  return facts.filter(([holds]) => !holds).map(([, sentence]) => sentence);
}

/** One word or two for what happened to a call. */
export function judged({ denial, approval, failed }) {
  if (approval?.status === "pending") return "waits for a person";
  if (denial !== null) return `denied by ${denial.rule}`;
  return failed ? "admitted, and failed at the origin" : "admitted";
}
