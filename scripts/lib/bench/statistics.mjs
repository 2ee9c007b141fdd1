// From what each round saw to what is told: medians, spreads, and ratios within the same round.

/** The value below which a part of the values lies, between its two neighbours in proportion. */
export function quantile(values, part) {
  const sorted = values.toSorted((one, other) => one - other);
  const place = (sorted.length - 1) * part;
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return below + (above - below) * (place - Math.floor(place));
}

export const median = (values) => quantile(values, 0.5);

/** The median, and the quartiles around it. */
export const spread = (values) => ({ median: median(values), low: quantile(values, 0.25), high: quantile(values, 0.75) });

/**
 * The row of a target at some number of clients.
 * @param {import("./rounds.mjs").Visit[]} visits
 * @param {import("./rounds.mjs").Visit[]} [beside] those of its yardstick, round by round
 */
export function summary(visits, beside) {
  const of = (what) => spread(visits.map((visit) => visit[what]));
  const ratio = (what) => spread(visits.map((visit, round) => visit[what] / beside[round][what]));
  return {
    calls: visits.reduce((sum, { calls }) => sum + calls, 0),
    rate: of("rate"),
    cpu: visits[0].cpu === null ? null : of("cpu"),
    p50: of("p50"),
    p99: of("p99"),
    ...(beside === undefined ? {} : { ratio: { cpu: ratio("cpu"), p50: ratio("p50") } }),
  };
}

/** The slope of the line that fits points (x, y) best. */
export function slope(points) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  return points.reduce((sum, [px, py]) => sum + (px - x) * (py - y), 0) / points.reduce((sum, [px]) => sum + (px - x) ** 2, 0);
}
