//! The header fields of a message.

/// The request headers that take part in what a message says. A header that was sent twice arrives joined with `, ` and
/// so equals nothing that is expected.
#[derive(Debug, Clone, Copy, Default)]
pub struct Head<'h> {
    /// `MCP-Protocol-Version`
    pub version: Option<&'h str>,
    /// `Mcp-Method`
    pub method: Option<&'h str>,
    /// `Mcp-Name`
    pub name: Option<&'h str>,
}
