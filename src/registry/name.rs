//! The names of servers and policies.

use std::fmt;

use serde::{Deserialize, Serialize};

/// First segments of a path that are not a server's.
const RESERVED: [&str; 5] = ["api", "healthz", "console", "approve", "oauth"];

/// The name of a server or of a policy: `^[a-z0-9][a-z0-9-]{0,62}$`, and no word that is a route of the gateway's own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

impl Name {
    /// What a name is, for the one who sent something else.
    pub const GRAMMAR: &'static str = "a name is 1 to 63 characters of a-z 0-9 -, begins with no -, and is not api, healthz, console, approve or oauth";

    /// The name, if `text` is one.
    pub fn read(text: &str) -> Option<Self> {
        let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let well_formed = (1..=63).contains(&text.len()) && text.bytes().all(known) && !text.starts_with('-');
        (well_formed && !RESERVED.contains(&text)).then(|| Self(text.to_owned()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Name {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::read(&text).ok_or(Self::GRAMMAR)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}
