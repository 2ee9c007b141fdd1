//! A stream of events, each passed on as soon as it is whole, with a keep-alive where nothing happens.

use std::time::Duration;

use futures_util::future::{Either, select};
use futures_util::{Stream, StreamExt, stream};
use worker::{ByteStream, Delay, Response, ResponseBuilder, Result, console_error};

use super::Patience;
use crate::edge::clock;
use crate::ledger::Millis;
use crate::wire::{KEEP_ALIVE, Relay, Translation};

/// The origin's stream on its way to the agent.
struct Flow {
    origin: ByteStream,
    relay: Relay,
    patience: Patience,
    /// When the origin was last heard.
    heard: Millis,
    /// When the agent last got anything.
    told: Millis,
}

/// The response whose body is the origin's stream, translated. It ends when the agent has its answer, when the origin ends
/// it, or when the origin says nothing for too long; if the agent goes away, so does the request to the origin.
pub(super) fn events(mut response: Response, translation: Translation, patience: Patience) -> Result<Response> {
    let now = clock::now();
    let flow = Flow { origin: response.stream()?, relay: Relay::of(translation), patience, heard: now, told: now };
    ResponseBuilder::new()
        .with_header("content-type", "text/event-stream")?
        .with_header("cache-control", "no-cache, no-transform")?
        .with_header("x-accel-buffering", "no")?
        .from_stream(flow.run())
}

impl Flow {
    fn run(self) -> impl Stream<Item = Result<Vec<u8>>> {
        stream::unfold(self, |mut flow| async move {
            let text = flow.next().await?;
            Some((Ok(text.into_bytes()), flow))
        })
    }

    /// The next piece for the agent; none when it has everything.
    async fn next(&mut self) -> Option<String> {
        while !self.relay.has_ended() {
            // A timer belongs to one pull: the one that waits for it.
            let tick = Delay::from(Duration::from_millis(self.until_tick()));
            let piece = match select(self.origin.next(), tick).await {
                Either::Left((Some(Ok(chunk)), _)) => {
                    self.heard = clock::now();
                    self.relay.push(&chunk)
                }
                Either::Left((Some(Err(error)), _)) => {
                    console_error!("the origin's stream broke: {error}");
                    self.relay.end()
                }
                Either::Left((None, _)) => self.relay.end(),
                Either::Right(_) => self.tick(),
            };
            if !piece.is_empty() {
                self.told = clock::now();
                return Some(piece);
            }
        }
        None
    }

    /// Milliseconds until the agent must hear something, or the origin has been silent for too long.
    fn until_tick(&self) -> u64 {
        let now = clock::now();
        let keep_alive = self.patience.keep_alive().saturating_sub(now.since(self.told));
        keep_alive.min(self.patience.idle.saturating_sub(now.since(self.heard))).max(1)
    }

    fn tick(&mut self) -> String {
        let now = clock::now();
        if now.since(self.heard) >= self.patience.idle {
            console_error!("the origin's stream has been silent for too long");
            self.relay.end()
        } else if now.since(self.told) >= self.patience.keep_alive() {
            KEEP_ALIVE.to_owned()
        } else {
            String::new()
        }
    }
}
