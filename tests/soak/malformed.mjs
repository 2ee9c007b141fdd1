// Bodies that are no messages, and messages that are not what their header fields say. Each would run a tool if somebody took it.

/** What is sent: `{ id, body, headers? }`. All of it is refused. */
export function malformed(agent) {
  const id = agent.nextId();
  const text = JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params: { name: "free", arguments: { mark: id } } });
  const forms = [
    text.slice(0, -1),
    `${text}${text}`,
    `[${text}]`,
    text.replace('"id"', '"id":1,"id"'),
    text.replace('"name":"free"', '"name":"shut","n\\u0061me":"free"'),
    text.replace('"2.0"', '"1.0"'),
    text.replace('"method"', '"result":{},"method"'),
    text.replace(`"${id}"`, "1.5"),
    text.replace("tools/call", "tasks/list"),
    text.replace('"free"', '"free tool"'),
    `\u{feff}${text}`,
    "",
    `${text.slice(0, -1)},"x":${"[".repeat(70)}${"]".repeat(70)}}`,
    Buffer.from(text.replace("free", "fr\u00e9"), "latin1"),
  ];
  const others = [
    { body: text, headers: { "Content-Type": "text/plain" } },
    { body: text, headers: { "Content-Encoding": "gzip" } },
    { body: text, headers: { "MCP-Protocol-Version": "1999-01-01" } },
    { body: `${text.slice(0, -1)}${" ".repeat(1024 * 1024)}}` },
    // A modern head over a body that lacks what the modern era demands.
    { body: text, headers: { "MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call", "Mcp-Name": "free" } },
  ];
  return { id, ...agent.dice.pick([...forms.map((body) => ({ body })), ...others]) };
}
