// How dangerous a call is, by what is known of it.

import catalogue from "../../../presets/mcp-django/catalogue.json";
import { escaped } from "./text.js";

/** What is known, by the preset of a server. It comes as text. */
const CATALOGUES = { "mcp-django": catalogue };

/** What it means for the eye. */
const LEVELS = { Low: "low", Medium: "medium", High: "high", Critical: "critical" };

/**
 * What a catalogue says of a call; undefined if nothing.
 * @param {string | null} preset
 * @param {{ method: string, name: string }} approval
 * @returns {{ risk: string, category: string, why: string } | undefined}
 */
export function known(preset, { method, name }) {
  if (!Object.hasOwn(CATALOGUES, preset ?? "")) return undefined;
  const { tools, resources, resourceTemplates } = JSON.parse(CATALOGUES[preset]);
  if (method === "tools/call") return tools.find((tool) => tool.name === name);
  if (!method.startsWith("resources/")) return undefined;
  return resources.find(({ uri }) => uri === name) ?? resourceTemplates.find(({ uriTemplate }) => matches(uriTemplate, name));
}

/** Whether a template stands for a URI: `{name}` for one segment, `{name*}` for one or more. */
function matches(template, uri) {
  const parts = template.split(/(\{\w+\*?\})/).map((part) => {
    if (!part.startsWith("{")) return part.replace(/[^\w]/g, "\\$&");
    return part.endsWith("*}") ? ".+" : "[^/]+";
  });
  return new RegExp(`^${parts.join("")}$`, "s").test(uri);
}

/** In two words. */
export const badge = (entry) => `<span class="badge ${level(entry)}">${escaped(entry?.risk ?? "Unknown")} risk</span>`;

/** In a section of its own. */
export function risk(entry) {
  const text = entry === undefined ? "Nothing is known of it here: no catalogue names it." : `${escaped(entry.category)}. ${code(escaped(entry.why))}`;
  return `<section class="risk ${level(entry)}"><h2>Risk: ${escaped(entry?.risk ?? "unknown")}</h2><p>${text}</p></section>`;
}

const level = (entry) => LEVELS[entry?.risk] ?? "unknown";

/** What stands between backticks in a text of ours. */
const code = (html) => html.replace(/`([^`]*)`/g, "<code>$1</code>");
