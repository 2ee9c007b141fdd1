//! What the audit says of one request.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;

use super::Millis;

/// One request, as it is written down. Its JSON is a contract: `docs/audit.md` explains each field, and one that would say
/// nothing is left out.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Record<'r> {
    /// The id under which the request is found again: 16 hexadecimal digits. What is said of it later bears it too.
    pub request_id: &'r str,
    /// Who has written this: one life of one isolate, by a name that it has drawn.
    pub isolate: &'r str,
    /// Which record of the grant's this isolate has written, counted from one: a number that is missing was lost with it.
    pub number: u64,
    /// When the request came, by the isolate's clock.
    pub at: Millis,
    /// The server's name.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub server: &'r str,
    /// The method of MCP; of HTTP where there is no message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<&'r str>,
    /// The tool, the prompt or the first URI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What was decided.
    pub ruling: Ruled,
    /// The rule that decided it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<&'r str>,
    /// The policy's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<&'r str>,
    /// The version of the policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stamp: Option<&'r str>,
    /// The keys of the arguments, in the order in which they were sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub argument_keys: Option<Vec<String>>,
    /// The SHA-256 of the arguments in their canonical form, as 64 lower-case hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arguments_sha256: Option<String>,
    /// The values of the arguments that the policy wants kept, by their paths.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<&'r str, &'r RawValue>,
    /// What rules in shadow would have refused.
    #[serde(skip_serializing_if = "<[Observed]>::is_empty")]
    pub shadow: &'r [Observed],
    /// What became of it.
    #[serde(flatten)]
    pub ending: Ending,
}

/// What was decided of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ruled {
    /// The policy allows it.
    Allow,
    /// The policy denies it, or a limit has no room.
    Deny,
    /// A person has to say yes.
    Hold,
    /// It calls and reads nothing that a policy governs.
    #[default]
    Open,
    /// It is not well formed, or not of this session.
    Refused,
    /// The gateway failed, and forwarded nothing.
    Failed,
    /// Decided in an earlier record of the same request; this one says what became of it.
    Outcome,
}

/// A rule in shadow, and why it would have refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Observed {
    /// The rule.
    pub rule: String,
    /// Why.
    pub reason_code: &'static str,
}

/// What became of a request, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Ending {
    /// In a word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// The HTTP status of the origin's answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin_status: Option<u16>,
    /// Milliseconds that the ledger took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ledger_ms: Option<u64>,
    /// Milliseconds until the origin's answer began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin_ms: Option<u64>,
}

/// What became of a request that was forwarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The origin's answer was passed on unread.
    Passed,
    /// A result was passed on.
    Result,
    /// A result that says `isError` was passed on.
    ToolError,
    /// A JSON-RPC error was passed on.
    Error,
    /// The origin could not be reached, or its answer was none of MCP.
    OriginFailed,
    /// The origin did not answer in time.
    Late,
    /// The stream ended, or broke off, without the answer; of a stream that answers nothing, that it has ended.
    Ended,
    /// Its header fields could not be computed, so that it was not forwarded.
    NotForwarded,
}
