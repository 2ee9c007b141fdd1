// What a parsed body says to somebody who would execute it.

/**
 * Every message in a value, batches unrolled however they nest: `{ kind, method, subjects, arguments, id, era }`.
 * `subjects` are the tools, prompts or URIs that it names; `kind` is "call", "answer", "both" or "nothing".
 */
export function said(value) {
  if (Array.isArray(value)) return value.flatMap(said);
  if (value === null || typeof value !== "object") return [{ kind: "nothing", subjects: [] }];
  const asks = value.method !== undefined;
  const answers = value.result !== undefined || value.error !== undefined;
  const kind = asks && answers ? "both" : asks ? "call" : answers ? "answer" : "nothing";
  const method = asks ? text(value.method) : undefined;
  const { params } = value;
  return [{ kind, method, subjects: asks ? subjects(method, params) : [], arguments: params?.arguments, id: value.id, era: eraOf(params) }];
}

function subjects(method, params) {
  // Some take parameters by position.
  if (Array.isArray(params)) return [text(params[0])];
  switch (method) {
    case "tools/call":
    case "prompts/get":
      return [text(params?.name)];
    case "completion/complete":
      return [text(params?.ref?.type), text(params?.ref?.type === "ref/resource" ? params.ref.uri : params?.ref?.name)];
    case "subscriptions/listen":
      return [params?.notifications?.resourceSubscriptions ?? []].flat(Infinity).map(text);
    default:
      return method?.startsWith("resources/") && !method.endsWith("/list") ? [text(params?.uri)] : [];
  }
}

const eraOf = (params) => params?._meta?.["io.modelcontextprotocol/protocolVersion"];
const text = (value) => (typeof value === "string" ? value : `not a string: ${JSON.stringify(value)}`);

/** A value as one text, whatever the order of its keys: to tell whether two readers saw the same. */
export function canonical(value) {
  return JSON.stringify(value, (_, inner) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
