// Requests whose end is disputed: lengths, chunks, trailers, pipelines, and whatever else one server might take for two requests.
// CL.TE and TE.CL smuggling; mcp-spec.md §5.4; agentgateway 1.4.0 (truncated bodies).
import { FRAMINGS } from "../support/framing.mjs";
import { harmless, hostile } from "../support/phrase.mjs";

export default Object.keys(FRAMINGS).flatMap((framing) => [
  { what: `${framing}, around a hostile call`, body: hostile, framing },
  { what: `${framing}, around a harmless call`, body: harmless, framing },
]);
