//! What an origin offers: its tools, resources, templates and prompts, as its lists show them, and how dangerous each is.
//!
//! All of it is the origin's own word, and an origin may be hostile: what it says is weighed, and never obeyed.

mod read;
pub mod risk;
mod starter;

pub use starter::{Dropped, Starter, starter};

use crate::policy::{Live, LiveTool};
use crate::wire::ListKind;
use crate::wire::json::Literal;
use risk::{Assessment, Category, assess};

/// All that an origin offers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Catalogue {
    items: Vec<Item>,
}

/// One tool, resource, template or prompt.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Which list it stands in.
    pub kind: ListKind,
    /// What a policy names it by: a name, a URI or a URI template.
    pub name: String,
    /// What the origin says about it.
    pub description: String,
    /// What a tool hints at.
    pub hints: Hints,
    /// The schema of a tool's arguments, if it says one.
    pub input_schema: Option<Literal>,
    /// The item as JSON, as it was listed.
    text: String,
}

/// The annotations of a tool. MCP calls them untrusted: they may raise what is thought of a tool, and never lower what its
/// name, schema or description shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hints {
    /// `readOnlyHint`
    pub read_only: Option<bool>,
    /// `destructiveHint`
    pub destructive: Option<bool>,
}

impl Catalogue {
    /// Everything, in the order of the lists.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        ListKind::ALL.into_iter().flat_map(|kind| self.of(kind))
    }

    /// The items of one list.
    pub fn of(&self, kind: ListKind) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(move |item| item.kind == kind)
    }

    /// What a lint compares a policy with.
    pub fn live(&self) -> Live {
        let names = |kind| self.of(kind).map(|item| item.name.clone()).collect();
        let tools = self.of(ListKind::Tools).map(|item| LiveTool {
            name: item.name.clone(),
            input_schema: item.input_schema.clone(),
            runs_code: item.assess().category == Category::Execute,
        });
        Live {
            tools: tools.collect(),
            resources: names(ListKind::Resources),
            templates: names(ListKind::ResourceTemplates),
            prompts: names(ListKind::Prompts),
        }
    }

    /// The catalogue as the file that [`Catalogue::parse`] reads: one item a line, each exactly as the origin wrote it.
    pub fn document(&self) -> String {
        let lists = ListKind::ALL.map(|kind| {
            let items: Vec<_> = self.of(kind).map(|item| format!("    {}", item.text)).collect();
            let items = if items.is_empty() { String::new() } else { format!("\n{}\n  ", items.join(",\n")) };
            format!("  \"{}\": [{items}]", kind.items())
        });
        format!("{{\n{}\n}}\n", lists.join(",\n"))
    }
}

impl Item {
    /// How dangerous it is.
    pub fn assess(&self) -> Assessment {
        assess(self)
    }
}
