//! The Durable Object `Ledger`, and how the gateway asks it.

mod approvals;
mod book;
mod deliveries;
mod heads;
mod judge;
mod keeping;
mod memory;
mod object;
mod order;
mod pages;
mod part;
mod server;
mod tables;

pub(super) use order::{Decided, Entries, ExportPage, Judged, News, Used};
pub(super) use pages::Pages;

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use wasm_bindgen::JsValue;
use worker::js_sys::Reflect;
use worker::{Env, Error, Result, console_error};

use super::object as objects;
use super::task::settled;
use crate::ledger::{Approval, Charge, Decision, Petition};
use crate::registry::{Grant, Name, Stamp, TokenHash};
use order::{Ask, Judge, Order, Standing};

/// The binding of the class.
const BINDING: &str = "LEDGER";

/// Where failed authentications are written.
pub(super) const DOOR: &str = "door";

/// A message, and by what it was judged.
pub(super) struct Question<'q> {
    pub(super) grant: &'q Grant,
    pub(super) token: &'q TokenHash,
    pub(super) server: &'q Name,
    pub(super) server_stamp: &'q Stamp,
    pub(super) policy_stamp: Option<&'q Stamp>,
    pub(super) strict: bool,
}

/// What a message is charged, and what is written down with it.
pub(super) struct Charged<'c> {
    pub(super) charges: Vec<Charge>,
    pub(super) request_id: &'c str,
    pub(super) refundable: bool,
    pub(super) records: &'c [String],
    /// What a person is asked, if one has to say yes.
    pub(super) asked: Option<Asked>,
}

/// What a person is asked about a message.
pub(super) struct Asked {
    pub(super) fingerprint: String,
    /// Milliseconds.
    pub(super) ttl: u64,
    pub(super) petition: Petition,
    /// What is written down if this message is the one that asks.
    pub(super) record: String,
}

/// Asks the ledger of a grant whether a message was judged by what is in force and, if it is to be charged, charges it.
pub(super) async fn judge(env: &Env, question: &Question<'_>, charged: Charged<'_>) -> Result<Judged> {
    let records = as_json(charged.records)?;
    let written;
    let ask = match charged.asked {
        Some(Asked { fingerprint, ttl, petition, record }) => {
            written = record;
            Some(Ask { fingerprint, ttl, petition, record: serde_json::from_str(&written)? })
        }
        None => None,
    };
    let order = Order::Judge(Box::new(Judge {
        standing: Standing {
            token: Cow::Borrowed(question.token),
            server: Cow::Borrowed(question.server),
            server_stamp: Cow::Borrowed(question.server_stamp),
            policy: Cow::Borrowed(&question.grant.policy),
            policy_stamp: question.policy_stamp.map(Cow::Borrowed),
        },
        strict: question.strict,
        charges: charged.charges,
        reservation: charged.request_id.to_owned(),
        refundable: charged.refundable,
        records,
        ask,
    }));
    Ok(ask_twice(env, &question.grant.id, &order).await?.unwrap_or(Judged::Overloaded))
}

/// Records as what they are.
fn as_json(records: &[String]) -> Result<Vec<&RawValue>> {
    records.iter().map(|record| Ok(serde_json::from_str(record)?)).collect()
}

/// Gives back what a call was charged for these of its limits, here and, if some are of its scope, in the ledger of the server.
pub(super) async fn refund(env: &Env, ledger: &str, request_id: &str, limits: &[usize]) -> Result<()> {
    objects::ask(env, BINDING, ledger, &Order::Refund(request_id.to_owned(), limits.to_vec())).await
}

/// Writes records down.
pub(super) async fn record(env: &Env, ledger: &str, records: &[String]) -> Result<()> {
    objects::ask(env, BINDING, ledger, &Order::Record(as_json(records)?)).await
}

/// Tells the ledger of a grant what has become of it: that holds from the next metered call on.
pub(super) async fn set_grant(env: &Env, grant: &Grant) -> Result<()> {
    objects::ask(env, BINDING, &grant.id, &Order::Grant(Box::new(grant.clone()))).await
}

/// The call that has used a yes up was never made.
pub(super) async fn give_back(env: &Env, ledger: &str, approval: &str, request_id: &str) -> Result<()> {
    objects::ask(env, BINDING, ledger, &Order::GiveBack(approval.to_owned(), request_id.to_owned())).await
}

/// A person answers a question.
pub(super) async fn decide(env: &Env, ledger: &str, approval: &str, decision: Decision) -> Result<Decided> {
    objects::ask(env, BINDING, ledger, &Order::Decide(approval.to_owned(), decision)).await
}

/// The rules have changed since this was asked.
pub(super) async fn void(env: &Env, ledger: &str, approval: &str) -> Result<()> {
    objects::ask(env, BINDING, ledger, &Order::Void(approval.to_owned())).await
}

/// A question as it stands.
pub(super) async fn approval(env: &Env, ledger: &str, approval: &str) -> Result<Option<Approval>> {
    objects::ask(env, BINDING, ledger, &Order::Approval(approval.to_owned())).await
}

/// The newest questions of a grant.
pub(super) async fn approvals(env: &Env, ledger: &str) -> Result<Vec<Approval>> {
    objects::ask(env, BINDING, ledger, &Order::Approvals).await
}

/// What is used of the counters of a ledger.
pub(super) async fn usage(env: &Env, ledger: &str) -> Result<Vec<Used>> {
    objects::ask(env, BINDING, ledger, &Order::Usage).await
}

/// The entries of a ledger after `after`, a few.
pub(super) async fn read(env: &Env, ledger: &str, after: u64) -> Result<Entries> {
    objects::ask(env, BINDING, ledger, &Order::Read(after)).await
}

/// A page of an export.
pub(super) async fn export(env: &Env, ledger: &str, after: u64, begins: bool) -> Result<ExportPage> {
    objects::ask(env, BINDING, ledger, &Order::Export(after, begins)).await
}

/// The name of the ledger of a server.
pub(super) fn server_ledger(server: &Name) -> String {
    format!("server/{server}")
}

/// Asks what may have been carried out without our hearing of it, once more: it bears a reservation, and is not carried out
/// twice. Nothing if the object is overloaded; then it is not asked again, nor is one that has failed by itself.
async fn ask_twice<A: DeserializeOwned>(env: &Env, name: &str, order: &Order<'_>) -> Result<Option<A>> {
    match settled(objects::send(env, BINDING, name, order)?).await {
        Ok(answer) => objects::answer(&answer, BINDING).map(Some),
        Err(error) if says(&error, "overloaded") => Ok(None),
        Err(error) if says(&error, "retryable") => {
            console_error!("the ledger {name} is asked again, since its answer was lost: {}", Error::from(error));
            objects::ask(env, BINDING, name, order).await.map(Some)
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether the platform says so of an error (Durable Objects, Error handling).
fn says(error: &JsValue, property: &str) -> bool {
    Reflect::get(error, &property.into()).is_ok_and(|value| value.is_truthy())
}
