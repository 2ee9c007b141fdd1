// Bodies in other encodings and compressions, honestly labelled and not.
// mcp-spec.md §5.1 «UTF-8 BOM / UTF-16», «Content-Encoding: gzip»; agentgateway 1.4.0 (compression evades body policies).
import { ENCODINGS } from "../support/bytes.mjs";
import { harmless, hostile } from "../support/phrase.mjs";

const CODINGS = new Set(["gzip", "deflate", "br"]);
const others = Object.keys(ENCODINGS).filter((encoding) => encoding !== "utf-8");

export default [
  ...others.map((encoding) => ({ what: `${encoding}, not labelled`, body: hostile, encoding })),
  ...others.map((encoding) =>
    CODINGS.has(encoding)
      ? { what: `${encoding}, labelled`, body: hostile, encoding, add: [["Content-Encoding", encoding]] }
      : { what: `${encoding}, labelled`, body: hostile, encoding, set: { "Content-Type": `application/json; charset=${encoding.split(" ")[0]}` } },
  ),
  ...[...CODINGS].map((encoding) => ({
    what: `${encoding}, labelled twice`,
    body: hostile,
    encoding,
    add: [["Content-Encoding", encoding], ["content-encoding", "identity"]],
  })),
  ...[...CODINGS].map((encoding) => ({
    what: `${encoding}, labelled as a transfer coding`,
    body: hostile,
    encoding,
    add: [["Transfer-Encoding", encoding]],
  })),
  { what: "harmless in UTF-8, hostile in what follows a NUL", body: `${harmless}\0${hostile}`, encoding: "utf-8" },
  { what: "bytes outside UTF-8 in a key", body: hostile.replace('"name"', '"x\xff":1,"name"'), encoding: "latin1" },
  { what: "bytes outside UTF-8 that spoil a second name", body: harmless.replace('"name"', '"name\xff":"$BAD","name"'), encoding: "latin1" },
];
