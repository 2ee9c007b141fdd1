//! What operators register: servers, grants and themselves, the names that tie them together, and the form in which each is stored.

mod alias;
mod duration;
mod endpoint;
mod grant;
mod name;
mod operator;
mod server;
mod stamp;
mod token;

pub use alias::Aliases;
pub use duration::Duration;
pub use endpoint::Endpoint;
pub use grant::{Grant, GrantDraft, GrantPatch, Retiring, Rotation};
pub use name::Name;
pub use operator::{Operator, Operators, operator_name};
pub use server::{Consistency, HeaderValue, Origin, Server, ServerDraft};
pub use stamp::Stamp;
pub use token::{Bearer, TokenHash};
