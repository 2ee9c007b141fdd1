//! Operators: people who answer what agents ask, each with a token of their own.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Name, TokenHash};
use crate::ledger::Millis;
use crate::wire::json::{Fields, Invalid, Node, Pointer, string};

/// All of them, by name. One document: there are few.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Operators(BTreeMap<Name, Operator>);

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    /// What the token's hash is.
    pub token: TokenHash,
    /// Since when.
    pub created_at: Millis,
}

impl Operators {
    /// Adds one; says whether the name was free.
    pub fn add(&mut self, name: Name, operator: Operator) -> bool {
        let free = !self.0.contains_key(&name);
        if free {
            self.0.insert(name, operator);
        }
        free
    }

    /// Takes one out; says whether there was one.
    pub fn remove(&mut self, name: &Name) -> bool {
        self.0.remove(name).is_some()
    }

    /// Who has this token.
    pub fn holder_of(&self, token: &TokenHash) -> Option<&Name> {
        self.0.iter().find(|(_, operator)| operator.token == *token).map(|(name, _)| name)
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&Name, &Operator)> {
        self.0.iter()
    }
}

/// Reads the body of `POST /api/v1/operators`.
pub fn operator_name(node: &Node<'_>) -> Result<Name, Vec<Invalid>> {
    let mut fields = Fields::of(node, Pointer::default())?;
    let (name, pointer) = fields.require("name")?;
    let name = Name::read(string(name, &pointer)?);
    fields.finish()?;
    // `admin` is who shows the admin secret, `user` who holds a grant.
    let name = name.filter(|name| !["admin", "user"].contains(&name.as_str()));
    name.ok_or_else(|| Invalid { pointer, message: format!("{}, and not `admin` or `user`", Name::GRAMMAR) }.into())
}
