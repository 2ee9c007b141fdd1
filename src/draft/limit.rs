//! Limits.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::{ArgumentPath, Mode};

/// How often something may be called within a window, or how much of an argument may be spent.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, extend("allOf" = together()))]
pub struct Limit {
    /// What is counted. Limits that name one counter share it, and must agree on window, scope, algorithm and `cost_from`.
    #[schemars(regex(pattern = r"^[A-Za-z0-9_.:-]{1,80}$"))]
    pub counter: String,
    /// How long a window is.
    pub window: Length,
    /// The most within a window. Zero is no limit: to refuse, write `"action": "deny"`.
    #[schemars(range(min = 1, max = 9_223_372_036_854_775_807_u64))]
    pub max: u64,
    /// Whose calls count together. Those of each grant, if this is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// Where a window begins. Anywhere, if this is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub algorithm: Option<Algorithm>,
    /// The argument that says how much of the budget a call takes: a number, not negative, of at most six decimal places.
    /// One, if this is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_from: Option<ArgumentPath>,
    /// How many sessions have a budget of their own within a window; a further one shares the fullest. Goes with scope session.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1000))]
    pub sessions: Option<u32>,
    /// Whether this limit is enforced. In `shadow` it counts in a counter of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
}

/// One limit in short.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RateLimit {
    /// The most calls within a window.
    #[schemars(range(min = 1, max = 9_223_372_036_854_775_807_u64))]
    pub max: u64,
    /// How long a window is.
    pub window: Length,
}

/// The length of a window: a name, or whole seconds, up to 31 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "Window")]
pub enum Length {
    /// By name.
    Named(WindowName),
    /// In seconds.
    Seconds(Seconds),
}

/// A window that has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum WindowName {
    /// One second.
    Second,
    /// 60 seconds.
    Minute,
    /// 3600 seconds.
    Hour,
    /// 86400 seconds.
    Day,
}

/// Whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Seconds(#[schemars(range(min = 1, max = 2_678_400))] pub u32);

/// Whose calls count together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Those of each grant.
    Grant,
    /// Those of each session that the gateway has issued to a grant, of which `sessions` have a budget of their own. Calls
    /// without a session count together.
    Session,
    /// Those of all grants of the server.
    Server,
}

/// Where a window begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Algorithm {
    /// Anywhere: never more than `max` in any interval as long as the window.
    Sliding,
    /// At multiples of its length since the Unix epoch, so that minute, hour and day are those of UTC. Around a border,
    /// twice `max` may pass.
    Fixed,
}

/// Which fields go together.
fn together() -> Value {
    let of_session = json!({ "properties": { "scope": { "const": "session" } }, "required": ["scope"] });
    json!([
        { "if": of_session, "then": { "required": ["sessions"] }, "else": { "properties": { "sessions": false } } },
        { "if": { "required": ["cost_from"] }, "then": { "properties": { "max": { "maximum": 10_000_000_000_000_u64 } } } },
    ])
}
