//! A request that a policy governs: decision, mirrored header fields, ledger, origin.

use worker::{Error, Response, Result};

use super::origin::{Exchange, Forwarded};
use super::passage::{Incoming, Passage};
use super::{ledger, origin, reply};
use crate::ledger::Admission;
use crate::policy::{self, Denial, Meter, Permit, Ruling, Settled};
use crate::wire::{Answer, Catalogue, Era, Mismatch, Subject};

/// What became of the decision.
enum Judged {
    /// Forward it; a metered one with what its `RateLimit` header fields say.
    Allowed(Permit, Option<RateLimit>),
    /// Refuse it.
    Denied(Denial),
    /// The ledger knows that the grant is worth nothing any more.
    Revoked,
}

/// The values of `RateLimit-Policy` and `RateLimit`.
type RateLimit = (String, String);

/// The mirrored header fields of a call, if there can be any.
type Mirrored = std::result::Result<Vec<(String, String)>, Unfit>;

/// Why a call cannot be forwarded under the right header fields.
enum Unfit {
    /// The agent's header fields do not say what its arguments say.
    Mismatch(Mismatch),
    /// Which arguments the origin wants mirrored is not known, and it does not tell.
    Unlisted,
}

impl Passage {
    pub(super) async fn governed(
        &self,
        incoming: &Incoming<'_>,
        subject: &Subject<'_>,
        exchange: &Exchange,
    ) -> Result<Response> {
        let ruling = policy::decide(self.rulebook(), subject);
        if let Ruling::Deny(denial) = &ruling {
            return self.refuse(incoming, subject, denial);
        }
        let mirrored = match self.mirrored(incoming, subject).await? {
            Ok(mirrored) => mirrored,
            Err(unfit) => return unfit.refuse(incoming),
        };
        let (permit, rate_limit) = match self.settle(ruling).await? {
            Judged::Allowed(permit, rate_limit) => (permit, rate_limit),
            Judged::Denied(denial) => return self.refuse(incoming, subject, &denial),
            Judged::Revoked => return reply::unauthorized(),
        };
        let route = self.route();
        let response = match origin::forward(permit, &route, &incoming.outbound(&mirrored)?, exchange).await? {
            Forwarded::Answered(response) => response,
            Forwarded::HeadersRefused(permit) => self.once_more(permit, incoming, subject, exchange).await?,
        };
        if let Some((policy, state)) = rate_limit {
            response.headers().set("ratelimit-policy", &policy)?;
            response.headers().set("ratelimit", &state)?;
        }
        Ok(response)
    }

    /// The origin knows its tools otherwise than we do, and has run nothing: ask it which it has, then try once more.
    async fn once_more(
        &self,
        permit: Permit,
        incoming: &Incoming<'_>,
        subject: &Subject<'_>,
        exchange: &Exchange,
    ) -> Result<Response> {
        let route = self.route();
        let known = self.known_tools().anew(&route).await;
        let mirrored = match mirrored_in(known.as_deref(), incoming, subject) {
            Ok(mirrored) => mirrored,
            Err(unfit) => return unfit.refuse(incoming),
        };
        match origin::forward(permit, &route, &incoming.outbound(&mirrored)?, exchange).await? {
            Forwarded::Answered(response) => Ok(response),
            Forwarded::HeadersRefused(_) => {
                let message = "The origin does not take the gateway's header fields";
                reply::answer(&Answer::bad_origin(Some(&incoming.message.id), message))
            }
        }
    }

    /// The arguments that a modern call mirrors, if the agent's own header fields say the same.
    async fn mirrored(&self, incoming: &Incoming<'_>, subject: &Subject<'_>) -> Result<Mirrored> {
        match (subject, incoming.message.era) {
            (Subject::Tool { name, .. }, Era::Modern) => {
                let known = self.known_tools().with_tool(name.as_str(), &self.route()).await?;
                Ok(mirrored_in(known.as_deref(), incoming, subject))
            }
            (Subject::Tool { .. }, Era::Legacy) | (Subject::Prompt { .. } | Subject::Resources { .. }, _) => {
                Ok(Ok(Vec::new()))
            }
        }
    }

    async fn settle(&self, ruling: Ruling) -> Result<Judged> {
        match ruling {
            Ruling::Allow(permit) => Ok(Judged::Allowed(permit, None)),
            Ruling::Deny(denial) => Ok(Judged::Denied(denial)),
            Ruling::Meter(meter) => self.meter(meter).await,
        }
    }

    async fn meter(&self, meter: Meter) -> Result<Judged> {
        let admission = ledger::ask(&self.env, &self.grant.id, meter.charges()).await?;
        let rate_limit = match &admission {
            Admission::Admitted(tallies) => Some(meter.rate_limit_fields(tallies)),
            Admission::Refused(_) | Admission::Revoked => None,
        };
        Ok(match meter.settle(&admission) {
            Settled::Allow(permit) => Judged::Allowed(permit, rate_limit),
            Settled::Deny(denial) => Judged::Denied(denial),
            Settled::Revoked => Judged::Revoked,
        })
    }

    fn refuse(&self, incoming: &Incoming<'_>, subject: &Subject<'_>, denial: &Denial) -> Result<Response> {
        let request_id = request_id()?;
        let context =
            policy::Context { policy: &self.grant.policy, stamp: self.edition.stamp(), request_id: &request_id };
        reply::answer(&policy::refuse(incoming.message, subject, denial, context))
    }
}

fn mirrored_in(known: Option<&Catalogue>, incoming: &Incoming<'_>, subject: &Subject<'_>) -> Mirrored {
    let known = known.ok_or(Unfit::Unlisted)?;
    match subject {
        // A field that cannot be read is one that was not sent, which an argument that is there contradicts.
        Subject::Tool { name, arguments } => known
            .mirrored(name.as_str(), arguments, |field| incoming.headers.get(field).ok().flatten())
            .map_err(Unfit::Mismatch),
        Subject::Prompt { .. } | Subject::Resources { .. } => Ok(Vec::new()),
    }
}

impl Unfit {
    fn refuse(&self, incoming: &Incoming<'_>) -> Result<Response> {
        let id = &incoming.message.id;
        reply::answer(&match self {
            Self::Mismatch(Mismatch(field)) => Answer::header_mismatch(id, field),
            Self::Unlisted => Answer::bad_origin(Some(id), "The origin does not list its tools. Nothing was forwarded"),
        })
    }
}

/// 64 random bits in hexadecimal.
fn request_id() -> Result<String> {
    let mut bits = [0; 8];
    getrandom::fill(&mut bits).map_err(|error| Error::from(error.to_string()))?;
    Ok(format!("{:016x}", u64::from_be_bytes(bits)))
}
