// Server-sent events, read by the WHATWG grammar: what a strict client makes of the bytes that the gateway sends.

/** The events of a whole stream, each `{ event, data, id }`. An unterminated last event is dropped, as a client drops it. */
export function readEvents(text) {
  const events = [];
  let event = "";
  let data = [];
  let id;
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  // What stands after the last line end is no line yet.
  lines.pop();
  for (const line of lines) {
    if (line === "") {
      if (data.length > 0) events.push({ event: event || "message", data: data.join("\n"), id });
      event = "";
      data = [];
      continue;
    }
    const colon = line.indexOf(":");
    if (colon === 0) continue;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") event = value;
    if (field === "data") data.push(value);
    if (field === "id") id = value;
  }
  return events;
}

/** The messages of an open answer, each as soon as it is there. */
export async function* messagesOf({ chunks }) {
  let text = "";
  let given = 0;
  for await (const chunk of chunks.setEncoding("utf8")) {
    text += chunk;
    const events = readEvents(text).filter((event) => event.data !== "");
    for (; given < events.length; given += 1) yield JSON.parse(events[given].data);
  }
}
