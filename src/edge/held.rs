//! A call that a person has to say yes to: what that person is asked.

use worker::Result;

use super::audit::Author;
use super::ledger::Asked;
use super::noted::Said;
use super::passage::{Incoming, Passage};
use crate::ledger::{Petition, Ruled};
use crate::policy::Asks;
use crate::registry::Stamp;
use crate::wire::Subject;

/// The most bytes of arguments that a person is asked to read: 64 KiB.
const MOST_ARGUMENTS: usize = 64 * 1024;

/// What is asked about: what is done once. A completion is not yet a call, and the stream of `subscriptions/listen` outlives any yes.
const ONCE: [&str; 4] = ["tools/call", "prompts/get", "resources/read", "resources/subscribe"];

/// What a person is asked about a call.
pub(super) struct Holding {
    fingerprint: String,
    ttl: u64,
    petition: Petition,
    /// What is written down if it is this call that asks.
    record: String,
}

impl Holding {
    pub(super) fn asked(&self) -> Asked<'_> {
        let Self { fingerprint, ttl, petition, record } = self;
        Asked { fingerprint: fingerprint.clone(), ttl: *ttl, petition: petition.clone(), record }
    }
}

/// Whether a person can be asked about it.
pub(super) fn can_be_asked(method: &str, subject: &Subject<'_>) -> bool {
    ONCE.contains(&method) && arguments_as_sent(subject).is_none_or(|arguments| arguments.len() <= MOST_ARGUMENTS)
}

/// What one call of a grant is recognised by.
pub(super) fn fingerprint(asks: &Asks<'_>, grant: &str, server: &str, method: &str, subject: &Subject<'_>) -> String {
    let arguments = subject.arguments().map(|arguments| arguments.canonical()).unwrap_or_default();
    asks.fingerprint(&[grant, server, method, subject.name().unwrap_or_default(), &arguments])
}

/// The arguments, each value in the spelling that the agent has given it.
fn arguments_as_sent(subject: &Subject<'_>) -> Option<String> {
    subject.arguments().map(|arguments| arguments.only(|_| true))
}

impl Passage {
    /// What a person is asked about this call.
    pub(super) fn holding(
        &self,
        asks: &Asks<'_>,
        incoming: &Incoming<'_>,
        subject: &Subject<'_>,
        author: &Author,
        said: &Said<'_>,
    ) -> Result<Holding> {
        let (grant, server, method) = (&self.grant.id, self.name.as_str(), incoming.message.method);
        let said = said.held(&asks.rule(), "approval_pending");
        Ok(Holding {
            fingerprint: fingerprint(asks, grant, server, method, subject),
            ttl: asks.ttl(),
            record: self.record(author, Ruled::Hold, &said)?,
            petition: Petition {
                grant: grant.clone(),
                label: self.grant.label.clone(),
                server: server.to_owned(),
                method: method.to_owned(),
                name: subject.name().unwrap_or_default().to_owned(),
                arguments: arguments_as_sent(subject),
                rule: asks.rule().to_string(),
                reason: asks.told().map(str::to_owned),
                by: asks.by(),
                policy: self.grant.policy.as_str().to_owned(),
                stamp: self.edition.stamp().map(Stamp::as_str).unwrap_or_default().to_owned(),
                site: self.visit.site().to_owned(),
                request_id: self.noted.request_id.clone(),
            },
        })
    }
}
