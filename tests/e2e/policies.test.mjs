// Which documents are policies, and what is said of those that are not. Specification: policy-language.md, «The document».
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { SEED, startGateway } from "./support/gateway.mjs";
import { assertErrors } from "./support/refusal.mjs";

const gateway = await startGateway();
after(() => gateway.stop());

const put = (document) => gateway.admin("PUT", "policies/document", document);
/** A policy whose one rule, or whose one limit, is what the test is about. */
const rule = (value) => ({ version: "1", default: "deny", tools: { a: value } });
const limit = (change) => rule({ limits: [{ counter: "c", window: "minute", max: 1, ...change }] });
const policy = (change) => ({ version: "1", default: "deny", ...change });

describe("What is a policy", () => {
  test("«The seed's own document … must be accepted byte for byte»", async () => {
    const answer = await put(SEED);
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.json.warnings, []);
  });

  const good = {
    "the least that one can say": policy({}),
    "`$schema` and `description`": policy({ $schema: "https://tollgate.example/policy.json", description: "ä" }),
    "«`{}` is a complete RULE»": rule({}),
    "`action` and `reason`": rule({ action: "deny", reason: "Ask Ana." }),
    "`mode`: enforce, the default": policy({ mode: "enforce" }),
    "`hide` with names and globs": policy({ hide: ["shell_*", "draft", "*"] }),
    "the shorthand `rate_limit`": rule({ rate_limit: { max: 10, window: 60 } }),
    "every name of a window": rule({
      limits: ["second", "minute", "hour", "day", 1, 2678400].map((window, n) => ({ counter: `c${n}`, window, max: 1 })),
    }),
    "defaults spelled out": limit({ scope: "grant", algorithm: "sliding" }),
    "a counter of 80 characters of the alphabet": limit({ counter: "Az09_.:-".repeat(10) }),
    "«`max` is not part of it»: one counter, two maxima": rule({
      limits: [{ counter: "c", window: 60, max: 1 }, { counter: "c", window: 60, max: 2 }],
    }),
  };
  for (const [what, document] of Object.entries(good)) {
    test(`is a policy: ${what}`, async () => {
      const answer = await put(document);
      assert.equal(answer.status, 200, answer.text);
    });
  }
});

describe("What a valid policy says that its author may not mean is warned of", () => {
  const warned = {
    // field: [pointer, document]
    "a policy in shadow": ["/mode", policy({ mode: "shadow" })],
    "default allow": ["/default", policy({ default: "allow" })],
    "a rule that `hide` hides": ["/tools/a", policy({ hide: ["a"], tools: { a: {} } })],
    "a rule in shadow": ["/tools/a/mode", rule({ mode: "shadow" })],
    "a refund": ["/tools/a/refund_on", rule({ refund_on: ["error"], rate_limit: { max: 1, window: 60 } })],
    "a refund of nothing": ["/tools/a/refund_on", rule({ refund_on: ["error"] })],
    "a cost that several values say": ["/tools/a/limits/0/cost_from", limit({ cost_from: "args.amounts[*]" })],
  };
  for (const [what, [pointer, document]] of Object.entries(warned)) {
    test(what, async () => {
      const answer = await put(document);
      assert.equal(answer.status, 200, answer.text);
      assert.ok(answer.json.warnings.some((warning) => warning.pointer === pointer), answer.text);
    });
  }

  const metered = {
    "scope session": { scope: "session", sessions: 1000 },
    "scope server": { scope: "server" },
    "algorithm fixed": { algorithm: "fixed" },
    "a cost": { cost_from: "args.amount" },
    "a limit in shadow": { mode: "shadow" },
  };
  for (const [what, change] of Object.entries(metered)) {
    test(`but not of ${what}`, async () => {
      // A counter that no version before has had: that would be warned of.
      const answer = await put(limit({ counter: what.replaceAll(" ", "_"), ...change }));
      assert.equal(answer.status, 200, answer.text);
      assert.deepEqual(answer.json.warnings, []);
    });
  }
});

describe("«An unknown field anywhere is an error with a JSON pointer, never ignored. Duplicate keys are an error»", () => {
  const bad = [
    ["/tolls", policy({ tolls: {} })],
    ["/tools/a/limit", rule({ limit: [] })],
    ["/tools/a/limits/0/per", limit({ per: "minute" })],
    ["/tools/a/rate_limit/per", rule({ rate_limit: { max: 1, window: 60, per: 1 } })],
    ["/tools/a~1b~0c/limit", policy({ tools: { "a/b~c": { limit: 1 } } })],
    ["/version", policy({ version: "2" })],
    ["/version", policy({ version: 1 })],
    ["/default", policy({ default: "maybe" })],
    ["/mode", policy({ mode: "Enforce" })],
    ["/hide", policy({ hide: "shell_*" })],
    ["/hide/1", policy({ hide: ["a", 1] })],
    ["/tools", policy({ tools: [] })],
    ["/tools/a", rule(null)],
    ["/tools/a", rule("allow")],
    ["/tools/a/action", rule({ action: "Deny" })],
    ["/tools/a/reason", rule({ reason: 1 })],
    ["/tools/a/limits", rule({ limits: {} })],
    ["/tools/a/limits/0", rule({ limits: [1] })],
    ["/tools/a/limits/0/counter", limit({ counter: "a b" })],
    ["/tools/a/limits/0/counter", limit({ counter: "" })],
    ["/tools/a/limits/0/counter", limit({ counter: "c".repeat(81) })],
    ["/tools/a/limits/0/max", limit({ max: -1 })],
    ["/tools/a/limits/0/max", limit({ max: 1.5 })],
    ["/tools/a/limits/0/max", limit({ max: "1" })],
    ["/tools/a/limits/0/window", limit({ window: "week" })],
    ["/tools/a/limits/0/window", limit({ window: 0 })],
    ["/tools/a/limits/0/window", limit({ window: 1.5 })],
    ["/tools/a/limits/0/window", limit({ window: 2678401 })],
    ["/tools/a/limits/0/scope", limit({ scope: "everyone" })],
    ["/tools/a/limits/0/algorithm", limit({ algorithm: "guess" })],
    ["/tools/a/rate_limit/max", rule({ rate_limit: { max: 0, window: 60 } })],
    ["/tools/a/rate_limit/window", rule({ rate_limit: { max: 1, window: "soon" } })],
  ];
  for (const [pointer, document] of bad) {
    test(`${pointer} of ${JSON.stringify(document).slice(0, 120)}`, async () => {
      const errors = assertErrors(await put(document));
      assert.ok(errors.some((error) => error.pointer === pointer), `no error at ${pointer}: ${JSON.stringify(errors)}`);
    });
  }

  for (const missing of ["version", "default"]) {
    test(`\`${missing}\` is required`, async () => {
      const [error] = assertErrors(await put(policy({ [missing]: undefined })));
      assert.match(`${error.pointer} ${error.message}`, new RegExp(missing));
    });
  }
  for (const missing of ["counter", "window", "max"]) {
    test(`a limit requires \`${missing}\``, async () => {
      const [error] = assertErrors(await put(limit({ [missing]: undefined })));
      assert.ok(error.pointer.startsWith("/tools/a/limits/0"), error.pointer);
      assert.match(`${error.pointer} ${error.message}`, new RegExp(missing));
    });
  }

  test("«whole, at least 1: zero is an error that says to use action deny»", async () => {
    const errors = assertErrors(await put(limit({ max: 0 })));
    const said = errors.find((error) => error.pointer === "/tools/a/limits/0/max");
    assert.match(said.message, /deny/);
  });

  test("«Within one document, one name with two identities is an error»", async () => {
    const limits = [{ counter: "c", window: 60, max: 1 }, { counter: "c", window: 61, max: 1 }];
    assertErrors(await put(rule({ limits })));
    assertErrors(await put(policy({ tools: { a: { limits: [limits[0]] }, b: { limits: [limits[1]] } } })));
  });

  const twice = {
    "at the top": '{"version":"1","default":"deny","default":"allow"}',
    "spelled with an escape": '{"version":"1","default":"deny","def\\u0061ult":"allow"}',
    "two rules for one tool": '{"version":"1","default":"deny","tools":{"a":{"action":"deny"},"a":{}}}',
    "deep inside": '{"version":"1","default":"deny","tools":{"a":{"limits":[{"counter":"c","window":60,"max":1,"max":9}]}}}',
    "in what the gateway ignores": '{"version":"1","default":"deny","$schema":"x","$schema":"y"}',
  };
  for (const [where, document] of Object.entries(twice)) {
    test(`a duplicate key ${where}`, async () => {
      assert.match(JSON.stringify(assertErrors(await put(document))), /duplicate|twice/i);
    });
  }

  const notJson = {
    "cut off": '{"version":"1"',
    "two documents": `${SEED}${SEED}`,
    nothing: "",
    "an array": "[]",
    "a BOM": `\uFEFF${SEED}`,
  };
  for (const [what, document] of Object.entries(notJson)) {
    test(`not a document: ${what}`, async () => assertErrors(await put(document)));
  }

  test("«A document is at most 256 KiB; nesting at most 64»", async () => {
    const sized = (size) => {
      const frame = JSON.stringify(policy({ description: "" }));
      return JSON.stringify(policy({ description: "x".repeat(size - frame.length) }));
    };
    assert.equal((await put(sized(256 * 1024))).status, 200);
    const large = await put(sized(256 * 1024 + 1));
    assert.ok([413, 422].includes(large.status), `HTTP ${large.status}: ${large.text}`);
    const deep = `{"version":"1","default":"deny","tools":{"a":${"[".repeat(70)}${"]".repeat(70)}}}`;
    assert.match(JSON.stringify(assertErrors(await put(deep))), /64|deep|nest/i);
  });

  test("every error is told at once, not the first alone", async () => {
    const errors = assertErrors(await put(policy({ default: "maybe", tolls: {}, tools: { a: { limit: 1 } } })));
    assert.deepEqual(errors.map((error) => error.pointer).sort(), ["/default", "/tolls", "/tools/a/limit"]);
  });
});
