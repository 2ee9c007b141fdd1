// How a failure is told: enough to send it again, and to see who read what.
import { escaped } from "./bytes.mjs";
import { SEED } from "./random.mjs";

/** Past so many the rest tells nothing new. */
export const MOST_REPORTS = 12;

export function told({ message, faults, raw, received, records = [], seen = [], previous }) {
  const got = records.flatMap((record, index) => [
    `--- the origin got ${record.method} ${record.path} ${JSON.stringify(pairs(record.rawHeaders))}`,
    escaped(record.body),
    ...(seen[index] ?? []).map(({ reader, said, unreadable }) => `    ${reader}: ${unreadable ?? JSON.stringify(said)}`),
  ]);
  return [
    `=== ${message.what} (${message.era}; seed ${SEED}; before it: ${previous})`,
    ...faults.map((fault) => `  ! ${fault}`),
    "--- sent",
    escaped(raw),
    ...got,
    "--- answered",
    escaped(received, 1500),
  ].join("\n");
}

const pairs = (flat) => flat.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${flat[index + 1]}`] : []));

/** The failures of a run as one text, those of one kind together. */
export function toldAll(reports) {
  const shown = reports.slice(0, MOST_REPORTS).map(told).join("\n\n");
  const names = reports.slice(MOST_REPORTS, MOST_REPORTS + 100).map(({ message, faults }) => `${message.what} (${message.era}): ${faults[0]}`);
  return [`${reports.length} messages failed`, shown, ...names].join("\n\n");
}
