//! What a ledger writes in one transaction. The log of entries is the truth: counters are made from it.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::shown::ShownDecision;
use super::{Approval, Approver, Decision, Millis, Spent, Status};

/// One entry, as a JSON text that is never changed. `docs/audit.md` explains it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Entry<'e> {
    /// Its number, counted from one.
    pub seq: u64,
    /// The ledger's time.
    pub at: Millis,
    /// What was charged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub charges: Vec<Spent>,
    /// For which call: the id of its request. Who asks again with the same one is not charged again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reservation: Option<String>,
    /// For which grant, in the ledger of a server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<String>,
    /// What was given back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund: Option<Refunded>,
    /// What has become of a question to a person, an [`Answered`].
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<&'e RawValue>,
    /// What the gateway has to say of requests, each a [`Record`](super::Record).
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<&'e RawValue>,
}

/// What was given back of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refunded {
    /// The call.
    pub reservation: String,
    /// When it was charged.
    pub at: Millis,
    /// From which counters.
    pub charges: Vec<Spent>,
}

/// What has become of a question to a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answered {
    /// The question.
    pub id: String,
    /// What it is now.
    pub status: Status,
    /// Of which call.
    pub fingerprint: String,
    /// Who may answer.
    pub asked: Approver,
    /// Until when it waits, or the answer holds.
    pub expires_at: Millis,
    /// What a person has said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<ShownDecision>,
    /// The request that has used the yes up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used_by: Option<String>,
    /// How often nobody could be told of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub untold: Option<u32>,
}

impl Answered {
    /// What a question is now.
    pub fn of(approval: &Approval, untold: Option<u32>) -> Self {
        Self {
            id: approval.id.clone(),
            status: approval.status,
            fingerprint: approval.fingerprint.clone(),
            asked: approval.petition.by,
            expires_at: approval.expires_at,
            decision: approval.decision.as_ref().map(Decision::shown),
            used_by: approval.used_by.clone(),
            untold,
        }
    }
}
