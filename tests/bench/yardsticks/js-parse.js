// What a careful user writes by hand: parse the body, check the tool's name against a list, forward.

import { env } from "cloudflare:workers";

const { ORIGIN } = env;
const ALLOWED = new Set(["project_list_models", "management_execute_command"]);

export default {
  async fetch(request) {
    const text = await request.text();
    const message = JSON.parse(text);
    if (message.method === "tools/call" && !ALLOWED.has(message.params.name)) return refusal(message);
    return fetch(ORIGIN, { method: "POST", headers: request.headers, body: text });
  },
};

function refusal({ id, params }) {
  const content = [{ type: "text", text: `The tool ${params.name} is not allowed here.` }];
  return Response.json({ jsonrpc: "2.0", id, result: { content, isError: true } });
}
