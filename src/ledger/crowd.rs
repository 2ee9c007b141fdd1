//! How many ask a head, and for how long they may therefore believe what it says.

use super::Millis;

/// Milliseconds for which an answer is good while few ask.
const USUAL: u64 = 2_000;

/// The most milliseconds for which an answer is good.
const LONGEST: u64 = 30_000;

/// How many questions a second one head is to be asked at most: well below what an object carries.
const BEARABLE: u64 = 200;

/// How many milliseconds sooner, with each second, an answer is good again for less, once fewer ask.
const FALL: u64 = 500;

/// Counts questions, second by second.
#[derive(Debug, Clone, Copy, Default)]
pub struct Crowd {
    second: u64,
    questions: u64,
    good_for: u64,
}

impl Crowd {
    /// A question is asked at `now`. Gives the milliseconds for which its answer is good: so long that those who come back when
    /// it is not any more are no more than [`BEARABLE`] a second, as far as [`LONGEST`] allows.
    pub fn asked(&mut self, now: Millis) -> u64 {
        let second = now.0 / 1_000;
        if second != self.second {
            // Each of those who asked comes back once in that time; but not as many in each second.
            let askers = self.questions * self.good_for.max(USUAL) / 1_000;
            let fallen = self.good_for.saturating_sub(FALL * second.saturating_sub(self.second));
            let good_for = (askers * 1_000 / BEARABLE).max(fallen).clamp(USUAL, LONGEST);
            *self = Self { second, questions: 0, good_for };
        }
        self.questions += 1;
        // Those who have asked together are not to come back together: each is told another part of what is above the usual.
        let part = self.questions * 7 % 16;
        self.good_for - self.good_for.saturating_sub(USUAL) * part / 32
    }
}
