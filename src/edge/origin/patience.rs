//! How long the gateway waits for an origin.

use std::time::Duration;

use futures_util::future::{Either, select};
use worker::{AbortController, Delay, Env, Error, Fetch, Request, Response};

/// The waits, in milliseconds; the variables `FIRST_BYTE_MS` and `IDLE_MS` set them.
#[derive(Debug, Clone, Copy)]
pub(in crate::edge) struct Patience {
    first_byte: u64,
    pub(super) idle: u64,
}

/// What became of a request.
pub(super) enum Fetched {
    Response(Response),
    /// No head of an answer came in time; the request is aborted.
    Late,
    Failed(Error),
}

/// The most milliseconds for which an agent hears nothing. What stands between cuts silent streams off, some after 30 s.
const KEEP_ALIVE_EVERY: u64 = 20_000;

const FIRST_BYTE: u64 = 60_000;
const IDLE: u64 = 120_000;

impl Patience {
    pub(in crate::edge) fn of(env: &Env) -> Self {
        let millis = |name, usual| match env.var(name).map(|value| value.to_string().parse()) {
            Ok(Ok(millis)) if millis > 0 => millis,
            // Unset, or no number of milliseconds.
            Ok(_) | Err(_) => usual,
        };
        Self { first_byte: millis("FIRST_BYTE_MS", FIRST_BYTE), idle: millis("IDLE_MS", IDLE) }
    }

    /// Milliseconds after which a silent stream gets a keep-alive: well before it would be given up.
    pub(super) fn keep_alive(self) -> u64 {
        KEEP_ALIVE_EVERY.min(self.idle / 2)
    }

    /// Sends `request` and waits for the head of the answer.
    pub(super) async fn fetch(self, request: Request) -> Fetched {
        let controller = AbortController::default();
        let signal = controller.signal();
        let fetch = Fetch::Request(request);
        let answered = Box::pin(fetch.send_with_signal(&signal));
        match select(answered, Delay::from(Duration::from_millis(self.first_byte))).await {
            Either::Left((Ok(response), _)) => Fetched::Response(response),
            Either::Left((Err(error), _)) => Fetched::Failed(error),
            Either::Right(_) => {
                controller.abort();
                Fetched::Late
            }
        }
    }
}
