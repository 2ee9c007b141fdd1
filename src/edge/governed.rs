//! A request that a policy governs: decision, mirrored header fields, ledger, origin.

use std::cell::Cell;

use serde_json::json;
use web_sys::Response;
use worker::{Result, console_log};

use super::metered::Metered;
use super::mirrored::Mirrored;
use super::origin::Forwarded;
use super::passage::{Incoming, Passage};
use super::random::random;
use super::{origin, reply};
use crate::policy::{self, Decided, Denial, Permit, Ruling};
use crate::registry::Stamp;
use crate::wire::{Answer, Subject};

impl Passage {
    pub(super) async fn governed(&self, incoming: &Incoming<'_>, subject: &Subject<'_>) -> Result<Response> {
        let Decided { ruling, observed } = policy::decide(self.rulebook(), subject);
        for denial in &observed {
            self.observe(incoming, subject, denial);
        }
        match ruling {
            Ruling::Deny(denial) => Ok(self.refuse(incoming, subject, &denial, &request_id()?)),
            Ruling::Hold(hold) => Ok(self.refuse(incoming, subject, &hold.refused(), &request_id()?)),
            Ruling::Allow(permit) => match self.mirrored(incoming, subject).await? {
                Ok(mirrored) => self.forward(permit, incoming, subject, mirrored).await,
                Err(unfit) => Ok(unfit.refuse(incoming)),
            },
            Ruling::Meter(meter) => match self.mirrored(incoming, subject).await? {
                Ok(mirrored) => {
                    let request_id = request_id()?;
                    match self.meter(incoming, subject, meter, &request_id).await? {
                        Metered::Allowed(permit, rate_limit) => {
                            rate_limit.on(self.forward(permit, incoming, subject, mirrored).await?)
                        }
                        Metered::Denied(denial) => Ok(self.refuse(incoming, subject, &denial, &request_id)),
                        Metered::Revoked => reply::unauthorized(),
                    }
                }
                // Nothing is charged for what cannot be forwarded.
                Err(unfit) => Ok(unfit.refuse(incoming)),
            },
        }
    }

    async fn forward(
        &self,
        permit: Permit<'_>,
        incoming: &Incoming<'_>,
        subject: &Subject<'_>,
        mirrored: Mirrored,
    ) -> Result<Response> {
        let exchange = self.exchange(incoming)?;
        let route = self.route();
        let permit = match origin::forward(permit, &route, &self.outbound(incoming, mirrored), &exchange).await? {
            Forwarded::Answered(response) => return Ok(response),
            Forwarded::HeadersRefused(permit) => permit,
        };
        // The origin knows its tools otherwise than we do, and has run nothing: ask it which it has, then try once more.
        let known = self.known_tools().anew(&route).await;
        let mirrored = match self.mirrored_in(known.as_deref(), subject) {
            Ok(mirrored) => mirrored,
            Err(unfit) => return Ok(unfit.refuse(incoming)),
        };
        match origin::forward(permit, &route, &self.outbound(incoming, mirrored), &exchange).await? {
            Forwarded::Answered(response) => Ok(response),
            Forwarded::HeadersRefused(_) => {
                let message = "The origin does not take the gateway's header fields";
                Ok(reply::answer(&Answer::bad_origin(Some(&incoming.message.id), message)))
            }
        }
    }

    /// Tells the operator, as a line of JSON in the log, what a rule in shadow would have refused.
    fn observe(&self, incoming: &Incoming<'_>, subject: &Subject<'_>, denial: &Denial<'_>) {
        let line = json!({
            "event": "shadow",
            "grant": self.grant.id,
            "server": self.name.as_str(),
            "method": incoming.message.method,
            "name": subject.name(),
            "rule": denial.rule.to_string(),
            "reason_code": denial.reason.code(),
            "policy": { "name": self.grant.policy.as_str(), "stamp": self.edition.stamp().map(Stamp::as_str) },
        });
        console_log!("{line}");
    }

    fn refuse(
        &self,
        incoming: &Incoming<'_>,
        subject: &Subject<'_>,
        denial: &Denial<'_>,
        request_id: &str,
    ) -> Response {
        let context = policy::Context { policy: &self.grant.policy, stamp: self.edition.stamp(), request_id };
        reply::answer(&policy::refuse(incoming.message, subject, denial, context))
    }
}

thread_local! {
    static NEXT_ID: Cell<Option<u64>> = const { Cell::new(None) };
}

/// 64 bits in hexadecimal, unlike any other's: an isolate counts on from a number that it has drawn.
fn request_id() -> Result<String> {
    let id = match NEXT_ID.get() {
        Some(id) => id,
        None => u64::from_be_bytes(random()?),
    };
    NEXT_ID.set(Some(id.wrapping_add(1)));
    Ok(format!("{id:016x}"))
}
