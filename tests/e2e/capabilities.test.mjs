// What of an origin's abilities agents are told and may use: capabilities, multi-round-trip results, subscriptions, resumption.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { TOOLS } from "./support/catalogue.mjs";
import { messagesOf } from "./support/events.mjs";
import { ALLOW_ALL } from "./support/gateway.mjs";
import { lastingGateway } from "./support/lasting.mjs";
import { initialize, LEGACY, MODERN, notification, request } from "./support/message.mjs";
import { event, HANG, json, sse, startOrigin } from "./support/origin.mjs";
import { eventually, inTime } from "./support/patience.mjs";
import { assertDenied, assertError } from "./support/refusal.mjs";

const DENY = { version: "1", default: "deny", tools: { shell_execute: {} } };

const gateway = await lastingGateway();
after(() => gateway.stop());

async function setUp(t, policy = ALLOW_ALL) {
  const origin = await startOrigin(t);
  return { origin, ...(await gateway.register({ origin, policy })) };
}

/** How an origin writes one answer. */
const FORMS = {
  JSON: (text) => json(text, { headers: { "mcp-session-id": "of-the-origin" } }),
  "a stream": (text) => sse(`event: message\r\ndata: ${text}\r\n\r\n`, { headers: { "mcp-session-id": "of-the-origin" } }),
};

describe("«Capabilities that the gateway does not carry are taken out of `initialize` and `server/discover`»", { concurrency: true }, () => {
  const carried = {
    tools: '{"listChanged" : true,"unheardOf":[1.0,1e2]}',
    prompts: "{}",
    resources: '{"subscribe":true,"listChanged":false}',
    logging: "{}",
    completions: "{}",
  };
  const taken = {
    tasks: '{"list":{},"requests":{"tools":{"call":{}}}}',
    extensions: '{"io.modelcontextprotocol/tasks":{},"io.modelcontextprotocol/ui":{}}',
    experimental: '{"anything":{}}',
    unheardOf: "{}",
  };
  const written = (members) => `{${Object.entries(members).map(([key, value]) => `"${key}":${value}`).join(",")}}`;
  /** Members that nothing may change, byte for byte. */
  const others = {
    serverInfo: '{"name" :"fixture","version":"1.00","icons":[{"src":"data:,"}]}',
    instructions: '"Read \\u00fcber\\/all, \\ud83d\\ude00 and ü"',
    ttlMs: "0.50",
    _meta: '{"big":12345678901234567890}',
    unheardOf: '[ null , -0.0 ]',
  };
  const handshakes = {
    initialize: [initialize, "legacy", { protocolVersion: '"2025-11-25"' }],
    "server/discover": [() => request("server/discover"), "modern", { resultType: '"complete"' }],
  };
  for (const [method, [ask, era, more]] of Object.entries(handshakes)) {
    for (const [form, answer] of Object.entries(FORMS)) {
      test(`${method}, in ${form}: the others stay, byte for byte`, async (t) => {
        const { origin, agent } = await setUp(t);
        const sent = ask();
        const result = written({ ...more, capabilities: written({ ...taken, ...carried }), ...others });
        origin.next(method, answer(`{"jsonrpc":"2.0","id":${sent.id},"result":${result}}`));
        const seen = await agent.rpc(sent, { era });
        assert.equal(seen.status, 200, seen.text);
        assert.deepEqual(seen.result, JSON.parse(written({ ...more, capabilities: written(carried), ...others })));
        for (const value of [...Object.values(carried), ...Object.values(others)]) assert.ok(seen.text.includes(value), `${value} in ${seen.text}`);
        for (const name of ["tasks", "extensions", "experimental"]) assert.ok(!seen.text.includes(name), seen.text);
        assert.ok(!JSON.stringify(seen.headers).includes("of-the-origin"));
      });

      test(`${method}, in ${form}: without capabilities that can be read it is not passed on`, async (t) => {
        const { origin, agent } = await setUp(t);
        for (const capabilities of ["[]", '"tools"', undefined]) {
          const sent = ask();
          const result = written({ ...more, ...(capabilities === undefined ? {} : { capabilities }), experimental: "{}" });
          origin.next(method, answer(`{"jsonrpc":"2.0","id":${sent.id},"result":${result}}`));
          const seen = await agent.rpc(sent, { era });
          assertError(seen, { status: form === "JSON" ? 502 : 200, code: -32603, id: sent.id });
          assert.equal(form === "JSON" && "mcp-session-id" in seen.headers, false, "no session begins with an error");
        }
      });

      test(`${method}, in ${form}: the origin's own error passes`, async (t) => {
        const { origin, agent } = await setUp(t);
        const sent = ask();
        const error = { code: -32603, message: "not today", data: { capabilities: { tasks: {} } } };
        origin.next(method, answer(JSON.stringify({ jsonrpc: "2.0", id: sent.id, error })));
        assert.deepEqual((await agent.rpc(sent, { era })).message.error, error);
      });
    }
  }

  for (const [form, answer] of Object.entries(FORMS)) {
    test(`\`supportedVersions\` are those that the gateway speaks as well, in the origin's order, in ${form}`, async (t) => {
      const { origin, agent } = await setUp(t);
      const sent = request("server/discover");
      const supportedVersions = ["2027-01-01", MODERN, "DRAFT-2026-v1", "2025-11-25", "2024-10-07", "2024-11-05"];
      origin.next("server/discover", answer(JSON.stringify({ jsonrpc: "2.0", id: sent.id, result: { supportedVersions, capabilities: {}, resultType: "complete" } })));
      const seen = await agent.rpc(sent, { era: "modern" });
      assert.deepEqual(seen.result, { supportedVersions: [MODERN, "2025-11-25", "2024-11-05"], capabilities: {}, resultType: "complete" });
    });
  }
});

describe("«multi-round-trip results (`input_required`) passed byte-exact, each retry judged anew»", { concurrency: true }, () => {
  const QUESTION =
    '{"resultType":"input_required", "inputRequests":{"name":{"method":"elicitation/create","params":{"message":"N\\u00e4me?","requestedSchema":{"type":"object"}}}},' +
    '"requestState":"b3BhcXVl\\/+==","_meta":{"n":1.50}}';
  const retried = (method, params) =>
    request(method, { ...params, inputResponses: { name: { action: "accept", content: { name: "ü" } } }, requestState: "b3BhcXVl/+==" });
  const asked = (sent) => `{"jsonrpc":"2.0" , "id":${sent.id},"result":${QUESTION}}`;
  const kinds = {
    "tools/call": { name: "shell_execute", arguments: {} },
    "prompts/get": { name: "review" },
    "resources/read": { uri: "django://project/apps" },
  };
  for (const [method, params] of Object.entries(kinds)) {
    for (const [form, answer] of Object.entries(FORMS)) {
      test(`${method}, in ${form}`, async (t) => {
        const { origin, agent } = await setUp(t);
        const first = request(method, params);
        origin.next(method, answer(asked(first)));
        const question = await agent.rpc(first, { era: "modern" });
        assert.equal(question.status, 200, question.text);
        assert.equal(question.isStream ? question.events[0].data : question.text, asked(first));
        const second = retried(method, params);
        const body = JSON.stringify({ ...second, params: { ...second.params, _meta: first.params._meta } });
        const answered = await agent.rpc(second, { era: "modern" });
        assert.equal(answered.status, 200, body);
        assert.deepEqual(origin.last.message.params.inputResponses, second.params.inputResponses);
        assert.equal(origin.last.message.params.requestState, second.params.requestState);
        assert.equal(answered.result.resultType, "complete");
      });
    }
  }

  test("a retry is a call of its own: it is charged, and refused when nothing is left", async (t) => {
    const { origin, agent } = await setUp(t, { version: "1", default: "deny", tools: { shell_execute: { rate_limit: { max: 2, window: 60 } } } });
    for (let n = 0; n < 2; n += 1) {
      const sent = n === 0 ? request("tools/call", kinds["tools/call"]) : retried("tools/call", kinds["tools/call"]);
      origin.next("tools/call", json(asked(sent)));
      assert.equal((await agent.rpc(sent, { era: "modern" })).result.resultType, "input_required");
    }
    assertDenied(await agent.rpc(retried("tools/call", kinds["tools/call"]), { era: "modern" }), "modern", { reason_code: "rate_limited" });
    assert.equal(origin.calls().length, 2);
  });

  test("a retry is judged by what it names, whatever was asked before", async (t) => {
    const { origin, agent } = await setUp(t, DENY);
    const sent = request("tools/call", kinds["tools/call"]);
    origin.next("tools/call", json(asked(sent)));
    await agent.rpc(sent, { era: "modern" });
    const before = origin.received.length;
    const other = retried("tools/call", { name: "project_get_setting", arguments: {} });
    assertDenied(await agent.rpc(other, { era: "modern" }), "modern", { reason_code: "default_deny" });
    assertError(await agent.rpc(retried("resources/read", kinds["resources/read"]), { era: "modern" }), { status: 400, code: -32602 });
    assert.equal(origin.received.length, before);
  });
});

describe("`subscriptions/listen`", { concurrency: true }, () => {
  const listen = (notifications) => request("subscriptions/listen", { notifications });
  const URI = "django://project/apps";
  const tagged = (sent, method, params = {}) =>
    notification(method, { ...params, _meta: { "io.modelcontextprotocol/subscriptionId": sent.id } });

  test("«Subscriptions are governed like reads»: allowed, the origin's acknowledgement and updates pass as they come", async (t) => {
    const { origin, agent } = await setUp(t);
    const sent = listen({ toolsListChanged: true, resourceSubscriptions: [URI] });
    const said = [
      tagged(sent, "notifications/subscriptions/acknowledged", { notifications: { toolsListChanged: true, resourceSubscriptions: [URI] } }),
      tagged(sent, "notifications/resources/updated", { uri: URI }),
      tagged(sent, "notifications/tools/list_changed"),
      tagged(sent, "notifications/prompts/list_changed"),
      tagged(sent, "notifications/resources/list_changed"),
    ];
    origin.next("subscriptions/listen", sse([...said.map(event), HANG]));
    const stream = await agent.stream(sent, { era: "modern", timeout: 5000 });
    assert.equal(stream.status, 200);
    const messages = messagesOf(stream);
    for (const each of said) assert.deepEqual((await messages.next()).value, each);
    stream.close();
    assert.deepEqual(origin.last.message.params.notifications, sent.params.notifications);
    await inTime(origin.last.left, 2000, "the origin is not told that nobody listens");
  });

  test("a listen for a resource that the agent may not read is refused as its read would be, and not forwarded", async (t) => {
    const { origin, agent } = await setUp(t, DENY);
    for (const uris of [[URI], [URI, "django://project/models"]]) {
      const sent = listen({ toolsListChanged: true, resourceSubscriptions: uris });
      const refused = assertError(await agent.rpc(sent, { era: "modern" }), { status: 400, code: -32602, id: sent.id });
      const read = assertError(await agent.rpc(request("resources/read", { uri: URI }), { era: "modern" }), { status: 400, code: -32602 });
      assert.deepEqual(refused, read);
    }
    assert.equal(origin.received.length, 0);
  });

  test("updates of resources that the agent may not read do not pass, though it was not refused to listen", async (t) => {
    const { origin, agent } = await setUp(t, DENY);
    const sent = listen({ toolsListChanged: true });
    const changed = tagged(sent, "notifications/tools/list_changed");
    origin.next("subscriptions/listen", sse([event(tagged(sent, "notifications/resources/updated", { uri: URI })), event(changed), HANG]));
    const stream = await agent.stream(sent, { era: "modern", timeout: 5000 });
    assert.deepEqual((await messagesOf(stream).next()).value, changed);
    stream.close();
  });

  const malformed = {
    "a URI with a query": [`${URI}?x`],
    "a URI with a fragment": [`${URI}#x`],
    "an escaped separator": ["django://project%2fapps"],
    "a climb": ["django://project/../apps"],
    "one good and one bad": [URI, "apps"],
    "no string": [1],
    "no array": URI,
  };
  for (const [what, resourceSubscriptions] of Object.entries(malformed)) {
    test(`«a URI that policy-language.md refuses»: ${what}`, async (t) => {
      const { origin, agent } = await setUp(t);
      const sent = listen({ resourceSubscriptions });
      assertError(await agent.rpc(sent, { era: "modern" }), { status: 400, code: -32602, id: sent.id });
      assert.equal(origin.received.length, 0);
    });
  }

  test("legacy has no such method; its `resources/subscribe` is judged, and what is updated passes on the GET stream", async (t) => {
    const { origin, agent } = await setUp(t);
    const sent = listen({ resourceSubscriptions: [URI] });
    assertError(await agent.rpc(sent), { status: 200, code: -32601, id: sent.id });
    const refused = await setUp(t, DENY);
    for (const method of ["resources/subscribe", "resources/unsubscribe"]) {
      const subscribe = request(method, { uri: URI });
      assertError(await refused.agent.rpc(subscribe), { status: 200, code: [-32002, -32602], id: subscribe.id });
    }
    assert.equal(refused.origin.received.length, 0);
    for (const { made, passes } of [{ made: { origin, agent }, passes: true }, { made: refused, passes: false }]) {
      const session = await made.agent.begin();
      const [own] = made.origin.sessions;
      const stream = await made.agent.listen(session);
      await eventually(() => made.origin.hasStream(own), { within: 5000, every: 20 });
      const updated = notification("notifications/resources/updated", { uri: URI });
      const changed = notification("notifications/resources/list_changed");
      for (const each of [updated, changed]) made.origin.push(own, each);
      assert.deepEqual((await messagesOf(stream).next()).value, passes ? updated : changed);
      stream.close();
    }
  });
});

describe("«resumption headers»: the legacy GET stream, begun again", { concurrency: true }, () => {
  const listed = { jsonrpc: "2.0", id: 7, result: { tools: TOOLS, nextCursor: "more" } };

  test("`Last-Event-ID` reaches the origin, and the events' ids and `retry` the agent", async (t) => {
    const { origin, agent } = await setUp(t);
    const session = await agent.begin();
    const said = event(notification("notifications/message", { level: "info", data: "x" })).replace(/^/, "id: s-1/é 2\r\nretry: 1500\r\n");
    origin.next("GET", sse(["id: s-1/1\r\ndata: \r\n\r\n", said]));
    const stream = await agent.listen(session, { "Last-Event-ID": "s-1/ 0" });
    let text = "";
    for await (const chunk of stream.chunks.setEncoding("utf8")) text += chunk;
    assert.equal(origin.last.headers["last-event-id"], "s-1/ 0");
    assert.match(text, /id: s-1\/1\n/);
    assert.match(text, /id: s-1\/é 2\n/);
    assert.match(text, /retry: 1500\n/);
  });

  test("a `Last-Event-ID` that is none that can be is not forwarded", async (t) => {
    const { origin, agent } = await setUp(t);
    const session = await agent.begin();
    for (const last of ["\u00e9", "a\tb"]) {
      origin.next("GET", sse([]));
      const stream = await agent.listen(session, { "Last-Event-ID": last });
      for await (const _ of stream.chunks);
      assert.equal(origin.last.method, "GET");
      assert.equal(origin.last.headers["last-event-id"], undefined);
    }
  });

  test("an answer that is sent again on it is filtered as the list that it is", async (t) => {
    const { origin, agent } = await setUp(t, DENY);
    const session = await agent.begin();
    const lists = [
      listed,
      { jsonrpc: "2.0", id: "8", result: { resources: [{ uri: "django://project/apps" }] } },
      { jsonrpc: "2.0", id: 9, result: { prompts: [{ name: "review" }] } },
      { jsonrpc: "2.0", id: 10, result: { resourceTemplates: [{ uriTemplate: "django://project/setting/{key}" }] } },
      { jsonrpc: "2.0", id: 11, result: { tools: TOOLS, resources: [{ uri: "django://project/apps" }] } },
    ];
    origin.next("GET", sse(lists.slice(0, 4).map(event)));
    const stream = await agent.listen(session, { "Last-Event-ID": "1" });
    const seen = [];
    for await (const message of messagesOf(stream)) seen.push(message);
    const shown = TOOLS.filter((tool) => tool.name === "shell_execute");
    assert.deepEqual(seen, [
      { ...listed, result: { tools: shown, nextCursor: "more" } },
      { jsonrpc: "2.0", id: "8", result: { resources: [] } },
      { jsonrpc: "2.0", id: 9, result: { prompts: [] } },
      { jsonrpc: "2.0", id: 10, result: { resourceTemplates: [] } },
    ]);
    // Two lists in one answer are none of MCP's; neither may pass unfiltered.
    origin.next("GET", sse(event(lists[4])));
    const mixed = await agent.listen(session);
    let text = "";
    for await (const chunk of mixed.chunks) text += chunk;
    assert.doesNotMatch(text, /project_get_setting|django:/);
  });

  test("capabilities that the gateway does not carry do not pass there either", async (t) => {
    const { origin, agent } = await setUp(t);
    const session = await agent.begin();
    const capabilities = { tools: {}, tasks: {} };
    origin.next("GET", sse(event({ jsonrpc: "2.0", id: 1, result: { protocolVersion: "2025-11-25", capabilities, serverInfo: {} } })));
    const stream = await agent.listen(session);
    let text = "";
    for await (const chunk of stream.chunks) text += chunk;
    assert.doesNotMatch(text, /tasks/);
  });

  test("an origin that has no such stream, or ends no sessions, says 405, and so does the gateway", async (t) => {
    const { origin, agent } = await setUp(t);
    const session = await agent.begin();
    for (const method of ["GET", "DELETE"]) {
      origin.next(method, { status: 405, headers: { allow: "POST, of-the-origin", "content-type": "text/plain" }, chunks: ["of-the-origin"] });
      const answer = await agent.send(method, { "MCP-Protocol-Version": LEGACY, "Mcp-Session-Id": session });
      assert.equal(answer.status, 405, method);
      assert.equal(answer.headers.allow, "POST");
      assert.doesNotMatch(answer.text, /of-the-origin/);
    }
  });

  for (const [what, text] of Object.entries({ "is cut off": JSON.stringify(listed).slice(0, -1), "is a batch": `[${JSON.stringify(listed)}]`, "has an error as well": JSON.stringify({ ...listed, error: { code: 1, message: "x" } }) })) {
    test(`«A list that cannot be parsed is not passed on»: one that ${what}`, async (t) => {
      const { origin, agent } = await setUp(t, DENY);
      const session = await agent.begin();
      origin.next("GET", sse([event(text), event(listed)]));
      const stream = await agent.listen(session);
      let seen = "";
      for await (const chunk of stream.chunks) seen += chunk;
      assert.doesNotMatch(seen, /project_get_setting/);
    });
  }
});
