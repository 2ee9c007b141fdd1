//! A call under limits, and what the grant's ledger says of it.

use serde_json::json;
use web_sys::Response;
use worker::Result;

use super::passage::{Incoming, Passage};
use super::{ledger, reply};
use crate::ledger::{Admission, Decision};
use crate::policy::{Denial, Meter, Permit, Settled};
use crate::registry::Stamp;
use crate::wire::Subject;
use crate::wire::json::Object;

/// What became of a metered call.
pub(super) enum Metered<'r> {
    /// Forward it, and say what is left.
    Allowed(Permit<'r>, RateLimit),
    /// Refuse it.
    Denied(Denial<'r>),
    /// The grant is worth nothing any more.
    Revoked,
}

/// What is left, for the agent.
pub(super) struct RateLimit {
    policy: String,
    state: String,
}

impl RateLimit {
    /// Puts the header fields `RateLimit-Policy` and `RateLimit` on an answer.
    pub(super) fn on(&self, response: Response) -> Result<Response> {
        reply::with(reply::with(response, "ratelimit-policy", &self.policy)?, "ratelimit", &self.state)
    }
}

impl Passage {
    /// Charges a call to its limits; the decision about it, `request_id`, is written down where it is charged.
    pub(super) async fn meter<'r>(
        &self,
        incoming: &Incoming<'_>,
        subject: &Subject<'_>,
        meter: Meter<'r>,
        request_id: &str,
    ) -> Result<Metered<'r>> {
        let none = Object::default();
        let arguments = subject.arguments().unwrap_or(&none);
        let decision = Decision {
            request_id: request_id.into(),
            server: self.name.as_str().into(),
            method: incoming.message.method.into(),
            tool: subject.name().unwrap_or_default().into(),
            rule: meter.rule().to_string().into(),
            policy: self.grant.policy.as_str().into(),
            stamp: self.edition.stamp().map_or("", Stamp::as_str).into(),
            argument_keys: json!(arguments.keys().collect::<Vec<_>>()).to_string().into(),
            arguments_sha256: Stamp::of(arguments.canonical().as_bytes()).as_str().to_owned().into(),
        };
        let admission = ledger::ask(&self.env, &self.grant.id, meter.charges(), decision).await?;
        let (policy, state) = match &admission {
            Admission::Admitted(tallies) => meter.rate_limit_fields(tallies),
            Admission::Refused(_) | Admission::Revoked => Default::default(),
        };
        Ok(match meter.settle(&admission) {
            Settled::Allow(permit) => Metered::Allowed(permit, RateLimit { policy, state }),
            Settled::Deny(denial) => Metered::Denied(denial),
            Settled::Revoked => Metered::Revoked,
        })
    }
}
