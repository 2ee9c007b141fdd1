//! How many ask a head, and for how long they may therefore believe what it says.

use super::Millis;

/// Milliseconds for which an answer is good while few ask.
const USUAL: u64 = 2_000;

/// The most milliseconds for which an answer is good.
const LONGEST: u64 = 30_000;

/// How many questions a second one head is to be asked at most: well below what an object carries.
const BEARABLE: u64 = 200;

/// Counts questions, second by second.
#[derive(Debug, Clone, Copy)]
pub struct Crowd {
    second: u64,
    questions: u64,
    good_for: u64,
}

impl Default for Crowd {
    fn default() -> Self {
        Self { second: 0, questions: 0, good_for: USUAL }
    }
}

impl Crowd {
    /// A question is asked at `now`. Gives the milliseconds for which its answer is good: so long that of those who come back when
    /// it is not any more no more than [`BEARABLE`] come in a second. It grows at once, and shrinks slowly: whoever was told a long
    /// time has not been heard since.
    pub fn asked(&mut self, now: Millis) -> u64 {
        let second = now.0 / 1_000;
        if second != self.second {
            let good_for = if self.questions > BEARABLE {
                self.good_for * self.questions / BEARABLE
            } else if self.questions < BEARABLE / 2 {
                self.good_for - self.good_for / 20
            } else {
                self.good_for
            };
            *self = Self { second, questions: 0, good_for: good_for.clamp(USUAL, LONGEST) };
        }
        self.questions += 1;
        self.good_for
    }
}
