// Figures as they are written.

const KIB = 1024;

/** Three digits are what a measurement like this is good for. */
export function digits(value) {
  if (value >= 100) return Math.round(value).toLocaleString("en");
  return value.toFixed(value >= 10 ? 1 : 2);
}

export const micros = ({ median }) => digits(median);

export const spreadOf = (of) => (of === null ? "–" : `${digits(of.median)} (${digits(of.low)}–${digits(of.high)})`);

export const bytes = (count) => (count < KIB * KIB ? `${(count / KIB).toFixed(0)} KiB` : `${(count / KIB / KIB).toFixed(1)} MiB`);

/** A ratio, with its target if there is one. */
export function ratioUnder(ratio, goal) {
  return goal === undefined ? ratio.median.toFixed(2) : `${ratio.median.toFixed(3)} ≤ ${goal.toFixed(2)} ${mark(ratio.median <= goal)}`;
}

/** A size, with its target. */
export const sizeUnder = (count, goal) => `${bytes(count)} ≤ ${bytes(goal)} ${mark(count <= goal)}`;

const mark = (met) => (met ? "✓" : "✗");
