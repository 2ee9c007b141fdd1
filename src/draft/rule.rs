//! A rule.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::{ArgumentPath, Condition, Limit, Mode, RateLimit, ResultPath};

/// What holds for a tool, a resource or a prompt. `{}` is complete and means: allowed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, extend("if" = asks(), "else" = json!({ "properties": { "approval": false } })))]
pub struct Rule {
    /// What becomes of it. Allowed, if this is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
    /// What the agent is told where this rule refuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whether this rule is enforced. A rule in `shadow` still names its tool: under `"default": "deny"` it opens it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// Any of these that holds, or that cannot be judged, refuses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub deny_if: Vec<Condition<ArgumentPath>>,
    /// All of these must hold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub require: Vec<Condition<ArgumentPath>>,
    /// A JSON Schema that the arguments must fit. Keywords that the gateway cannot check are refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("$ref" = "https://json-schema.org/draft/2020-12/schema"))]
    pub arguments: Option<Value>,
    /// How a person is asked. Goes with `"action": "require_approval"`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval: Option<Approval>,
    /// How often, or how much. A call is charged to all of these, or to none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub limits: Vec<Limit>,
    /// One limit in short: of each grant, sliding, on a counter of this rule's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_limit: Option<RateLimit>,
    /// Which outcomes give back what a call was charged to the limits of this rule. None, if this is absent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub refund_on: Vec<Refund>,
    /// The arguments whose values the audit keeps, each up to 1 KiB. Of all others it keeps the names, and a hash.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub audit: Vec<ArgumentPath>,
}

fn asks() -> Value {
    json!({ "properties": { "action": { "const": "require_approval" } }, "required": ["action"] })
}

/// What becomes of what a rule names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It may be used, under the conditions and limits of the rule.
    Allow,
    /// It is refused.
    Deny,
    /// A person is asked first.
    RequireApproval,
}

/// How a person is asked.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Approval {
    /// How long an answer is waited for: a whole number, then s, m, h or d, from `1m` to `7d`. `15m`, if this is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[0-9]+[smhd]$"))]
    pub ttl: Option<String>,
    /// Who is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Approver>,
    /// Asks only where one of these holds, or cannot be judged. Always, if this is absent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub when: Vec<Condition<ArgumentPath>>,
}

/// Who is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Approver {
    /// Who runs the gateway.
    Operator,
    /// Whose agent it is.
    User,
}

/// An outcome that gives the budget of a call back.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Refund {
    /// One that has a word.
    Outcome(Outcome),
    /// A result of which this surely holds; `[*]` is every element, of which there must be one.
    Result(Condition<ResultPath>),
}

/// How a call may fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The transport failed, or the server answered with HTTP 5xx or a JSON-RPC error.
    Error,
    /// The tool says `isError`.
    ToolError,
}
