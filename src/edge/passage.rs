//! What a live grant lets through: sessions and messages, each read strictly before anything else is done with it.

use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Response;
use worker::js_sys::Uint8Array;
use worker::{Context, Env, Result, console_error};

use super::catalogue::KnownTools;
use super::door::{self, Refused};
use super::keys::seal_keys;
use super::origin::{Exchange, Outbound, Route};
use super::settings::Settings;
use super::store::Store;
use super::visit::Visit;
use super::{Arrived, origin, reply, task};
use crate::policy::{self, Edition, Rulebook};
use crate::registry::{Grant, Name, Server};
use crate::wire::json::Object;
use crate::wire::{
    self, AgentAnswer, Answer, Answering, Asked, Edit, Era, Head, Holder, ListKind, Message, Open, Session, Shows,
    Translation,
};

/// Who asks, of which server, under which policy.
#[wasm_bindgen]
pub struct Passage {
    pub(super) visit: Visit,
    pub(super) env: Env,
    pub(super) context: Rc<Context>,
    pub(super) store: Store,
    pub(super) grant: Rc<Grant>,
    pub(super) name: Name,
    pub(super) server: Rc<Server>,
    pub(super) edition: Rc<Edition>,
}

/// A session that was not begun for this grant at this server.
struct Foreign;

/// What the agent says of its session: nothing, one of its own, or somebody else's.
type Shown = std::result::Result<Option<Session>, Foreign>;

/// A request on its way in.
pub(super) struct Incoming<'m> {
    pub(super) message: &'m wire::Request<'m>,
    session: Option<Session>,
    /// What it was read from.
    body: &'m JsValue,
}

#[wasm_bindgen]
impl Passage {
    /// Gives the answer to the message `body`, or the promise of it; a body that is too large is none.
    pub fn message(self, body: Option<Uint8Array>) -> JsValue {
        task::start(async move {
            let answered = match body {
                Some(body) => self.read(&body.to_vec(), &body.into()).await,
                None => Ok(reply::answer(&Refused::TOO_LARGE.answer())),
            };
            answered.unwrap_or_else(|error| outage(None, &error)).into()
        })
    }
}

impl Passage {
    /// Waits for the body of a message, if it is of a kind that is read.
    pub(super) fn heed(self: Box<Self>) -> Arrived {
        match door::check_body(&self.visit) {
            None => Arrived::Speaks(self),
            Some(refused) => Arrived::Answered(reply::answer(&refused.answer())),
        }
    }

    /// A legacy GET stream, or the end of a session.
    pub(super) async fn session(&self) -> Result<Response> {
        match self.visit.field("mcp-protocol-version") {
            None => {}
            Some(version) if wire::LEGACY_REVISIONS.contains(&version.as_ref()) => {}
            Some(_) => return reply::not_allowed("POST"),
        }
        let Ok(session) = self.shown(Era::Legacy)? else {
            return Ok(reply::answer(&Answer::no_such_session(None)));
        };
        let outbound = Outbound::session(&self.visit, session.as_ref());
        let session = self.asking(Era::Legacy, session);
        let exchange = Exchange { translation: self.translation(None, session), begins_session: None };
        origin::relay(Open::without_body(), &self.route(), &outbound, &exchange).await
    }

    async fn read(&self, bytes: &[u8], body: &JsValue) -> Result<Response> {
        let version = self.visit.field("mcp-protocol-version");
        let (method, name) = (self.visit.field("mcp-method"), self.visit.field("mcp-name"));
        let head = Head { version: version.as_deref(), method: method.as_deref(), name: name.as_deref() };
        match wire::read(&head, bytes) {
            Err(refused) => Ok(reply::answer(&refused)),
            Ok(Message::Notification(era, open)) => self.notification(era, open, body).await,
            Ok(Message::Answer(answer, open)) => self.answer(&answer, open).await,
            Ok(Message::Request(message)) => {
                let answered = self.request(&message, body).await;
                Ok(answered.unwrap_or_else(|error| outage(Some(&message.id), &error)))
            }
        }
    }

    async fn notification(&self, era: Era, open: Open, body: &JsValue) -> Result<Response> {
        let Ok(session) = self.shown(era)? else { return Ok(reply::answer(&Answer::no_such_session(None))) };
        let outbound = Outbound::message(&self.visit, era, session.as_ref(), body.clone());
        let exchange = Exchange { translation: self.translation(None, session), begins_session: None };
        origin::relay(open, &self.route(), &outbound, &exchange).await
    }

    /// An answer goes back only for a request that the origin really made of this agent, on this session.
    async fn answer(&self, answer: &AgentAnswer<'_>, open: Open) -> Result<Response> {
        let Ok(session) = self.shown(Era::Legacy)? else {
            return Ok(reply::answer(&Answer::no_such_session(None)));
        };
        let session = match session {
            Some(session) => session,
            None => self.holder()?.sessionless(),
        };
        let Some(id) = session.open_request(&answer.sealed_id) else {
            return Ok(reply::answer(&Answer::not_asked(&answer.sealed_id)));
        };
        let body = JsValue::from(answer.readdressed(&id));
        let outbound = Outbound::message(&self.visit, Era::Legacy, Some(&session), body);
        let exchange = Exchange { translation: self.translation(None, None), begins_session: None };
        origin::relay(open, &self.route(), &outbound, &exchange).await
    }

    async fn request(&self, message: &wire::Request<'_>, body: &JsValue) -> Result<Response> {
        let Ok(session) = self.shown(message.era)? else {
            return Ok(reply::answer(&Answer::no_such_session(Some(&message.id))));
        };
        let incoming = Incoming { message, session, body };
        match &message.asked {
            Asked::Open(open) | Asked::List(_, open) => {
                let exchange = self.exchange(&incoming)?;
                origin::relay(*open, &self.route(), &self.outbound(&incoming, Vec::new()), &exchange).await
            }
            Asked::Judged(subject) => self.governed(&incoming, subject).await,
        }
    }

    /// What the answer to a request belongs to.
    pub(super) fn exchange(&self, incoming: &Incoming<'_>) -> Result<Exchange> {
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
        Ok(Exchange { translation: self.translation(answering, session), begins_session })
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

    fn translation(&self, answering: Option<Answering>, session: Option<Session>) -> Translation {
        let (edition, server) = (Rc::clone(&self.edition), Rc::clone(&self.server));
        let shows: Shows = Rc::new(move |kind: ListKind, name: &str| {
            policy::is_listed(Rulebook { edition: &edition, aliases: &server.aliases }, kind, name)
        });
        let tools = self.known_tools();
        let learner = Rc::new(move |answer: &Object<'_>| tools.learn(answer));
        Translation { shows, answering, session, learner }
    }

    pub(super) fn rulebook(&self) -> Rulebook<'_> {
        Rulebook { edition: &self.edition, aliases: &self.server.aliases }
    }

    pub(super) fn route(&self) -> Route<'_> {
        Route { env: &self.env, origin: &self.server.origin, patience: Settings::of(&self.env).patience }
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

fn outage(id: Option<&wire::Id>, error: &worker::Error) -> Response {
    console_error!("refused, since the gateway failed: {error}");
    reply::outage(id)
}
