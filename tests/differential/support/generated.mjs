// Messages made from messages: the corpus, and what an honest agent says, changed in one to three ways.
import { CHANGES } from "./changes.mjs";
import { messageOf } from "./message.mjs";
import { harmless, hostile, request } from "./phrase.mjs";
import { chanceOf } from "./random.mjs";

/** What an agent may say under the narrow policy, and what it may not: most changes begin here, so that many come far. */
const BASES = [
  ["tools/call", "$GOOD", harmless],
  ["tools/call", "$GOOD", harmless],
  ["tools/call", "$GOOD", harmless],
  ["tools/call", "$BAD", hostile],
  ["tools/list", null, request("tools/list", '"cursor":"a"')],
  ["ping", null, request("ping", '"x":0')],
  ["server/discover", null, request("server/discover", '"x":0')],
  ["subscriptions/listen", null, request("subscriptions/listen", '"notifications":{"toolsListChanged":true}')],
  ["prompts/get", "review", request("prompts/get", '"name":"review"')],
  ["completion/complete", null, request("completion/complete", '"ref":{"type":"ref/prompt","name":"review"},"argument":{"name":"model","value":""}')],
  ["resources/read", "django://project/apps", request("resources/read", '"uri":"django://project/apps"')],
  ["notifications/initialized", null, request("notifications/initialized", '"x":0').replace('"id":$ID,', "")],
  ["notifications/cancelled", null, request("notifications/cancelled", '"requestId":1').replace('"id":$ID,', "")],
];

/** The message with that number: the same for the same seed and corpus. */
export function generated(number, corpus) {
  const chance = chanceOf(number);
  let message = chance.odds(0.7) ? base(chance) : chance.pick(corpus);
  const steps = [];
  const count = 1 + chance.below(2) + chance.below(2) * chance.below(2);
  for (let step = 0; step < count; step += 1) {
    const [name, change] = chance.pick(CHANGES);
    steps.push(name);
    message = change(structuredClone(message), chance, corpus);
  }
  return { ...message, what: `generated ${number} from «${message.what}»: ${steps.join(", ")}` };
}

function base(chance) {
  const [method, name, body] = chance.pick(BASES);
  const era = chance.pick(["legacy", "modern"]);
  return messageOf(era, { what: `${method}, ${era}`, body, mirrors: { method, name } });
}
