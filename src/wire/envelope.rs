//! Reading the one message of a body, strictly.

use super::answer::{Answer, INVALID_REQUEST, METHOD_NOT_FOUND, PARSE_ERROR};
use super::era::{Era, MODERN_REVISION};
use super::fold::PARAMS;
use super::head::Head;
use super::id::Id;
use super::json::{self, Node, Object};
use super::message::{AgentAnswer, Asked, Message, Open, Request};
use super::method::{Method, Role};
use super::mirror;
use super::params::asked;
use super::refused::Refused;
use super::rounds::Rounds;
use super::version;

/// Reads the one message of `body`, or says with which answer it is refused.
pub fn read<'a>(head: &Head<'_>, body: &'a [u8]) -> Result<Message<'a>, Answer> {
    let node = json::parse(body).map_err(|unreadable| {
        let status_era = version::claimed(head.version);
        Refused::new(PARSE_ERROR, format!("The body is not acceptable JSON: {unreadable}")).answer(None, status_era)
    })?;
    let mut envelope = Envelope { era: version::claimed(head.version), id: None };
    envelope.read(head, node).map_err(|refused| refused.answer(envelope.id.as_ref(), envelope.era))
}

/// What is known of the message so far, so that a refusal can echo the id and speak the right era.
struct Envelope {
    era: Era,
    id: Option<Id>,
}

impl Envelope {
    fn read<'a>(&mut self, head: &Head<'_>, node: Node<'a>) -> Result<Message<'a>, Refused> {
        if node.as_array().is_some() {
            return Err(invalid("Batches are not accepted: send one message"));
        }
        let mut object = node.into_object().ok_or_else(|| invalid("A message is a JSON object"))?;
        self.check(&object)?;
        let name = match (object.take("method"), object.get("result").is_some() || object.get("error").is_some()) {
            (Some(method), false) => method.as_string().cloned().ok_or_else(|| invalid("`method` must be a string"))?,
            (Some(_), true) => return Err(invalid("A message is a request or an answer, not both")),
            (None, true) => return self.answer(head, object),
            (None, false) => return Err(invalid("`method` is missing")),
        };
        let params = match object.take("params") {
            None => None,
            Some(node) => Some(node.into_object().ok_or_else(|| Refused::params("`params` must be an object"))?),
        };
        if let Some(params) = &params {
            Refused::imitations(params, PARAMS)?;
        }
        if params.as_ref().and_then(|params| params.get("_meta")).is_some_and(|meta| meta.as_object().is_none()) {
            return Err(Refused::params("`_meta` must be an object"));
        }
        self.era = version::era(head.version, params.as_ref())?;
        let method = Method::find(&name, self.era)
            .ok_or_else(|| Refused::new(METHOD_NOT_FOUND, format!("Method not found: {}", json::quote(&name))))?;
        self.message(head, method, params)
    }

    /// What holds for every message: the id first, so that whatever else is wrong can be said of it.
    fn check(&mut self, object: &Object<'_>) -> Result<(), Refused> {
        let id = object.get("id");
        self.id = id.and_then(Id::read);
        for member in object.members() {
            if !matches!(member.key.as_ref(), "jsonrpc" | "id" | "method" | "params" | "result" | "error") {
                return Err(invalid(format!("Unknown key {} beside the method", json::quote(&member.key))));
            }
        }
        if object.get("jsonrpc").and_then(Node::as_str) != Some("2.0") {
            return Err(invalid("`jsonrpc` must be \"2.0\""));
        }
        if id.is_some() && self.id.is_none() {
            return Err(invalid("`id` must be a string or an integer within ±2^53"));
        }
        Ok(())
    }

    /// An answer holds a result or an error, under an id that the gateway has made.
    fn answer<'a>(&self, head: &Head<'_>, object: Object<'a>) -> Result<Message<'a>, Refused> {
        if head.version == Some(MODERN_REVISION) {
            return Err(invalid("In this revision nobody asks the agent anything"));
        }
        version::era(head.version, None)?;
        let whole = match (object.get("result"), object.get("error")) {
            (Some(result), None) => result.as_object().is_some(),
            (None, Some(error)) => error.as_object().is_some(),
            (Some(_), Some(_)) | (None, None) => false,
        };
        match (&self.id, whole, object.get("params")) {
            (Some(Id::String(sealed)), true, None) => {
                let answer = AgentAnswer { sealed_id: sealed.clone(), message: object };
                Ok(Message::Answer(answer, Open::HERE))
            }
            (Some(Id::Integer(_)), true, None) => Err(invalid("Nobody asked this")),
            (_, _, _) => Err(invalid("An answer has an id, and one of result and error, which are objects")),
        }
    }

    fn message<'a>(&self, head: &Head<'_>, method: Method, params: Option<Object<'a>>) -> Result<Message<'a>, Refused> {
        let rounds = match (&params, self.era) {
            (Some(params), Era::Modern) => Rounds::of(params),
            (_, Era::Modern | Era::Legacy) => Rounds::default(),
        };
        let (asked, id) = match (method.role, self.id.clone()) {
            (Role::Notification, None) => return Ok(Message::Notification(self.era, method.name, Open::HERE)),
            (Role::Notification, Some(_)) => return Err(invalid("A notification has no `id`")),
            (Role::Open | Role::List(_) | Role::Governed(_), None) => return Err(invalid("A request needs an `id`")),
            (Role::Open, Some(id)) => (Asked::Open(Open::HERE), id),
            (Role::List(kind), Some(id)) => (Asked::List(kind, Open::HERE), id),
            (Role::Governed(governed), Some(id)) => (asked(governed, params.unwrap_or_default())?, id),
        };
        if self.era == Era::Modern {
            let name = match &asked {
                Asked::Judged(subject) if method.mirrors_name() => subject.name(),
                Asked::Judged(_) | Asked::List(..) | Asked::Open(_) => None,
            };
            mirror::check(head, method.name, name)?;
        }
        Ok(Message::Request(Request { id, era: self.era, method: method.name, asked, rounds }))
    }
}

fn invalid(message: impl Into<String>) -> Refused {
    Refused::new(INVALID_REQUEST, message)
}
