//! What is refused to a live grant, answered and written down; and what is written down of the rest.

use std::rc::Rc;

use web_sys::Response;
use worker::{Result, console_error};

use super::audit::{self, Stranger};
use super::noted::Said;
use super::origin::Report;
use super::passage::Passage;
use super::reply;
use crate::ledger::Ruled;
use crate::policy::{self, Denial};
use crate::wire::{self, Answer};

impl Passage {
    /// Writes down what calls and reads nothing.
    pub(super) fn note_open(&self, said: &Said<'_>, report: &Rc<Report>) {
        self.note(Ruled::Open, &Said { ending: report.ending(), method: said.method, ..Said::default() });
        self.follow(report);
    }

    /// Writes down how a stream has ended, when it has.
    pub(super) fn follow(&self, report: &Report) {
        if report.flows() {
            let (trail, noted) = (self.trail(), self.noted.clone());
            report.at_end(move |report| noted.outcome(&trail, report.ending(), &[]));
        }
    }

    /// Refuses a request on a server that is stopped.
    pub(super) fn refuse_stopped(&self, message: &wire::Request<'_>, said: Said<'_>) -> Response {
        self.note_refused(Ruled::Deny, &said.denied(&Denial::server_stopped()));
        self.answer_stopped(message)
    }

    pub(super) fn answer_stopped(&self, message: &wire::Request<'_>) -> Response {
        reply::answer(&policy::refuse_any(message, &Denial::server_stopped(), self.context()))
    }

    pub(super) fn no_such_session(&self, method: Option<&str>, id: Option<&wire::Id>) -> Response {
        self.refused("no_such_session", method, Ok(reply::answer(&Answer::no_such_session(id))))
    }

    /// Writes down what is no message.
    pub(super) fn note_unread(&self, reason_code: &str) {
        let said = Said { method: Some(self.visit.method()), reason_code: Some(reason_code), ..Said::default() };
        self.note_refused(Ruled::Refused, &said);
    }

    pub(super) fn refused(&self, reason_code: &str, method: Option<&str>, answer: Result<Response>) -> Response {
        let said = Said { method, reason_code: Some(reason_code), ..Said::default() };
        self.note_refused(Ruled::Refused, &said);
        answer.unwrap_or_else(|error| outage(None, &error))
    }

    /// The grant is worth nothing any more.
    pub(super) fn unauthorized(&self) -> Response {
        audit::turned_away(Stranger::Dead, &self.env, &self.context);
        reply::unauthorized().unwrap_or_else(|error| outage(None, &error))
    }

    /// The gateway has failed, and has forwarded nothing.
    pub(super) fn failed(&self, said: &Said<'_>, id: Option<&wire::Id>, error: &worker::Error) -> Response {
        self.note_refused(Ruled::Failed, &Said { method: said.method, subject: said.subject, ..Said::default() });
        outage(id, error)
    }

    /// What an answer says of the policy.
    pub(super) fn context(&self) -> policy::Context<'_> {
        let (policy, stamp) = (&self.grant.policy, self.edition.stamp());
        policy::Context { policy, stamp, request_id: &self.noted.request_id, site: self.visit.site() }
    }
}

pub(super) fn outage(id: Option<&wire::Id>, error: &worker::Error) -> Response {
    console_error!("refused, since the gateway failed: {error}");
    reply::outage(id)
}
