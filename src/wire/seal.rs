//! Seals: values of the origin's that an agent carries for us, and that only we can make.
//!
//! A session id that the agent gets is the origin's, sealed for one grant and one server; the id of a request that the
//! origin makes of the agent is sealed for one session. What comes back opens only where it was sealed for, so nothing
//! has to be remembered, and no isolate need be the one that was asked before.
//!
//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03). The nonce is an HMAC-SHA-256 of all that is sealed and of what it is
//! bound to: two values never share one, and one value is always sealed alike, so that a later message that names the
//! same request names it by the same seal.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

/// At most this many keys are live: the one that seals, and the one before it.
const MOST_KEYS: usize = 2;

/// The keys of the Worker secret `SEAL_KEY`: `ID.KEY` or `ID.KEY,ID.KEY`, where `ID` is 1 to 8 letters or digits and `KEY`
/// 32 bytes in base64url without padding. The first one seals, all of them open.
pub struct SealKeys {
    keys: Vec<SealKey>,
}

struct SealKey {
    id: String,
    /// Seals nothing itself: what seals is derived from it.
    key: [u8; KEY_BYTES],
    cipher: XChaCha20Poly1305,
    nonces: [u8; KEY_BYTES],
}

/// What a sealed value is, and where alone it opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binding<'b> {
    /// What kind of value it is.
    pub purpose: &'static str,
    /// Whom it is for, part by part.
    pub parts: &'b [&'b str],
}

/// `SEAL_KEY` is not set, or is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadKeys;

impl SealKeys {
    /// Reads the secret.
    pub fn parse(secret: &str) -> Result<Self, BadKeys> {
        Self::parse_any_number(secret)
            .and_then(|keys| if keys.keys.len() <= MOST_KEYS { Ok(keys) } else { Err(BadKeys) })
    }

    /// Reads the secret with all that stood in it before, for those who look back at what is older than the two live keys.
    pub fn parse_any_number(secret: &str) -> Result<Self, BadKeys> {
        let keys: Vec<SealKey> = secret.split(',').map(SealKey::parse).collect::<Result<_, _>>()?;
        let alike = |key: &SealKey| keys.iter().filter(|other| other.id == key.id).count();
        if keys.iter().all(|key| alike(key) == 1) { Ok(Self { keys }) } else { Err(BadKeys) }
    }

    /// For each key, in order, its id and a key derived from it that is good for `purpose` alone: its HMAC-SHA-256 of it.
    pub fn derived(&self, purpose: &'static str) -> Result<Vec<(String, [u8; KEY_BYTES])>, BadKeys> {
        self.keys.iter().map(|key| Ok((key.id.clone(), derived(&key.key, purpose.as_bytes())?))).collect()
    }

    /// Seals `value` for `binding`. The seal is visible ASCII.
    pub fn seal(&self, binding: Binding<'_>, value: &[u8]) -> Result<String, BadKeys> {
        let key = self.keys.first().ok_or(BadKeys)?;
        let bound = binding.bytes();
        let nonce = key.nonce(&bound, value)?;
        let sealed = key.cipher.encrypt(&nonce, Payload { msg: value, aad: &bound }).map_err(|_| BadKeys)?;
        Ok(format!("{}.{}", key.id, URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat())))
    }

    /// Opens a seal, if it is ours and was made for `binding`.
    pub fn open(&self, binding: Binding<'_>, seal: &str) -> Option<Vec<u8>> {
        let (id, sealed) = seal.split_once('.')?;
        let key = self.keys.iter().find(|key| key.id == id)?;
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        key.cipher.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: &binding.bytes() }).ok()
    }
}

impl SealKey {
    fn parse(text: &str) -> Result<Self, BadKeys> {
        let (id, key) = text.trim().split_once('.').ok_or(BadKeys)?;
        if !(1..=8).contains(&id.len()) || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(BadKeys);
        }
        let key: [u8; KEY_BYTES] =
            URL_SAFE_NO_PAD.decode(key).ok().and_then(|key| key.try_into().ok()).ok_or(BadKeys)?;
        let cipher = XChaCha20Poly1305::new_from_slice(&derived(&key, b"tollgate seal")?).map_err(|_| BadKeys)?;
        Ok(Self { id: id.to_owned(), key, cipher, nonces: derived(&key, b"tollgate nonce")? })
    }

    fn nonce(&self, bound: &[u8], value: &[u8]) -> Result<XNonce, BadKeys> {
        let length = (bound.len() as u64).to_be_bytes();
        let mac = derived(&self.nonces, &[&length, bound, value].concat())?;
        mac.first_chunk::<NONCE_BYTES>().map(|nonce| XNonce::from(*nonce)).ok_or(BadKeys)
    }
}

/// HMAC-SHA-256 of `message` under `key`.
fn derived(key: &[u8], message: &[u8]) -> Result<[u8; 32], BadKeys> {
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key).map_err(|_| BadKeys)?;
    mac.update(message);
    Ok(mac.finalize().into_bytes().into())
}

impl Binding<'_> {
    /// Each part with its length before it, so that no two bindings read alike.
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for part in [self.purpose].iter().chain(self.parts) {
            bytes.extend((part.len() as u64).to_be_bytes());
            bytes.extend(part.as_bytes());
        }
        bytes
    }
}
