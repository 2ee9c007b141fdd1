//! What a live grant lets through: sessions and messages, each read strictly before anything else is done with it.

use std::borrow::Cow;
use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Response;
use worker::js_sys::Uint8Array;
use worker::{Env, Result};

use super::context::Context;
use super::door::{self, Refused};
use super::in_force::InForce;
use super::keys::seal_keys;
use super::noted::{Noted, Said};
use super::origin::Outbound;
use super::store::{Registered, Store};
use super::visit::Visit;
use super::{Arrived, origin, reply, task};
use crate::ledger::Ruled;
use crate::policy::{Denial, Edition};
use crate::registry::{Grant, Name, TokenHash};
use crate::wire::{self, AgentAnswer, Answer, Asked, Era, Head, Holder, Message, Open, Session};

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
    pub(super) body: &'m JsValue,
}

#[wasm_bindgen]
impl Passage {
    /// Gives the answer to the message `body`, or the promise of it; a body that is too large is none.
    pub fn message(self, body: Option<Uint8Array>) -> JsValue {
        task::start(async move {
            let Some(body) = body else {
                self.note_unread("too_large");
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
                self.note_unread("media_type");
                Arrived::Answered(reply::answer(&refused.answer()))
            }
        }
    }

    /// A legacy GET stream, or the end of a session.
    pub(super) async fn session(&self) -> Response {
        match self.visit.field("mcp-protocol-version") {
            None => {}
            Some(version) if wire::LEGACY_REVISIONS.contains(&version.as_ref()) => {}
            Some(_) => {
                return self.refused("method_not_allowed", Some(self.visit.method()), reply::not_allowed("POST"));
            }
        }
        let said = Said { method: Some(self.visit.method()), ..Said::default() };
        let answered = async {
            let stopped = |_: &Self| reply::text(503, "The operator has stopped this server.\n");
            let (passage, session) = match self.enter(Era::Legacy, &said, None, stopped).await? {
                Ok(entered) => entered,
                Err(refused) => return Ok(refused),
            };
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
                self.note_unread("malformed");
                reply::answer(&refused)
            }
            Ok(Message::Notification(era, method, open)) => {
                let said = Said { method: Some(method), ..Said::default() };
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
        let (passage, session) = match self.enter(era, said, None, |_| reply::empty(202)).await? {
            Ok(entered) => entered,
            Err(refused) => return Ok(refused),
        };
        let outbound = Outbound::message(&passage.visit, era, session.as_ref(), body.clone());
        let exchange = passage.unanswered(session);
        let response = origin::relay(open, &passage.route(), &outbound, &exchange).await?;
        passage.note_open(said, &exchange.report);
        Ok(response)
    }

    /// An answer goes back only for a request that the origin really made of this agent, on this session.
    async fn answer(&self, answer: &AgentAnswer<'_>, open: Open, said: &Said<'_>) -> Result<Response> {
        let (passage, session) = match self.enter(Era::Legacy, said, None, |_| reply::empty(202)).await? {
            Ok(entered) => entered,
            Err(refused) => return Ok(refused),
        };
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
                let Ok(session) = self.shown(message.era)? else {
                    return Ok(self.no_such_session(Some(message.method), Some(&message.id)));
                };
                let rewritten = message.rewritten().map(JsValue::from);
                let body = rewritten.as_ref().unwrap_or(body);
                return self.governed(&Incoming { message, session, body }, subject).await;
            }
            Asked::Open(open) | Asked::List(_, open) => *open,
        };
        let said = Said { method: Some(message.method), ..Said::default() };
        let stopped = |passage: &Self| passage.answer_stopped(message);
        let (passage, session) = match self.enter(message.era, &said, Some(&message.id), stopped).await? {
            Ok(entered) => entered,
            Err(refused) => return Ok(refused),
        };
        let incoming = Incoming { message, session, body };
        let exchange = passage.exchange(&incoming, None)?;
        let outbound = passage.outbound(&incoming, Vec::new());
        let response = origin::relay(open, &passage.route(), &outbound, &exchange).await?;
        passage.note_open(&said, &exchange.report);
        Ok(response)
    }

    /// By what a message goes on that no policy governs, and on which session; or its answer. `stopped` is that of a server that is.
    async fn enter(
        &self,
        era: Era,
        said: &Said<'_>,
        id: Option<&wire::Id>,
        stopped: impl FnOnce(&Self) -> Response,
    ) -> Result<std::result::Result<(Cow<'_, Self>, Option<Session>), Response>> {
        let passage = match self.in_force().await? {
            InForce::Passage(passage) => passage,
            InForce::Revoked => return Ok(Err(self.unauthorized())),
        };
        if passage.server.record.stopped {
            let denial = Denial::server_stopped();
            passage.note_refused(Ruled::Deny, &Said { method: said.method, ..Said::default() }.denied(&denial));
            return Ok(Err(stopped(&passage)));
        }
        Ok(match passage.shown(era)? {
            Ok(session) => Ok((passage, session)),
            Err(Foreign) => Err(passage.no_such_session(said.method, id)),
        })
    }

    pub(super) fn holder(&self) -> Result<Holder> {
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
