//! What a relay carries: which request of the agent's is to be answered, and what must become of each message.

use std::rc::Rc;

use tollgate::wire::json::parse;
use tollgate::wire::seal::SealKeys;
use tollgate::wire::{Answering, Edit, Holder, Id, ListKind, Relay, Session, Translation};

use crate::lax::Lax;
use crate::message::id;

/// One exchange with an origin.
pub struct Exchange {
    /// The request that is to be answered; none on the GET stream.
    pub answering: Option<Answering>,
    /// The session on which the origin may ask.
    pub session: Option<Session>,
}

/// What must become of a message.
pub enum Fate {
    /// The exchange ends with an error.
    Unfit,
    /// It is left out.
    Dropped,
    /// It may pass, under another id if it is a request; or be left out.
    Aside(Lax),
    /// It passes as this.
    Passes(Lax),
}

/// Each kind of list, where its items stand, and which of an item's fields names it.
pub const LISTS: [(ListKind, &str, &str); 4] = [
    (ListKind::Tools, "tools", "name"),
    (ListKind::Prompts, "prompts", "name"),
    (ListKind::Resources, "resources", "uri"),
    (ListKind::ResourceTemplates, "resourceTemplates", "uriTemplate"),
];
const EDITS: [Edit; 6] = [
    Edit::List(ListKind::Tools),
    Edit::List(ListKind::Prompts),
    Edit::List(ListKind::Resources),
    Edit::List(ListKind::ResourceTemplates),
    Edit::None,
    Edit::Capabilities,
];
const CARRIED: [&str; 5] = ["completions", "logging", "prompts", "resources", "tools"];
const VERSIONS: [&str; 5] = ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];

/// Whether the agent may see an item of this name.
#[must_use]
pub fn is_shown(name: &str) -> bool {
    !name.contains("hid")
}

impl Exchange {
    /// The exchange that `choice` stands for, counting from `0`: what is asked, then whether there is a session, then
    /// the type of the id.
    #[must_use]
    pub fn chosen(choice: u8) -> Self {
        let choice = usize::from(choice.wrapping_sub(b'0'));
        let id = if choice / 14 % 2 == 0 { Id::Integer(7) } else { Id::String("7".to_owned()) };
        Self {
            answering: EDITS.get(choice % 7).map(|edit| Answering { id, edit: *edit }),
            session: (choice / 7 % 2 == 1).then(session),
        }
    }

    /// A relay for this exchange.
    #[must_use]
    pub fn relay(&self) -> Relay {
        Relay::of(Translation {
            shows: Rc::new(|_, name| is_shown(name)),
            answering: self.answering.clone(),
            session: self.session.clone(),
            hears: Rc::new(|_| {}),
        })
    }

    /// What must become of a message whose data is `data`.
    #[must_use]
    pub fn fate(&self, data: &str) -> Fate {
        // What the strict parser accepts is another target's business.
        let message = Lax::read(data.as_bytes()).filter(|lax| lax.is_object() && parse(data.as_bytes()).is_ok());
        let Some(message) = message else { return Fate::Unfit };
        let (result, error) = (message.last("result"), message.last("error"));
        match message.last("method") {
            // A request and an answer at once is neither.
            Some(Lax::String(_)) if result.or(error).is_none() => return Fate::Aside(message),
            Some(_) => return Fate::Unfit,
            None if result.is_some() == error.is_some() => return Fate::Unfit,
            None => {}
        }
        if self.answering.as_ref().is_some_and(|ours| message.last("id").and_then(id).as_ref() != Some(&ours.id)) {
            return Fate::Dropped;
        }
        let Some(result) = result else { return Fate::Passes(message) };
        let edited = match self.answering.as_ref().map(|answering| answering.edit) {
            Some(Edit::None) => Some(result.clone()),
            Some(Edit::Capabilities) => carried(result).and_then(|edited| spoken(edited, result)),
            Some(Edit::List(kind)) => {
                LISTS.iter().find(|list| list.0 == kind).and_then(|list| filtered(result, result.clone(), list))
            }
            None => anything(result),
        };
        edited.map_or(Fate::Unfit, |edited| Fate::Passes(message.with("result", edited)))
    }
}

thread_local! {
    /// Deriving the keys takes longer than all the rest.
    static KEYS: Rc<SealKeys> = Rc::new(SealKeys::parse(&format!("k1.{}", "A".repeat(43))).expect("a key"));
}

fn session() -> Session {
    Holder { keys: KEYS.with(Rc::clone), grant: "grant".to_owned(), server: "shop".to_owned() }.sessionless()
}

/// `result`, which answers nobody knows which request, without what no answer may show.
fn anything(result: &Lax) -> Option<Lax> {
    let lists = LISTS.iter().filter(|(_, items, _)| result.last(items).is_some());
    let edited = lists.clone().try_fold(result.clone(), |edited, list| filtered(result, edited, list))?;
    if result.last("capabilities").is_none() {
        return Some(edited);
    }
    let capabilities = carried(result)?.last("capabilities")?.clone();
    Some(edited.with("capabilities", capabilities).with("cacheScope", Lax::String("private".to_owned())))
}

/// `edited`, with the list of `result` without what the agent may not see; none if that cannot be told.
fn filtered(result: &Lax, edited: Lax, (_, items, key): &(ListKind, &str, &str)) -> Option<Lax> {
    let mut kept = Vec::new();
    for item in result.last(items)?.as_array()? {
        if is_shown(item.last(key)?.as_str()?) {
            kept.push(item.clone());
        }
    }
    Some(edited.with(items, Lax::Array(kept)).with("cacheScope", Lax::String("private".to_owned())))
}

/// `result` without the capabilities that the gateway does not carry; none if it has none at all.
fn carried(result: &Lax) -> Option<Lax> {
    let Lax::Object(mut capabilities) = result.last("capabilities")?.clone() else { return None };
    capabilities.retain(|(key, _)| CARRIED.contains(&key.as_str()));
    Some(result.clone().with("capabilities", Lax::Object(capabilities)))
}

/// `edited`, with the versions of `result` that the gateway speaks.
fn spoken(edited: Lax, result: &Lax) -> Option<Lax> {
    let Some(versions) = result.last("supportedVersions") else { return Some(edited) };
    let known = |version: &&Lax| version.as_str().is_some_and(|version| VERSIONS.contains(&version));
    let spoken = versions.as_array()?.iter().filter(known).cloned().collect();
    Some(edited.with("supportedVersions", Lax::Array(spoken)))
}
