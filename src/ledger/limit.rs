//! One limit: how much of a counter may be used within a window.

use std::fmt;
use std::num::{NonZeroU32, NonZeroU64};

use serde::{Deserialize, Serialize};

/// The windows that have a name, with their seconds.
pub const WINDOW_NAMES: [(&str, u64); 4] = [("second", 1), ("minute", 60), ("hour", 3600), ("day", 86_400)];

/// The longest window: 31 days.
const LONGEST_SECONDS: u64 = 31 * 86_400;

/// At most `max` units within a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// What is charged.
    pub counter: Counter,
    /// The most units within a window. Zero is not a limit but a denial.
    pub max: NonZeroU64,
}

/// The identity of a counter within its policy: a name stands for one of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counter {
    /// Its name.
    pub name: CounterName,
    /// Its window.
    pub window: Window,
    /// Whose uses count together.
    pub scope: Scope,
    /// Where a window begins.
    pub algorithm: Algorithm,
    /// What is counted: the path of the argument that says the cost of a call, or calls.
    pub unit: Option<String>,
}

/// Whose uses count together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// One grant's.
    Grant,
    /// One session's of a grant, of which at most so many have a budget of their own.
    Session(NonZeroU32),
    /// Those of all grants of a server.
    Server,
}

/// Where a window begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Algorithm {
    /// Anywhere: never more than the most in any interval as long as the window.
    #[default]
    Sliding,
    /// At multiples of its length since the Unix epoch.
    Fixed,
}

/// The name of a counter. Limits that name the same counter share what was used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CounterName(String);

/// The length of a window: whole seconds, from one to 31 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Window {
    seconds: u64,
}

impl CounterName {
    /// A counter by its name in a document: `[A-Za-z0-9_.:-]{1,80}`.
    pub fn read(name: &str) -> Option<Self> {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':' | b'-');
        ((1..=80).contains(&name.len()) && name.bytes().all(known)).then(|| Self(name.to_owned()))
    }

    /// The counter of the shorthand `rate_limit` under `key`.
    pub fn of_rate_limit(key: &str) -> Self {
        Self(format!("rate:{key}"))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Window {
    /// A window of so many seconds, if it is within the bounds.
    pub fn of_seconds(seconds: u64) -> Option<Self> {
        (1..=LONGEST_SECONDS).contains(&seconds).then_some(Self { seconds })
    }

    /// A window by its name.
    pub fn named(name: &str) -> Option<Self> {
        WINDOW_NAMES.iter().find(|(known, _)| *known == name).map(|(_, seconds)| Self { seconds: *seconds })
    }

    /// Its length in seconds.
    pub fn seconds(self) -> u64 {
        self.seconds
    }

    /// Its length in milliseconds.
    pub fn millis(self) -> u64 {
        self.seconds * 1000
    }
}

impl fmt::Display for Window {
    /// `minute` where it has a name, else `90 seconds`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match WINDOW_NAMES.iter().find(|(_, seconds)| *seconds == self.seconds) {
            Some((name, _)) => f.write_str(name),
            None => write!(f, "{} seconds", self.seconds),
        }
    }
}

impl Algorithm {
    /// Its word in the policy language.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sliding => "sliding",
            Self::Fixed => "fixed",
        }
    }
}

/// `60 s, sliding, of each grant, in calls`.
impl fmt::Display for Counter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let algorithm = self.algorithm.as_str();
        let seconds = self.window.seconds();
        write!(f, "{seconds} s, {algorithm}, ")?;
        match self.scope {
            Scope::Grant => f.write_str("of each grant"),
            Scope::Session(sessions) => write!(f, "of each of {sessions} sessions"),
            Scope::Server => f.write_str("of the server"),
        }?;
        write!(f, ", in {}", self.unit.as_deref().unwrap_or("calls"))
    }
}
