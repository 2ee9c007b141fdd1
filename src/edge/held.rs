//! A call that a person has to say yes to: what that person is asked.

use web_sys::Response;
use worker::{Error, Result};

use super::audit::Author;
use super::keys::seal_keys;
use super::ledger::{self, Asked, Decided};
use super::noted::Said;
use super::passage::{Incoming, Passage};
use super::{clock, reply};
use crate::ledger::{Decision, Held, Millis, Petition, Ruled, approval_url};
use crate::policy::{Asks, Denial, Reason};
use crate::registry::Stamp;
use crate::wire::json::Object;
use crate::wire::seal::{Binding, SealKeys};
use crate::wire::{Answer, Subject};

/// The most bytes of arguments that a person is asked to read: 64 KiB.
const MOST_ARGUMENTS: usize = 64 * 1024;

/// What is asked about: what is done once. A completion is not yet a call, and the stream of `subscriptions/listen` outlives any yes.
const ONCE: [&str; 4] = ["tools/call", "prompts/get", "resources/read", "resources/subscribe"];

/// Whether a person can be asked about it.
pub(super) fn can_be_asked(method: &str, subject: &Subject<'_>) -> bool {
    ONCE.contains(&method) && arguments_as_sent(subject).is_none_or(|arguments| arguments.len() <= MOST_ARGUMENTS)
}

/// What one call of a grant is recognised by.
pub(super) fn fingerprint(asks: &Asks<'_>, grant: &str, server: &str, method: &str, subject: &Subject<'_>) -> String {
    asks.fingerprint(&[grant, server, method, subject.name().unwrap_or_default(), &canonical(subject)])
}

fn canonical(subject: &Subject<'_>) -> String {
    subject.arguments().map(Object::canonical).unwrap_or_default()
}

/// The arguments, each value in the spelling that the agent has given it.
fn arguments_as_sent(subject: &Subject<'_>) -> Option<String> {
    subject.arguments().map(|arguments| arguments.only(|_| true))
}

impl Passage {
    /// What a person is asked about this call.
    pub(super) fn asked(
        &self,
        asks: &Asks<'_>,
        incoming: &Incoming<'_>,
        subject: &Subject<'_>,
        author: &Author,
        said: &Said<'_>,
    ) -> Result<Asked> {
        let (grant, server, method) = (&self.grant.id, self.name.as_str(), incoming.message.method);
        let said = said.held(&asks.rule(), "approval_pending");
        Ok(Asked {
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

    /// The answer to a call that waits for a person, or that a person has said no to. Where that person is the user, and the client opens
    /// URLs for him, he is asked by the protocol itself, once for each call; whoever comes back from that has seen the link.
    pub(super) async fn held(
        &self,
        held: Held,
        by_user: bool,
        incoming: &Incoming<'_>,
        subject: &Subject<'_>,
        said: Said<'_>,
        denial: Denial<'_>,
    ) -> Result<Response> {
        let Held::Pending { id, expires_at, asked } = held else {
            return Ok(self.refuse(Ruled::Hold, incoming, subject, said, &denial));
        };
        // What asks has been written down with the question.
        if !asked {
            self.note_refused(Ruled::Hold, &said.denied(&denial));
        }
        let rounds = &incoming.message.rounds;
        if !by_user || !rounds.opens_urls {
            return Ok(self.refusal(incoming, subject, &denial));
        }
        match &rounds.resumed {
            None => self.ask_user(incoming, subject, &id, expires_at),
            Some(resumed) if resumed.declined => {
                let no = Decision::said(false, "user", self.visit.address(), None);
                let reason = match ledger::decide(&self.env, &self.grant.id, &id, no).await? {
                    Decided::Done(approval) => Held::Denied { id, expires_at: approval.expires_at, words: None },
                    // Somebody else has answered meanwhile: the next call hears what.
                    Decided::Not(_) | Decided::Unknown => Held::Pending { id, expires_at, asked: false },
                };
                Ok(self.refusal(incoming, subject, &Denial { reason: Reason::Held(reason), ..denial }))
            }
            Some(_) => Ok(self.refusal(incoming, subject, &denial)),
        }
    }

    fn ask_user(&self, incoming: &Incoming<'_>, subject: &Subject<'_>, id: &str, until: Millis) -> Result<Response> {
        let seal = self.sealing(incoming, subject, |keys, binding| {
            keys.seal(binding, until.0.to_string().as_bytes()).map_err(|_| Error::from("SEAL_KEY seals nothing"))
        })?;
        let (name, server) = (subject.name().unwrap_or_default(), &self.name);
        let message =
            format!("Your agent wants to use `{name}` on {server}. Look at what would run, and say yes or no.");
        let url = approval_url(self.visit.site(), id);
        Ok(reply::answer(&Answer::asks_user(&incoming.message.id, &message, &url, &seal)))
    }

    /// Whether the state that a request comes back with was given out for it, to this grant, and not too long ago; so it is if it has none
    /// of the gateway's.
    pub(super) fn gave_out_state(&self, incoming: &Incoming<'_>, subject: &Subject<'_>) -> Result<bool> {
        let Some(resumed) = &incoming.message.rounds.resumed else { return Ok(true) };
        let opened = self.sealing(incoming, subject, |keys, binding| Ok(keys.open(binding, &resumed.seal)))?;
        let until = opened.and_then(|until| String::from_utf8(until).ok()).and_then(|until| until.parse().ok());
        Ok(until.is_some_and(|until| clock::now() < Millis(until)))
    }

    /// Something with the keys, for this grant and this very call.
    fn sealing<T>(
        &self,
        incoming: &Incoming<'_>,
        subject: &Subject<'_>,
        with: impl FnOnce(&SealKeys, Binding<'_>) -> Result<T>,
    ) -> Result<T> {
        let (method, name) = (incoming.message.method, subject.name().unwrap_or_default());
        let parts = [&self.grant.id, self.name.as_str(), method, name, &canonical(subject)];
        with(&*seal_keys(&self.env)?, Binding { purpose: "approval state", parts: &parts })
    }
}
