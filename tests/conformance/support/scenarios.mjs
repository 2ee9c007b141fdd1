// The scenarios that each suite must run. They are written down here, so that a suite that runs fewer is found out.

const BOTH_ERAS = [
  "completion-complete",
  "tools-list",
  "tools-call-simple-text",
  "tools-call-image",
  "tools-call-audio",
  "tools-call-embedded-resource",
  "tools-call-mixed-content",
  "tools-call-error",
  "tools-call-with-progress",
  "json-schema-2020-12",
  "resources-list",
  "resources-read-text",
  "resources-read-binary",
  "resources-templates-read",
  "prompts-list",
  "prompts-get-simple",
  "prompts-get-with-args",
  "prompts-get-embedded-resource",
  "prompts-get-with-image",
  "server-sse-multiple-streams",
  "dns-rebinding-protection",
];
const LEGACY = [
  "server-initialize",
  "ping",
  "logging-set-level",
  "tools-call-with-logging",
  "tools-call-sampling",
  "tools-call-elicitation",
  "elicitation-sep1034-defaults",
  "elicitation-sep1330-enums",
  "resources-subscribe",
  "resources-unsubscribe",
  "server-sse-polling",
];
const LEGACY_SINCE_0_2 = ["server-session-lifecycle"];

/** What a gateway is made for. The suite runs them without counting them; here they decide. */
export const GATES = ["http-header-validation", "http-custom-header-server-validation"];
const MODERN = [
  "server-stateless",
  "caching",
  "sep-2164-resource-not-found",
  "input-required-result-basic-elicitation",
  "input-required-result-basic-sampling",
  "input-required-result-basic-list-roots",
  "input-required-result-request-state",
  "input-required-result-multiple-input-requests",
  "input-required-result-multi-round",
  "input-required-result-missing-input-response",
  "input-required-result-non-tool-request",
  "input-required-result-result-type",
  "input-required-result-unsupported-methods",
  "input-required-result-tampered-state",
  "input-required-result-capability-check",
  "input-required-result-ignore-extra-params",
  "input-required-result-validate-input",
  ...GATES,
];
/** An extension that neither the fixture origin nor the gateway has. Run, compared and shown; only these may fail. */
const TASKS = [
  "tasks-lifecycle",
  "tasks-capability-negotiation",
  "tasks-wire-fields",
  "tasks-request-state-removal",
  "tasks-mrtr-input",
  "tasks-request-headers",
  "tasks-dispatch-and-envelope",
  "tasks-status-notifications",
  "tasks-required-task-error",
  "tasks-mrtr-composition",
];

/** By suite (suite.mjs), in the order in which they are shown. */
export const PINNED = {
  "0.1, all": [...BOTH_ERAS, ...LEGACY],
  "0.2, 2025-11-25": [...BOTH_ERAS, ...LEGACY, ...LEGACY_SINCE_0_2],
  "0.2, 2026-07-28": [...BOTH_ERAS, ...MODERN, ...TASKS],
};
export const ALL = [...BOTH_ERAS, ...LEGACY, ...LEGACY_SINCE_0_2, ...MODERN, ...TASKS];
export const mayFail = (scenario) => TASKS.includes(scenario);
