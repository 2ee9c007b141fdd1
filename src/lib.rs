//! Tollgate, an MCP policy gateway for Cloudflare Workers.
//!
//! An agent points its MCP client at the gateway and shows its grant. Each message is read strictly ([`wire`]), judged by
//! the policy of that grant ([`policy`]), metered by its ledger ([`ledger`]), and only then forwarded to the origin.
//!
//! The modules below stand in reading order. All but the last are pure: they take values and return values, know no
//! clock and no platform, and are tested on the host. The last one, `edge`, is everything that knows it runs on
//! Workers; it exists for wasm32 only, so nothing pure can reach for it.
//!
//! Before it stand the rooms of the command line, which exist everywhere else, with the feature `cli`: what an origin offers and how dangerous it
//! is ([`catalogue`]), policy documents to be written ([`draft`]), case files ([`cases`]), exports of the audit ([`audit`]), and the commands
//! ([`cli`]).

mod as_array;
mod excerpt;
mod hex;

pub mod wire;

pub mod registry;

pub mod ledger;

pub mod policy;

#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
pub mod catalogue;

#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
pub mod draft;

#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
pub mod cases;

#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
pub mod audit;

#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
pub mod cli;

#[cfg(target_arch = "wasm32")]
pub mod edge;
