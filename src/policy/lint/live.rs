//! What a server offers, as far as a lint looks at it, and looking it up.

use super::nearest::nearest;
use crate::policy::template::Template;
use crate::registry::Aliases;
use crate::wire::json::{Literal, quote};

/// What a server offers, as far as a lint looks at it.
#[derive(Debug, Clone, Default)]
pub struct Live {
    /// Its tools.
    pub tools: Vec<LiveTool>,
    /// The URIs of its resources.
    pub resources: Vec<String>,
    /// Its resource templates.
    pub templates: Vec<String>,
    /// The names of its prompts.
    pub prompts: Vec<String>,
}

/// One tool.
#[derive(Debug, Clone)]
pub struct LiveTool {
    /// Its live name.
    pub name: String,
    /// The schema of its arguments, if it says one.
    pub input_schema: Option<Literal>,
    /// Whether it can run code or commands.
    pub runs_code: bool,
}

impl Live {
    /// The tool that a rule under `name` governs.
    pub(super) fn tool(&self, name: &str, aliases: &Aliases) -> Option<&LiveTool> {
        let live = |name: &str| self.tools.iter().find(|tool| tool.name == name);
        live(name).or_else(|| live(aliases.live_of(name)?))
    }

    pub(super) fn no_tool(&self, name: &str, aliases: &Aliases) -> String {
        if let Some(live) = aliases.live_of(name) {
            return format!("is the alias of {}, which the server does not have", quote(live));
        }
        let names =
            self.tools.iter().flat_map(|tool| [Some(tool.name.as_str()), aliases.alias_of(&tool.name)]).flatten();
        no_such("tool", nearest(name, names))
    }

    /// Whether `key` names a resource or a template of the server, or resources that it lists.
    pub(super) fn has_resource(&self, key: &Template) -> bool {
        let templates = self.templates.iter().filter_map(|template| Template::read(template).ok());
        templates
            .chain(self.resources.iter().filter_map(|uri| Template::read(uri).ok()))
            .any(|known| known.same_but_for_names(key) || known.could_be(key) || key.could_be(&known))
    }
}

/// That a rule names nothing which is there, and what it may have meant.
pub(super) fn no_such(kind: &str, nearest: Option<&str>) -> String {
    let meant = nearest.map(|name| format!("; did you mean {}?", quote(name))).unwrap_or_default();
    format!("matches no {kind} of the server{meant}")
}
