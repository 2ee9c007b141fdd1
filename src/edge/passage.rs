//! What a live grant lets through: sessions and messages, each read strictly before anything else is done with it.

use std::rc::Rc;

use worker::{Context, Env, Headers, Method, Request, Response, Result, console_error};

use super::catalogue::KnownTools;
use super::keys::seal_keys;
use super::origin::{Exchange, Outbound, Patience, Route};
use super::store::Store;
use super::{door, origin, reply};
use crate::policy::{self, Edition, Rulebook};
use crate::registry::{Grant, Name, Server};
use crate::wire::{
    self, AgentAnswer, Answer, Answering, Asked, Catalogue, Edit, Era, Head, Holder, ListKind, Message, Open, Session,
    Shows, Translation,
};

/// Who asks, of which server, under which policy.
pub(super) struct Passage {
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
    pub(super) headers: &'m Headers,
    pub(super) message: &'m wire::Request<'m>,
    session: Option<Session>,
    body: &'m [u8],
}

impl Passage {
    /// A legacy GET stream, or the end of a session.
    pub(super) async fn session(&self, request: Request, method: Method) -> Result<Response> {
        let headers = request.headers();
        match headers.get("mcp-protocol-version")? {
            None => {}
            Some(version) if wire::LEGACY_REVISIONS.contains(&version.as_str()) => {}
            Some(_) => return reply::not_allowed("POST"),
        }
        let Ok(session) = self.shown(Era::Legacy, headers)? else {
            return reply::answer(&Answer::no_such_session(None));
        };
        let outbound = Outbound::session(headers, method, session.as_ref())?;
        let session = self.asking(Era::Legacy, session);
        let exchange = Exchange { translation: self.translation(None, session), begins_session: None };
        origin::relay(Open::without_body(), &self.route(), &outbound, &exchange).await
    }

    /// A message.
    pub(super) async fn message(&self, mut request: Request) -> Result<Response> {
        let body = match door::body(&mut request).await? {
            Ok(body) => body,
            Err(refused) => return reply::answer(&refused.answer()),
        };
        let headers = request.headers();
        let (version, method, name) =
            (headers.get("mcp-protocol-version")?, headers.get("mcp-method")?, headers.get("mcp-name")?);
        let head = Head { version: version.as_deref(), method: method.as_deref(), name: name.as_deref() };
        match wire::read(&head, &body) {
            Err(refused) => reply::answer(&refused),
            Ok(Message::Notification(era, open)) => self.notification(headers, era, open, &body).await,
            Ok(Message::Answer(answer, open)) => self.answer(headers, &answer, open).await,
            Ok(Message::Request(message)) => match self.request(headers, &message, &body).await {
                Ok(response) => Ok(response),
                Err(error) => {
                    console_error!("refused, since the gateway failed: {error}");
                    reply::outage(Some(&message.id))
                }
            },
        }
    }

    async fn notification(&self, headers: &Headers, era: Era, open: Open, body: &[u8]) -> Result<Response> {
        let Ok(session) = self.shown(era, headers)? else { return reply::answer(&Answer::no_such_session(None)) };
        let outbound = Outbound::message(headers, era, session.as_ref(), body)?;
        let exchange = Exchange { translation: self.translation(None, session), begins_session: None };
        origin::relay(open, &self.route(), &outbound, &exchange).await
    }

    /// An answer goes back only for a request that the origin really made of this agent, on this session.
    async fn answer(&self, headers: &Headers, answer: &AgentAnswer<'_>, open: Open) -> Result<Response> {
        let Ok(session) = self.shown(Era::Legacy, headers)? else {
            return reply::answer(&Answer::no_such_session(None));
        };
        let session = match session {
            Some(session) => session,
            None => self.holder()?.sessionless(),
        };
        let Some(id) = session.open_request(&answer.sealed_id) else {
            return reply::answer(&Answer::not_asked(&answer.sealed_id));
        };
        let body = answer.readdressed(&id);
        let outbound = Outbound::message(headers, Era::Legacy, Some(&session), body.as_bytes())?;
        let exchange = Exchange { translation: self.translation(None, None), begins_session: None };
        origin::relay(open, &self.route(), &outbound, &exchange).await
    }

    async fn request(&self, headers: &Headers, message: &wire::Request<'_>, body: &[u8]) -> Result<Response> {
        let Ok(session) = self.shown(message.era, headers)? else {
            return reply::answer(&Answer::no_such_session(Some(&message.id)));
        };
        let exchange = self.exchange(message, session.clone())?;
        let incoming = Incoming { headers, message, session, body };
        match &message.asked {
            Asked::Open(open) | Asked::List(_, open) => {
                origin::relay(*open, &self.route(), &incoming.outbound(&[])?, &exchange).await
            }
            Asked::Judged(subject) => self.governed(&incoming, subject, &exchange).await,
        }
    }

    /// What the answer to `message` belongs to.
    fn exchange(&self, message: &wire::Request<'_>, session: Option<Session>) -> Result<Exchange> {
        let (edit, begins_session) = match (&message.asked, message.method) {
            (Asked::List(kind, _), _) => (Edit::List(*kind), None),
            // Without a key no session could be given out, so none is begun.
            (Asked::Open(_), "initialize") => (Edit::Capabilities, Some(self.holder()?)),
            (Asked::Open(_), "server/discover") => (Edit::Capabilities, None),
            (Asked::Open(_) | Asked::Judged(_), _) => (Edit::None, None),
        };
        let answering = Some(Answering { id: message.id.clone(), edit });
        Ok(Exchange { translation: self.translation(answering, self.asking(message.era, session)), begins_session })
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
        let learner = Rc::new(move |page: Catalogue| tools.learn(page));
        Translation { shows, answering, session, learner }
    }

    pub(super) fn rulebook(&self) -> Rulebook<'_> {
        Rulebook { edition: &self.edition, aliases: &self.server.aliases }
    }

    pub(super) fn route(&self) -> Route<'_> {
        Route { env: &self.env, origin: &self.server.origin, patience: Patience::of(&self.env) }
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
    fn shown(&self, era: Era, headers: &Headers) -> Result<Shown> {
        match (era, headers.get("mcp-session-id")?) {
            (Era::Modern, _) | (Era::Legacy, None) => Ok(Ok(None)),
            (Era::Legacy, Some(shown)) => Ok(self.holder()?.open(&shown).map(Some).ok_or(Foreign)),
        }
    }
}

impl Incoming<'_> {
    /// The message as it goes to the origin, with these mirrored header fields.
    pub(super) fn outbound(&self, mirrored: &[(String, String)]) -> Result<Outbound> {
        Outbound::request_of(self.headers, self.message, self.session.as_ref(), mirrored, self.body)
    }
}
