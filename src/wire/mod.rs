//! What MCP says: strict JSON, JSON-RPC messages, the methods of each era, server-sent events, lists.
//!
//! The gateway terminates MCP, so everything here is read once, strictly, and refused with the right error for the era
//! when it is anything but well formed. Nothing here knows what is allowed.

mod answer;
mod capabilities;
mod catalogue;
mod envelope;
mod era;
mod fold;
mod head;
mod id;
pub mod json;
mod list;
mod message;
mod method;
mod mirror;
mod name;
mod params;
mod refused;
mod relay;
mod rounds;
pub mod seal;
mod session;
pub mod sse;
mod translation;
mod uri;
mod version;

pub use answer::{Answer, HEADER_MISMATCH, NotAnAnswer, says_is_error};
pub use catalogue::{Catalogue, Mismatch, Page, tools_list};
pub use envelope::read;
pub use era::{Era, LEGACY_REVISIONS, MODERN_REVISION};
pub use head::Head;
pub use id::Id;
pub use list::ListKind;
pub use message::{AgentAnswer, Asked, Message, Open, Request, Subject};
pub use mirror::{decode_mirrored, encode_mirrored};
pub use name::{ToolName, is_tool_name};
pub use relay::{KEEP_ALIVE, Relay};
pub use rounds::{Resumed, Rounds};
pub use session::{Holder, Session, is_session_id};
pub use translation::{Answering, Edit, Shows, Translated, Translation};
pub use uri::{decoded_segment, is_resource_uri, resource_segments};
