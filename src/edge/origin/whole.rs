//! Answers that are read as a whole.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::{Either, select};
use worker::{Delay, Response, console_error};

use super::Patience;
use crate::wire::{Answer, Id};

/// The most bytes of an answer that is read as a whole: 4 MiB.
const MAX_ANSWER: usize = 4 * 1024 * 1024;

/// Why a body could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unread {
    TooLarge,
    /// It broke off.
    Broken,
    /// The origin stopped in the middle of it.
    Silent,
}

impl Unread {
    /// What the agent hears of it.
    pub(super) fn answer(self, id: Option<&Id>) -> Answer {
        match self {
            Self::TooLarge => Answer::bad_origin(id, "The origin's answer is too large to be read"),
            Self::Broken => Answer::bad_origin(id, "The origin's answer broke off. What it has done is not known"),
            Self::Silent => Answer::late_origin(id),
        }
    }
}

/// The whole body of `response`.
pub(super) async fn whole(mut response: Response, patience: Patience) -> Result<Vec<u8>, Unread> {
    let mut body = Vec::new();
    let mut stream = response.stream().map_err(|_| Unread::Broken)?;
    loop {
        match select(stream.next(), Delay::from(Duration::from_millis(patience.idle))).await {
            Either::Left((Some(Ok(chunk)), _)) => body.extend_from_slice(&chunk),
            Either::Left((Some(Err(error)), _)) => {
                console_error!("the origin's answer broke off: {error}");
                return Err(Unread::Broken);
            }
            Either::Left((None, _)) => return Ok(body),
            Either::Right(_) => return Err(Unread::Silent),
        }
        if body.len() > MAX_ANSWER {
            return Err(Unread::TooLarge);
        }
    }
}
