//! Server-sent events: a splitter by the WHATWG grammar, and the one form in which we write an event.
//!
//! Bytes go in as they arrive, cut anywhere; whole events come out. Line ends may be CR, LF or CRLF, mixed; `data:` may
//! stand on several lines; one byte-order mark may stand at the very start; an event that the stream ends inside is
//! dropped (HTML Living Standard, 9.2.6). What gateways before us leaked, they leaked here.

use std::mem;

/// An event or a comment of a stream, as far as MCP uses them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// A comment line: a keep-alive.
    Comment,
    /// A dispatched event.
    Event(Event),
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Event {
    /// The type; none means `message`.
    pub name: Option<String>,
    /// The data lines, joined with line feeds; none if there was no such line.
    pub data: Option<String>,
    /// The id that a client resumes after.
    pub id: Option<String>,
    /// How many milliseconds a client waits before it reconnects.
    pub retry: Option<u64>,
}

/// A stream that cannot be passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// A line is not UTF-8.
    NotUtf8,
    /// An event is larger than [`MAX_EVENT`].
    TooLarge,
}

/// The most bytes that one event may have.
pub const MAX_EVENT: usize = 4 * 1024 * 1024;

/// Cuts a stream of bytes into frames.
#[derive(Debug, Default)]
pub struct Splitter {
    line: Vec<u8>,
    event: Event,
    size: usize,
    after_carriage_return: bool,
    past_first_line: bool,
}

impl Splitter {
    /// Takes the next bytes of the stream and adds the frames that they complete; those before a break too, so that it
    /// does not matter how the bytes were cut.
    pub fn push(&mut self, chunk: &[u8], frames: &mut Vec<Frame>) -> Result<(), Broken> {
        let mut rest = chunk;
        if mem::take(&mut self.after_carriage_return) {
            rest = rest.strip_prefix(b"\n").unwrap_or(rest);
            self.after_carriage_return = chunk.is_empty();
        }
        while let Some(end) = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
            let (line, ended) = rest.split_at(end);
            self.append(line)?;
            rest = match ended {
                [b'\r'] => {
                    self.after_carriage_return = true;
                    &[]
                }
                [b'\r', b'\n', rest @ ..] | [_, rest @ ..] => rest,
                [] => &[],
            };
            frames.extend(self.end_line()?);
        }
        self.append(rest)
    }

    fn append(&mut self, part: &[u8]) -> Result<(), Broken> {
        self.size += part.len();
        if self.size > MAX_EVENT {
            return Err(Broken::TooLarge);
        }
        self.line.extend_from_slice(part);
        Ok(())
    }

    fn end_line(&mut self) -> Result<Option<Frame>, Broken> {
        let bytes = mem::take(&mut self.line);
        let line = std::str::from_utf8(&bytes).map_err(|_| Broken::NotUtf8)?;
        let is_first = !mem::replace(&mut self.past_first_line, true);
        let line = if is_first { line.strip_prefix('\u{feff}').unwrap_or(line) } else { line };
        if line.is_empty() {
            self.size = 0;
            let event = mem::take(&mut self.event);
            return Ok((event.data.is_some()).then_some(Frame::Event(event)));
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "" => return Ok(Some(Frame::Comment)),
            "event" => self.event.name = Some(value.to_owned()),
            "data" => match &mut self.event.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                none => *none = Some(value.to_owned()),
            },
            "id" if !value.contains('\0') => self.event.id = Some(value.to_owned()),
            "retry" if value.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.event.retry = value.parse().ok().or(self.event.retry);
            }
            // The grammar says that unknown fields are ignored.
            _ => {}
        }
        Ok(None)
    }
}

impl Event {
    /// Whether a client takes it for a message: its type is `message`, said or not; an empty one says nothing.
    pub fn is_message(&self) -> bool {
        self.name.as_deref().is_none_or(|name| name.is_empty() || name == "message")
    }

    /// The event with `data` on one line. In JSON a line end is white space between tokens, so it may become a space.
    pub fn written(&self, data: &str) -> String {
        let id = self.id.as_ref().map(|id| format!("id: {id}\n")).unwrap_or_default();
        let retry = self.retry.map(|retry| format!("retry: {retry}\n")).unwrap_or_default();
        let line = data.replace(['\r', '\n'], " ");
        format!("event: message\n{id}{retry}data: {line}\n\n")
    }
}
