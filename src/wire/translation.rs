//! Making a message of the origin's fit for one agent.

use std::borrow::Cow;
use std::rc::Rc;

use super::answer::NotAnAnswer;
use super::capabilities::{carried, edit_capabilities};
use super::id::Id;
use super::json::{self, Node, Object, quote};
use super::list::{ListKind, edit_list, kept};
use super::method::{FromOrigin, from_origin};
use super::session::Session;

/// Whether an item of a list is shown to the agent.
pub type Shows = Rc<dyn Fn(ListKind, &str) -> bool>;

/// What is done with each message that the origin sends on one exchange.
#[derive(Clone)]
pub struct Translation {
    /// What the agent may see.
    pub shows: Shows,
    /// The request that is to be answered; none on the GET stream.
    pub answering: Option<Answering>,
    /// The session on which the origin may ask something of the agent; none where it may not.
    pub session: Option<Session>,
    /// Who wants to know what the origin answers: hears the answer to the request, before it is edited.
    pub hears: Rc<dyn Fn(&Object<'_>)>,
}

/// A request of the agent's that is to be answered.
#[derive(Debug, Clone)]
pub struct Answering {
    /// Its id.
    pub id: Id,
    /// What is done with the answer.
    pub edit: Edit,
}

/// What is done with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit {
    /// Nothing.
    None,
    /// The list is filtered.
    List(ListKind),
    /// What the gateway does not carry is taken out.
    Capabilities,
}

/// A message of the origin's, translated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Translated<'a> {
    /// The answer that the agent waits for.
    Answer(Cow<'a, str>),
    /// A notification or a request.
    Aside(Cow<'a, str>),
    /// Nothing that the agent may have.
    Nothing,
}

impl Translation {
    /// Translates one message. An error means that the exchange cannot go on.
    pub fn translate<'a>(&self, text: &'a str) -> Result<Translated<'a>, NotAnAnswer> {
        let node = json::parse(text.as_bytes()).map_err(|_| NotAnAnswer)?;
        let message = node.as_object().ok_or(NotAnAnswer)?;
        if message.get("method").is_some() && (message.get("result").is_some() || message.get("error").is_some()) {
            return Err(NotAnAnswer);
        }
        match message.get("method").map(|method| method.as_str().ok_or(NotAnAnswer)).transpose()? {
            Some(method) => self.aside(method, message, text),
            None => self.answer(message, text),
        }
    }

    fn aside<'a>(&self, method: &str, message: &Object<'_>, text: &'a str) -> Result<Translated<'a>, NotAnAnswer> {
        let params = message.get("params").and_then(Node::as_object);
        let as_it_is = Ok(Translated::Aside(Cow::Borrowed(text)));
        let Some(kind) = from_origin(method) else { return Ok(Translated::Nothing) };
        match (kind, message.get("id"), &self.session) {
            (FromOrigin::Request, Some(id), Some(session)) => {
                let sealed = sealed(session, id)?;
                Ok(Translated::Aside(Cow::Owned(message.rewritten(|key| (key == "id").then(|| sealed.clone())))))
            }
            (FromOrigin::Cancelled, None, Some(session)) => {
                let Some(id) = params.and_then(|params| params.get("requestId")) else {
                    return Ok(Translated::Nothing);
                };
                let sealed = sealed(session, id)?;
                let params = params.map(|params| params.rewritten(|key| (key == "requestId").then(|| sealed.clone())));
                Ok(Translated::Aside(Cow::Owned(message.rewritten(|key| params.clone().filter(|_| key == "params")))))
            }
            (FromOrigin::ResourceUpdated, None, _) => {
                let uri = params.and_then(|params| params.get("uri")).and_then(Node::as_str);
                if uri.is_some_and(|uri| (self.shows)(ListKind::Resources, uri)) {
                    as_it_is
                } else {
                    Ok(Translated::Nothing)
                }
            }
            (FromOrigin::Notification | FromOrigin::Cancelled, None, _) => as_it_is,
            // A request where none may be made, or a notification with an id, or the other way round.
            (FromOrigin::Request, _, _)
            | (FromOrigin::Notification | FromOrigin::Cancelled | FromOrigin::ResourceUpdated, Some(_), _) => {
                Ok(Translated::Nothing)
            }
        }
    }

    fn answer<'a>(&self, message: &Object<'_>, text: &'a str) -> Result<Translated<'a>, NotAnAnswer> {
        if message.get("result").is_some() == message.get("error").is_some() {
            return Err(NotAnAnswer);
        }
        let Some(answering) = &self.answering else {
            // An answer that is sent again on the GET stream.
            return self.edit_anything(message, text).map(Translated::Aside);
        };
        if message.get("id").and_then(Id::read).as_ref() != Some(&answering.id) {
            return Ok(Translated::Nothing);
        }
        (self.hears)(message);
        let edited = match answering.edit {
            Edit::None => Cow::Borrowed(text),
            Edit::List(kind) => Cow::Owned(edit_list(kind, message, text, |name| (self.shows)(kind, name))?),
            Edit::Capabilities => Cow::Owned(edit_capabilities(message, text)?),
        };
        Ok(Translated::Answer(edited))
    }

    /// An answer to nobody knows which request: every list in it is filtered, and the capabilities too.
    fn edit_anything<'a>(&self, message: &Object<'_>, text: &'a str) -> Result<Cow<'a, str>, NotAnAnswer> {
        let Some(result) = message.get("result").and_then(Node::as_object) else { return Ok(Cow::Borrowed(text)) };
        let mut edits = Vec::new();
        for kind in ListKind::ALL {
            if let Some(items) = result.get(kind.items()) {
                edits.push((kind.items(), kept(kind, items, |name| (self.shows)(kind, name))?));
            }
        }
        if let Some(capabilities) = result.get("capabilities") {
            edits.push(("capabilities", carried(capabilities.as_object().ok_or(NotAnAnswer)?)));
        }
        if edits.is_empty() {
            return Ok(Cow::Borrowed(text));
        }
        edits.push(("cacheScope", quote("private")));
        let edited = |key: &str| edits.iter().find(|(edited, _)| *edited == key).map(|(_, value)| value.clone());
        let result = result.rewritten(edited);
        Ok(Cow::Owned(message.rewritten(|key| (key == "result").then(|| result.clone()))))
    }
}

/// The id of a request of the origin's under its seal, as JSON.
fn sealed(session: &Session, id: &Node<'_>) -> Result<String, NotAnAnswer> {
    Id::read(id).ok_or(NotAnAnswer)?;
    session.seal_request(id.text).map(|seal| quote(&seal)).map_err(|_| NotAnAnswer)
}
