//! A mac in the chain of the audit, and the key that it names.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::hex;

const MAC_BYTES: usize = 32;

/// A mac and the id of its key, written `KEYID.HEX`: 1 to 8 letters or digits, and 64 lower-case hexadecimal digits. It has
/// no other form, so what was read is written alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Link {
    key: String,
    mac: [u8; MAC_BYTES],
}

impl Link {
    pub(super) fn of(key: &str, mac: [u8; MAC_BYTES]) -> Self {
        Self { key: key.to_owned(), mac }
    }

    /// The link that `text` is, if it is one.
    pub fn read(text: &str) -> Option<Self> {
        let (key, digits) = text.split_once('.')?;
        let well_formed = (1..=8).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let lower_case = !digits.bytes().any(|byte| byte.is_ascii_uppercase());
        let mac = hex::decode(digits)?.try_into().ok()?;
        (well_formed && lower_case).then(|| Self { key: key.to_owned(), mac })
    }

    /// The id of its key.
    pub fn key(&self) -> &str {
        &self.key
    }

    pub(super) fn mac(&self) -> &[u8] {
        &self.mac
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.key, hex::encode(&self.mac))
    }
}

impl TryFrom<String> for Link {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::read(&text).ok_or("a mac is KEYID.HEX, with 64 digits")
    }
}

impl From<Link> for String {
    fn from(link: Link) -> Self {
        link.to_string()
    }
}
