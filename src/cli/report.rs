//! What a command has to say, and how it went.

use std::fmt;

use serde_json::Value;

/// How a command went, as the process says it when it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// Fine.
    Fine,
    /// The policy is not valid, a case failed, a check did not pass, an export is not what was written, or nothing was decided.
    Failed,
    /// The command line itself is wrong. `clap` uses the same number.
    Usage,
    /// A file, a server or the gateway cannot be read, or a file cannot be written.
    OutOfReach,
}

impl Exit {
    pub(super) fn code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::OutOfReach => 3,
        }
    }
}

/// The result of a command that could do its work.
pub(super) struct Report {
    /// For people.
    pub(super) text: String,
    /// What stands beside it on standard error, for people too.
    pub(super) beside: String,
    /// The same for programs. Fields may be added to it; none goes away or changes its meaning.
    pub(super) json: Json,
    pub(super) exit: Exit,
}

/// A result as JSON.
pub(super) enum Json {
    /// One of this command's own.
    Made(Value),
    /// One that a gateway has given, with each value in its spelling: a number may be more exact than any type of ours.
    Given(String),
}

impl From<Value> for Json {
    fn from(value: Value) -> Self {
        Self::Made(value)
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Made(value) => write!(f, "{value:#}"),
            Self::Given(text) => f.write_str(text),
        }
    }
}

/// Why a command could not do its work: one sentence, or a few, that say what to do.
pub(super) struct Failure {
    pub(super) message: String,
    pub(super) exit: Exit,
}

impl Failure {
    pub(super) fn failed(message: impl Into<String>) -> Self {
        Self { message: message.into(), exit: Exit::Failed }
    }

    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self { message: message.into(), exit: Exit::Usage }
    }

    pub(super) fn out_of_reach(message: impl Into<String>) -> Self {
        Self { message: message.into(), exit: Exit::OutOfReach }
    }
}
