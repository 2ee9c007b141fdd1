//! Requests that take several rounds (MCP 2026-07-28, Multi Round-Trip Requests): what the gateway asks a user for by itself, and what
//! comes back of that. Rounds of the origin's pass as they are.

use super::answer::{Answer, INVALID_PARAMS};
use super::era::META_CAPABILITIES;
use super::id::Id;
use super::json::{Node, Object, quote};

/// What a state of the gateway's own begins with, so that it is told from one of the origin's.
const OURS: &str = "tollgate.";

/// Under which key the gateway asks.
const KEY: &str = "tollgate/approval";

/// What a modern request says of rounds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rounds {
    /// Whether the client opens URLs for its user.
    pub opens_urls: bool,
    /// What came of the round before, if that was one of the gateway's.
    pub resumed: Option<Resumed>,
}

/// A request that answers what the gateway has asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Resumed {
    /// The seal that the gateway has given out.
    pub seal: String,
    /// Whether the user has declined to look at it.
    pub declined: bool,
    /// The parameters as they go to the origin, which knows nothing of that round, as JSON.
    pub(super) params: String,
}

impl Rounds {
    /// Reads what the parameters of a request say.
    pub(super) fn of(params: &Object<'_>) -> Self {
        Self { opens_urls: opens_urls(params), resumed: Resumed::of(params) }
    }
}

impl Resumed {
    fn of(params: &Object<'_>) -> Option<Self> {
        let seal = params.get("requestState")?.as_str()?.strip_prefix(OURS)?.to_owned();
        let response = params.get("inputResponses").and_then(Node::as_object).and_then(|responses| responses.get(KEY));
        let action =
            response.and_then(Node::as_object).and_then(|response| response.get("action")).and_then(Node::as_str);
        let params = params.only(|key| key != "requestState" && key != "inputResponses");
        Some(Self { seal, declined: action == Some("decline"), params })
    }
}

/// `_meta["io.modelcontextprotocol/clientCapabilities"].elicitation.url`
fn opens_urls(params: &Object<'_>) -> bool {
    let path = ["_meta", META_CAPABILITIES, "elicitation", "url"];
    let url = path.iter().try_fold(params, |object, key| object.get(key)?.as_object());
    url.is_some()
}

impl Answer {
    /// Asks the user to open a URL, and the client to come back with `seal`.
    pub fn asks_user(id: &Id, message: &str, url: &str, seal: &str) -> Self {
        let (id, message, url, state) = (id.written(), quote(message), quote(url), quote(&format!("{OURS}{seal}")));
        let params = format!(r#"{{"mode":"url","message":{message},"url":{url}}}"#);
        let requests = format!(r#"{{"{KEY}":{{"method":"elicitation/create","params":{params}}}}}"#);
        let result = format!(r#"{{"resultType":"input_required","inputRequests":{requests},"requestState":{state}}}"#);
        Self { status: 200, body: format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{result}}}"#) }
    }

    /// A state that the gateway has not given out for this request.
    pub fn foreign_state(id: &Id) -> Self {
        let message =
            "`requestState` was not given out for this request: repeat it without, and without `inputResponses`";
        Self::error(400, Some(id), INVALID_PARAMS, message, None)
    }
}
