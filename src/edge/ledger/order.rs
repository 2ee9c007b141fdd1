//! What ledgers are asked, and what they answer: JSON, from one version of the gateway to the same one.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::as_array::as_array;
use crate::edge::head::Version;
use crate::ledger::{Admission, Approval, Charge, Decision, Millis, Overrun, Petition, Status};
use crate::registry::{Grant, Name, Stamp, TokenHash};

as_array!(Judge<'o>: standing, strict, charges, reservation, refundable, records, ask);
as_array!(Ask<'o>: fingerprint, ttl, petition, record);
as_array!(Standing<'o>: token, server, server_stamp, policy, policy_stamp);
as_array!(Reserve: charges, places, reservation, grant, refundable);
as_array!(News: grant, server, policy);
as_array!(Used: counter, units, resets_at);
as_array!(Entries: entries, more);
as_array!(ExportPage: text, next);

/// What a ledger is asked to do.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Order<'o> {
    /// Of a grant: say whether what the gateway has judged by is the newest and, if so, charge the call to all of its limits
    /// and write it down, or neither.
    Judge(#[serde(borrow)] Box<Judge<'o>>),
    /// Of a server, by the ledger of a grant: charge a call to these limits, or none.
    Reserve(Reserve),
    /// Of a server, by the ledger of a grant: what [`Order::Reserve`] would refuse.
    WouldRefuse(Vec<Charge>, Vec<usize>),
    /// Of a server, by the ledger of a grant: the call that was reserved is not made.
    Release(String),
    /// The outcome of a call gives back what it was charged for these of its limits.
    Refund(String, Vec<usize>),
    /// Write these records down.
    Record(#[serde(borrow)] Vec<&'o RawValue>),
    /// This is the grant from now on.
    Grant(Box<Grant>),
    /// The call with this reservation, which has used this yes up, was never made.
    GiveBack(String, String),
    /// A person answers this question.
    Decide(String, Decision),
    /// The rules have changed since this was asked.
    Void(String),
    /// Give this question.
    Approval(String),
    /// Give the newest questions.
    Approvals,
    /// Say what is used of each counter.
    Usage,
    /// Give the entries after this one, a few.
    Read(u64),
    /// Give a page of an export of what comes after this entry, the first one or another.
    Export(u64, bool),
}

/// A call, and by what it was judged.
pub(super) struct Judge<'o> {
    pub(super) standing: Standing<'o>,
    /// Whether nothing but the newest will do.
    pub(super) strict: bool,
    pub(super) charges: Vec<Charge>,
    /// The id of the request: who asks twice is charged once.
    pub(super) reservation: String,
    /// Whether [`Order::Refund`] may follow.
    pub(super) refundable: bool,
    /// What is written down with it, if it is admitted: the decision, and what has not been handed over before.
    pub(super) records: Vec<&'o RawValue>,
    /// What a person is asked, if one has to say yes.
    pub(super) ask: Option<Ask<'o>>,
}

/// What a person is asked about a call.
pub(super) struct Ask<'o> {
    pub(super) fingerprint: String,
    /// Milliseconds for which the question waits.
    pub(super) ttl: u64,
    pub(super) petition: Petition,
    /// What is written down if the call is the one that asks, in place of its last record.
    pub(super) record: &'o RawValue,
}

/// What came of a person's answer.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::edge) enum Decided {
    /// It holds.
    Done(Box<Approval>),
    /// The question was over already: this is what had become of it.
    Not(Status),
    /// There is no such question.
    Unknown,
}

/// By what a message was judged.
pub(super) struct Standing<'o> {
    pub(super) token: Cow<'o, TokenHash>,
    pub(super) server: Cow<'o, Name>,
    pub(super) server_stamp: Cow<'o, Stamp>,
    pub(super) policy: Cow<'o, Name>,
    /// None if there is no document.
    pub(super) policy_stamp: Option<Cow<'o, Stamp>>,
}

/// A call that a grant's ledger has room for.
pub(super) struct Reserve {
    pub(super) charges: Vec<Charge>,
    /// The place of each among the limits of the call.
    pub(super) places: Vec<usize>,
    pub(super) reservation: String,
    pub(super) grant: String,
    pub(super) refundable: bool,
}

/// What the ledger of a grant says of a message.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::edge) enum Judged {
    /// It was judged by what is in force; what was to be charged is, or has no room.
    Charged(Admission),
    /// It was judged by what is not in force any more: judge it again by this.
    Stale(Box<News>),
    /// The grant is worth nothing any more.
    Revoked,
    /// Too many wait already.
    Overloaded,
}

/// What is in force, where that is not what a message was judged by.
#[derive(Default)]
pub(in crate::edge) struct News {
    pub(in crate::edge) grant: Option<Grant>,
    pub(in crate::edge) server: Option<Version>,
    pub(in crate::edge) policy: Option<Version>,
}

/// What is used of one counter.
pub(in crate::edge) struct Used {
    pub(in crate::edge) counter: crate::ledger::CounterKey,
    pub(in crate::edge) units: u64,
    /// When none of it counts any more.
    pub(in crate::edge) resets_at: Millis,
}

/// Entries of a ledger.
pub(in crate::edge) struct Entries {
    /// The number of each, its link in the chain, and its text.
    pub(in crate::edge) entries: Vec<(u64, Option<String>, String)>,
    /// Whether there are more.
    pub(in crate::edge) more: bool,
}

/// One page of an export.
pub(in crate::edge) struct ExportPage {
    pub(in crate::edge) text: String,
    /// After which entry the next page begins; none if this is the last.
    pub(in crate::edge) next: Option<u64>,
}

/// What would refuse a call.
pub(super) type Refusal = Option<Overrun>;
