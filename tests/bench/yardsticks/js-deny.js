// A refusal by hand: read the body, parse it, answer as a tool that failed.

const ALLOWED = new Set(["project_list_models", "management_execute_command"]);

export default {
  async fetch(request) {
    const message = JSON.parse(await request.text());
    if (message.method === "tools/call" && !ALLOWED.has(message.params.name)) return refusal(message);
    return new Response("This one only refuses.", { status: 501 });
  },
};

function refusal({ id, params }) {
  const content = [{ type: "text", text: `The tool ${params.name} is not allowed here.` }];
  return Response.json({ jsonrpc: "2.0", id, result: { content, isError: true } });
}
