//! A stream of events, each passed on as soon as it is whole, with a keep-alive where nothing happens.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Response;
use worker::{Result, console_error};

use super::Report;
use crate::edge::settings::Patience;
use crate::edge::task::settled;
use crate::edge::{clock, platform};
use crate::ledger::Millis;
use crate::wire::{KEEP_ALIVE, Relay, Translation};

/// The most milliseconds for which an agent hears nothing. What stands between cuts silent streams off, some after 30 s.
const KEEP_ALIVE_EVERY: u64 = 20_000;

const FIELDS: &str =
    r#"{"content-type":"text/event-stream","cache-control":"no-cache, no-transform","x-accel-buffering":"no"}"#;

/// The response whose body is the origin's stream, translated. It ends when the agent has its answer, when the origin ends
/// it, or when the origin says nothing for too long; if the agent goes away, so does the request to the origin.
pub(super) async fn events(
    response: &Response,
    translation: Translation,
    report: Rc<Report>,
    patience: Patience,
) -> Result<Response> {
    let now = clock::now();
    report.begins_to_flow();
    let flow = Flow { relay: Relay::of(translation), report, idle: u64::from(patience.idle), heard: now, told: now };
    Ok(settled(platform::relay(response, flow, FIELDS)).await?.unchecked_into())
}

/// What the origin's stream becomes on its way to the agent. `platform.js` carries the bytes.
#[wasm_bindgen]
pub struct Flow {
    relay: Relay,
    report: Rc<Report>,
    /// Milliseconds after which a silent origin is given up.
    idle: u64,
    /// When the origin was last heard.
    heard: Millis,
    /// When the agent last got anything.
    told: Millis,
}

/// JavaScript lets go of it when the stream has ended, whoever ended it.
impl Drop for Flow {
    fn drop(&mut self) {
        self.report.flows_no_more();
    }
}

#[wasm_bindgen]
impl Flow {
    /// What comes of the next bytes of the origin's.
    pub fn push(&mut self, chunk: &[u8]) -> Vec<u8> {
        self.heard = clock::now();
        let piece = self.relay.push(chunk);
        self.tell(piece)
    }

    /// Nothing has come for a while: a keep-alive, the end, or nothing.
    pub fn tick(&mut self) -> Vec<u8> {
        let now = clock::now();
        let piece = if now.since(self.heard) >= self.idle {
            console_error!("the origin's stream has been silent for too long");
            self.relay.end()
        } else if now.since(self.told) >= self.keep_alive() {
            KEEP_ALIVE.to_owned()
        } else {
            String::new()
        };
        self.tell(piece)
    }

    /// The stream broke off.
    pub fn broken(&mut self, why: &str) -> Vec<u8> {
        console_error!("the origin's stream broke: {why}");
        self.end()
    }

    /// The stream has ended.
    pub fn end(&mut self) -> Vec<u8> {
        self.relay.end().into_bytes()
    }

    /// Whether the agent has all that it will get.
    #[wasm_bindgen(getter)]
    pub fn ended(&self) -> bool {
        self.relay.has_ended()
    }

    /// Milliseconds between two ticks: half of the shortest time after which one does something, so that it is done at most
    /// half of it late.
    #[wasm_bindgen(getter)]
    pub fn every(&self) -> f64 {
        f64::from(u32::try_from((self.keep_alive() / 2).max(1)).unwrap_or(u32::MAX))
    }

    fn tell(&mut self, piece: String) -> Vec<u8> {
        if !piece.is_empty() {
            self.told = clock::now();
        }
        piece.into_bytes()
    }

    /// Milliseconds after which a silent stream gets a keep-alive: well before it would be given up.
    fn keep_alive(&self) -> u64 {
        KEEP_ALIVE_EVERY.min(self.idle / 2)
    }
}
