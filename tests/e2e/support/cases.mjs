// The case files that the host's tests run, too (tests/cases/README.md): what each says, and the messages that its calls are.
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { inRoot } from "../../../scripts/lib/paths.mjs";
import { META } from "./message.mjs";
import { encode } from "./mirror.mjs";
import { elementsOf, membersOf } from "./source.mjs";

/**
 * Every case: `{ name, why, server, policy, calls, errors }`. The policy and the arguments of calls are the texts that the
 * file has, byte for byte.
 */
export async function readCases() {
  const cases = [];
  for (const folder of await folders()) {
    const files = (await entries(folder)).filter((file) => file.endsWith(".json"));
    for (const file of files.sort()) cases.push(await read(path.join(folder, file)));
  }
  return cases;
}

/** Where case files are: the language's own, and those of each preset. */
async function folders() {
  const presets = (await entries(inRoot("presets"))).map((preset) => inRoot("presets", preset, "cases"));
  return [inRoot("tests", "cases"), ...presets];
}

/** What is in a folder; nothing, if there is none. */
async function entries(folder) {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return [];
    throw error;
  }
}

async function read(file) {
  const text = await readFile(file, "utf8");
  const { why, server = {}, policy_file: policyFile, calls = [], errors } = JSON.parse(text);
  const source = membersOf(text);
  const policy = policyFile === undefined ? source.policy : await readFile(path.join(path.dirname(file), policyFile), "utf8");
  const written = source.calls === undefined ? [] : elementsOf(source.calls);
  return {
    name: path.basename(file, ".json"),
    why,
    server,
    policy,
    shadow: errors === undefined && JSON.parse(policy).mode === "shadow",
    errors,
    calls: calls.map((call, n) => ({ ...call, arguments: membersOf(written[n]).arguments })),
  };
}

/** Which list has what is called, and under which name; undefined for what no list has. */
export function itemOf({ tool, prompt, completed_prompt: completed, resource, template }) {
  if (tool !== undefined) return ["tools", tool];
  if (prompt !== undefined) return ["prompts", prompt];
  if (completed !== undefined) return ["prompts", completed];
  if (resource !== undefined) return ["resources", resource];
  return template === undefined ? undefined : ["resourceTemplates", template];
}

/** Whether that list shows it; undefined where the case does not say. */
export function isListed(call, shadow) {
  if (call.listed !== undefined || call.template !== undefined) return call.listed;
  const byName = ["hidden", "default_deny", "denied_by_rule", "called_by_alias", "ambiguous_alias"];
  const refused = call.resource === undefined ? byName.includes(call.reason_code) : call.ruling === "deny";
  return shadow || !refused;
}

/** Whether a limit that is enforced is charged: of those in shadow alone, an answer says nothing. */
export function isLimited({ ruling, charges }) {
  return ruling === "meter" && (charges === undefined || charges.some((charge) => !charge.endsWith(", in shadow")));
}

let lastId = 0;

/** The messages that a call is in an era: each `{ id, body, about }`, the bytes and what their header fields mirror. */
export function messagesOf(call, era) {
  const quote = JSON.stringify;
  const args = call.arguments === undefined ? "" : `, "arguments": ${call.arguments}`;
  const message = (method, params, mirrored) => {
    const id = ++lastId;
    const meta = era === "modern" ? `, "_meta": ${quote(META)}` : "";
    const body = `{"jsonrpc":"2.0","id":${id},"method":${quote(method)},"params":{ ${params}${meta} }}`;
    return { id, body, about: { method, params: mirrored === undefined ? {} : { name: encode(mirrored) } } };
  };
  const completion = (reference) => message("completion/complete", `"ref": ${quote(reference)}, "argument": {"name":"a","value":""}`);
  if (call.tool !== undefined) return [message("tools/call", `"name": ${quote(call.tool)}${args}`, call.tool)];
  if (call.prompt !== undefined) return [message("prompts/get", `"name": ${quote(call.prompt)}${args}`, call.prompt)];
  if (call.completed_prompt !== undefined) return [completion({ type: "ref/prompt", name: call.completed_prompt })];
  if (call.template !== undefined) return [completion({ type: "ref/resource", uri: call.template })];
  if (call.resources !== undefined) {
    // Only the modern era names several at once.
    const wanted = `"notifications": {"resourceSubscriptions":${quote(call.resources)}}`;
    return era === "modern" ? [message("subscriptions/listen", wanted)] : [];
  }
  const methods = era === "modern" ? ["resources/read"] : ["resources/read", "resources/subscribe"];
  return methods.map((method) => message(method, `"uri": ${quote(call.resource)}`, call.resource));
}
