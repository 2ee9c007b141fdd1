// The page as eyes and screen readers have it.
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { peers } from "../../../scripts/lib/paths.mjs";

const axe = readFile(createRequire(path.join(peers, "package.json")).resolve("axe-core/axe.min.js"), "utf8");

/** What axe-core finds against WCAG 2.2, levels A and AA, and its own good practice: a line each. */
export async function complaints(page) {
  // Evaluated from outside: the page itself would let no script in.
  await page.evaluate(`${await axe};0`);
  const { violations, incomplete } = await page.evaluate(() => window.axe.run(document, { preload: false }));
  const found = [...violations, ...incomplete.filter(({ id }) => id === "color-contrast")];
  return found.flatMap(({ id, help, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${help}: ${html}: ${failureSummary}`));
}

/** Roles of which nothing is said: what is in them is. */
const SILENT = new Set(["none", "generic", "RootWebArea", "LabelText", "DescriptionList", "ListMarker", "LineBreak", "InlineTextBox", "paragraph", "code", "time", "emphasis", "strong", "mark"]);
/** Roles that are called by the text in them. */
const CALLED = new Set(["heading", "button", "link", "term", "LabelText"]);

/** What Chromium tells a screen reader, in order: `role "name"`, with a heading's level and what else it says of an element; and the texts. */
export async function spoken(page) {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  await session.detach();
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const lines = [];
  let block = false;
  const walk = (node, depth, called) => {
    const role = node.role?.value;
    const name = node.name?.value ?? "";
    if (role === "StaticText") {
      if (called) return;
      // What stands in one block is said in one go.
      const indent = `${"  ".repeat(depth)}“`;
      if (lines.at(-1)?.startsWith(indent) && !block) lines.push(lines.pop().slice(0, -1) + name + "”");
      else if (name.trim() !== "") lines.push(`${indent}${name}”`);
      block = false;
      return;
    }
    // A form without a name is no landmark (WAI-ARIA 1.2); not every version of Chromium keeps quiet about it.
    const says = !node.ignored && !SILENT.has(role) && !(role === "form" && name === "");
    block ||= says || ["paragraph", "generic", "form"].includes(role);
    if (says) {
      const property = (name) => node.properties?.find((one) => one.name === name)?.value.value;
      const live = property("live");
      const more = [role === "heading" && `level ${property("level")}`, live && `live ${live}`, property("required") && "required", node.description?.value && `(${node.description.value})`];
      lines.push("  ".repeat(depth) + [role, name && JSON.stringify(name), ...more].filter(Boolean).join(" "));
    }
    for (const id of node.childIds ?? []) walk(byId.get(id), depth + (says ? 1 : 0), called || (!node.ignored && CALLED.has(role)));
  };
  walk(nodes[0], 0, false);
  return lines;
}

/** The contrast of two colours, as WCAG 2.2 defines it, of what an element's computed style says: `[element, property, ground]`. */
export function contrast(page, selector, property, ground) {
  return page.evaluate(
    ([selector, property, ground]) => {
      const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
      const luminance = (colour) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
        if (alpha !== 255) throw new Error(`${colour} lets through what is behind it`);
        const linear = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
        return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
      };
      const of = (selector, property) => luminance(getComputedStyle(document.querySelector(selector))[property]);
      const [darker, lighter] = [of(selector, property), of(ground, "backgroundColor")].sort((a, b) => a - b);
      return (lighter + 0.05) / (darker + 0.05);
    },
    [selector, property, ground],
  );
}

/** Whether something stands out to the side, so that one has to scroll for it. */
export function sticksOut(page) {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const wide = [...document.querySelectorAll("body *")].filter((element) => element.getBoundingClientRect().right > clientWidth + 1);
    return [...(scrollWidth > clientWidth ? [`the page: ${scrollWidth} of ${clientWidth}`] : []), ...wide.map(({ outerHTML }) => outerHTML.slice(0, 120))];
  });
}

/** How an element with the focus shows that it has it, and whether it is on the screen. */
export function focus(page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (element === document.body) return null;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    const { top, bottom } = element.getBoundingClientRect();
    const name = element.labels?.[0]?.firstChild.textContent.trim() ?? element.innerText;
    return { name, ring: `${outlineStyle} ${outlineWidth}`, onScreen: top >= 0 && bottom <= innerHeight };
  });
}
