//! A policy document as types: what the command line writes, and what the JSON Schema is generated from.
//!
//! The gateway does not read documents by these types ([`crate::policy`] reads them strictly and says what is wrong where);
//! tests hold the two together. The comments of fields are what an editor shows to the author of a policy.

mod condition;
mod limit;
mod rule;
mod schema;

pub use condition::{AllOf, AnyOf, ArgumentPath, Condition, Negation, Operator, ResultPath, Test};
pub use limit::{Algorithm, Length, Limit, RateLimit, Scope, Seconds, WindowName};
pub use rule::{Action, Approval, Approver, Outcome, Refund, Rule};
pub use schema::schema;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

/// What an MCP agent may do on one server: which tools, resources and prompts, with which arguments, how often.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, title = "Tollgate policy")]
pub struct Document {
    /// The address of this schema, for editors. The gateway ignores it.
    #[serde(rename = "$schema", skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The version of the policy language.
    pub version: Version,
    /// What this policy is for. For people; the gateway ignores it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether the policy is enforced. In `shadow` it is observed only, and every call is let through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// What happens to a tool, resource or prompt that no rule names.
    pub default: Default,
    /// Tools and prompts that are left out of lists and refused as if they did not exist. `*` stands for any run of characters.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub hide: Vec<Pattern>,
    /// Holds for every tool call, beside the tool's own rule. It names no tool by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub all_tools: Option<Rule>,
    /// The rules of tools, by their name on the server, or by the alias that the server's record declares.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(default)]
    pub tools: BTreeMap<Named, Rule>,
    /// The rules of resources, by exact URI or by template: `{name}` is one segment, `{name*}` one or more. What stands in
    /// the variables is judged as arguments.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(default)]
    pub resources: BTreeMap<String, Rule>,
    /// The rules of prompts, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(default)]
    pub prompts: BTreeMap<Named, Rule>,
}

/// The version of the policy language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub enum Version {
    /// The only one.
    #[serde(rename = "1")]
    One,
}

/// Whether something is enforced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// It is.
    Enforce,
    /// It is observed and recorded, and refuses nothing.
    Shadow,
}

/// What happens to what no rule names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Default {
    /// It is refused: only what a rule names may be used.
    Deny,
    /// It is let through, also what the server offers tomorrow.
    Allow,
}

/// A name, or a pattern of names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Pattern(#[schemars(length(min = 1))] pub String);

/// The name of a tool or a prompt.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Named(#[schemars(regex(pattern = r"^[A-Za-z0-9_.-]{1,128}$"))] pub String);

impl Document {
    /// A document that says only what happens to what no rule names.
    pub fn new(default: Default) -> Self {
        Self {
            schema: None,
            version: Version::One,
            description: None,
            mode: None,
            default,
            hide: Vec::new(),
            all_tools: None,
            tools: BTreeMap::new(),
            resources: BTreeMap::new(),
            prompts: BTreeMap::new(),
        }
    }

    /// The document as it is stored in a file.
    pub fn written(&self) -> String {
        // The types hold nothing that JSON cannot say: every key is a string.
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        format!("{text}\n")
    }
}
