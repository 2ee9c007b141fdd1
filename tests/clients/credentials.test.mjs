// A grant that does not hold: every client gives up at once with an error that its user sees, and no browser opens.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { lastingGateway } from "../e2e/support/lasting.mjs";
import { CLIENTS } from "./all.mjs";
import { assertWritten, quoted } from "./support/page.mjs";
import { tap } from "./support/tap.mjs";

/** Nobody listens there, and nobody is asked: who shows no live grant does not get so far. */
const ORIGIN = { url: "http://127.0.0.1:9/mcp" };
const UNKNOWN = `tg_${"A".repeat(43)}`;
const AT_ONCE = 4;
/** Beside what a program takes to start on a busy machine. No client waits for anything. */
const PATIENCE_MS = 30_000;

const gateway = await lastingGateway({ vars: { HOSTS: "127.0.0.1" } });
after(() => gateway.stop());
const { agent: revoked } = await gateway.register({ origin: ORIGIN });
await gateway.must("DELETE", `grants/${revoked.id}`);
const seen = new Map();

describe("Without a live grant", { concurrency: AT_ONCE }, () => {
  for (const client of CLIENTS) {
    for (const era of client.eras) {
      test(`${client.name}, ${era}: an unknown grant and a revoked one are an error, not a browser and not a silence`, async () => {
        const unknown = await refused(client, era, UNKNOWN);
        assert.deepEqual(await refused(client, era, revoked.token), unknown, "nobody can tell the two apart");
        assert.notEqual(unknown.error, "");
        assert.deepEqual(unknown.pages, [], "no browser was opened");
        if (!client.looksForSignIn) assert.deepEqual(unknown.signIns, [], "the client looked for no way to sign in");
        seen.set(`${client.name}, ${era}`, unknown.error);
      });
    }
  }
});

test("what docs/clients.md says that clients show is what they showed", async () => {
  await assertWritten("clients/credentials", asMarkdown());
});

/** Connects, and lists if that went well, as some clients say nothing to a server before they want something of it. */
async function refused(client, era, token) {
  const line = await tap(revoked.url);
  const path = new URL(revoked.url).pathname;
  const from = performance.now();
  try {
    const session = await client.connect({ url: line.url, token, era });
    const error = await session.list().then(() => assert.fail("the tools were listed"), (why) => why);
    const pages = (await session.opened?.()) ?? [];
    await session.close().catch(() => {});
    return report(error, pages);
  } catch (error) {
    return report(error, error.opened ?? []);
  } finally {
    line.close();
  }

  function report(error, pages) {
    if (error instanceof assert.AssertionError) throw error;
    const took = performance.now() - from;
    assert.ok(took < PATIENCE_MS, `it took ${Math.round(took)} ms`);
    const signIns = [...new Set(line.requests().map((request) => request.path))].filter((asked) => asked !== path).sort();
    return { error: error.message, pages, signIns };
  }
}

function asMarkdown() {
  const lines = CLIENTS.map(({ name, eras }) => {
    const said = eras.map((era) => seen.get(`${name}, ${era}`));
    assert.ok(!said.includes(undefined), `${name} was not seen to give up, see above`);
    const same = new Set(said).size === 1;
    return `- ${name}: ${same ? quoted(said[0]) : eras.map((era, n) => `${era} ${quoted(said[n])}`).join(", ")}`;
  });
  return ["", ...lines, "", ""].join("\n");
}
