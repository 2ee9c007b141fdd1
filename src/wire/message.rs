//! One JSON-RPC message of an agent, read strictly.

use std::borrow::Cow;

use serde_json::json;

use super::answer::{
    Answer, HEADER_MISMATCH, INVALID_PARAMS, INVALID_REQUEST, METHOD_NOT_FOUND, PARSE_ERROR, UNSUPPORTED_VERSION,
};
use super::era::{Era, MODERN_REVISION};
use super::fold::imitates_reserved;
use super::id::Id;
use super::json::{self, Node, Object};
use super::list::ListKind;
use super::method::{Governed, Method, Role};
use super::mirror;
use super::name::ToolName;
use super::uri::is_resource_uri;

/// The request headers that take part in what a message says. A header that was sent twice arrives joined with `, ` and
/// so equals nothing that is expected.
#[derive(Debug, Clone, Copy, Default)]
pub struct Head<'h> {
    /// `MCP-Protocol-Version`
    pub version: Option<&'h str>,
    /// `Mcp-Method`
    pub method: Option<&'h str>,
    /// `Mcp-Name`
    pub name: Option<&'h str>,
}

/// A well-formed message.
#[derive(Debug, Clone, PartialEq)]
pub enum Message<'a> {
    /// It wants an answer.
    Request(Request<'a>),
    /// It wants none.
    Notification(Era, Open),
    /// It answers a request of the origin's.
    Answer(AgentAnswer<'a>, Open),
}

/// An agent's answer to a request that the origin made of it; only the legacy era has such requests.
#[derive(Debug, Clone, PartialEq)]
pub struct AgentAnswer<'a> {
    /// The id that it answers: one that the gateway has sealed, if the request was really made.
    pub sealed_id: String,
    message: Object<'a>,
}

impl AgentAnswer<'_> {
    /// The message under the id that the origin gave its request, written as JSON.
    pub fn readdressed(&self, id: &str) -> String {
        self.message.rewritten(|key| (key == "id").then(|| id.to_owned()))
    }
}

/// A well-formed request.
#[derive(Debug, Clone, PartialEq)]
pub struct Request<'a> {
    /// Its id, echoed in the answer.
    pub id: Id,
    /// The protocol that it speaks.
    pub era: Era,
    /// Its method.
    pub method: &'static str,
    /// What it asks for.
    pub asked: Asked<'a>,
}

/// What a request asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked<'a> {
    /// Nothing that a policy governs.
    Open(Open),
    /// A list, whose answer is filtered.
    List(ListKind, Open),
    /// Something that a policy judges.
    Judged(Subject<'a>),
}

/// Proof that a message calls and reads nothing: with it the origin may be asked without a permit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    _made_here: (),
}

impl Open {
    const HERE: Self = Self { _made_here: () };

    /// The legacy GET stream and the DELETE of a session: neither has a body, so neither can call anything.
    pub fn without_body() -> Self {
        Self::HERE
    }
}

/// What a policy judges.
#[derive(Debug, Clone, PartialEq)]
pub enum Subject<'a> {
    /// A tool call.
    Tool {
        /// The tool.
        name: ToolName<'a>,
        /// Its arguments; absent ones are none.
        arguments: Object<'a>,
    },
    /// A prompt, or the completion of its arguments.
    Prompt {
        /// The prompt.
        name: ToolName<'a>,
    },
    /// A resource to be read, subscribed to or completed; `subscriptions/listen` names several.
    Resources {
        /// Their URIs as they were sent.
        uris: Vec<Cow<'a, str>>,
    },
}

impl Subject<'_> {
    /// What the modern era mirrors of it in `Mcp-Name`, written as a header value.
    pub fn mirrored(&self, method: &str) -> Option<String> {
        Method::find(method, Era::Modern)
            .filter(|method| method.mirrors_name())
            .and_then(|_| self.name())
            .map(mirror::encode_mirrored)
    }

    fn name(&self) -> Option<&str> {
        match self {
            Self::Tool { name, .. } | Self::Prompt { name } => Some(name.as_str()),
            Self::Resources { uris } => uris.first().map(AsRef::as_ref),
        }
    }
}

/// Reads the one message of `body`, or says with which answer it is refused.
pub fn read<'a>(head: &Head<'_>, body: &'a [u8]) -> Result<Message<'a>, Answer> {
    let node = json::parse(body).map_err(|unreadable| {
        let status_era = Era::claimed(head.version);
        Refused::new(PARSE_ERROR, format!("The body is not acceptable JSON: {unreadable}")).answer(None, status_era)
    })?;
    let mut envelope = Envelope { era: Era::claimed(head.version), id: None };
    envelope.read(head, &node).map_err(|refused| refused.answer(envelope.id.as_ref(), envelope.era))
}

/// Why a body is no message; the era and the id make an [`Answer`] of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Refused {
    code: i32,
    message: String,
    data: Option<serde_json::Value>,
}

impl Refused {
    fn new(code: i32, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), data: None }
    }

    fn params(message: impl Into<String>) -> Self {
        Self::new(INVALID_PARAMS, message)
    }

    pub(super) fn missing_meta(key: &str) -> Self {
        Self::params(format!("`params._meta` must carry `{key}`"))
    }

    pub(super) fn unsupported_version(requested: &str) -> Self {
        Self {
            code: UNSUPPORTED_VERSION,
            message: "Unsupported protocol version".to_owned(),
            data: Some(json!({ "supported": [MODERN_REVISION], "requested": requested })),
        }
    }

    pub(super) fn header_mismatch(header: &str) -> Self {
        Self::new(
            HEADER_MISMATCH,
            format!("The header `{header}` must be there once, well formed, and agree with the body"),
        )
    }

    fn answer(self, id: Option<&Id>, era: Era) -> Answer {
        let status = match (self.code, era) {
            (METHOD_NOT_FOUND, Era::Legacy) => 200,
            (METHOD_NOT_FOUND, Era::Modern) => 404,
            _ => 400,
        };
        Answer::error(status, id, self.code, &self.message, self.data)
    }
}

/// What is known of the message so far, so that a refusal can echo the id and speak the right era.
struct Envelope {
    era: Era,
    id: Option<Id>,
}

impl Envelope {
    fn read<'a>(&mut self, head: &Head<'_>, node: &Node<'a>) -> Result<Message<'a>, Refused> {
        let invalid = |message: &str| Refused::new(INVALID_REQUEST, message);
        let object = match node.as_object() {
            Some(object) => object,
            None if node.as_array().is_some() => return Err(invalid("Batches are not accepted: send one message")),
            None => return Err(invalid("A message is a JSON object")),
        };
        let id_node = object.get("id");
        self.id = id_node.and_then(Id::read);
        for member in object.members() {
            if !matches!(member.key.as_ref(), "jsonrpc" | "id" | "method" | "params" | "result" | "error") {
                return Err(invalid(&format!("Unknown key {} beside the method", json::quote(&member.key))));
            }
        }
        if object.get("jsonrpc").and_then(Node::as_str) != Some("2.0") {
            return Err(invalid("`jsonrpc` must be \"2.0\""));
        }
        if id_node.is_some() && self.id.is_none() {
            return Err(invalid("`id` must be a string or an integer within ±2^53"));
        }
        let method = object.get("method").map(|node| node.as_str().ok_or_else(|| invalid("`method` must be a string")));
        let has_answer = object.get("result").is_some() || object.get("error").is_some();
        let name = match (method.transpose()?, has_answer) {
            (Some(method), false) => method,
            (Some(_), true) => return Err(invalid("A message is a request or an answer, not both")),
            (None, true) => return self.answer(head, object),
            (None, false) => return Err(invalid("`method` is missing")),
        };
        let params = match object.get("params") {
            None => None,
            Some(node) => Some(node.as_object().ok_or_else(|| Refused::params("`params` must be an object"))?),
        };
        if let Some(imitation) = params.and_then(imitation) {
            return Err(Refused::params(format!("{} is not a key of `params`", json::quote(imitation))));
        }
        if params.and_then(|params| params.get("_meta")).is_some_and(|meta| meta.as_object().is_none()) {
            return Err(Refused::params("`_meta` must be an object"));
        }
        self.era = Era::decide(head.version, params)?;
        let method = Method::find(name, self.era)
            .ok_or_else(|| Refused::new(METHOD_NOT_FOUND, format!("Method not found: {}", json::quote(name))))?;
        self.message(head, method, params)
    }

    /// An answer holds a result or an error, under an id that the gateway has made.
    fn answer<'a>(&self, head: &Head<'_>, object: &Object<'a>) -> Result<Message<'a>, Refused> {
        let invalid = |message| Refused::new(INVALID_REQUEST, message);
        if Era::decide(head.version, None)? == Era::Modern {
            return Err(invalid("In this revision nobody asks the agent anything"));
        }
        let whole = match (object.get("result"), object.get("error")) {
            (Some(result), None) => result.as_object().is_some(),
            (None, Some(error)) => error.as_object().is_some(),
            (Some(_), Some(_)) | (None, None) => false,
        };
        match (&self.id, whole, object.get("params")) {
            (Some(Id::String(sealed)), true, None) => {
                let answer = AgentAnswer { sealed_id: sealed.clone(), message: object.clone() };
                Ok(Message::Answer(answer, Open::HERE))
            }
            (Some(Id::Integer(_)), true, None) => Err(invalid("Nobody asked this")),
            (_, _, _) => Err(invalid("An answer has an id, and one of result and error, which are objects")),
        }
    }

    fn message<'a>(
        &self,
        head: &Head<'_>,
        method: Method,
        params: Option<&Object<'a>>,
    ) -> Result<Message<'a>, Refused> {
        let asked = match (method.role, &self.id) {
            (Role::Notification, None) => return Ok(Message::Notification(self.era, Open::HERE)),
            (Role::Notification, Some(_)) => {
                return Err(Refused::new(INVALID_REQUEST, "A notification has no `id`"));
            }
            (_, None) => return Err(Refused::new(INVALID_REQUEST, "A request needs an `id`")),
            (Role::Open, Some(_)) => Asked::Open(Open::HERE),
            (Role::List(kind), Some(_)) => Asked::List(kind, Open::HERE),
            (Role::Governed(governed), Some(_)) => asked(governed, params.unwrap_or(&Object::default()))?,
        };
        let id = self.id.clone().ok_or_else(|| Refused::new(INVALID_REQUEST, "A request needs an `id`"))?;
        if self.era == Era::Modern {
            let name = match &asked {
                Asked::Judged(subject) if method.mirrors_name() => subject.name(),
                Asked::Judged(_) | Asked::List(..) | Asked::Open(_) => None,
            };
            mirror::check(head, method.name, name)?;
        }
        Ok(Message::Request(Request { id, era: self.era, method: method.name, asked }))
    }
}

fn imitation<'p>(params: &'p Object<'_>) -> Option<&'p str> {
    params.members().iter().map(|member| member.key.as_ref()).find(|key| imitates_reserved(key))
}

/// What a governed request asks for, by its parameters.
fn asked<'a>(governed: Governed, params: &Object<'a>) -> Result<Asked<'a>, Refused> {
    let subject = match governed {
        Governed::Call => Subject::Tool { name: tool_name(params)?, arguments: arguments(params)? },
        Governed::Prompt => {
            arguments(params)?;
            Subject::Prompt { name: tool_name(params)? }
        }
        Governed::Resource => Subject::Resources { uris: vec![uri(string(params, "uri")?)?] },
        Governed::Completion => completed(params)?,
        Governed::Listen => {
            let uris = subscriptions(params)?;
            if uris.is_empty() {
                return Ok(Asked::Open(Open::HERE));
            }
            Subject::Resources { uris }
        }
    };
    Ok(Asked::Judged(subject))
}

/// What `completion/complete` completes the arguments of.
fn completed<'a>(params: &Object<'a>) -> Result<Subject<'a>, Refused> {
    let reference =
        params.get("ref").and_then(Node::as_object).ok_or_else(|| Refused::params("`params.ref` must be an object"))?;
    match string(reference, "type")?.as_ref() {
        "ref/prompt" => Ok(Subject::Prompt { name: tool_name(reference)? }),
        "ref/resource" => Ok(Subject::Resources { uris: vec![template(string(reference, "uri")?)?] }),
        other => Err(Refused::params(format!("Unknown reference type {}", json::quote(other)))),
    }
}

fn string<'a>(object: &Object<'a>, key: &str) -> Result<Cow<'a, str>, Refused> {
    object
        .get(key)
        .and_then(Node::as_string)
        .cloned()
        .ok_or_else(|| Refused::params(format!("`{key}` must be a string")))
}

/// A URI that every reader understands alike.
fn uri(uri: Cow<'_, str>) -> Result<Cow<'_, str>, Refused> {
    if is_resource_uri(&uri) {
        Ok(uri)
    } else {
        Err(Refused::params("`uri` must be absolute, with no `?`, `#`, `..`, and no escape of what separates"))
    }
}

/// A completion may name a template: its variables stand for segments that are plain.
fn template(template: Cow<'_, str>) -> Result<Cow<'_, str>, Refused> {
    uri(Cow::Owned(template.replace(['{', '}'], "")))?;
    Ok(template)
}

fn tool_name<'a>(object: &Object<'a>) -> Result<ToolName<'a>, Refused> {
    ToolName::read(string(object, "name")?)
        .ok_or_else(|| Refused::params("`name` must be 1 to 128 characters of A-Z a-z 0-9 _ . -"))
}

fn arguments<'a>(params: &Object<'a>) -> Result<Object<'a>, Refused> {
    match params.get("arguments") {
        None => Ok(Object::default()),
        Some(node) => node.as_object().cloned().ok_or_else(|| Refused::params("`arguments` must be an object")),
    }
}

/// The resources that `subscriptions/listen` subscribes to.
fn subscriptions<'a>(params: &Object<'a>) -> Result<Vec<Cow<'a, str>>, Refused> {
    let malformed = || Refused::params("`notifications.resourceSubscriptions` must be an array of URIs");
    let Some(wanted) = params.get("notifications") else { return Ok(Vec::new()) };
    let wanted = wanted.as_object().ok_or_else(|| Refused::params("`notifications` must be an object"))?;
    let Some(uris) = wanted.get("resourceSubscriptions") else { return Ok(Vec::new()) };
    uris.as_array()
        .ok_or_else(malformed)?
        .iter()
        .map(|node| node.as_string().cloned().ok_or_else(malformed).and_then(uri))
        .collect()
}
