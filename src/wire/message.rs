//! What an agent says: one well-formed message.

use std::borrow::Cow;

use super::era::Era;
use super::id::Id;
use super::json::Object;
use super::list::ListKind;
use super::method::Method;
use super::mirror::encode_mirrored;
use super::name::ToolName;
use super::rounds::{Resumed, Rounds};

/// A well-formed message.
#[derive(Debug, Clone, PartialEq)]
pub enum Message<'a> {
    /// It wants an answer.
    Request(Request<'a>),
    /// It wants none; its method.
    Notification(Era, &'static str, Open),
    /// It answers a request of the origin's.
    Answer(AgentAnswer<'a>, Open),
}

/// An agent's answer to a request that the origin made of it; only the legacy era has such requests.
#[derive(Debug, Clone, PartialEq)]
pub struct AgentAnswer<'a> {
    /// The id that it answers: one that the gateway has sealed, if the request was really made.
    pub sealed_id: String,
    pub(super) message: Object<'a>,
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
    /// What it says of rounds; the legacy era has none.
    pub rounds: Rounds,
}

impl Request<'_> {
    /// What goes to the origin in place of what was sent, if that is not the same: all but an answer that was for the gateway.
    pub fn rewritten(&self) -> Option<String> {
        let Resumed { params, .. } = self.rounds.resumed.as_ref()?;
        let (id, method) = (self.id.written(), self.method);
        Some(format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params":{params}}}"#))
    }
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
    pub(super) const HERE: Self = Self { _made_here: () };

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
        /// Its arguments; none where they are being completed, and so not all known.
        arguments: Option<Object<'a>>,
    },
    /// A resource to be read or subscribed to; `subscriptions/listen` names several.
    Resources {
        /// Their URIs as they were sent.
        uris: Vec<Cow<'a, str>>,
    },
    /// A resource template, of which a variable is being completed.
    Template {
        /// It, as it was sent: `{name}` stands for a variable.
        uri: Cow<'a, str>,
    },
}

impl Subject<'_> {
    /// What the modern era mirrors of it in `Mcp-Name`, written as a header value.
    pub fn mirrored(&self, method: &str) -> Option<String> {
        Method::find(method, Era::Modern)
            .filter(|method| method.mirrors_name())
            .and_then(|_| self.name())
            .map(encode_mirrored)
    }

    /// The arguments of a tool call or a prompt, as far as they are known.
    pub fn arguments(&self) -> Option<&Object<'_>> {
        match self {
            Self::Tool { arguments, .. } => Some(arguments),
            Self::Prompt { arguments, .. } => arguments.as_ref(),
            Self::Resources { .. } | Self::Template { .. } => None,
        }
    }

    /// The name of the tool or prompt, or the first URI.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Tool { name, .. } | Self::Prompt { name, .. } => Some(name.as_str()),
            Self::Resources { uris } => uris.first().map(AsRef::as_ref),
            Self::Template { uri } => Some(uri),
        }
    }
}
