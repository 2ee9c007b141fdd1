//! The tokens of grants and of operators.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::hex;

/// Of a grant.
const GRANT: &str = "tg_";
/// Of an operator.
const OPERATOR: &str = "to_";
/// 256 bits in base64url without padding.
const CHARACTERS: usize = 43;

/// `tg_`, or `to_` of an operator, and 43 base64url characters. Anything else is refused without asking the store.
#[derive(Clone, PartialEq, Eq)]
pub struct Bearer(String);

/// The SHA-256 of a bearer, all that is ever stored of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TokenHash(String);

impl Bearer {
    /// The bearer of a grant, made of 256 random bits.
    pub fn of(random: [u8; 32]) -> Self {
        Self(format!("{GRANT}{}", URL_SAFE_NO_PAD.encode(random)))
    }

    /// The token of an operator, made of 256 random bits.
    pub fn of_operator(random: [u8; 32]) -> Self {
        Self(format!("{OPERATOR}{}", URL_SAFE_NO_PAD.encode(random)))
    }

    /// The bearer of an `Authorization` header. The scheme compares without case (RFC 9110, section 11.1).
    pub fn of_header(authorization: &str) -> Option<Self> {
        let (scheme, token) = authorization.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(())?;
        Self::read(GRANT, token)
    }

    /// The bearer of a grant, as somebody has typed it.
    pub fn typed(token: &str) -> Option<Self> {
        Self::read(GRANT, token)
    }

    /// The token of an operator, as somebody has typed or sent it.
    pub fn typed_by_operator(token: &str) -> Option<Self> {
        Self::read(OPERATOR, token)
    }

    fn read(prefix: &str, token: &str) -> Option<Self> {
        let secret = token.strip_prefix(prefix)?;
        let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        (secret.len() == CHARACTERS && secret.bytes().all(known)).then(|| Self(token.to_owned()))
    }

    /// Its hash.
    pub fn hash(&self) -> TokenHash {
        TokenHash(hex::encode(&Sha256::digest(self.0.as_bytes())))
    }

    /// The token itself, to be shown once to the one who asked for the grant.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bearer(…)")
    }
}

impl TokenHash {
    /// The hash as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
