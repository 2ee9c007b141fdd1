// How a head and a body become one request on the wire, honestly and otherwise.

const CRLF = "\r\n";
const ascii = (text) => Buffer.from(text, "latin1");
const CHUNKED = "Transfer-Encoding: chunked";
const GRANT = "Authorization: Bearer $TOKEN\r\n";
const lengthOf = (body) => `Content-Length: ${body.length}`;

const request = (head, fields, body, end = CRLF) => Buffer.concat([ascii([...head, ...fields, "", ""].join(end)), body]);

function chunks(body, { size = body.length || 1, extension = "", trailers = [], end = CRLF, hex = (n) => n.toString(16) } = {}) {
  const parts = [];
  for (let at = 0; at < body.length; at += size) {
    const chunk = body.subarray(at, at + size);
    parts.push(ascii(`${hex(chunk.length)}${extension}${end}`), chunk, ascii(end));
  }
  return Buffer.concat([...parts, ascii(["0", ...trailers, "", ""].join(end))]);
}

/** The body in chunks, under these fields. */
const chunked = (how, ...fields) => (head, body) => request(head, fields.length > 0 ? fields : [CHUNKED], chunks(body, how));
/** The body as it is, under the lengths that these functions make of its own. */
const lengths = (...written) => (head, body) => request(head, written.map((length) => `Content-Length: ${length(body.length)}`), body);
/** The body under its true length, with these fields before that. */
const under = (...fields) => (head, body) => request(head, [...fields, lengthOf(body)], body);
const right = (length) => length;
const another = (body, grant = "") =>
  Buffer.concat([ascii(`POST $PREFIX/mcp HTTP/1.1\r\nHost: $HOST\r\nContent-Type: application/json\r\n${grant}${lengthOf(body)}\r\n\r\n`), body]);
const twice = (bytes) => Buffer.concat([bytes, bytes]);
const version = (number, frame) => ([line, ...head], body) => frame([line.replace("HTTP/1.1", `HTTP/${number}`), ...head], body);

/** One request, for everybody. */
const HONEST = {
  length: lengths(right),
  chunked: chunked(),
  "chunks of one byte": chunked({ size: 1 }),
  "chunks of seven": chunked({ size: 7 }),
  "chunk extensions": chunked({ size: 50, extension: ';name="shell_execute";a' }),
  trailers: chunked({ trailers: ["Mcp-Method: tools/list", "Mcp-Name: $GOOD", "Content-Type: text/plain"] }),
  "trailers that were announced": chunked(
    { trailers: ["Mcp-Name: $BAD", "MCP-Protocol-Version: 2025-11-25"] },
    "Trailer: Mcp-Name, MCP-Protocol-Version",
    CHUNKED,
  ),
  "hop-by-hop headers": under("Connection: close, Authorization, Content-Type, Mcp-Name, MCP-Protocol-Version"),
};

/** These may be taken for more than one request, for less, or for none. */
const DISPUTED = {
  "a chunk extension with a line feed": chunked({ size: 50, extension: ";a\n" }),
  "chunk sizes with zeros before": chunked({ size: 9, hex: (n) => n.toString(16).padStart(12, "0") }),
  "chunk sizes as 0x": chunked({ size: 9, hex: (n) => `0x${n.toString(16)}` }),
  "chunk sizes past 64 bits": chunked({ size: 9, hex: (n) => `10000000000000000${n.toString(16)}` }),
  "chunks that end with LF alone": chunked({ size: 40, end: "\n" }),
  "a negative chunk": chunked({ size: 40, hex: (n) => `-${n}` }),
  "chunked spelled xchunked": chunked({}, "Transfer-Encoding: xchunked"),
  "chunked after a tab": chunked({}, "Transfer-Encoding:\tchunked"),
  "chunked before a colon with a space": chunked({}, "Transfer-Encoding : chunked"),
  "chunked twice": chunked({}, CHUNKED, CHUNKED),
  "chunked and identity": chunked({}, CHUNKED, "Transfer-Encoding: identity"),
  "gzip, chunked": chunked({}, "Transfer-Encoding: gzip, chunked"),
  "CHUNKED in capitals": chunked({}, "Transfer-Encoding: CHUNKED"),
  "both, the length first": (head, body) => request(head, [lengthOf(body), CHUNKED], chunks(body)),
  "both, the length last": (head, body) => request(head, [CHUNKED, lengthOf(body)], chunks(body)),
  "both, and the length is small": chunked({}, "Content-Length: 4", CHUNKED),
  "both, and not chunked": under("Transfer-Encoding: identity"),

  "no length at all": lengths(),
  "a length that is too small": lengths((length) => Math.max(0, length - 9)),
  "a length of zero": lengths(() => 0),
  "a length that is too large": lengths((length) => length + 9),
  "a negative length": lengths((length) => -length),
  "a length with a sign": lengths((length) => `+${length}`),
  "a length in hexadecimal": lengths((length) => `0x${length.toString(16)}`),
  "a length with a fraction": lengths((length) => `${length}.0`),
  "a length with zeros before": lengths((length) => `000${length}`),
  "a length past 64 bits": lengths((length) => `1844674407370955161${length}`),
  "a list of one length": lengths((length) => `${length}, ${length}`),
  "one length twice": lengths(right, right),
  "two lengths, the right one first": lengths(right, () => 0),
  "two lengths, the right one last": lengths(() => 0, right),

  "lines that end with LF alone": (head, body) => request(head, [lengthOf(body)], body, "\n"),
  "a bare CR in a header": under("X-Note: a\rMcp-Name: $BAD"),
  "a bare LF in a header": under("X-Note: a\nMcp-Name: $BAD"),
  "a NUL in a header": under("X-Note: a\0b"),
  "a folded header": under("X-Note: a", " Mcp-Name: $BAD"),
  "a header without a colon": under("Mcp-Name"),
  "a space before the first header": ([line, first, ...rest], body) => request([line, ` ${first}`, ...rest], [lengthOf(body)], body),

  "HTTP/1.0": version("1.0", lengths(right)),
  "HTTP/1.0, chunked": version("1.0", chunked()),
  "HTTP/2.0": version("2.0", lengths(right)),
  "the preface of HTTP/2": () => ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"),
  "an upgrade to HTTP/2": under("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA"),
  "an upgrade to WebSocket": under("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", "Sec-WebSocket-Version: 13"),
  "Expect: 100-continue": under("Expect: 100-continue"),

  "a request behind it, with the grant": (head, body) => twice(under()(head, body)),
  "a request behind it, without the grant": (head, body) => Buffer.concat([request(head, [lengthOf(body)], body), another(body)]),
  "a request inside the body": (head, body) => request(head, ["Content-Length: 0"], another(body)),
  "a request inside the body, with the grant": (head, body) => request(head, ["Content-Length: 0"], another(body, GRANT)),
  "a request behind the last chunk": (head, body) =>
    request(head, ["Content-Length: 5", CHUNKED], Buffer.concat([ascii("0\r\n\r\n"), another(body, GRANT)])),
};

const named = (frames, lingers) => Object.entries(frames).map(([name, frame]) => [name, { frame, lingers }]);

/** Each `frame` takes the lines of the head, and the body, and gives the bytes; where it `lingers`, more may come back than one answer. */
export const FRAMINGS = Object.fromEntries([...named(HONEST, false), ...named(DISPUTED, true)]);
