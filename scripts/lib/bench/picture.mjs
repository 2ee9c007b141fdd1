// The picture: CPU time of a call on each path, beside its yardstick. Readable on light and on dark pages.

import { digits } from "./units.mjs";

const WIDTH = 760;
const LABELS = 170;
const BARS = WIDTH - LABELS - 150;
const BAR = 13;
const GROUP = 44;
const TOP = 64;

/** @returns {string} an SVG document */
export function picture({ paths, machine }, clients) {
  const groups = paths.filter(({ beside, at }) => beside !== undefined && at[clients] !== undefined).map(({ name, beside, goals, at }) => {
    const yardstick = paths.find((row) => row.name === beside).at[clients];
    return { name, beside, ours: at[clients].cpu, theirs: yardstick.cpu, goal: goals.cpu === undefined ? null : goals.cpu * yardstick.cpu.median };
  });
  const most = Math.max(...groups.flatMap(({ ours, theirs, goal }) => [ours.high, theirs.high, goal ?? 0]));
  const scale = (micros) => LABELS + (micros / most) * BARS;
  const height = TOP + groups.length * GROUP + 34;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escaped(TITLE)}">`,
    STYLE,
    `<text class="title" x="0" y="20">${escaped(TITLE)}</text>`,
    `<text class="quiet" x="0" y="40">${clients} client${clients === 1 ? "" : "s"}, medians with quartiles; shorter is better</text>`,
    ...legend(),
    ...groups.flatMap((group, index) => drawn(group, TOP + index * GROUP, scale)),
    `<text class="quiet" x="0" y="${height - 8}">${escaped(`${machine.date.slice(0, 10)} · ${machine.cpu}, ${machine.cores} cores · workerd ${machine.workerd} · commit ${machine.commit}`)}</text>`,
    "</svg>",
  ].join("\n")}\n`;
}

const TITLE = "CPU µs a call: the gateway beside what one would write by hand";

const STYLE = `<style>
  text { font: 12px system-ui, sans-serif; fill: #1f2328 }
  .title { font-size: 15px; font-weight: 600 }
  .quiet { fill: #59636e; font-size: 11px }
  .ours { fill: #0969da }
  .theirs { fill: #afb8c1 }
  .spread { stroke: #1f2328; stroke-opacity: .55 }
  .goal { stroke: #cf222e; stroke-width: 2 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .quiet { fill: #9198a1 }
    .ours { fill: #4493f8 }
    .theirs { fill: #656c76 }
    .spread { stroke: #e6edf3 }
    .goal { stroke: #f85149 }
  }
</style>`;

function legend() {
  const x = WIDTH - 250;
  return [
    `<rect class="ours" x="${x}" y="30" width="10" height="10"/><text class="quiet" x="${x + 15}" y="39">tollgate</text>`,
    `<rect class="theirs" x="${x + 75}" y="30" width="10" height="10"/><text class="quiet" x="${x + 90}" y="39">yardstick</text>`,
    `<path class="goal" d="M${x + 158} 29v12"/><text class="quiet" x="${x + 166}" y="39">target</text>`,
  ];
}

function drawn({ name, beside, ours, theirs, goal }, y, scale) {
  return [
    `<text x="0" y="${y + 11}">${escaped(name)}</text>`,
    `<text class="quiet" x="0" y="${y + 11 + BAR + 2}">${escaped(beside)}</text>`,
    ...bar("ours", ours, y, scale),
    ...bar("theirs", theirs, y + BAR + 2, scale),
    ...(goal === null ? [] : [`<path class="goal" d="M${scale(goal).toFixed(1)} ${y - 2}v${BAR + 4}"/>`]),
  ];
}

function bar(kind, { median, low, high }, y, scale) {
  const [from, to, left, right] = [scale(0), scale(median), scale(low), scale(high)].map((x) => x.toFixed(1));
  return [
    `<rect class="${kind}" x="${from}" y="${y}" width="${(to - from).toFixed(1)}" height="${BAR}"/>`,
    `<path class="spread" d="M${left} ${y + BAR / 2}H${right}"/>`,
    `<text class="quiet" x="${Math.max(to, right) + 12}" y="${y + 10}">${digits(median)}</text>`,
  ];
}

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
