//! What a live grant lets through: sessions and messages, each read strictly before anything else is done with it.

use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Response;
use worker::js_sys::Uint8Array;
use worker::{Env, Result, console_error};

use super::audit::{self, Stranger};
use super::catalogue::KnownTools;
use super::context::Context;
use super::door::{self, Refused};
use super::in_force::InForce;
use super::keys::seal_keys;
use super::noted::{Noted, Said};
use super::origin::{Exchange, Outbound, Report, Route};
use super::settings::Settings;
use super::store::{Registered, Store};
use super::visit::Visit;
use super::{Arrived, origin, reply, task};
use crate::ledger::Ruled;
use crate::policy::{self, Denial, Edition, Refunds, Rulebook};
use crate::registry::{Grant, Name, TokenHash};
use crate::wire::json::Object;
use crate::wire::{
    self, AgentAnswer, Answer, Answering, Asked, Edit, Era, Head, Holder, ListKind, Message, Open, Session, Shows,
    Translation,
};

/// Who asks, of which server, under which policy.
#[wasm_bindgen]
#[derive(Clone)]
pub struct Passage {
    pub(super) visit: Rc<Visit>,
    pub(super) env: Env,
    pub(super) context: Rc<Context>,
    pub(super) store: Store,
    pub(super) grant: Rc<Grant>,
    /// The token that was shown.
    pub(super) token: TokenHash,
    pub(super) name: Name,
    pub(super) server: Rc<Registered>,
    pub(super) edition: Rc<Edition>,
    pub(super) noted: Noted,
}

/// A session that was not begun for this grant at this server.
struct Foreign;

/// What the agent says of its session: nothing, one of its own, or somebody else's.
type Shown = std::result::Result<Option<Session>, Foreign>;

/// A request on its way in.
pub(super) struct Incoming<'m> {
    pub(super) message: &'m wire::Request<'m>,
    pub(super) session: Option<Session>,
    /// What it was read from.
    body: &'m JsValue,
}

#[wasm_bindgen]
impl Passage {
    /// Gives the answer to the message `body`, or the promise of it; a body that is too large is none.
    pub fn message(self, body: Option<Uint8Array>) -> JsValue {
        task::start(async move {
            let Some(body) = body else {
                self.note_refused(Ruled::Refused, &Said { reason_code: Some("too_large"), ..Said::default() });
                return reply::answer(&Refused::TOO_LARGE.answer()).into();
            };
            self.read(&body.to_vec(), &body.into()).await.into()
        })
    }
}

impl Passage {
    /// Waits for the body of a message, if it is of a kind that is read.
    pub(super) fn heed(self: Box<Self>) -> Arrived {
        match door::check_body(&self.visit) {
            None => Arrived::Speaks(self),
            Some(refused) => {
                self.note_refused(Ruled::Refused, &Said { reason_code: Some("media_type"), ..Said::default() });
                Arrived::Answered(reply::answer(&refused.answer()))
            }
        }
    }

    /// A legacy GET stream, or the end of a session.
    pub(super) async fn session(&self) -> Response {
        match self.visit.field("mcp-protocol-version") {
            None => {}
            Some(version) if wire::LEGACY_REVISIONS.contains(&version.as_ref()) => {}
            Some(_) => return self.refused("method_not_allowed", None, reply::not_allowed("POST")),
        }
        let method = self.visit.method().to_owned();
        let said = Said { method: Some(&method), ..Said::default() };
        let answered = async {
            let passage = match self.in_force().await? {
                InForce::Passage(passage) => passage,
                InForce::Revoked => return Ok(self.unauthorized()),
            };
            if passage.server.record.stopped {
                return Ok(passage.stopped(&said, || reply::text(503, "The operator has stopped this server.\n")));
            }
            let Ok(session) = passage.shown(Era::Legacy)? else { return Ok(passage.no_such_session(None)) };
            let outbound = Outbound::session(&passage.visit, session.as_ref());
            let session = passage.asking(Era::Legacy, session);
            let exchange = passage.unanswered(session);
            let response = origin::relay(Open::without_body(), &passage.route(), &outbound, &exchange).await?;
            passage.note_open(&said, &exchange.report);
            Ok(response)
        };
        answered.await.unwrap_or_else(|error| self.failed(&said, None, &error))
    }

    async fn read(&self, bytes: &[u8], body: &JsValue) -> Response {
        let version = self.visit.field("mcp-protocol-version");
        let (method, name) = (self.visit.field("mcp-method"), self.visit.field("mcp-name"));
        let head = Head { version: version.as_deref(), method: method.as_deref(), name: name.as_deref() };
        match wire::read(&head, bytes) {
            Err(refused) => {
                self.note_refused(Ruled::Refused, &Said { reason_code: Some("malformed"), ..Said::default() });
                reply::answer(&refused)
            }
            Ok(Message::Notification(era, open)) => {
                let said = Said { method: Some("(notification)"), ..Said::default() };
                let answered = self.notification(era, open, body, &said).await;
                answered.unwrap_or_else(|error| self.failed(&said, None, &error))
            }
            Ok(Message::Answer(answer, open)) => {
                let said = Said { method: Some("(answer)"), ..Said::default() };
                let answered = self.answer(&answer, open, &said).await;
                answered.unwrap_or_else(|error| self.failed(&said, None, &error))
            }
            Ok(Message::Request(message)) => {
                let answered = self.request(&message, body).await;
                answered.unwrap_or_else(|error| {
                    let subject = match &message.asked {
                        Asked::Judged(subject) => Some(subject),
                        Asked::Open(_) | Asked::List(..) => None,
                    };
                    let said = Said { method: Some(message.method), subject, ..Said::default() };
                    self.failed(&said, Some(&message.id), &error)
                })
            }
        }
    }

    async fn notification(&self, era: Era, open: Open, body: &JsValue, said: &Said<'_>) -> Result<Response> {
        let passage = match self.in_force().await? {
            InForce::Passage(passage) => passage,
            InForce::Revoked => return Ok(self.unauthorized()),
        };
        if passage.server.record.stopped {
            return Ok(passage.stopped(said, || reply::empty(202)));
        }
        let Ok(session) = passage.shown(era)? else { return Ok(passage.no_such_session(None)) };
        let outbound = Outbound::message(&passage.visit, era, session.as_ref(), body.clone());
        let exchange = passage.unanswered(session);
        let response = origin::relay(open, &passage.route(), &outbound, &exchange).await?;
        passage.note_open(said, &exchange.report);
        Ok(response)
    }

    /// An answer goes back only for a request that the origin really made of this agent, on this session.
    async fn answer(&self, answer: &AgentAnswer<'_>, open: Open, said: &Said<'_>) -> Result<Response> {
        let passage = match self.in_force().await? {
            InForce::Passage(passage) => passage,
            InForce::Revoked => return Ok(self.unauthorized()),
        };
        if passage.server.record.stopped {
            return Ok(passage.stopped(said, || reply::empty(202)));
        }
        let Ok(session) = passage.shown(Era::Legacy)? else { return Ok(passage.no_such_session(None)) };
        let session = match session {
            Some(session) => session,
            None => passage.holder()?.sessionless(),
        };
        let Some(id) = session.open_request(&answer.sealed_id) else {
            let refused = reply::answer(&Answer::not_asked(&answer.sealed_id));
            return Ok(passage.refused("not_asked", said.method, Ok(refused)));
        };
        let body = JsValue::from(answer.readdressed(&id));
        let outbound = Outbound::message(&passage.visit, Era::Legacy, Some(&session), body);
        let exchange = passage.unanswered(None);
        let response = origin::relay(open, &passage.route(), &outbound, &exchange).await?;
        passage.note_open(said, &exchange.report);
        Ok(response)
    }

    async fn request(&self, message: &wire::Request<'_>, body: &JsValue) -> Result<Response> {
        let open = match &message.asked {
            // Its ruling decides whether the ledger is asked, and for what.
            Asked::Judged(subject) => {
                let Ok(session) = self.shown(message.era)? else { return Ok(self.no_such_session(Some(&message.id))) };
                return self.governed(&Incoming { message, session, body }, subject).await;
            }
            Asked::Open(open) | Asked::List(_, open) => *open,
        };
        let passage = match self.in_force().await? {
            InForce::Passage(passage) => passage,
            InForce::Revoked => return Ok(self.unauthorized()),
        };
        let said = Said { method: Some(message.method), ..Said::default() };
        if passage.server.record.stopped {
            return Ok(passage.refuse_stopped(message, said));
        }
        let Ok(session) = passage.shown(message.era)? else { return Ok(passage.no_such_session(Some(&message.id))) };
        let incoming = Incoming { message, session, body };
        let exchange = passage.exchange(&incoming, None)?;
        let outbound = passage.outbound(&incoming, Vec::new());
        let response = origin::relay(open, &passage.route(), &outbound, &exchange).await?;
        passage.note_open(&said, &exchange.report);
        Ok(response)
    }

    /// Writes down what calls and reads nothing.
    fn note_open(&self, said: &Said<'_>, report: &Rc<Report>) {
        self.note(Ruled::Open, &Said { ending: report.ending(), method: said.method, ..Said::default() });
        self.follow(report);
    }

    /// Writes down how a stream has ended, when it has.
    pub(super) fn follow(&self, report: &Report) {
        if report.flows() {
            let (trail, noted) = (self.trail(), self.noted.clone());
            report.at_end(move |report| Self::note_outcome(&trail, &noted, report.ending(), &[]));
        }
    }

    /// Refuses anything on a server that is stopped.
    pub(super) fn refuse_stopped(&self, message: &wire::Request<'_>, said: Said<'_>) -> Response {
        let denial = Denial::server_stopped();
        self.note_refused(Ruled::Deny, &said.denied(&denial));
        reply::answer(&policy::refuse_any(message, &denial, self.context()))
    }

    fn stopped(&self, said: &Said<'_>, answer: impl FnOnce() -> Response) -> Response {
        let denial = Denial::server_stopped();
        self.note_refused(Ruled::Deny, &Said { method: said.method, ..Said::default() }.denied(&denial));
        answer()
    }

    fn no_such_session(&self, id: Option<&wire::Id>) -> Response {
        self.refused("no_such_session", None, Ok(reply::answer(&Answer::no_such_session(id))))
    }

    fn refused(&self, reason_code: &str, method: Option<&str>, answer: Result<Response>) -> Response {
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
    fn failed(&self, said: &Said<'_>, id: Option<&wire::Id>, error: &worker::Error) -> Response {
        self.note_refused(Ruled::Failed, &Said { method: said.method, subject: said.subject, ..Said::default() });
        outage(id, error)
    }

    /// What an answer says of the policy.
    pub(super) fn context(&self) -> policy::Context<'_> {
        let (policy, stamp) = (&self.grant.policy, self.edition.stamp());
        policy::Context { policy, stamp, request_id: &self.noted.request_id }
    }

    /// What the answer to a request belongs to.
    pub(super) fn exchange(&self, incoming: &Incoming<'_>, refunds: Option<Refunds>) -> Result<Exchange> {
        let message = incoming.message;
        let (edit, begins_session) = match (&message.asked, message.method) {
            (Asked::List(kind, _), _) => (Edit::List(*kind), None),
            // Without a key no session could be given out, so none is begun.
            (Asked::Open(_), "initialize") => (Edit::Capabilities, Some(self.holder()?)),
            (Asked::Open(_), "server/discover") => (Edit::Capabilities, None),
            (Asked::Open(_) | Asked::Judged(_), _) => (Edit::None, None),
        };
        let answering = Some(Answering { id: message.id.clone(), edit });
        let session = self.asking(message.era, incoming.session.clone());
        let report = Report::new(refunds);
        Ok(Exchange { translation: self.translation(answering, session, &report), begins_session, report })
    }

    /// What the answer to something belongs to that is no request.
    fn unanswered(&self, session: Option<Session>) -> Exchange {
        let report = Report::new(None);
        Exchange { translation: self.translation(None, session, &report), begins_session: None, report }
    }

    /// A request as it goes to the origin, with these mirrored header fields.
    pub(super) fn outbound(&self, incoming: &Incoming<'_>, mirrored: Vec<(String, String)>) -> Outbound {
        let Incoming { message, session, body } = incoming;
        Outbound::request(&self.visit, message, session.as_ref(), mirrored, (*body).clone())
    }

    /// The session on which the origin may ask something of a legacy agent. Without a key nothing can be asked, since no
    /// answer could be told from a made-up one.
    fn asking(&self, era: Era, session: Option<Session>) -> Option<Session> {
        match era {
            Era::Legacy => session.or_else(|| self.holder().ok().map(|holder| holder.sessionless())),
            Era::Modern => None,
        }
    }

    fn translation(&self, answering: Option<Answering>, session: Option<Session>, report: &Rc<Report>) -> Translation {
        let (edition, server) = (Rc::clone(&self.edition), Rc::clone(&self.server));
        let shows: Shows = Rc::new(move |kind: ListKind, name: &str| {
            policy::is_listed(Rulebook { edition: &edition, aliases: &server.record.aliases }, kind, name)
        });
        let tools = answering
            .as_ref()
            .is_some_and(|answering| answering.edit == Edit::List(ListKind::Tools))
            .then(|| self.known_tools());
        let report = Rc::clone(report);
        let hears = Rc::new(move |answer: &Object<'_>| {
            report.heard(answer);
            if let Some(tools) = &tools {
                tools.learn(answer);
            }
        });
        Translation { shows, answering, session, hears }
    }

    pub(super) fn rulebook(&self) -> Rulebook<'_> {
        Rulebook { edition: &self.edition, aliases: &self.server.record.aliases }
    }

    pub(super) fn route(&self) -> Route<'_> {
        Route { env: &self.env, origin: &self.server.record.origin, patience: Settings::of(&self.env).patience }
    }

    /// Where the catalogue of this server is.
    pub(super) fn known_tools(&self) -> KnownTools {
        KnownTools { store: self.store.clone(), server: self.name.clone(), context: Rc::clone(&self.context) }
    }

    fn holder(&self) -> Result<Holder> {
        let (grant, server) = (self.grant.id.clone(), self.name.as_str().to_owned());
        Ok(Holder { keys: seal_keys(&self.env)?, grant, server })
    }

    /// The session that the agent shows. Only the legacy era has any.
    fn shown(&self, era: Era) -> Result<Shown> {
        match (era, self.visit.field("mcp-session-id")) {
            (Era::Modern, _) | (Era::Legacy, None) => Ok(Ok(None)),
            (Era::Legacy, Some(shown)) => Ok(self.holder()?.open(&shown).map(Some).ok_or(Foreign)),
        }
    }
}

pub(super) fn outage(id: Option<&wire::Id>, error: &worker::Error) -> Response {
    console_error!("refused, since the gateway failed: {error}");
    reply::outage(id)
}
