// Held against each other when all is over: what agents sent and heard, what the origin was asked to run, what the ledgers have
// written down, and what the operator had in force.
import { charged, ran } from "./budgets.mjs";
import { LAG } from "./operator.mjs";
import { mayRun, ruleOf, SWITCHED } from "./rules.mjs";

/** Milliseconds for which what an isolate knows is used (README, «What you can rely on»): for calls under a limit, and for all others. */
const METERED_LATE = 2000;
const FREE_LATE = 30_000;
/** What a machine that has much else to do adds. */
const TOLERANCE = 1000;
/** Records of calls without a limit wait for a second in the isolate, and longer where a ledger does not take them; a kill takes them. */
const HANDED_OVER = 15_000;

/** After these, nothing was forwarded: the answer says so. */
const NOT_FORWARDED = ["denied", "limited", "overloaded", "outage", "no live grant", "refused"];
/** After these, it was. */
const FORWARDED = ["answered", "passed unread"];

/** Gives `{ findings, figures, budgets }`. */
export function judge({ observer, origin, ledgers, operator, lives }) {
  const findings = [...ledgers.findings, ...origin.leaks.map((leak) => `reached the origin: ${leak}`)];
  const figures = { executed: origin.executed.length, metered: 0, unanswered: 0, unrecorded: { killed: 0, left: 0, revoked: 0 }, oldest: 0 };
  const runs = [];
  const seen = new Set();
  for (const run of origin.executed) {
    const call = observer.calls.get(run.id);
    const fault = faultOf(run, call, seen);
    seen.add(run.id);
    if (fault !== undefined) {
      findings.push(`${run.id} reached the origin (${run.name}): ${fault}`);
      continue;
    }
    const allowed = ledgers.byMark.get(run.id);
    if (call.metered) figures.metered += 1;
    if (!FORWARDED.includes(call.outcome)) figures.unanswered += 1;
    if (allowed !== undefined) {
      if (call.metered) runs.push({ call, allowed });
      findings.push(...outOfForce({ run, call, allowed, operator }).map((what) => `${run.id} (${run.name}): ${what}`));
      continue;
    }
    const waited = lives.at(run.at).until - run.at;
    const why = call.metered ? undefined : whyUnrecorded(call, waited);
    if (why !== undefined) figures.unrecorded[why] += 1;
    else findings.push(`${run.id} reached the origin (${run.name}, ${call.outcome}), and no ledger has a decision; the runtime lived on for ${waited} ms`);
    if (why === "killed") figures.oldest = Math.max(figures.oldest, waited);
  }
  for (const [id, call] of observer.calls) {
    if (FORWARDED.includes(call.outcome) && !seen.has(id)) findings.push(`${id} (${call.name}) was answered, and never reached the origin`);
  }
  const budgets = charged(ledgers);
  findings.push(...ran(runs, ledgers), ...[...budgets.values()].flatMap(({ over }) => over));
  figures.charged = [...ledgers.allowed.values()].filter(({ entry, record }) => entry.reservation === record.request_id).length;
  figures.records = ledgers.records;
  return { findings, figures, budgets };
}

/** Why a call without a limit may be without a record, if it may. */
function whyUnrecorded({ outcome, grant }, waited) {
  // Who leaves before the head of the answer takes the request along, and with it what was to be said of it.
  if (outcome === "left by the agent") return "left";
  if (waited <= HANDED_OVER) return "killed";
  // What a ledger did not take goes along with the grant's next message, and there is none.
  if (grant.revokedAt !== undefined) return "revoked";
  return undefined;
}

/** Why it should never have got there. */
function faultOf(run, call, seen) {
  if (call === undefined) return "nobody called so";
  if (seen.has(run.id)) return "for the second time";
  if (call.stranger) return "with a token of nobody's";
  if (!mayRun(run)) return "the policy never allows it";
  if (NOT_FORWARDED.includes(call.outcome)) return `and its agent was told otherwise: ${call.outcome}`;
  return undefined;
}

/** Whether what allowed it was in force: its rule, the version of the policy, and the grant. */
function outOfForce({ run, call, allowed: { grant, entry, record }, operator }) {
  const found = [];
  if (grant !== call.grant.id) found.push(`written down for ${grant}, and not for ${call.grant.id}`);
  if (record.name !== run.name || record.rule !== ruleOf(run)) found.push(`allowed as ${record.name} by ${record.rule}`);
  const version = operator.versions.get(record.stamp);
  if (version === undefined) return [...found, `judged by ${record.stamp}, which the operator never made`];
  if (version.policy !== call.grant.policy) found.push(`judged by the policy ${version.policy}`);
  if (!version.open && SWITCHED.includes(run.name)) found.push("allowed by an edition that denies it");
  // A call is charged at its entry's time. Of any other it is known when it came.
  const at = call.metered ? entry.at : record.at;
  if (call.metered && entry.reservation !== record.request_id) found.push("nothing was charged with it");
  const strict = call.grant.strict && !call.metered;
  const bounds = { metered: METERED_LATE + TOLERANCE, strict: 0, free: FREE_LATE + LAG + TOLERANCE };
  const bound = bounds[call.metered ? "metered" : strict ? "strict" : "free"];
  const excused = !call.metered && !strict && version.forgotten;
  // One that came before may have been judged after.
  if (call.metered && at < version.from) found.push(`judged by a version ${version.from - at} ms before it was made`);
  if (!excused && at > version.until + bound) found.push(`judged by a version ${at - version.until} ms after the next was acknowledged`);
  const { revokedAt, forgotten } = call.grant;
  if (revokedAt !== undefined && !(forgotten && !call.metered && !strict)) {
    const late = call.metered || strict ? 0 : FREE_LATE + LAG + TOLERANCE;
    if (at > revokedAt + late) found.push(`${at - revokedAt} ms after its grant's revocation was acknowledged`);
  }
  return found;
}
