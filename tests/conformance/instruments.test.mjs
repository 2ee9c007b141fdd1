// What the suites are run with: the shim changes nothing but the grant, and what goes wrong is found out.
import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { after, describe, test } from "node:test";
import { Trouble } from "../../scripts/lib/trouble.mjs";
import { inTime } from "../e2e/support/patience.mjs";
import { startShim } from "./support/shim.mjs";
import { startStage } from "./support/stage.mjs";
import { runSuite } from "./support/suite.mjs";
import { passes, passesWholly, worse } from "./support/verdict.mjs";

const SOON_MS = 5000;

/** A shim before a bare listener: `near` is the client's end of a connection, `far` the listener's. */
async function connection(t) {
  const shim = await startShim();
  const listener = net.createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
  await once(listener, "listening");
  shim.lead(listener.address().port, "Bearer tg_grant");
  const near = net.connect({ port: Number(new URL(shim.origin).port), host: "127.0.0.1", allowHalfOpen: true });
  const [far] = await once(listener, "connection");
  for (const socket of [near, far]) socket.on("error", () => {});
  t.after(async () => {
    near.destroy();
    far.destroy();
    listener.close();
    await shim.stop();
  });
  return { near, far };
}

/** The bytes that have come when there are that many. */
async function read(socket, length) {
  let text = "";
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) if ((text += chunk.toString("latin1")).length >= length) break;
  return text;
}

describe("The shim", { concurrency: true }, () => {
  const posted = ["POST /x HTTP/1.1\r\nhOST:  evil.example \r\nMcp-Name:   a  \r\nContent-Length: 9\r\nx-empty:\r\n\r\n", "{\"é\":1}"];
  const got = "GET /y HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const granted = (head) => head.replace("\r\n", "\r\nAuthorization: Bearer tg_grant\r\n");
  const sent = Buffer.from(`${posted.join("")}${got}${posted.join("")}`);
  // What UTF-8 makes two bytes of, latin1 reads as two characters.
  const expected = Buffer.from(`${granted(posted[0])}${posted[1]}${granted(got)}${granted(posted[0])}${posted[1]}`).toString("latin1");

  for (const size of [1, 7, sent.length]) {
    test(`adds one line to each request on a connection and changes no other byte, where ${size} come at once`, async (t) => {
      const { near, far } = await connection(t);
      const arrives = read(far, expected.length);
      for (let at = 0; at < sent.length; at += size) near.write(sent.subarray(at, at + size));
      assert.equal(await inTime(arrives, SOON_MS), expected);
    });
  }

  test("passes what is written back at once, untouched", async (t) => {
    const { near, far } = await connection(t);
    for (const piece of ["HTTP/1.1 200 OK\r\n\r\n", "data: 1\n\n", ": ping\n\n"]) {
      const arrives = read(near, piece.length);
      far.write(piece);
      assert.equal(await inTime(arrives, SOON_MS), piece);
    }
  });

  for (const [one, other] of [["near", "far"], ["far", "near"]]) {
    test(`passes an end as an end and a break as a break, from ${one} to ${other}`, async (t) => {
      const ended = await connection(t);
      const end = once(ended[other].resume(), "end");
      ended[one].end();
      await inTime(end, SOON_MS);
      assert.ok(ended[other].writable);

      const broken = await connection(t);
      const fault = once(broken[other].resume(), "error");
      broken[one].resetAndDestroy();
      const [{ code }] = await inTime(fault, SOON_MS);
      assert.equal(code, "ECONNRESET");
    });
  }
});

describe("What goes wrong is found out", { concurrency: false }, async () => {
  const stage = await startStage();
  after(() => stage.stop());
  const only = (scenario) => ({ alias: "conformance-0.2", selection: ["--scenario", scenario] });
  const checksOf = async (scenario, url) => (await runSuite(only(scenario), url)).get(scenario);

  test("a tool that the policy refuses: the scenario fails, and is worse than directly", async () => {
    const refusing = await stage.behind({ version: "1", default: "allow", tools: { test_image_content: { action: "deny" } } });
    const direct = await checksOf("tools-call-image", stage.direct);
    const through = await checksOf("tools-call-image", refusing);
    assert.ok(passes(direct));
    assert.ok(!passes(through));
    assert.match(worse(direct, through).join("\n"), /^tools-call-image \(ToolsCallImage\): SUCCESS directly, FAILURE through the gateway: No image content/);
  });

  test("a gateway that is shown no grant: the header-validation scenario does not pass", async () => {
    const checks = await checksOf("http-header-validation", stage.gateway);
    assert.ok(!passes(checks));
    assert.ok(!passesWholly(checks));
  });

  test("a check that is not made, or not as often: worse than one that succeeds", () => {
    const check = { id: "a", name: "A", status: "SUCCESS" };
    assert.equal(worse([check], []).length, 1);
    assert.equal(worse([check, check], [check]).length, 1);
    assert.equal(worse([check], [{ ...check, status: "SKIPPED" }]).length, 1);
    assert.equal(worse([check], [check, { ...check, status: "WARNING" }]).length, 1);
    assert.equal(worse([check], [check]).length, 0);
    assert.ok(!passes([]));
    assert.ok(!passes([{ ...check, status: "SKIPPED" }]));
  });

  test("a suite that runs nothing is no suite that passes", async () => {
    await assert.rejects(runSuite(only("no-such-scenario"), stage.direct), Trouble);
  });

  test("a suite that breaks off is no suite that passes", async () => {
    await assert.rejects(runSuite({ alias: "conformance-0.2", selection: ["--requirements", "1999-01-01"] }, stage.direct), Trouble);
  });
});
