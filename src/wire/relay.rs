//! A stream of the origin's events on its way to the agent: split, edited where it carries a list, written anew.

use super::answer::Answer;
use super::id::Id;
use super::json;
use super::list::{ListFilter, NotAList};
use super::sse::{Broken, Event, Frame, Splitter};

/// Passes events on as they arrive, each as one `event: message` with one `data:` line; nothing waits for what follows.
pub struct Relay {
    splitter: Splitter,
    list: Option<List>,
}

struct List {
    id: Id,
    filter: ListFilter,
}

/// The stream must end here: what came cannot be passed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// The last thing that the agent gets, so that it need not wait for an answer that will not come.
    pub farewell: String,
}

impl Relay {
    /// A stream in which nothing is edited.
    pub fn plain() -> Self {
        Self { splitter: Splitter::default(), list: None }
    }

    /// The stream that answers the list request `id`; items that `filter` does not show are left out.
    pub fn of_list(id: Id, filter: ListFilter) -> Self {
        Self { splitter: Splitter::default(), list: Some(List { id, filter }) }
    }

    /// Takes the next bytes from the origin and gives those for the agent.
    pub fn push(&mut self, chunk: &[u8]) -> Result<String, Cut> {
        let mut text = String::new();
        for frame in self.splitter.push(chunk).map_err(|broken| self.cut(broken.into()))? {
            match frame {
                Frame::Comment => text.push_str(": keep-alive\n\n"),
                Frame::Event(event) if event.is_message() => {
                    text.push_str(
                        &self
                            .message(&event)
                            .map_err(|Unfit| Cut { farewell: text.clone() + &self.cut(Unfit).farewell })?,
                    );
                }
                // To an MCP client an event of another type means nothing, and so it cannot be judged.
                Frame::Event(_) => {}
            }
        }
        Ok(text)
    }

    fn message(&self, event: &Event) -> Result<String, Unfit> {
        let data = event.data.as_deref().unwrap_or_default();
        match &self.list {
            Some(list) if !data.is_empty() => {
                Ok(list.edit(data)?.map_or_else(String::new, |edited| event.written(&edited)))
            }
            Some(_) | None => Ok(event.written(data)),
        }
    }

    fn cut(&self, _: Unfit) -> Cut {
        let id = self.list.as_ref().map(|list| &list.id);
        let answer = Answer::bad_origin(id, "The origin's answer cannot be passed on: it is not well formed");
        Cut { farewell: Event::default().written(&answer.body.to_string()) }
    }
}

impl List {
    /// The message with the list edited; none if it is an answer to another request.
    fn edit(&self, data: &str) -> Result<Option<String>, Unfit> {
        let message = json::parse(data.as_bytes()).map_err(|_| Unfit)?;
        let object = message.as_object().ok_or(Unfit)?;
        if object.get("method").is_some() {
            return Ok(Some(data.to_owned()));
        }
        if object.get("id").and_then(Id::read).as_ref() != Some(&self.id) {
            return Ok(None);
        }
        Ok(Some(self.filter.edit(&message)?))
    }
}

/// What came is not what it should be.
struct Unfit;

impl From<NotAList> for Unfit {
    fn from(_: NotAList) -> Self {
        Self
    }
}

impl From<Broken> for Unfit {
    fn from(_: Broken) -> Self {
        Self
    }
}
