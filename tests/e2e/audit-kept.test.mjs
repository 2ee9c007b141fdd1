// What the audit keeps and what it does not, how it bears a flood, whom it turns away, and how it is read page by page.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { Agent } from "./support/agent.mjs";
import { assertNoGaps, exportOf, hashOf, recorded, recordsOf, steady } from "./support/audit.mjs";
import { passed, spend } from "./support/budget.mjs";
import { startGateway } from "./support/gateway.mjs";
import { call, ERAS, request } from "./support/message.mjs";
import { eventually, pause } from "./support/patience.mjs";
import { assertComplaint, assertUnauthorized } from "./support/refusal.mjs";

const FREE = "project_list_apps";
const METERED = "shell_execute";
const SECRET = "s3cret-and-nowhere-else";

const gateway = await startGateway();
after(() => gateway.stop());

const setUp = (t, policy) => gateway.withOrigin(t, { policy });

const metered = (max, more = {}) => ({ version: "1", default: "allow", tools: { [METERED]: { limits: [{ counter: "c", window: 600, max }], ...more } } });

describe("Values", { concurrency: true }, () => {
  for (const era of ERAS) {
    test(`«values only of fields that a policy names», of calls that are allowed, metered or denied, ${era}`, async (t) => {
      const audit = ["args.command", "args.lines[*].sku", "args.absent"];
      const { agent } = await setUp(t, {
        version: "1",
        default: "deny",
        all_tools: { audit: ["args.customer"] },
        tools: { [FREE]: { audit }, [METERED]: { audit, rate_limit: { max: 9, window: 60 } }, management_execute_command: { audit, action: "deny" } },
      });
      const args = { command: "check", customer: 7, password: SECRET, lines: [{ sku: "a", price: SECRET }, { sku: "b" }], [SECRET.slice(0, 6)]: 1 };
      const names = [FREE, METERED, "management_execute_command"];
      for (const name of names) await agent.call(name, args, { era });
      const records = await recorded(gateway, agent.id, (all) => all.filter(({ name }) => name !== undefined).length === 3);
      for (const record of records.filter(({ name }) => name !== undefined)) {
        assert.deepEqual(record.values, { "args.command": "check", "args.customer": 7, "args.lines[*].sku": ["a", "b"] }, record.name);
        assert.deepEqual(record.argument_keys, Object.keys(args));
        assert.equal(record.arguments_sha256, hashOf(args));
      }
      assert.ok(!(await exportOf(gateway, agent.id)).includes(SECRET), "nowhere in the export");
      assert.ok(!(await gateway.admin("GET", `audit?grant=${agent.id}`)).text.includes(SECRET), "nor in a page");
    });
  }

  test("equal arguments, however they are spelled, have one hash; it is the SHA-256 of their canonical JSON", async (t) => {
    const { agent } = await setUp(t);
    const spellings = ['{"b":1.0,"a":"\\u00e9","c":[true,null,{"y":1e2,"x":""}]}', '{ "c":[true, null, {"x":"","y":100}], "a":"é", "b":1 }'];
    for (const args of spellings) await agent.rpc(JSON.stringify(call(FREE, "?")).replace('"?"', args));
    const isCall = ({ name }) => name === FREE;
    const [one, other] = (await recorded(gateway, agent.id, (all) => all.filter(isCall).length === 2)).filter(isCall);
    assert.equal(one.arguments_sha256, hashOf({ a: "é", b: 1, c: [true, null, { x: "", y: 100 }] }));
    assert.equal(other.arguments_sha256, one.arguments_sha256);
    assert.deepEqual([one.argument_keys, other.argument_keys], [["b", "a", "c"], ["c", "a", "b"]]);
  });

  test("an agent cannot keep itself out of the audit by writing a lot: names are cut, and long records handed over in parts", async (t) => {
    const { agent } = await setUp(t, metered(9));
    // The longest that is kept of a key, 64 times, each character six bytes as JSON.
    const args = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [String(n).padStart(3, "0") + "\u0001".repeat(300), n]));
    const many = 40;
    await Promise.all(Array.from({ length: many }, () => agent.call(FREE, args)));
    assert.ok(passed(await agent.call(METERED, args)));
    const records = await recorded(gateway, agent.id, (all) => all.filter(({ name }) => name !== undefined).length === many + 1, { within: 20_000 });
    for (const { argument_keys: keys, arguments_sha256: sha } of records.filter(({ name }) => name !== undefined)) {
      assert.equal(keys.length, 64);
      assert.equal(sha, hashOf(args));
    }
  });
});

describe("A flood", { concurrency: true }, () => {
  test("«A flood of denials is folded into counted rows»: of 500 equal ones few rows, whose counts add up to 500", async (t) => {
    const { agent } = await setUp(t, { version: "1", default: "deny" });
    const began = Date.now();
    for (let n = 0; n < 10; n += 1) await Promise.all(Array.from({ length: 50 }, (_, m) => agent.call(`made-up-${n}-${m}`)));
    const seconds = Math.ceil((Date.now() - began) / 1000);
    const counted = (records) => records.reduce((sum, { count = 1 }) => sum + count, 0);
    const records = await recorded(gateway, agent.id, (all) => counted(all) >= 500);
    assert.equal(counted(records), 500);
    assert.ok(records.length <= 8 * (seconds + 2), `${records.length} rows in ${seconds} s`);
    for (const { at, until, count } of records.filter(({ count }) => count !== undefined)) assert.ok(count > 1 && until >= at, `${at} ${until}`);
    assertNoGaps(records);
    assert.deepEqual([...new Set(records.map(({ ruling, reason_code }) => `${ruling} ${reason_code}`))], ["deny default_deny"]);
  });

  test("what a limit refuses again and again is folded too, and takes no number that would be missing", async (t) => {
    const { agent } = await setUp(t, metered(2));
    for (let n = 0; n < 4; n += 1) await Promise.all(Array.from({ length: 25 }, () => agent.call(METERED)));
    await agent.call(FREE);
    const refused = (records) => records.filter(({ ruling }) => ruling === "deny").reduce((sum, { count = 1 }) => sum + count, 0);
    const records = await recorded(gateway, agent.id, (all) => refused(all) === 98 && all.some(({ name }) => name === FREE));
    assert.equal(records.filter(({ ruling }) => ruling === "allow").length, 3);
    assertNoGaps(records);
  });

  test("«batches (1 s or 64)»: what is not metered comes together, and with the grant's next metered call", async (t) => {
    const { agent } = await setUp(t, metered(9));
    await Promise.all(Array.from({ length: 30 }, () => agent.call(FREE, {}, { era: "modern" })));
    assert.ok(passed(await agent.call(METERED)));
    // What had come before it stands in its entry, or in an earlier one; nothing is handed over twice, or lost.
    const records = await recorded(gateway, agent.id, (all) => all.length >= 32);
    assert.equal(records.filter(({ name }) => name === FREE).length, 30);
    assertNoGaps(records);
    const { rows } = await gateway.must("GET", `audit?grant=${agent.id}`);
    assert.ok(new Set(rows.map(({ seq }) => seq)).size < 20, "many records an entry");
  });
});

describe("The door", () => {
  const doorCounts = async () => {
    const records = await recordsOf(gateway, "door");
    const sum = { without_grant: 0, unknown: 0, elsewhere: 0, dead: 0, count: 0 };
    for (const record of records) for (const kind of Object.keys(sum)) sum[kind] += record[kind];
    return { records, sum };
  };

  test("«Failed authentication is counted in the isolate and written at most once a second to one place», by kind", async (t) => {
    const { server, policy } = await setUp(t, metered(9));
    const { server: other } = await setUp(t);
    const dead = await gateway.grant({ server, policy, expires_at: new Date(Date.now() + 1500).toISOString() });
    await pause(1600);
    const before = (await doorCounts()).sum;
    const url = gateway.endpoint(server);
    const shown = (token) => () => new Agent(url, { token }).rpc(request("ping"));
    const kinds = { without_grant: shown(undefined), unknown: shown(`tg_${"A".repeat(43)}`), dead: shown(dead.token), elsewhere: shown((await gateway.grant({ server: other, policy })).token) };
    const times = { without_grant: 40, unknown: 30, elsewhere: 20, dead: 10 };
    const began = Date.now();
    for (const [kind, knock] of Object.entries(kinds)) {
      for (const answer of await Promise.all(Array.from({ length: times[kind] }, knock))) assertUnauthorized(answer);
    }
    const { records } = await eventually(async () => {
      const { records, sum } = await doorCounts();
      const since = Object.fromEntries(Object.entries(sum).map(([kind, count]) => [kind, count - before[kind]]));
      return since.count === 100 && assert.deepEqual(since, { ...times, count: 100 }) === undefined && { records };
    });
    const written = records.filter(({ until }) => until >= began);
    const seconds = Math.ceil((written.at(-1).until - began) / 1000);
    assert.ok(written.length <= seconds + 1, `${written.length} rows in ${seconds} s`);
    for (const { ruling, isolate, at, until } of written) {
      assert.equal(ruling, "unauthorized");
      assert.match(isolate, /^[0-9a-f]{8}$/);
      assert.ok(at <= until);
    }
    assertNoGaps(records);
    const { rows, next } = await gateway.must("GET", "audit/door");
    assert.deepEqual([rows.length, next], [records.length, null]);
    const { seq, ...row } = rows.at(-1);
    assert.ok(seq > 0);
    assert.deepEqual(row, records.at(-1));
  });

  test("nobody who is turned away is found in the audit of a grant", async (t) => {
    const { agent } = await setUp(t);
    const { server } = await setUp(t);
    for (let n = 0; n < 3; n += 1) assertUnauthorized(await new Agent(gateway.endpoint(server), agent).call(FREE));
    await agent.call(FREE);
    assert.equal((await recorded(gateway, agent.id, (all) => all.length > 0)).length, 1);
  });
});

describe("Pages", { concurrency: true }, () => {
  test("`GET /api/v1/audit?grant=ID&after=&limit=`: every row once, in order, the same as the export has", async (t) => {
    const { agent } = await setUp(t, metered(99));
    assert.equal(await spend(12, agent, METERED), 12);
    for (let n = 0; n < 20; n += 1) await agent.call(FREE, {}, { era: "modern" });
    const records = await recorded(gateway, agent.id, (all) => all.length === 12 * 2 + 20);
    for (const limit of [1, 7, 100, 1000]) {
      const rows = [];
      let next = 0;
      for (let pages = 0; next !== null; pages += 1) {
        const page = await gateway.must("GET", `audit?grant=${agent.id}&after=${next}&limit=${limit}`);
        assert.ok(pages < 60 && page.rows.length <= limit + 64, `${page.rows.length} rows`);
        assert.ok(page.rows.every(({ seq }) => seq > next), "those after `after`");
        rows.push(...page.rows);
        next = page.next;
      }
      assert.deepEqual(rows.map(({ seq, ...row }) => (assert.ok(seq > 0), steady(row))), records.map(steady), `limit ${limit}`);
      assert.deepEqual(rows.map(({ seq }) => seq), rows.map(({ seq }) => seq).sort((a, b) => a - b));
    }
    const { rows } = await gateway.must("GET", `audit?grant=${agent.id}&after=999999`);
    assert.deepEqual(rows, []);
  });

  test("what is asked wrongly is told so; a grant that never was is 404, one without rows has none", async (t) => {
    const { agent } = await setUp(t);
    for (const path of ["audit", "audit?grant=", "audit/export", ...["after=x", "limit=0", "limit=1001", "limit=-1", "after=-1"].map((wrong) => `audit?grant=${agent.id}&${wrong}`)]) {
      const answer = await gateway.admin("GET", path);
      assert.ok(answer.status >= 400 && answer.status < 500, `${path}: HTTP ${answer.status} ${answer.text}`);
    }
    for (const path of ["audit?grant=g_never-was", "audit/export?grant=g_never-was"]) assertComplaint(await gateway.admin("GET", path), 404);
    assert.deepEqual(await gateway.must("GET", `audit?grant=${agent.id}`), { rows: [], next: null });
    assert.equal((await gateway.admin("GET", `audit?grant=${agent.id}`, undefined, { Authorization: "Bearer x" })).status, 401);
  });
});
