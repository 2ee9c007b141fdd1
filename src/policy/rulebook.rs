//! A policy bound to one server: what `decide` reads.

use super::{Policy, Rule};
use crate::registry::{Aliases, Stamp};

/// The version of a policy that is in force. Where there is no valid one, it is an edition that refuses.
#[derive(Debug, Clone, PartialEq)]
pub enum Edition {
    /// A valid policy, and the stamp of its document.
    Valid(Box<Policy>, Stamp),
    /// A document that cannot be read as a policy, and its stamp.
    Invalid(Stamp),
    /// There is no document.
    Missing,
}

/// An edition together with the aliases of the server that it governs.
#[derive(Debug, Clone, Copy)]
pub struct Rulebook<'r> {
    /// The policy in force.
    pub edition: &'r Edition,
    /// The other names of the server's tools.
    pub aliases: &'r Aliases,
}

/// The rule of a tool, as a policy names it.
pub(super) enum Found<'r> {
    One(&'r Rule),
    None,
    /// One rule under the live name and one under the alias.
    Two,
}

/// A tool that has two rules: one under its live name, one under its alias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collision {
    /// The alias.
    pub alias: String,
    /// The live name.
    pub live: String,
}

impl Edition {
    /// The edition of `document`.
    pub fn of(document: &[u8]) -> Self {
        let stamp = Stamp::of(document);
        match Policy::parse(document) {
            Ok(policy) => Self::Valid(Box::new(policy), stamp),
            Err(_) => Self::Invalid(stamp),
        }
    }

    /// The stamp of the document, if there is one.
    pub fn stamp(&self) -> Option<&Stamp> {
        match self {
            Self::Valid(_, stamp) | Self::Invalid(stamp) => Some(stamp),
            Self::Missing => None,
        }
    }
}

impl Policy {
    /// The tools of which this policy has two rules on a server with these aliases. At run time each of them alone is
    /// refused.
    pub fn collisions(&self, aliases: &Aliases) -> Vec<Collision> {
        aliases
            .pairs()
            .filter(|(alias, live)| self.tools.contains_key(*alias) && self.tools.contains_key(*live))
            .map(|(alias, live)| Collision { alias: alias.to_owned(), live: live.to_owned() })
            .collect()
    }

    /// Whether the policy hides the tool or prompt `name`, by this name or by its other one.
    pub(super) fn hides(&self, name: &str, aliases: &Aliases) -> bool {
        let other = aliases.alias_of(name).or_else(|| aliases.live_of(name));
        self.hide.iter().any(|glob| glob.matches(name) || other.is_some_and(|other| glob.matches(other)))
    }
}

impl<'r> Rulebook<'r> {
    /// The rule of the tool that lives as `live`.
    pub(super) fn rule(&self, policy: &'r Policy, live: &str) -> Found<'r> {
        let by_alias = self.aliases.alias_of(live).and_then(|alias| policy.tools.get(alias));
        match (policy.tools.get(live), by_alias) {
            (Some(_), Some(_)) => Found::Two,
            (Some(rule), None) | (None, Some(rule)) => Found::One(rule),
            (None, None) => Found::None,
        }
    }
}
