//! The names of tools and prompts.

use std::borrow::Cow;
use std::fmt;

/// The name of a tool or a prompt: `^[A-Za-z0-9_.-]{1,128}$` (MCP 2026-07-28, Tools, Tool Names). Names compare byte for
/// byte: no case folding, no normalisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolName<'a>(Cow<'a, str>);

impl<'a> ToolName<'a> {
    /// The name, if it is within the grammar.
    pub fn read(name: Cow<'a, str>) -> Option<Self> {
        is_tool_name(&name).then_some(Self(name))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ToolName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether `name` is within the grammar of tool names.
pub fn is_tool_name(name: &str) -> bool {
    (1..=128).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
}
