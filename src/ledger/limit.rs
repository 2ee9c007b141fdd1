//! One limit: how much of a counter may be used within a window.

use std::fmt;
use std::num::NonZeroU64;

use serde::{Deserialize, Serialize};

/// The windows that have a name, with their seconds.
pub const WINDOW_NAMES: [(&str, u64); 4] = [("second", 1), ("minute", 60), ("hour", 3600), ("day", 86_400)];

/// The longest window: 31 days.
const LONGEST_SECONDS: u64 = 31 * 86_400;

/// At most `max` calls within any window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// The counter that is charged.
    pub counter: CounterName,
    /// The window.
    pub window: Window,
    /// The most calls within any window. Zero is not a limit but a denial.
    pub max: NonZeroU64,
}

/// The name of a counter. Limits that name the same counter share what was used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CounterName(String);

/// The length of a window: whole seconds, from one to 31 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
