//! Rules: what holds for one tool, resource or prompt, or for every tool call.

use super::condition::{Condition, Path};
use super::schema::Schema;
use crate::ledger::{Approver, Limit};
use crate::registry::Stamp;
use crate::wire::json::Pointer;

/// What holds for whatever a rule names.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rule {
    pub(super) pointer: Pointer,
    /// The stamp of the rule's own text, in its canonical form: an approval is one under the rules as they were read.
    pub(super) stamp: Stamp,
    pub(super) mode: Mode,
    pub(super) action: Action,
    /// What the agent is told where the rule refuses.
    pub(super) reason: Option<String>,
    pub(super) deny_if: Vec<Condition>,
    pub(super) require: Vec<Condition>,
    pub(super) arguments: Option<ArgumentsRule>,
    pub(super) limits: Vec<PlacedLimit>,
    /// What gives back what a call was charged to the limits of this rule.
    pub(super) refund_on: Vec<Refund>,
    /// The arguments whose values the audit keeps.
    pub(super) audit: Vec<Path>,
}

/// Whether what a rule says is enforced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// It is.
    Enforce,
    /// It is recorded only.
    Shadow,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Action {
    Allow,
    Deny,
    RequireApproval(Approval),
}

/// How a person is asked.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Approval {
    /// How long an approval may be waited for, in seconds: one minute to seven days.
    pub(super) ttl: u64,
    pub(super) by: Approver,
    /// Asks where one of them is anything but false; none of them asks always.
    pub(super) when: Vec<Condition>,
}

/// The schema that arguments must fit.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ArgumentsRule {
    pub(super) pointer: Pointer,
    pub(super) schema: Schema,
}

/// A limit and where it stands in the document.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PlacedLimit {
    pub(super) pointer: Pointer,
    pub(super) mode: Mode,
    pub(super) limit: Limit,
    /// The argument that says how much of the budget a call takes; none takes one.
    pub(super) cost: Option<Path>,
}

/// An outcome that gives the budget of a call back.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Refund {
    /// The transport failed, or the origin answered with HTTP 5xx or a JSON-RPC error.
    Error,
    /// The tool says `isError`.
    ToolError,
    /// The result is so.
    Result(Box<Condition>),
}
