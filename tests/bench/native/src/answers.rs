//! What the origin says: one answer for each path, spelled as mcp-django spells it.

use bytes::Bytes;
use serde_json::Value;

/// An answer.
pub struct Spoken {
    /// The HTTP status.
    pub status: u16,
    /// `application/json` or `text/event-stream`
    pub media_type: &'static str,
    /// The parts in which it is sent.
    pub parts: Vec<Bytes>,
    /// Whether a part more follows each second, until the agent leaves.
    pub goes_on: bool,
    /// Whether it is what an agent asked for, which is counted, and not what a gateway asks for itself.
    pub counts: bool,
}

/// The list of tools that is filtered: what mcp-django 0.14.0 offers, 13 tools.
const TOOLS: &str = include_str!("tools.json");

/// The answer to the message `body` at `path`; none if there is nothing there.
///
/// | path | answer |
/// |---|---|
/// | `/json` | a small result; to whoever asks for the tools, the list of 13 |
/// | `/sse` | the same as a stream of one event |
/// | `/list` `/list/N` | a list of 13 tools, or of N |
/// | `/events/N` | a stream of N notifications and a small result |
/// | `/open` | a stream with a notification each second, without an end |
/// | `/mcp` | what a whole MCP server of the legacy era says, with 13 tools: for gateways that want a session |
pub fn answer(path: &str, body: &[u8]) -> Option<Spoken> {
    let id = id_of(body);
    let (what, number) = match path.strip_prefix('/')?.split_once('/') {
        Some((what, number)) => (what, Some(number.parse::<usize>().ok()?)),
        None => (path.strip_prefix('/')?, None),
    };
    Some(match (what, number) {
        ("json", None) if lists_tools(body) => Spoken { counts: false, ..json(listed(id)) },
        ("json", None) => json(small(id)),
        ("sse", None) => stream([event(&small(id))]),
        ("list", None) => json(listed(id)),
        ("list", Some(tools)) => json(result(id, &many_tools(tools))),
        ("events", Some(events)) => stream((0..events).map(notification).chain([event(&small(id))])),
        ("open", None) => Spoken { goes_on: true, ..stream([notification(0)]) },
        ("mcp", None) => session(body)?,
        _ => return None,
    })
}

/// An event that is no answer.
pub fn notification(number: usize) -> String {
    event(&format!(
        r#"{{"jsonrpc":"2.0","method":"notifications/progress","params":{{"progressToken":"t","progress":{number}}}}}"#
    ))
}

fn session(body: &[u8]) -> Option<Spoken> {
    let message: Value = serde_json::from_slice(body).ok()?;
    let id = message["id"].to_string();
    Some(match message["method"].as_str()? {
        "initialize" => {
            let version = message["params"]["protocolVersion"].to_string();
            let server = r#""capabilities":{"tools":{}},"serverInfo":{"name":"origin","version":"1"}"#;
            Spoken { counts: false, ..json(result(&id, &format!(r#"{{"protocolVersion":{version},{server}}}"#))) }
        }
        "tools/list" => Spoken { counts: false, ..json(result(&id, &many_tools(13))) },
        "tools/call" => json(small(&id)),
        "ping" => Spoken { counts: false, ..json(result(&id, "{}")) },
        method if method.starts_with("notifications/") => Spoken { status: 202, counts: false, ..json(String::new()) },
        _ => {
            let error = r#"{"code":-32601,"message":"Method not found"}"#;
            Spoken { counts: false, ..json(format!(r#"{{"jsonrpc":"2.0","id":{id},"error":{error}}}"#)) }
        }
    })
}

fn json(text: String) -> Spoken {
    Spoken { status: 200, media_type: "application/json", parts: vec![text.into()], goes_on: false, counts: true }
}

fn stream(events: impl IntoIterator<Item = String>) -> Spoken {
    let parts = events.into_iter().map(Into::into).collect();
    Spoken { status: 200, media_type: "text/event-stream", parts, goes_on: false, counts: true }
}

fn event(message: &str) -> String {
    format!("event: message\r\ndata: {message}\r\n\r\n")
}

fn small(id: &str) -> String {
    result(id, r#"{"content":[{"type":"text","text":"ok"}],"isError":false,"resultType":"complete"}"#)
}

fn result(id: &str, result: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{result}}}"#)
}

fn listed(id: &str) -> String {
    result(id, &format!(r#"{{"tools":{},"resultType":"complete"}}"#, TOOLS.trim_end()))
}

fn many_tools(tools: usize) -> String {
    let tools = (0..tools).map(|n| {
        format!(r#"{{"name":"tool_{n}","description":"The tool number {n}, of which there are many.","inputSchema":{{"type":"object","properties":{{"value":{{"type":"string"}}}}}}}}"#)
    });
    format!(r#"{{"tools":[{}],"resultType":"complete"}}"#, tools.collect::<Vec<_>>().join(","))
}

/// Whether the message asks for the tools, which it says early.
fn lists_tools(body: &[u8]) -> bool {
    String::from_utf8_lossy(beginning(body, 256)).contains(r#""method":"tools/list""#)
}

/// The id as it is written: a whole number, or a string without escapes, early in the message.
fn id_of(body: &[u8]) -> &str {
    let text = std::str::from_utf8(beginning(body, 64)).unwrap_or_default();
    let id = text.split_once(r#""id":"#).map_or("", |(_, rest)| rest);
    let end = match id.strip_prefix('"') {
        Some(rest) => rest.find('"').map(|end| end + 2),
        None => id.find(|c: char| !c.is_ascii_digit()),
    };
    id.get(..end.unwrap_or(0)).filter(|id| !id.is_empty()).unwrap_or("null")
}

fn beginning(body: &[u8], most: usize) -> &[u8] {
    &body[..body.len().min(most)]
}
