// The JSON Schema of policy documents, for editors. It stands beside the module, not in it: nothing here needs it to decide.

import schema from "../../docs/policy.schema.json";

/** The schema, for whoever asks: it is the same for all, and secret to nobody. */
export function policySchema() {
  const headers = { "content-type": "application/schema+json", "cache-control": "max-age=3600", "access-control-allow-origin": "*" };
  return new Response(schema, { headers });
}
