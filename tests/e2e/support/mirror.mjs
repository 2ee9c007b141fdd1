// `Mcp-Param-*`, as MCP 2026-07-28 has clients send and servers check them: arguments mirrored in header fields, by the
// `x-mcp-header` annotations of a tool's schema.

const SENTINEL = /^=\?base64\?(.*)\?=$/s;

/** The sentinel form of a value. */
export const sentinel = (value) => `=?base64?${Buffer.from(value).toString("base64")}?=`;

/** The value as a header field holds it. */
export function encode(value) {
  const plain = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(value) && !SENTINEL.test(value);
  return plain ? value : sentinel(value);
}

/** The value that a header field holds. */
export function decode(field) {
  const encoded = SENTINEL.exec(field);
  return encoded === null ? field : Buffer.from(encoded[1], "base64").toString("utf8");
}

/** The header fields that go with a call of `tool`: absent and null arguments have none. */
export function mirrored(tool, args) {
  const fields = {};
  for (const { header, path } of annotated(tool?.inputSchema)) {
    const value = valueAt(args, path);
    if (value !== undefined && value !== null) fields[`Mcp-Param-${header}`] = encode(String(value));
  }
  return fields;
}

/** Whether a server takes these header fields for a call of `tool`. Numbers compare as numbers. */
export function agrees(tool, args, headers) {
  return annotated(tool?.inputSchema).every(({ header, path }) => {
    const field = headers[`mcp-param-${header.toLowerCase()}`];
    const value = valueAt(args, path) ?? undefined;
    if (field === undefined || value === undefined) return field === value;
    return typeof value === "number" ? Number(decode(field)) === value : decode(field) === String(value);
  });
}

/** Every annotation that is reached by `properties` alone. */
function annotated(schema, path = []) {
  const here = typeof schema?.["x-mcp-header"] === "string" ? [{ header: schema["x-mcp-header"], path }] : [];
  const below = Object.entries(schema?.properties ?? {}).flatMap(([key, child]) => annotated(child, [...path, key]));
  return [...here, ...below];
}

function valueAt(args, path) {
  return path.reduce((value, key) => value?.[key], args);
}
