//! What `npm run bench` puts on both sides of a gateway: an origin that answers in microseconds, and agents that never wait.

pub mod answers;
pub mod latencies;
