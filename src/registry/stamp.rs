//! The name of one version of a document.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::hex;

/// The SHA-256 of a document's bytes, as 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Stamp(String);

impl Stamp {
    /// The stamp of `document`.
    pub fn of(document: &[u8]) -> Self {
        Self(hex::encode(&Sha256::digest(document)))
    }

    /// A stamp as somebody sent it; it need not be the stamp of anything.
    pub fn claimed(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The stamp as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
