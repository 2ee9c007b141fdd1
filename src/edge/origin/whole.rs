//! Answers that are read as a whole.

use web_sys::Response;
use worker::console_error;
use worker::js_sys::Uint8Array;

use crate::edge::platform;
use crate::edge::settings::Patience;
use crate::edge::task::settled;
use crate::wire::{Answer, Id};

/// The most bytes of an answer that is read as a whole: 4 MiB.
const MAX_ANSWER: u32 = 4 * 1024 * 1024;

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
pub(super) async fn whole(response: &Response, patience: Patience) -> Result<Vec<u8>, Unread> {
    match settled(platform::whole(response, MAX_ANSWER, patience.idle)).await {
        Ok(body) if body.is_undefined() => Err(Unread::TooLarge),
        Ok(body) if body.is_null() => Err(Unread::Silent),
        Ok(body) => Ok(Uint8Array::new(&body).to_vec()),
        Err(error) => {
            console_error!("the origin's answer broke off: {}", worker::Error::from(error));
            Err(Unread::Broken)
        }
    }
}
