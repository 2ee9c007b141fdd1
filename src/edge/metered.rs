//! A call under limits, or one that a person has to say yes to, and what the grant's ledger says of it.

use std::rc::Rc;

use web_sys::Response;
use worker::{Result, console_error};

use super::clock;
use super::governed::Judgement;
use super::ledger::{self, Charged, Judged, server_ledger};
use super::noted::{Said, observed};
use super::origin::Report;
use super::passage::{Incoming, Passage};
use super::reply;
use crate::ledger::{Admission, Approver, Charge, Ending, Held, Outcome, Ruled, Share};
use crate::policy::{Denial, Meter};
use crate::wire::{Session, Subject};

/// What an outcome may give back, and where.
struct Debt {
    env: worker::Env,
    ledgers: Vec<String>,
    request_id: String,
}

impl Passage {
    /// Charges a call to its limits, and forwards it if they have room; its record is written where it is charged.
    pub(super) async fn metered(
        &self,
        meter: Meter<'_>,
        incoming: &Incoming<'_>,
        subject: &Subject<'_>,
        said: Said<'_>,
    ) -> Result<Judgement> {
        let mirrored = match self.mirrored(incoming, subject).await? {
            Ok(mirrored) => mirrored,
            // Nothing is charged for what cannot be forwarded.
            Err(unfit) => return Ok(Judgement::Answered(self.unfit(incoming, &unfit, said))),
        };
        let session = incoming.session.as_ref().and_then(Session::share);
        let (charges, refunds) = (meter.charges(session.as_deref()), meter.refunds());
        let debt = (!refunds.are_none()).then(|| self.debt(&charges));
        let said = said.allowed(meter.rule());
        let trail = self.trail();
        let author = trail.author()?;
        let record = self.record(&author, Ruled::Allow, &said)?;
        let asked = meter.asks().map(|asks| self.asked(asks, incoming, subject, &author, &said)).transpose()?;
        // Who leaves while the ledger is asked takes no record along.
        let kept_alive = self.context.keep_alive();
        // What waits goes along; this one comes last.
        let mut records = trail.take();
        records.push(record);
        let asked_at = clock::now();
        let request_id = &self.noted.request_id;
        let call = Charged { charges, request_id, refundable: debt.is_some(), records: &records, asked };
        let admission = match self.ask_ledger(call).await {
            Ok(Judged::Charged(
                admission @ (Admission::Admitted(_) | Admission::Held(Held::Pending { asked: true, .. })),
            )) => admission,
            Ok(other) => {
                // Only what is admitted, or asks a person, is written down at once.
                records.pop();
                trail.put_back(records);
                trail.unnumber(&author);
                match other {
                    Judged::Charged(admission) => admission,
                    Judged::Stale(news) => return Ok(Judgement::Stale(news)),
                    Judged::Revoked => return Ok(Judgement::Answered(self.unauthorized())),
                    Judged::Overloaded => {
                        let denial = Denial::ledger_overloaded();
                        let refused = self.refuse(Ruled::Deny, incoming, subject, said, &denial);
                        return Ok(Judgement::Answered(refused));
                    }
                }
            }
            Err(error) => {
                // Who knows whether it is written: better twice, under one number, than not at all.
                records.pop();
                trail.put_back(records);
                return Err(error);
            }
        };
        drop(kept_alive);
        let ledger_ms = Some(clock::now().since(asked_at));
        let by_user = meter.asks().is_some_and(|asks| asks.by() == Approver::User);
        let (rate_limit, used) = match &admission {
            Admission::Admitted(receipt) => (meter.rate_limit_fields(&receipt.tallies), receipt.approval.clone()),
            Admission::Refused(_) | Admission::Held(_) => Default::default(),
        };
        let (permit, in_shadow) = match meter.settle(&admission) {
            Ok(settled) => settled,
            Err(denial) => {
                let said = Said { ending: Ending { ledger_ms, ..Ending::default() }, ..said };
                let Admission::Held(held) = admission else {
                    return Ok(Judgement::Answered(self.refuse(Ruled::Deny, incoming, subject, said, &denial)));
                };
                return self.held(held, by_user, incoming, subject, said, denial).await.map(Judgement::Answered);
            }
        };
        let exchange = self.exchange(incoming, debt.is_some().then_some(refunds))?;
        let response = self.forward(permit, incoming, subject, mirrored, &exchange).await;
        if let Some(approval) = used
            && (response.is_err() || exchange.report.ending().outcome == Some(Outcome::NotForwarded))
        {
            // The yes was for a call that was never made.
            ledger::give_back(&self.env, &self.grant.id, &approval, &self.noted.request_id).await?;
        }
        let response = response?;
        let shadow = observed(&in_shadow);
        let (noted, context) = (self.noted.clone(), Rc::clone(&self.context));
        exchange.report.at_end(move |report: &Report| {
            noted.outcome(&trail, Ending { ledger_ms, ..report.ending() }, &shadow);
            let given_back = report.given_back();
            if let Some(debt) = debt.filter(|_| !given_back.is_empty()) {
                context.wait_until(async move { debt.give_back(&given_back).await });
            }
        });
        with_rate_limit(response, &rate_limit).map(Judgement::Answered)
    }

    fn debt(&self, charges: &[Charge]) -> Debt {
        let mut ledgers = vec![self.grant.id.clone()];
        if charges.iter().any(|charge| charge.share == Share::Server) {
            ledgers.push(server_ledger(&self.name));
        }
        Debt { env: self.env.clone(), ledgers, request_id: self.noted.request_id.clone() }
    }
}

impl Debt {
    /// Gives back what was charged for these limits. What a ledger does not hear of stays spent.
    async fn give_back(self, limits: &[usize]) {
        for ledger in &self.ledgers {
            if let Err(error) = ledger::refund(&self.env, ledger, &self.request_id, limits).await {
                console_error!("{ledger} gives nothing back for {}: {error}", self.request_id);
            }
        }
    }
}

/// What is left, for the agent: the header fields `RateLimit-Policy` and `RateLimit`.
fn with_rate_limit(response: Response, (policy, state): &(String, String)) -> Result<Response> {
    if policy.is_empty() {
        return Ok(response);
    }
    reply::with(reply::with(response, "ratelimit-policy", policy)?, "ratelimit", state)
}
