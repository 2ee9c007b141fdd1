// What the clients saw, as a table for the terminal and as a part of docs/clients.md.
import { quoted, timeless } from "./page.mjs";

const COLUMNS = {
  client: ({ client }) => client.name.replaceAll("`", ""),
  version: ({ version }) => version,
  era: ({ era }) => era,
  listed: ({ listed }) => listed,
  called: ({ called }) => called && "yes",
  denied: ({ denied }) => denied?.filter(({ isError }) => isError).length,
  "limited (told)": ({ told }) => told && `${told.seconds} s by ${told.by}`,
  waited: ({ waited }) => waited && `${waited.toFixed(2)} s`,
  through: ({ through }) => through && "yes",
};

/** A row of a client that did not come so far ends in dashes. */
export function asText(rows) {
  const lines = [Object.keys(COLUMNS), ...rows.map((row) => Object.values(COLUMNS).map((cell) => String(cell(row) || "–")))];
  const widths = lines[0].map((_, n) => Math.max(...lines.map((line) => line[n].length)));
  return lines.map((line) => line.map((cell, n) => cell.padEnd(widths[n])).join("  ").trimEnd()).join("\n");
}

/** One line for each client, and the words in which it was refused: those that most saw once, others with their client. */
export function asMarkdown(rows) {
  const clients = [...new Set(rows.map(({ client }) => client))].map((client) => ({ client, rows: rows.filter((row) => row.client === client) }));
  const table = clients.map(({ client, rows: [row, ...others] }) => {
    const eras = [row, ...others].map(({ era }) => era).join(", ");
    return `| ${client.name} ${row.version} | ${eras} | ${client.shows} | ${row.told.by === "_meta" ? "`retry_after` and the text" : "the text"} |`;
  });
  const said = [
    ["a tool that is hidden", (row) => row.denied[0]],
    ["a tool that no rule names", (row) => row.denied[1]],
    ["arguments that a rule refuses", (row) => row.denied[2]],
    ["a limit that is used up", (row) => row.limited],
  ].map(([what, of]) => {
    const usual = of(rows[0]).text;
    const odd = clients
      .filter(({ rows: [row] }) => timeless(of(row).text) !== timeless(usual))
      .map(({ client, rows: [row] }) => ` ${client.name} says: ${quoted(of(row).text)}`);
    return `- ${what}: ${quoted(usual)}${odd.join("")}`;
  });
  return [
    "",
    "| client | eras | what it does with a denial | it says how long to wait by |",
    "|---|---|---|---|",
    ...table,
    "",
    "The words, which are the same in all of them but where it is said:",
    "",
    ...said,
    "",
    "",
  ].join("\n");
}
