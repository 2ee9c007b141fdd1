//! Server-sent events read by the letter of the HTML Living Standard, 9.2.6, over a whole stream at once.

/// What a stream shows, one thing after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    Comment,
    Event(Event),
    /// A line that is not UTF-8. A browser would show replacement characters; whoever judges must stop here.
    NotUtf8,
}

/// A dispatched event. `id` and `retry` are those of its own lines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Event {
    pub kind: String,
    pub data: String,
    pub id: Option<String>,
    pub retry: Option<u64>,
}

/// Everything in `stream` up to its end, or to the first line that is not UTF-8.
#[must_use]
pub fn read(stream: &[u8]) -> Vec<Seen> {
    let mut seen = Vec::new();
    // The names are the standard's.
    let mut data_buffer = String::new();
    let mut event_type_buffer = String::new();
    let mut block = Event::default();
    for line in lines(stream.strip_prefix("\u{feff}".as_bytes()).unwrap_or(stream)) {
        let Ok(line) = std::str::from_utf8(line) else {
            seen.push(Seen::NotUtf8);
            break;
        };
        if line.is_empty() {
            let mut event = std::mem::take(&mut block);
            let kind = std::mem::take(&mut event_type_buffer);
            let data = std::mem::take(&mut data_buffer);
            if let Some(data) = data.strip_suffix('\n') {
                event.kind = if kind.is_empty() { "message".to_owned() } else { kind };
                data.clone_into(&mut event.data);
                seen.push(Seen::Event(event));
            }
            continue;
        }
        let (field, value) = match line.find(':') {
            Some(0) => {
                seen.push(Seen::Comment);
                continue;
            }
            Some(colon) => {
                let value = &line[colon + 1..];
                (&line[..colon], value.strip_prefix(' ').unwrap_or(value))
            }
            None => (line, ""),
        };
        match field {
            "event" => value.clone_into(&mut event_type_buffer),
            "data" => data_buffer.extend([value, "\n"]),
            "id" if !value.contains('\0') => block.id = Some(value.to_owned()),
            "retry" if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) => {
                // What is too large to wait for is not waited for.
                block.retry = value.parse().ok().or(block.retry);
            }
            _ => {}
        }
    }
    seen
}

/// The lines that a CRLF, LF or CR ends; what none of them ends is no line.
fn lines(mut rest: &[u8]) -> Vec<&[u8]> {
    let mut lines = Vec::new();
    while let Some(end) = rest.iter().position(|byte| b"\r\n".contains(byte)) {
        lines.push(&rest[..end]);
        let ending = if rest[end..].starts_with(b"\r\n") { 2 } else { 1 };
        rest = &rest[end + ending..];
    }
    lines
}
