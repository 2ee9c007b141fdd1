//! A stream of events, each passed on as soon as it is whole, with a keep-alive where nothing happens.

use std::time::Duration;

use futures_util::future::{Either, select};
use futures_util::{Stream, StreamExt, stream};
use worker::{ByteStream, Delay, Response, ResponseBuilder, Result, console_error};

use super::Patience;
use crate::wire::{KEEP_ALIVE, Relay, Translation};

/// The most milliseconds for which the agent hears nothing. What stands between cuts silent streams off, some after 30 s.
const KEEP_ALIVE_EVERY: u64 = 20_000;

/// The origin's stream on its way to the agent.
struct Flow {
    origin: ByteStream,
    relay: Relay,
    tick: Delay,
    every: u64,
    idle: u64,
    /// Milliseconds for which the origin has been silent, in whole ticks.
    silent: u64,
}

/// The response whose body is the origin's stream, translated. It ends when the agent has its answer, when the origin ends
/// it, or when the origin says nothing for too long; if the agent goes away, so does the request to the origin.
pub(super) fn events(mut response: Response, translation: Translation, patience: Patience) -> Result<Response> {
    let every = KEEP_ALIVE_EVERY.min(patience.idle);
    let flow = Flow {
        origin: response.stream()?,
        relay: Relay::of(translation),
        tick: Delay::from(Duration::from_millis(every)),
        every,
        idle: patience.idle,
        silent: 0,
    };
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
            let piece = match select(self.origin.next(), &mut self.tick).await {
                Either::Left((Some(Ok(chunk)), _)) => {
                    self.silent = 0;
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
                return Some(piece);
            }
        }
        None
    }

    fn tick(&mut self) -> String {
        self.silent += self.every;
        self.tick = Delay::from(Duration::from_millis(self.every));
        // The tick that follows the last byte may come at once, so one more than fits is waited for.
        if self.silent > self.idle {
            console_error!("the origin's stream has been silent for too long");
            return self.relay.end();
        }
        KEEP_ALIVE.to_owned()
    }
}
