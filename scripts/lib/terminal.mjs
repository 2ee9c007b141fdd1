// What the person at the terminal reads: a line for each step, with its time, and tables.

const live = process.stderr.isTTY === true;

/** A script's result. */
export const say = (text = "") => process.stdout.write(`${text}\n`);
/** What a script does on its way; on standard error, so that the result can be piped. */
export const tell = (text = "") => process.stderr.write(`${text}\n`);

/**
 * Shows a step while it lasts: on a terminal one line that is rewritten, elsewhere a line now and then.
 * `note` takes what the step's command writes; its newest line is shown.
 */
export function progress(doing) {
  const began = Date.now();
  const seconds = () => `${((Date.now() - began) / 1000).toFixed(0)} s`;
  let newest = "";
  const show = () => {
    const text = `  … ${doing} (${seconds()})${newest && `: ${newest}`}`;
    if (live) process.stderr.write(`\r\x1b[K${text.slice(0, (process.stderr.columns || 80) - 1)}`);
    else tell(text.slice(0, 160));
  };
  if (live) show();
  const timer = setInterval(show, live ? 250 : 20_000);
  const end = (mark) => {
    clearInterval(timer);
    if (live) process.stderr.write("\r\x1b[K");
    tell(`  ${mark} ${doing} (${seconds()})`);
  };
  return {
    note: (chunk) => {
      newest = lastLine(chunk) ?? newest;
    },
    done: () => end("✓"),
    failed: () => end("✗"),
  };
}

/** Rows of cells as aligned columns under their heads. */
export function table(heads, rows) {
  const wide = heads.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column].length)));
  const line = (cells) => `  ${cells.map((cell, column) => cell.padEnd(wide[column])).join("  ").trimEnd()}`;
  return [line(heads), line(wide.map((width) => "─".repeat(width))), ...rows.map(line)].join("\n");
}

function lastLine(chunk) {
  const lines = String(chunk).split(/[\r\n]+/);
  return lines.map((line) => line.trim()).filter(Boolean).at(-1);
}
