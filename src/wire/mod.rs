//! What MCP says: strict JSON, JSON-RPC messages, the methods of each era, server-sent events, lists.
//!
//! The gateway terminates MCP, so everything here is read once, strictly, and refused with the right error for the era
//! when it is anything but well formed. Nothing here knows what is allowed.

mod answer;
mod era;
mod fold;
mod id;
pub mod json;
mod list;
mod message;
mod method;
mod mirror;
mod name;
mod relay;
pub mod sse;

pub use answer::Answer;
pub use era::{Era, LEGACY_REVISIONS, MODERN_REVISION};
pub use id::Id;
pub use list::{ListFilter, ListKind, NotAList};
pub use message::{Asked, Head, Message, Open, Request, Subject, read};
pub use name::{ToolName, is_tool_name};
pub use relay::{Cut, Relay};
