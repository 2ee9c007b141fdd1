//! A sliding window: never more than `max` in **any** interval as long as the window, with bounded memory.
//!
//! Uses are kept in grains of 1/64 of the window. A grain counts until its *last* use is a whole window old, so that no
//! use is forgotten early; the first use of a grain may therefore be remembered up to 1/64 of a window too long, and
//! that is the only error. A counter holds at most [`Sliding::MOST_GRAINS`] grains, whatever `max` is.

use super::{Millis, Window};
use crate::hex;

const GRAINS_IN_A_WINDOW: u64 = 64;

/// What was used lately of one counter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sliding {
    /// Oldest first.
    grains: Vec<Grain>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Grain {
    last: Millis,
    units: u64,
}

/// A stored counter that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Corrupt;

impl Sliding {
    /// One grain for each 1/64 of the window, rounded down to whole milliseconds (which makes 67 of a second), and one
    /// more at each end that the window only touches.
    pub const MOST_GRAINS: usize = 69;

    const GRAIN_BYTES: usize = 16;

    /// The ledger's time: it never runs backwards, whatever the clock does.
    pub fn time(&self, now: Millis) -> Millis {
        self.grains.last().map_or(now, |newest| newest.last.max(now))
    }

    /// What counts at `now`.
    pub fn used(&self, window: Window, now: Millis) -> u64 {
        self.counting(window, now).map(|grain| grain.units).sum()
    }

    /// Records `units` used at `now`, and forgets what no longer counts.
    pub fn record(&mut self, window: Window, now: Millis, units: u64) {
        self.grains.retain(|grain| counts(*grain, window, now));
        let grain_millis = (window.millis() / GRAINS_IN_A_WINDOW).max(1);
        match self.grains.last_mut() {
            Some(newest) if newest.last.0 / grain_millis == now.0 / grain_millis => {
                *newest = Grain { last: now, units: newest.units.saturating_add(units) };
            }
            Some(_) | None => self.grains.push(Grain { last: now, units }),
        }
    }

    /// How many milliseconds from `now` until no more than `allowed` units count, if nothing else is used. Zero if so now.
    pub fn until_at_most(&self, window: Window, now: Millis, allowed: u64) -> u64 {
        let mut used = self.used(window, now);
        for grain in self.counting(window, now) {
            if used <= allowed {
                return 0;
            }
            used -= grain.units;
            if used <= allowed {
                return window.millis() - now.since(grain.last);
            }
        }
        0
    }

    /// The stored form: for each grain, oldest first, its last use (milliseconds since the epoch) and its units, both as
    /// little-endian 64-bit integers.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.grains.iter().flat_map(|grain| [grain.last.0.to_le_bytes(), grain.units.to_le_bytes()]).flatten().collect()
    }

    /// The stored form as hexadecimal digits.
    pub fn to_hex(&self) -> String {
        hex::encode(&self.to_bytes())
    }

    /// Reads the stored form from hexadecimal digits.
    pub fn from_hex(digits: &str) -> Result<Self, Corrupt> {
        Self::from_bytes(&hex::decode(digits).ok_or(Corrupt)?)
    }

    /// Reads the stored form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Corrupt> {
        let whole = bytes.chunks_exact(Self::GRAIN_BYTES);
        if !whole.remainder().is_empty() {
            return Err(Corrupt);
        }
        let grains = whole.map(|bytes| {
            let (last, units) = bytes.split_first_chunk::<8>().ok_or(Corrupt)?;
            let units = units.first_chunk::<8>().ok_or(Corrupt)?;
            Ok(Grain { last: Millis(u64::from_le_bytes(*last)), units: u64::from_le_bytes(*units) })
        });
        Ok(Self { grains: grains.collect::<Result<_, _>>()? })
    }

    fn counting(&self, window: Window, now: Millis) -> impl Iterator<Item = &Grain> {
        self.grains.iter().filter(move |grain| counts(**grain, window, now))
    }
}

fn counts(grain: Grain, window: Window, now: Millis) -> bool {
    now.since(grain.last) < window.millis()
}
