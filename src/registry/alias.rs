//! The other names of a server's tools: a policy may say `execute_command` of a tool that lives as
//! `management_execute_command`.

use std::collections::BTreeMap;

use crate::wire::is_tool_name;
use crate::wire::json::{Fields, Invalid, Node, Pointer, parse, quote, string};

/// Which alias stands for which live tool; both sides are unique.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Aliases {
    live_of: BTreeMap<String, String>,
    alias_of: BTreeMap<String, String>,
}

/// The presets that a server's record may name, with their documents.
const PRESETS: [(&str, &str); 1] = [("mcp-django", include_str!("../../presets/mcp-django.json"))];

impl Aliases {
    /// The aliases of the preset `name`.
    pub(super) fn of_preset(name: &str, pointer: &Pointer) -> Result<Self, Vec<Invalid>> {
        let (_, document) = PRESETS.iter().find(|(known, _)| *known == name).ok_or_else(|| {
            let known = PRESETS.map(|(name, _)| quote(name)).join(", ");
            vec![Invalid { pointer: pointer.clone(), message: format!("unknown preset; known are {known}") }]
        })?;
        let broken = |message: String| vec![Invalid { pointer: pointer.clone(), message }];
        let node = parse(document.as_bytes()).map_err(|unreadable| broken(unreadable.to_string()))?;
        let mut fields = Fields::of(&node, Pointer::default())?;
        let (aliases, _) = fields.require("aliases")?;
        let mut preset = Self::default();
        preset.add(aliases, pointer)?;
        Ok(preset)
    }

    /// Adds the aliases of the object `node`.
    pub(super) fn add(&mut self, node: &Node<'_>, pointer: &Pointer) -> Result<(), Vec<Invalid>> {
        let fields = Fields::of(node, pointer.clone())?;
        let mut errors = Vec::new();
        for (alias, live, pointer) in fields.into_members() {
            if let Err(invalid) = self.add_one(alias, live, &pointer) {
                errors.push(invalid);
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    fn add_one(&mut self, alias: &str, live: &Node<'_>, pointer: &Pointer) -> Result<(), Invalid> {
        let invalid = |message: String| Err(Invalid { pointer: pointer.clone(), message });
        let live = string(live, pointer)?;
        if !is_tool_name(alias) || !is_tool_name(live) {
            return invalid("an alias and its live name are 1 to 128 characters of A-Z a-z 0-9 _ . -".to_owned());
        }
        if self.live_of.contains_key(alias) {
            return invalid(format!("{} is an alias already", quote(alias)));
        }
        if let Some(other) = self.alias_of.get(live) {
            return invalid(format!("{} has the alias {} already", quote(live), quote(other)));
        }
        self.live_of.insert(alias.to_owned(), live.to_owned());
        self.alias_of.insert(live.to_owned(), alias.to_owned());
        Ok(())
    }

    /// The live name that `alias` stands for.
    pub fn live_of(&self, alias: &str) -> Option<&str> {
        self.live_of.get(alias).map(String::as_str)
    }

    /// The alias of the tool that lives as `live`.
    pub fn alias_of(&self, live: &str) -> Option<&str> {
        self.alias_of.get(live).map(String::as_str)
    }

    /// Each alias with its live name.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.live_of.iter().map(|(alias, live)| (alias.as_str(), live.as_str()))
    }
}
