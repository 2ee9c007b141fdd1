//! What the fuzz targets hold the gateway against: other readers of the same bytes, simple, independent, and as lax as the
//! ones out there.

pub mod arguments;
pub mod base64;
pub mod cuts;
pub mod exchange;
pub mod frames;
pub mod head;
pub mod kleene;
pub mod lax;
pub mod message;
pub mod mutate;
pub mod relayed;
pub mod ruled;
pub mod sse;
pub mod tree;
