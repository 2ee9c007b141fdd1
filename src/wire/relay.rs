//! A stream of the origin's events on its way to the agent: split, translated, written anew.

use super::answer::{Answer, NotAnAnswer};
use super::sse::{Event, Frame, Splitter};
use super::translation::{Translated, Translation};

/// Passes events on as they arrive, each as one `event: message` with one `data:` line; nothing waits for what follows.
/// The stream ends with the answer that the agent waits for, or with an error in its place.
pub struct Relay {
    splitter: Splitter,
    translation: Translation,
    ended: bool,
}

/// What a keep-alive looks like: a comment, which clients ignore.
pub const KEEP_ALIVE: &str = ": keep-alive\n\n";

impl Relay {
    /// A stream whose messages are translated like this.
    pub fn of(translation: Translation) -> Self {
        Self { splitter: Splitter::default(), translation, ended: false }
    }

    /// Whether the agent has all that it will get.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// Takes the next bytes from the origin and gives those for the agent.
    pub fn push(&mut self, chunk: &[u8]) -> String {
        let mut text = String::new();
        let mut frames = Vec::new();
        let split = self.splitter.push(chunk, &mut frames);
        for frame in &frames {
            match frame {
                _ if self.ended => break,
                Frame::Comment => text.push_str(KEEP_ALIVE),
                Frame::Event(event) if event.is_message() => match self.message(event) {
                    Ok(written) => text.push_str(&written),
                    Err(NotAnAnswer) => text.push_str(&self.end()),
                },
                // To an MCP client an event of another type means nothing, and so it cannot be judged.
                Frame::Event(_) => {}
            }
        }
        if split.is_err() {
            text.push_str(&self.end());
        }
        text
    }

    /// The stream is over: what the agent gets in place of an answer that has not come.
    pub fn end(&mut self) -> String {
        if std::mem::replace(&mut self.ended, true) {
            return String::new();
        }
        match &self.translation.answering {
            None => String::new(),
            Some(answering) => {
                let answer = Answer::bad_origin(
                    Some(&answering.id),
                    "The origin's answer did not come, or is not well formed. What it has done so far is not known",
                );
                Event::default().written(&answer.body)
            }
        }
    }

    fn message(&mut self, event: &Event) -> Result<String, NotAnAnswer> {
        let data = event.data.as_deref().unwrap_or_default();
        if data.is_empty() {
            // An id to resume after, before anything has happened.
            return Ok(event.written(data));
        }
        Ok(match self.translation.translate(data)? {
            Translated::Nothing => String::new(),
            Translated::Aside(text) => event.written(&text),
            Translated::Answer(text) => {
                self.ended = true;
                event.written(&text)
            }
        })
    }
}
