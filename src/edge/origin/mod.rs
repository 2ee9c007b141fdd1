//! The origin: what it is sent, and what of its answers reaches the agent.
//!
//! Nothing gets here without a [`Permit`] or, for messages that call and read nothing, an [`Open`](wire::Open). The bytes
//! forwarded are the bytes judged; the header fields around them are computed, never copied.

mod answer;
mod outbound;
mod own;
mod report;
mod stream;
mod whole;

pub(super) use outbound::Outbound;
pub(super) use own::list_tools;
pub(super) use report::Report;
pub(super) use stream::Flow;

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::Response;
use worker::{Env, Error, Result, console_error};

use super::settings::Patience;
use super::task::settled;
use super::{platform, reply};
use crate::ledger::Outcome;
use crate::policy::Permit;
use crate::registry::Origin;
use crate::wire::{self, Answer, Holder, Id, Translation};

/// Where a message goes.
pub(super) struct Route<'r> {
    pub(super) env: &'r Env,
    pub(super) origin: &'r Origin,
    pub(super) patience: Patience,
}

/// What the origin's answer belongs to.
pub(super) struct Exchange {
    /// How its messages are made fit for the agent.
    pub(super) translation: Translation,
    /// Whose session begins with the answer; none unless the request was `initialize`.
    pub(super) begins_session: Option<Holder>,
    /// What becomes of it.
    pub(super) report: Rc<Report>,
}

/// What became of a governed message.
pub(super) enum Forwarded<'r> {
    /// The agent's answer.
    Answered(Response),
    /// The origin refused the mirrored header fields and ran nothing, so the permit is not spent.
    HeadersRefused(Permit<'r>),
}

impl Exchange {
    fn id(&self) -> Option<&Id> {
        self.translation.answering.as_ref().map(|answering| &answering.id)
    }
}

/// Forwards what a policy has allowed.
pub(super) async fn forward<'r>(
    permit: Permit<'r>,
    route: &Route<'_>,
    outbound: &Outbound,
    exchange: &Exchange,
) -> Result<Forwarded<'r>> {
    match send(route, outbound, exchange).await? {
        Sent::Answered(response) => Ok(Forwarded::Answered(response)),
        Sent::HeadersRefused => Ok(Forwarded::HeadersRefused(permit)),
    }
}

/// Passes on a message that calls and reads nothing.
pub(super) async fn relay(
    _: wire::Open,
    route: &Route<'_>,
    outbound: &Outbound,
    exchange: &Exchange,
) -> Result<Response> {
    match send(route, outbound, exchange).await? {
        Sent::Answered(response) => Ok(response),
        Sent::HeadersRefused => Ok(reply::answer(&Answer::bad_origin(
            exchange.id(),
            "The origin does not take the gateway's header fields",
        ))),
    }
}

/// What an origin made of a message.
enum Sent {
    Answered(Response),
    HeadersRefused,
}

async fn send(route: &Route<'_>, outbound: &Outbound, exchange: &Exchange) -> Result<Sent> {
    let report = &exchange.report;
    report.sent();
    let answer = match fetch(route, outbound).await? {
        Fetched::Response(response) => match answer::of(response, outbound, exchange, route.patience).await {
            Ok(sent) => return Ok(sent),
            // From here on the message has been forwarded, and the agent must not be told otherwise.
            Err(error) => {
                console_error!("the origin's answer cannot be passed on: {error}");
                report.came_to_unknown(Outcome::OriginFailed);
                Answer::bad_origin(
                    exchange.id(),
                    "The origin's answer cannot be passed on. What it has done is not known",
                )
            }
        },
        Fetched::Late => {
            console_error!("the origin has not answered in time");
            report.came_to_unknown(Outcome::Late);
            Answer::late_origin(exchange.id())
        }
        Fetched::Failed(error) => {
            console_error!("the origin cannot be reached: {error}");
            report.failed();
            Answer::bad_origin(exchange.id(), "The origin cannot be reached")
        }
    };
    Ok(Sent::Answered(reply::answer(&answer)))
}

/// What became of a request.
enum Fetched {
    Response(Response),
    /// No head of an answer came in time; the request is aborted.
    Late,
    Failed(Error),
}

/// Sends a request and waits for the head of the answer.
async fn fetch(route: &Route<'_>, outbound: &Outbound) -> Result<Fetched> {
    let (url, fields) = (route.origin.url.as_str(), outbound.fields(route)?);
    let sent = platform::send(url, outbound.method, &fields, &outbound.body, route.patience.first_byte);
    Ok(match settled(sent).await {
        Ok(response) if response.is_undefined() => Fetched::Late,
        Ok(response) => Fetched::Response(response.unchecked_into()),
        Err(error) => Fetched::Failed(error.into()),
    })
}
