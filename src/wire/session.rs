//! Sessions of the legacy era: one of the agent's for one of the origin's, each under its own seal.

use std::rc::Rc;

use sha2::{Digest, Sha256};

use super::seal::{BadKeys, Binding, SealKeys};
use crate::hex;

/// Whom a session belongs to: one grant, at one server.
#[derive(Clone)]
pub struct Holder {
    /// The keys of the gateway.
    pub keys: Rc<SealKeys>,
    /// The grant's id.
    pub grant: String,
    /// The server's name.
    pub server: String,
}

/// A session of the origin's, or none: an origin need not have sessions.
#[derive(Clone)]
pub struct Session {
    holder: Holder,
    origin_id: Option<String>,
}

/// How many bytes of a session's seal say when it was begun.
const TIME_BYTES: usize = 8;

impl Holder {
    /// The id under which the agent knows the session that the origin calls `origin_id`.
    pub fn begin(&self, origin_id: &str, begun_at: u64) -> Result<String, BadKeys> {
        let value = [&begun_at.to_be_bytes(), origin_id.as_bytes()].concat();
        self.keys.seal(Binding { purpose: "session", parts: &[&self.grant, &self.server] }, &value)
    }

    /// The session that `shown` is, if it was begun for this holder.
    pub fn open(&self, shown: &str) -> Option<Session> {
        let binding = Binding { purpose: "session", parts: &[&self.grant, &self.server] };
        let value = self.keys.open(binding, shown)?;
        let (_, origin_id) = value.split_first_chunk::<TIME_BYTES>()?;
        let origin_id = String::from_utf8(origin_id.to_vec()).ok().filter(|id| is_session_id(id))?;
        Some(Session { holder: self.clone(), origin_id: Some(origin_id) })
    }

    /// No session: what an origin without sessions asks is bound to the grant and the server alone.
    pub fn sessionless(&self) -> Session {
        Session { holder: self.clone(), origin_id: None }
    }
}

impl Session {
    /// What the origin calls it.
    pub fn origin_id(&self) -> Option<&str> {
        self.origin_id.as_deref()
    }

    /// What its share of a limit is called: 16 hexadecimal digits. Nothing if it is no session of the origin's.
    pub fn share(&self) -> Option<String> {
        let digest = Sha256::digest(self.origin_id.as_deref()?);
        digest.first_chunk::<8>().map(|begin| hex::encode(begin))
    }

    /// The id under which the agent answers a request of the origin's whose id was written as `id`.
    pub fn seal_request(&self, id: &str) -> Result<String, BadKeys> {
        let origin_id = self.origin_id.as_deref().unwrap_or_default();
        let parts = [self.holder.grant.as_str(), &self.holder.server, origin_id];
        self.holder.keys.seal(Binding { purpose: "request", parts: &parts }, id.as_bytes())
    }

    /// The id as the origin wrote it, if it asked this on this session.
    pub fn open_request(&self, sealed: &str) -> Option<String> {
        let origin_id = self.origin_id.as_deref().unwrap_or_default();
        let parts = [self.holder.grant.as_str(), &self.holder.server, origin_id];
        String::from_utf8(self.holder.keys.open(Binding { purpose: "request", parts: &parts }, sealed)?).ok()
    }
}

/// Visible ASCII (MCP 2025-11-25, Transports, Session Management), and no comma, which joins a header sent twice.
pub fn is_session_id(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| (0x21..=0x7e).contains(&byte) && byte != b',')
}
