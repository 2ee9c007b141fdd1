//! Calls that a person has to say yes to: what is asked, and what has become of it.
//!
//! A yes is for one call: the same grant, server, method and arguments, under the rules as they were when it was asked. It is
//! used up by the first call that passes with it.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Millis;
use crate::as_array::as_array;
use crate::hex;

// As ledgers keep them, and send them. `tests/approvals` holds the order.
as_array!(Approval: id, fingerprint, status, asked_at, expires_at, ttl, petition, decision, used_by);
as_array!(
    Petition: grant, label, server, method, name, arguments, rule, reason, by, policy, stamp, site, request_id
);
as_array!(Decision: yes, by, at, from, words);

/// How many calls of one grant may wait for a person at once.
pub const MOST_PENDING: u64 = 100;

/// Who says yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approver {
    /// An operator of the gateway.
    Operator,
    /// Whoever holds the grant.
    User,
}

/// What becomes of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nobody has answered yet.
    Pending,
    /// The call may pass, once.
    Approved,
    /// It may not.
    Denied,
    /// It has passed.
    Used,
    /// Nobody has answered in time, or the yes was not used in time.
    Expired,
    /// The rules have changed since it was asked.
    Voided,
}

/// One question, and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// The id by which people name it.
    pub id: String,
    /// Of which call: see [`fingerprint`].
    pub fingerprint: String,
    /// As it was written last; [`Approval::standing`] knows the time.
    pub status: Status,
    /// When it was asked, by the ledger's time.
    pub asked_at: Millis,
    /// Until when it waits for an answer; after an answer, for how long that holds.
    pub expires_at: Millis,
    /// Milliseconds for which it waits, and for which an answer holds.
    pub ttl: u64,
    /// What a person is shown.
    pub petition: Petition,
    /// What a person has said.
    pub decision: Option<Decision>,
    /// The request that has used it up.
    pub used_by: Option<String>,
}

/// What a person is shown of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Petition {
    /// The grant's id.
    pub grant: String,
    /// The grant's label.
    pub label: String,
    /// The server's name.
    pub server: String,
    /// The method of MCP.
    pub method: String,
    /// The tool, the prompt or the URI.
    pub name: String,
    /// The arguments as they were sent, as JSON; none of a resource.
    pub arguments: Option<String>,
    /// The rule that asks.
    pub rule: String,
    /// What its author has to say.
    pub reason: Option<String>,
    /// Who may say yes.
    pub by: Approver,
    /// The policy's name.
    pub policy: String,
    /// The version of the policy.
    pub stamp: String,
    /// Where the gateway was reached: a scheme and a host.
    pub site: String,
    /// The request that asked first.
    pub request_id: String,
}

/// What a person has said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Whether it is a yes.
    pub yes: bool,
    /// Who: the name of an operator, or `admin`, or `user` for the holder of the grant.
    pub by: String,
    /// When, by the ledger's time.
    pub at: Millis,
    /// From where: an IP address, if it is known.
    pub from: Option<String>,
    /// With what words.
    pub words: Option<String>,
}

/// Why a call does not pass that needs a yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    /// A person has been asked.
    Pending {
        /// The question.
        id: String,
        /// Until when it waits.
        expires_at: Millis,
        /// Whether this call is the one that asked.
        asked: bool,
    },
    /// A person has said no.
    Denied {
        /// The question.
        id: String,
        /// Until when the no holds.
        expires_at: Millis,
        /// With what words.
        words: Option<String>,
    },
    /// Too many calls of this grant wait already.
    Crowded,
}

/// Where a person answers the question `id`, on a gateway that was reached at `site`.
pub fn approval_url(site: &str, id: &str) -> String {
    format!("{site}/approve/{id}")
}

/// What one call is recognised by: the SHA-256 of these parts, each with its length before it, as 64 hexadecimal digits.
pub fn fingerprint<'p>(parts: impl IntoIterator<Item = &'p str>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex::encode(&hash.finalize())
}

impl Approval {
    /// Where a person answers it.
    pub fn url(&self) -> String {
        approval_url(&self.petition.site, &self.id)
    }

    /// The ledger of the grant that asks, by the id of a question: `ap_`, 32 hexadecimal digits of the grant's id, `_`, 16 of its own.
    pub fn ledger_of(id: &str) -> Option<String> {
        let (grant, own) = id.strip_prefix("ap_")?.split_once('_')?;
        let is_hex = |text: &str, digits| {
            text.len() == digits && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        };
        (is_hex(grant, 32) && is_hex(own, 16)).then(|| format!("g_{grant}"))
    }

    /// What has become of it at `now`.
    pub fn standing(&self, now: Millis) -> Status {
        match self.status {
            Status::Pending | Status::Approved | Status::Denied if now >= self.expires_at => Status::Expired,
            Status::Pending | Status::Approved | Status::Denied | Status::Used | Status::Expired | Status::Voided => {
                self.status
            }
        }
    }

    /// What a call with this fingerprint hears, made by `request_id`: that it may pass, why not, or that a person is to be asked anew.
    pub fn heard(&self, request_id: &str, now: Millis) -> Heard {
        let (id, expires_at) = (self.id.clone(), self.expires_at);
        match self.standing(now) {
            Status::Pending => {
                Heard::Held(Held::Pending { id, expires_at, asked: self.petition.request_id == request_id })
            }
            Status::Denied => {
                let words = self.decision.as_ref().and_then(|decision| decision.words.clone());
                Heard::Held(Held::Denied { id, expires_at, words })
            }
            Status::Approved => Heard::MayPass,
            // Who asks again because the answer was lost.
            Status::Used if self.used_by.as_deref() == Some(request_id) => Heard::MayPass,
            Status::Used | Status::Expired | Status::Voided => Heard::Ask,
        }
    }

    /// Takes a person's answer. What is not pending any more stays what it is, which is said.
    pub fn decide(&mut self, decision: Decision, now: Millis) -> Result<(), Status> {
        match self.standing(now) {
            Status::Pending => {
                self.status = if decision.yes { Status::Approved } else { Status::Denied };
                self.expires_at = Millis(now.0.saturating_add(self.ttl));
                self.decision = Some(decision);
                Ok(())
            }
            over @ (Status::Approved | Status::Denied | Status::Used | Status::Expired | Status::Voided) => Err(over),
        }
    }

    /// It, once this call has used it up.
    #[must_use]
    pub fn used_by(self, request_id: &str) -> Self {
        Self { status: Status::Used, used_by: Some(request_id.to_owned()), ..self }
    }

    /// The call that has used it up has never reached the origin. Says whether it was that call.
    pub fn give_back(&mut self, request_id: &str) -> bool {
        let given_back = self.status == Status::Used && self.used_by.as_deref() == Some(request_id);
        if given_back {
            self.status = Status::Approved;
            self.used_by = None;
        }
        given_back
    }
}

impl Decision {
    /// What somebody says; the ledger will know when.
    pub fn said(yes: bool, by: &str, from: Option<String>, words: Option<String>) -> Self {
        Self { yes, by: by.to_owned(), at: Millis::default(), from, words }
    }
}

/// What a call hears of the newest question about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// A person has said yes, and no call has used that.
    MayPass,
    /// This is why it may not.
    Held(Held),
    /// Nobody is being asked.
    Ask,
}

impl Status {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Denied => "denied",
            Self::Used => "used",
            Self::Expired => "expired",
            Self::Voided => "voided",
        }
    }
}
