// Questions to people, as agents hear of them and operators answer them.
import assert from "node:assert/strict";
import { entriesOf, exportOf } from "./audit.mjs";

const textOf = (answer) => answer.result.content[0].text;

/** The id of a question. */
export const ID = /^ap_[0-9a-f]{32}_[0-9a-f]{16}$/;

/** Asserts that a tool call is held, in the words and members of docs/approvals.md; gives `_meta["tollgate/approval"]`. */
export function assertHeld(answer, { status = "pending", gateway, words } = {}) {
  assert.equal(answer.status, 200);
  assert.equal(answer.result.isError, true);
  const { "tollgate/approval": approval, "tollgate/denial": denial, ...others } = answer.result._meta;
  assert.deepEqual(others, {});
  assert.deepEqual(Object.keys(approval), ["id", "status", "url", "expires_at", "request_id"]);
  assert.match(approval.id, ID);
  assert.equal(approval.status, status);
  assert.equal(denial.reason_code, `approval_${status}`);
  assert.equal(approval.request_id, denial.request_id);
  assert.ok(Date.parse(approval.expires_at) > Date.now());
  if (gateway !== undefined) assert.equal(approval.url, `${gateway.url}/approve/${approval.id}`);
  const text = textOf(answer);
  assert.ok(text.includes(approval.expires_at), text);
  assert.match(text, status === "pending" ? /^Tollgate holds .*repeat the very same call later/ : /^Tollgate refused .*said no.*Do not repeat it/);
  if (words !== undefined) assert.ok(text.includes(words), text);
  return approval;
}

/** Says yes or no, as the operator with the admin secret. */
export function answer(gateway, { id }, what, reason) {
  return gateway.admin("POST", `approvals/${id}/${what}`, reason === undefined ? undefined : { reason });
}

export async function approve(gateway, approval, reason) {
  const { status, json } = await answer(gateway, approval, "approve", reason);
  assert.equal(status, 200, JSON.stringify(json));
  return json;
}

/** What has become of a grant's questions, as its chained audit tells it. */
export async function historyOf(gateway, agent) {
  return entriesOf(await exportOf(gateway, agent.id)).flatMap(({ approval }) => approval ?? []);
}
