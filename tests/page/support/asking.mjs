// An agent whose calls need a person, and the operators who answer.
import { assertHeld } from "../../e2e/support/approvals.mjs";

export const TOOL = "management_execute_command";
export const MIGRATE = { command: "migrate", args: ["shop", "0042_drop_orders"], options: { database: "default" } };

/** A policy under which a person is asked about that tool. */
export const asking = (rule = {}) => ({
  version: "1",
  default: "deny",
  tools: { [TOOL]: { action: "require_approval", reason: "Migrations are looked at before they run.", ...rule } },
});

export const passes = ({ status, result }) => status === 200 && result?.isError === false;

/** An agent that has asked: what `withOrigin` gives, the question, and `call()`, which makes the same call again. */
export async function asked(gateway, t, { args = MIGRATE, policy = asking(), grant, server = { preset: "mcp-django" } } = {}) {
  const made = await gateway.withOrigin(t, { policy, grant, server });
  const call = () => made.agent.call(TOOL, args);
  return { ...made, call, approval: assertHeld(await call(), { gateway }) };
}

/** An operator by a fresh name. */
export function operator(gateway, name = gateway.name("ada")) {
  return gateway.must("POST", "operators", { name }).then(({ token }) => ({ name, token }));
}

/** The status of a question, as the admin API says. */
export const statusOf = async (gateway, { id }) => (await gateway.must("GET", `approvals/${id}`)).status;
