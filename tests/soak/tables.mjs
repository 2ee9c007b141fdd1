// What a soak did, as tables: for the terminal, and for docs/soak.md.
import { bytes } from "../../scripts/lib/bench/units.mjs";

const number = (value) => value.toLocaleString("en");

/** Sections of `{ title, heads, rows, notes }`; cells are texts. */
export function tablesOf(result) {
  return [requests(result), events(result), calls(result), budgets(result), memory(result)];
}

/** Columns in the order of how good they are; those that nothing came to are left out. */
const OUTCOMES = [
  "answered", "passed unread", "denied", "limited", "overloaded", "refused", "no live grant", "no such session", "the origin failed", "outage",
  "left by the agent", "cut by a kill", "MALFORMED",
];

function requests({ observer: { tally, sent, longest } }) {
  const kinds = [...tally].toSorted(([one], [other]) => one.localeCompare(other));
  const columns = OUTCOMES.filter((outcome) => outcome === "MALFORMED" || kinds.some(([, outcomes]) => outcomes.has(outcome)));
  const cell = (outcome, times) => (times === 0 && outcome !== "MALFORMED" ? "" : number(times));
  const sum = (of) => columns.reduce((all, outcome) => all + of(outcome), 0);
  const row = (name, of) => [name, number(sum(of)), ...columns.map((outcome) => cell(outcome, of(outcome)))];
  const all = (outcome) => kinds.reduce((sum, [, outcomes]) => sum + (outcomes.get(outcome) ?? 0), 0);
  return {
    title: "Requests, and what came of them",
    heads: ["request", "sent", ...columns],
    rows: [...kinds.map(([kind, outcomes]) => row(kind, (outcome) => outcomes.get(outcome) ?? 0)), row("all", all)],
    notes: [
      `${number(sent)} requests. The longest that an answer took, streams aside: ${(longest.milliseconds / 1000).toFixed(1)} s (${longest.what}).`,
      "`passed unread`: JSON of the origin's, to the byte, which is a lie or breaks off (docs/protocol.md: an answer that nothing must edit passes unread).",
    ],
  };
}

function events({ lives, origin, operator, weather }) {
  const sorted = (counts) => [...counts].toSorted(([one], [other]) => one.localeCompare(other));
  return {
    title: "What was done to it",
    heads: ["what", "times"],
    rows: [
      ["the runtime killed (SIGKILL) and started again on the same state", number(lives.kills)],
      ["the origin restarted, its sessions forgotten", number(origin.restarts)],
      ["the origin deaf for a while", number(origin.deafnesses)],
      ["a policy edited", number(operator.edits)],
      ["a grant revoked", number(operator.revocations)],
      ["budgets read by the operator", number(operator.readings)],
      ...sorted(weather.injected).map(([fault, times]) => [`fault: ${fault}`, number(times)]),
      ...sorted(origin.lies).map(([lie, times]) => [`the origin lies: ${lie}`, number(times)]),
    ],
    notes: [],
  };
}

function calls({ figures, observer }) {
  const { killed, left, revoked } = figures.unrecorded;
  return {
    title: "Calls: run, charged, written down",
    heads: ["what", "calls"],
    rows: [
      ["reached the origin (tools, resources, prompts)", number(figures.executed)],
      ["of those under a limit, each with its charge and its record", number(figures.metered)],
      ["charged", number(figures.charged)],
      ["reached the origin, and what it said did not reach the agent", number(figures.unanswered)],
      ["under a limit, answered without saying what is left", number(observer.unsaid)],
      ["without a limit, and their record was lost in a kill", number(killed)],
      ["without a limit, and their agent left before the answer, and so no record was made", number(left)],
      ["without a limit, and their grant was revoked before its ledger took the record", number(revoked)],
      ["records in all ledgers", number(figures.records)],
    ],
    notes: [`The oldest record that a kill took had waited ${figures.oldest} ms.`],
  };
}

function budgets({ budgets: all }) {
  const units = ({ unit }, value) => (unit === "calls" ? number(value) : (value / 1e6).toString());
  return {
    title: "Budgets: the most that was ever charged within a window",
    heads: ["counter", "scope", "window", "most", "max"],
    rows: [...all.values()].map(({ limit, most, max }) => {
      const window = `${limit.window / 1000} s ${limit.algorithm}`;
      return [limit.counter, limit.scope, window, units(limit, most), units(limit, max)];
    }),
    notes: [],
  };
}

function memory({ flatness, left }) {
  const { seconds, isLong, begin, end, perMinute, most } = flatness;
  return {
    title: "Memory of workerd, and what was open when all was over",
    heads: ["what", ""],
    rows: [
      ["at most, in all lives", bytes(most)],
      [`in the second half of the longest life (${seconds.toFixed(0)} s), at its beginning`, bytes(begin)],
      ["at its end", bytes(end)],
      ["growth in a minute", `${perMinute < 0 ? "−" : ""}${bytes(Math.abs(perMinute))}`],
      ["requests, streams, connections to the origin that are open", `${left.requests}, ${left.streams}, ${left.connections}`],
      ["sockets of workerd, before and after", `${left.idle ?? "?"}, ${left.sockets ?? "?"}`],
    ],
    notes: isLong ? [] : ["That half was too short to say whether memory is flat; in a run of an hour it is long enough."],
  };
}
