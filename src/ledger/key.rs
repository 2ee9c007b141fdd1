//! The identity of a counter within its ledger.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Algorithm, Charge, Share, Span, Window};

/// Where a counter is kept: `[shadow/]NAME SECONDSs ALGORITHM UNIT`, or `[shadow/]session/NAME SECONDSs ALGORITHM ID UNIT` for one
/// session's share, where `-` is the ID of what belongs to none. No name and no ID has a space or a slash in it. `max` is no part
/// of it, so an edit of `max` keeps the count. It is a stored form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CounterKey {
    text: String,
    window: Window,
    algorithm: Algorithm,
}

const SHADOW: &str = "shadow/";
const SESSION: &str = "session/";
/// The ID of what belongs to no session.
const NO_SESSION: &str = "-";
const CALLS: &str = "calls";

impl CounterKey {
    /// The counter that `charge` would be charged to, if each session had its own.
    pub fn of(charge: &Charge) -> Self {
        let mut text = Self::before_session(charge);
        if let Share::Session { id, .. } = &charge.share {
            text.push_str(id.as_deref().unwrap_or(NO_SESSION));
            text.push(' ');
        }
        text.push_str(charge.unit.as_deref().unwrap_or(CALLS));
        Self { text, window: charge.window, algorithm: charge.algorithm }
    }

    /// What the keys of all sessions' shares of one counter begin with.
    pub(super) fn before_session(charge: &Charge) -> String {
        let shadow = if charge.shadow { SHADOW } else { "" };
        let session = match &charge.share {
            Share::Session { .. } => SESSION,
            Share::Grant | Share::Server => "",
        };
        let Charge { counter, window, algorithm, .. } = charge;
        format!("{shadow}{session}{} {}s {} ", counter.as_str(), window.seconds(), algorithm.as_str())
    }

    /// Whether it is a session's share of the counter whose keys begin with `before` and end with `unit`.
    pub(super) fn is_share(&self, before: &str, unit: Option<&str>) -> bool {
        self.text
            .strip_prefix(before)
            .and_then(|rest| rest.split_once(' '))
            .is_some_and(|(id, of)| id != NO_SESSION && of == unit.unwrap_or(CALLS))
    }

    /// Whether it is some session's share of the counter that `charge` means.
    pub fn is_share_of(&self, charge: &Charge) -> bool {
        self.is_share(&Self::before_session(charge), charge.unit.as_deref())
    }

    /// The session whose share it is.
    pub fn session(&self) -> Option<&str> {
        let text = self.text.strip_prefix(SHADOW).unwrap_or(&self.text);
        text.strip_prefix(SESSION)?.split(' ').nth(3).filter(|id| *id != NO_SESSION)
    }

    /// Over which time its uses count.
    pub fn span(&self) -> Span {
        Span { window: self.window, algorithm: self.algorithm }
    }

    /// Reads the stored form.
    pub fn read(text: &str) -> Option<Self> {
        let mut words = text.split(' ').skip(1);
        let seconds = words.next()?.strip_suffix('s')?.parse().ok()?;
        let algorithm = match words.next()? {
            "sliding" => Algorithm::Sliding,
            "fixed" => Algorithm::Fixed,
            _ => return None,
        };
        words.next()?;
        Some(Self { text: text.to_owned(), window: Window::of_seconds(seconds)?, algorithm })
    }

    /// The stored form.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for CounterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for CounterKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for CounterKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::read(&text).ok_or_else(|| serde::de::Error::custom("is no key of a counter"))
    }
}
