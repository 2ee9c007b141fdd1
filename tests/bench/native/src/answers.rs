//! What the origin says: one answer for each path, spelled as mcp-django spells it.

use bytes::Bytes;

/// The body of an answer, and its media type.
pub struct Spoken {
    /// `application/json` or `text/event-stream`
    pub media_type: &'static str,
    /// The parts in which it is sent.
    pub parts: Vec<Bytes>,
}

/// The list of tools that is filtered: what mcp-django 0.14.0 offers, 13 tools.
const TOOLS: &str = include_str!("tools.json");

/// The answer to the message `body` at `path`; none if there is nothing there.
///
/// | path | answer |
/// |---|---|
/// | `/json` | a small result |
/// | `/sse` | the same as a stream of one event |
/// | `/list` `/list/N` | a list of 13 tools, or of N |
/// | `/events/N` | a stream of N notifications and a small result |
/// | `/large/N` | a result with N bytes of text |
pub fn answer(path: &str, body: &[u8]) -> Option<Spoken> {
    let id = id_of(body);
    let (what, number) = match path.strip_prefix('/')?.split_once('/') {
        Some((what, number)) => (what, Some(number.parse::<usize>().ok()?)),
        None => (path.strip_prefix('/')?, None),
    };
    Some(match (what, number) {
        ("json", None) => json(small(id, "ok")),
        ("sse", None) => stream([event(&small(id, "ok"))]),
        ("list", None) => json(result(id, &format!(r#"{{"tools":{},"resultType":"complete"}}"#, TOOLS.trim_end()))),
        ("list", Some(tools)) => json(result(id, &format!(r#"{{"tools":[{}]}}"#, many_tools(tools)))),
        ("events", Some(events)) => {
            let progress = (0..events).map(|n| {
                event(&format!(
                    r#"{{"jsonrpc":"2.0","method":"notifications/progress","params":{{"progressToken":"t","progress":{n}}}}}"#
                ))
            });
            stream(progress.chain([event(&small(id, "ok"))]))
        }
        ("large", Some(bytes)) => json(small(id, &"x".repeat(bytes))),
        _ => return None,
    })
}

fn json(text: String) -> Spoken {
    Spoken { media_type: "application/json", parts: vec![text.into()] }
}

fn stream(events: impl IntoIterator<Item = String>) -> Spoken {
    Spoken { media_type: "text/event-stream", parts: events.into_iter().map(Into::into).collect() }
}

fn event(message: &str) -> String {
    format!("event: message\r\ndata: {message}\r\n\r\n")
}

fn small(id: &str, text: &str) -> String {
    result(id, &format!(r#"{{"content":[{{"type":"text","text":"{text}"}}],"isError":false,"resultType":"complete"}}"#))
}

fn result(id: &str, result: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{result}}}"#)
}

fn many_tools(tools: usize) -> String {
    let tools = (0..tools).map(|n| {
        format!(r#"{{"name":"tool_{n}","description":"The tool number {n}, of which there are many.","inputSchema":{{"type":"object","properties":{{"value":{{"type":"string"}}}}}}}}"#)
    });
    tools.collect::<Vec<_>>().join(",")
}

/// The id as it is written: the messages of the load have it, a whole number, before everything else.
fn id_of(body: &[u8]) -> &str {
    let text = std::str::from_utf8(&body[..body.len().min(64)]).unwrap_or_default();
    let digits = text.split_once(r#""id":"#).map_or("", |(_, rest)| rest);
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    if end == 0 { "null" } else { &digits[..end] }
}
