// The clients that agents are made of, unmodified, against the real mcp-django through the gateway, each in every era that it has.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { startShop } from "../../scripts/lib/shop.mjs";
import { lastingGateway } from "../e2e/support/lasting.mjs";
import { LEGACY, MODERN } from "../e2e/support/message.mjs";
import { CLIENTS } from "./all.mjs";
import { converse, POLICY, TOOLS, WORDS } from "./support/conversation.mjs";
import { assertRun, assertWritten, timeless } from "./support/page.mjs";
import { asMarkdown, asText } from "./support/table.mjs";

/** Each waits for most of its time; those that start programs need the machine within the limit's window. */
const AT_ONCE = 7;

const [gateway, shop] = await Promise.all([lastingGateway({ vars: { HOSTS: "127.0.0.1" } }), startShop()]);
after(() => Promise.all([gateway.stop(), shop.stop()]));
await gateway.must("PUT", "servers/shop", { origin: { url: shop.url }, preset: "mcp-django" });
await gateway.must("PUT", "policies/agents", POLICY);
const rows = [];
after(() => console.log(`\n${asText(rows)}\n`));

describe("Unmodified clients before the real mcp-django", { concurrency: AT_ONCE }, () => {
  for (const client of CLIENTS) {
    for (const era of client.eras) {
      test(`${client.name}, ${era}: lists, calls, is denied, is limited, waits the told time and gets through`, async () => {
        const row = { client, era };
        rows.push(row);
        row.version = await client.version();
        const seen = await converse(client, era, await gateway.grant({ server: "shop", policy: "agents" }), row);

        assert.deepEqual(seen.revisions, [era === "modern" ? MODERN : LEGACY], "the era on the wire");
        if (seen.protocol !== undefined) assert.equal(seen.protocol, seen.revisions[0], "the era that the client says");
        assert.deepEqual(seen.tools, TOOLS, "the list shows what the policy allows, and nothing else");

        const { unlisted } = client;
        const words = unlisted === undefined ? WORDS : { ...WORDS, hidden: unlisted("shell_execute"), unruled: unlisted("project_list_routes") };
        for (const kind of ["hidden", "unruled", "unmet", "limited"]) {
          assert.equal(seen[kind].isError, true, kind);
          assert.equal(timeless(seen[kind].text), words[kind], kind);
        }
        assert.ok(seen.told.seconds >= 1 && seen.told.seconds <= 31, `${seen.told.seconds} s`);
        assert.equal(seen.told.by, seen.unmet.denial === null ? "text" : "_meta");
        assert.equal(seen.through.isError, false, `after ${seen.waited} s: ${seen.through.text}`);

        assert.deepEqual(seen.signIns.afterDenials, seen.signIns.before, "no denial made the client look for a way to sign in");
        assert.equal(seen.signIns.before.length > 0, client.looksForSignIn ?? false, "nor does it when it starts, but for those that are known to");
        assert.deepEqual(seen.pages, [], "no browser was opened");
      });
    }
  }
});

for (const client of CLIENTS.filter(({ code }) => code !== undefined)) {
  test(`${client.name}: the snippet of docs/clients.md is the code that was run`, () => assertRun(client));
}

test("what docs/clients.md says that clients show is what they showed", async () => {
  assert.ok(rows.every(({ through }) => through), "not every client came through, see above");
  await assertWritten("clients/conversations", asMarkdown(rows));
});
