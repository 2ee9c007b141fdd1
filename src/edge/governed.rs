//! A request that a policy governs: decision, mirrored header fields, ledger, origin.

use web_sys::Response;
use worker::{Error, Result};

use super::held::can_be_asked;
use super::in_force::ATTEMPTS;
use super::ledger::{Judged, News};
use super::mirrored::{Mirrored, Unfit};
use super::noted::{Said, observed};
use super::origin::{Exchange, Forwarded};
use super::passage::{Incoming, Passage};
use super::{origin, reply};
use crate::ledger::Ruled;
use crate::policy::{self, Denial, Permit, Ruling};
use crate::wire::{Answer, Subject};

/// What became of a request.
pub(super) enum Judgement {
    /// This is its answer.
    Answered(Response),
    /// It was judged by what is not in force any more.
    Stale(Box<News>),
}

impl Passage {
    pub(super) async fn governed(&self, incoming: &Incoming<'_>, subject: &Subject<'_>) -> Result<Response> {
        if !self.gave_out_state(incoming, subject)? {
            let answer = reply::answer(&Answer::foreign_state(&incoming.message.id));
            return Ok(self.refused("foreign_state", Some(incoming.message.method), Ok(answer)));
        }
        let mut renewed: Option<Self> = None;
        for _ in 0..ATTEMPTS {
            let passage = renewed.as_ref().unwrap_or(self);
            match passage.judge(incoming, subject).await? {
                Judgement::Answered(response) => return Ok(response),
                Judgement::Stale(news) => {
                    let passage = passage.renewed(*news).await?;
                    renewed = Some(passage);
                }
            }
        }
        Err(Self::changes_too_often())
    }

    /// Judges a request by what this passage knows.
    async fn judge(&self, incoming: &Incoming<'_>, subject: &Subject<'_>) -> Result<Judgement> {
        let decided = policy::decide(self.rulebook(), subject);
        let shadow = observed(&decided.observed);
        let said = Self::said(incoming.message.method, subject, &decided.kept, &shadow);
        let metered = match decided.ruling {
            Ruling::Meter(_) => true,
            Ruling::Hold(_) => can_be_asked(incoming.message.method, subject),
            Ruling::Allow(_) | Ruling::Deny(_) => false,
        };
        // What is metered asks its ledger anyway, but not on a server that is stopped: it may have been started since.
        if (self.is_strict() && !metered) || self.server.record.stopped {
            if (self.is_strict() || metered)
                && let Some(judgement) = self.unconfirmed().await?
            {
                return Ok(judgement);
            }
            if self.server.record.stopped {
                return Ok(Judgement::Answered(self.refuse_stopped(incoming.message, said)));
            }
        }
        Ok(Judgement::Answered(match decided.ruling {
            Ruling::Allow(permit) => self.allowed(permit, incoming, subject, said).await?,
            Ruling::Meter(meter) => return self.metered(meter, incoming, subject, said).await,
            Ruling::Hold(hold) if metered => return self.metered(hold.meter(), incoming, subject, said).await,
            Ruling::Hold(hold) => self.refuse(Ruled::Hold, incoming, subject, said, &hold.refused()),
            Ruling::Deny(denial) => self.refuse(Ruled::Deny, incoming, subject, said, &denial),
        }))
    }

    /// Asks the ledger whether this is judged by what is in force. Nothing if it is.
    async fn unconfirmed(&self) -> Result<Option<Judgement>> {
        Ok(match self.ask_ledger(self.charges_nothing()).await? {
            Judged::Charged(_) => None,
            Judged::Stale(news) => Some(Judgement::Stale(news)),
            Judged::Revoked => Some(Judgement::Answered(self.unauthorized())),
            Judged::Overloaded => return Err(Error::from("the ledger has too much to do")),
        })
    }

    async fn allowed(
        &self,
        permit: Permit<'_>,
        incoming: &Incoming<'_>,
        subject: &Subject<'_>,
        said: Said<'_>,
    ) -> Result<Response> {
        let mirrored = match self.mirrored(incoming, subject).await? {
            Ok(mirrored) => mirrored,
            Err(unfit) => return Ok(self.unfit(incoming, &unfit, said)),
        };
        let exchange = self.exchange(incoming, None)?;
        let said = said.allowed(permit.rule());
        let response = self.forward(permit, incoming, subject, mirrored, &exchange).await?;
        self.note(Ruled::Allow, &Said { ending: exchange.report.ending(), ..said });
        self.follow(&exchange.report);
        Ok(response)
    }

    pub(super) async fn forward(
        &self,
        permit: Permit<'_>,
        incoming: &Incoming<'_>,
        subject: &Subject<'_>,
        mirrored: Mirrored,
        exchange: &Exchange,
    ) -> Result<Response> {
        let route = self.route();
        let permit = match origin::forward(permit, &route, &self.outbound(incoming, mirrored), exchange).await? {
            Forwarded::Answered(response) => return Ok(response),
            Forwarded::HeadersRefused(permit) => permit,
        };
        // The origin knows its tools otherwise than we do, and has run nothing: ask it which it has, then try once more.
        let known = self.known_tools().anew(&route).await;
        let mirrored = match self.mirrored_in(known.as_deref(), subject) {
            Ok(mirrored) => mirrored,
            Err(unfit) => {
                exchange.report.not_forwarded();
                return Ok(unfit.refuse(incoming));
            }
        };
        match origin::forward(permit, &route, &self.outbound(incoming, mirrored), exchange).await? {
            Forwarded::Answered(response) => Ok(response),
            Forwarded::HeadersRefused(_) => {
                exchange.report.errs();
                let message = "The origin does not take the gateway's header fields";
                Ok(reply::answer(&Answer::bad_origin(Some(&incoming.message.id), message)))
            }
        }
    }

    pub(super) fn refuse(
        &self,
        ruling: Ruled,
        incoming: &Incoming<'_>,
        subject: &Subject<'_>,
        said: Said<'_>,
        denial: &Denial<'_>,
    ) -> Response {
        self.note_refused(ruling, &said.denied(denial));
        self.refusal(incoming, subject, denial)
    }

    /// The answer to what is refused, and written down already.
    pub(super) fn refusal(&self, incoming: &Incoming<'_>, subject: &Subject<'_>, denial: &Denial<'_>) -> Response {
        reply::answer(&policy::refuse(incoming.message, subject, denial, self.context()))
    }

    /// Refuses what cannot be forwarded under the right header fields.
    pub(super) fn unfit(&self, incoming: &Incoming<'_>, unfit: &Unfit, said: Said<'_>) -> Response {
        let reason_code = match unfit {
            Unfit::Mismatch(_) => "header_mismatch",
            Unfit::Unlisted => "tools_not_listed",
        };
        self.note_refused(Ruled::Refused, &Said { reason_code: Some(reason_code), ..said });
        unfit.refuse(incoming)
    }
}
