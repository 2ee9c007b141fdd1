// The demo's second act: an agent asks for what a person has to look at, and gets it once.

import { connect } from "./agent.mjs";
import { ALLOWED } from "./run.mjs";

/** The plan of the migrations: the policy asks about it as about the migrations themselves, and it changes nothing. */
const PLAN = { command: "migrate", args: ["--plan"] };

/** Who says yes. */
const OPERATOR = "demo";

/**
 * An agent under the developer policy calls three times, and an operator says yes after the first. The third call's question is left to
 * whoever looks at the demo.
 * @param {object} options
 * @param {Function} options.admin see admin.mjs
 * @param {(token: string) => Function} options.as the same API, in the hands of an operator
 */
export async function approval({ gatewayUrl, token, admin, as }) {
  await admin("DELETE", `operators/${OPERATOR}`).catch((error) => {
    if (error.status !== 404) throw error;
  });
  const operator = await admin("POST", "operators", { name: OPERATOR });
  const agent = await connect(gatewayUrl, { Authorization: `Bearer ${token}` });
  const calls = [await agent.call(ALLOWED, PLAN)];
  const asked = calls[0].approval;
  const answered = asked && (await as(operator.token)("POST", `approvals/${asked.id}/approve`, { reason: "A plan only reads." }));
  for (let call = 0; call < 2; call += 1) calls.push(await agent.call(ALLOWED, PLAN));
  await agent.close();
  return { calls, answered, operator };
}

/** What should have happened and did not, as sentences; empty if all is as it should be. */
export function shortcomings({ calls: [first, second, third], answered }) {
  const facts = [
    [first.approval?.status === "pending", `\`migrate\` should wait for a person at first; it was told: ${first.text}`],
    [answered?.decision?.by === OPERATOR, "The operator's yes should have been taken."],
    [second.approval === null && !second.failed, `\`migrate\` should pass after the yes; it was told: ${second.text}`],
    [third.approval?.status === "pending" && third.approval.id !== first.approval?.id, `The yes should be for one call; the next one was told: ${third.text}`],
  ];
  return facts.filter(([holds]) => !holds).map(([, sentence]) => sentence);
}
