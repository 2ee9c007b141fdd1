// When people are told by webhook: after the answer, until it gets through or the question is over, and over the end of the runtime.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import path from "node:path";
import { after, describe, test } from "node:test";
import { peers } from "../../scripts/lib/paths.mjs";
import { answer, approve, assertHeld, historyOf } from "./support/approvals.mjs";
import { lastingGateway } from "./support/lasting.mjs";
import { eventually, gate, pause } from "./support/patience.mjs";
import { DIE, HANG, KEY, startReceiver } from "./support/receiver.mjs";

const { Webhook } = createRequire(path.join(peers, "package.json"))("standardwebhooks");

const TOOL = "management_execute_command";
const ASK = { version: "1", default: "deny", tools: { [TOOL]: { action: "require_approval", reason: "Migrations are looked at." } } };
const MIGRATE = { command: "migrate", args: ["shop"] };

const receiver = await startReceiver();
const gateway = await lastingGateway({ vars: { WEBHOOK_URL: receiver.url, WEBHOOK_KEY: KEY } });
after(() => Promise.all([gateway.stop(), receiver.stop()]));

const passes = ({ status, result }) => status === 200 && result?.isError === false;

describe("When people are told", { concurrency: true }, () => {
  test("«delivered after the answer»: while the receiver is silent the agent has its answer, people can answer, and the call passes", async (t) => {
    const { agent, server, origin } = await gateway.withOrigin(t, { policy: ASK });
    const [silent, other] = [gate(), gate()];
    receiver.script(`"server":"${server}"`, [silent.opened.then(() => 204), other.opened.then(() => 204)]);
    const asked = assertHeld(await agent.call(TOOL, MIGRATE));
    const second = assertHeld(await agent.call(TOOL, { command: "other" }));
    await receiver.told(asked);
    assert.equal(assertHeld(await agent.call(TOOL, MIGRATE)).id, asked.id);
    const listed = async () => (await gateway.must("GET", "approvals?limit=1000")).approvals.some(({ id }) => id === asked.id);
    await eventually(listed, { within: 5_000, every: 50 });
    await approve(gateway, asked);
    assert.ok(passes(await agent.call(TOOL, MIGRATE)));
    assert.equal(origin.calls(TOOL).length, 1);
    assert.equal(receiver.about(asked.id).length, 1, "nobody has let the receiver answer yet");
    silent.open();
    other.open();
    await receiver.told(second, 1, 15_000);
  });

  test("a receiver that fails is told again, later each time, under the same id, signed anew; a redirect is not followed", async (t) => {
    const { agent, server } = await gateway.withOrigin(t, { policy: ASK });
    const location = `${receiver.url}-elsewhere`;
    receiver.script(`"server":"${server}"`, [500, DIE, { status: 307, headers: { location } }, 200]);
    const asked = assertHeld(await agent.call(TOOL, MIGRATE));
    const messages = await receiver.told(asked, 4, 40_000);
    const pauses = messages.slice(1).map(({ at }, n) => at - messages[n].at);
    for (const [n, paused] of pauses.entries()) assert.ok(paused >= 2_000 * 2 ** n - 700 && paused < 2_000 * 2 ** n + 6_000, `pauses of ${pauses} ms`);
    assert.ok(messages.every(({ path }) => path === "/told"), "the redirect is not followed");
    assert.equal(new Set(messages.map(({ text }) => text)).size, 1);
    assert.equal(new Set(messages.map(({ headers }) => headers["webhook-timestamp"])).size, 4);
    for (const { text, headers, json } of messages) assert.deepEqual(new Webhook(KEY).verify(text, headers), json);
    // A try that was to come after it would have come 16 s later; it is crossed off, and the audit has nothing to tell.
    await approve(gateway, asked);
    assert.ok((await historyOf(gateway, agent)).every(({ untold }) => untold === undefined));
    for (const why of ["HTTP 500", "Network connection lost", "HTTP 307"]) {
      assert.match(gateway.complained, new RegExp(`tell of ${asked.id} has failed \\d times: .*${why}`));
    }
    assert.ok(!gateway.complained.includes(receiver.url), "the URL is a secret");
    t.diagnostic(`told at 0 ms, then after ${pauses.join(", ")} ms`);
  });

  test("a receiver that never answers is given up after 10 seconds, and told again; nobody waits for it any longer than that", async (t) => {
    const { agent, server } = await gateway.withOrigin(t, { policy: ASK });
    receiver.script('"command":"hang"', [HANG]);
    const hung = assertHeld(await agent.call(TOOL, { command: "hang" }));
    const others = [];
    for (let n = 0; n < 5; n += 1) others.push(assertHeld(await agent.call(TOOL, { command: `c${n}` })));
    const [first, again] = await receiver.told(hung, 2, 30_000);
    const paused = again.at - first.at;
    assert.ok(paused >= 12_000 - 700 && paused < 20_000, `${paused} ms`);
    assert.match(gateway.complained, new RegExp(`tell of ${hung.id} has failed 1 times: .*not answered in time`));
    for (const other of others) await receiver.told(other);
    const late = others.map(({ id }) => receiver.about(id)[0].at - first.at);
    assert.ok(Math.max(...late) <= paused, `they were told after ${late} ms`);
    assert.equal(receiver.about(`"server":"${server}"`).length, 7, "each once, that one twice");
  });

  test("once for each question: repeating the call tells nobody again", async (t) => {
    const { agent } = await gateway.withOrigin(t, { policy: ASK });
    const asked = assertHeld(await agent.call(TOOL, MIGRATE));
    await receiver.told(asked);
    for (const held of await Promise.all(Array.from({ length: 20 }, () => agent.call(TOOL, MIGRATE)))) assert.equal(assertHeld(held).id, asked.id);
    await pause(2_500);
    assert.equal(receiver.about(asked.id).length, 1);
    await approve(gateway, asked);
    assert.ok(passes(await agent.call(TOOL, MIGRATE)));
    await receiver.told(assertHeld(await agent.call(TOOL, MIGRATE)));
  });

  test("«not told after it was answered»; that nobody was told is in the audit, beside the answer, and in the log", async (t) => {
    const { agent, server } = await gateway.withOrigin(t, { policy: ASK });
    receiver.script(`"server":"${server}"`, [503], { always: true });
    const questions = [assertHeld(await agent.call(TOOL, { command: "a" })), assertHeld(await agent.call(TOOL, { command: "b" }))];
    for (const asked of questions) {
      await receiver.told(asked);
      await eventually(() => gateway.complained.includes(`tell of ${asked.id} has failed`), { within: 5_000, every: 50 });
    }
    const [tried, done] = await Promise.all(
      questions.map(async (asked, n) => {
        assert.equal((await answer(gateway, asked, n === 0 ? "approve" : "deny")).status, 200);
        return receiver.about(asked.id).length;
      }),
    );
    await pause(9_000);
    assert.deepEqual(questions.map(({ id }) => receiver.about(id).length), [tried, done], "nobody is told after the answer");
    const ended = (await historyOf(gateway, agent)).filter(({ status }) => status !== "pending");
    assert.deepEqual(ended.map(({ status, untold }) => [status, untold]).sort(), [["approved", tried], ["denied", done]]);
    for (const { id } of questions) assert.match(gateway.complained, new RegExp(`nobody was told of ${id}, which is over`));
  });

  test("killed between the question and its delivery: told after the restart, once, whatever is killed and repeated then", async (t) => {
    const gone = await startReceiver();
    const lasting = await lastingGateway({ vars: { WEBHOOK_URL: gone.url, WEBHOOK_KEY: KEY } });
    t.after(() => lasting.stop());
    const { agent } = await lasting.withOrigin(t, { policy: ASK });
    await gone.stop();
    const asked = assertHeld(await agent.call(TOOL, MIGRATE));
    await eventually(() => lasting.complained.includes(`tell of ${asked.id} has failed`), { within: 5_000, every: 50 });
    await lasting.end("SIGKILL");
    const back = await startReceiver(t, { port: gone.port });
    await lasting.start();
    await back.told(asked, 1, 20_000);
    await pause(500);
    await lasting.end("SIGKILL");
    await lasting.start();
    assert.equal(assertHeld(await agent.call(TOOL, MIGRATE)).id, asked.id);
    await pause(3_000);
    assert.equal(back.about(asked.id).length, 1);
  });

  test("killed while it is being delivered: the same message comes again, under the same id", async (t) => {
    const slow = await startReceiver(t);
    const lasting = await lastingGateway({ vars: { WEBHOOK_URL: slow.url, WEBHOOK_KEY: KEY } });
    t.after(() => lasting.stop());
    const { agent } = await lasting.withOrigin(t, { policy: ASK });
    slow.script(TOOL, [HANG]);
    const asked = assertHeld(await agent.call(TOOL, MIGRATE));
    await slow.told(asked);
    await lasting.end("SIGKILL");
    await lasting.start();
    const [first, again] = await slow.told(asked, 2, 20_000);
    assert.deepEqual([again.text, again.headers["webhook-id"]], [first.text, first.headers["webhook-id"]]);
  });
});
