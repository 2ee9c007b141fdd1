// The corpus: every kept case, in the eras and under the mirrored headers that it asks for.
import { readdir } from "node:fs/promises";
import { messageOf } from "./message.mjs";

const FOLDER = new URL("../corpus/", import.meta.url);
/** Where a case does not say what the headers mirror, they say once the one tool and once the other. */
const MIRRORS = [{ name: "$GOOD" }, { name: "$BAD" }];

/** Every message of the corpus. */
export async function readCorpus() {
  const files = (await readdir(FOLDER)).filter((file) => file.endsWith(".mjs")).sort();
  const messages = [];
  for (const file of files) {
    const { default: cases } = await import(new URL(file, FOLDER));
    for (const kept of cases) messages.push(...messagesOf({ ...kept, what: `${file.replace(".mjs", "")}: ${kept.what}` }));
  }
  return messages;
}

function messagesOf(kept) {
  return (kept.eras ?? ["legacy", "modern"]).flatMap((era) => {
    if (era === "legacy") return [messageOf(era, { ...kept, mirrors: undefined })];
    return (kept.mirrors ? [kept.mirrors] : MIRRORS).map((mirrors) => messageOf(era, { ...kept, mirrors }));
  });
}
