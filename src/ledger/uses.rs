//! What was used lately of one counter, with bounded memory.
//!
//! Uses are kept in grains. Of a sliding window, a grain is 1/64 of it and counts until its *last* use is a whole window old,
//! so that no use is forgotten early; the first use of a grain may therefore be remembered up to 1/64 of a window too long,
//! and that is the only error. Of a fixed window, the grain is the window. A counter holds at most [`Uses::MOST_GRAINS`]
//! grains, whatever is allowed.

use super::{Algorithm, Millis, Window};
use crate::hex;

const GRAINS_IN_A_WINDOW: u64 = 64;

/// The time over which uses count together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// How long it is.
    pub window: Window,
    /// Where it begins.
    pub algorithm: Algorithm,
}

/// What was used lately of one counter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Uses {
    /// Oldest first.
    grains: Vec<Grain>,
    /// Whether they have been written to since they were stored.
    changed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Grain {
    last: Millis,
    units: u64,
}

/// Stored uses that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Corrupt;

impl Span {
    /// Whether what was used at `then` still counts at `now`.
    fn holds(self, then: Millis, now: Millis) -> bool {
        self.remaining(then, now) > 0
    }

    /// Milliseconds from `now` for which what was used at `then` still counts.
    fn remaining(self, then: Millis, now: Millis) -> u64 {
        let window = self.window.millis();
        match self.algorithm {
            Algorithm::Sliding => window.saturating_sub(now.since(then)),
            Algorithm::Fixed if then.0 / window == now.0 / window => window - now.0 % window,
            Algorithm::Fixed => 0,
        }
    }

    /// The number of the grain that `at` lies in.
    fn grain(self, at: Millis) -> u64 {
        let window = self.window.millis();
        at.0 / match self.algorithm {
            Algorithm::Sliding => (window / GRAINS_IN_A_WINDOW).max(1),
            Algorithm::Fixed => window,
        }
    }
}

impl Uses {
    /// A grain is 1/64 of the window, rounded down to whole milliseconds. A window of a second touches the most of them: 66
    /// whole ones, and one more at each end.
    pub const MOST_GRAINS: usize = 68;

    const GRAIN_BYTES: usize = 16;

    /// When it was last used.
    pub fn last(&self) -> Option<Millis> {
        self.grains.last().map(|newest| newest.last)
    }

    /// The units that count at `now`.
    pub fn used(&self, span: Span, now: Millis) -> u64 {
        self.counting(span, now).map(|grain| grain.units).fold(0, u64::saturating_add)
    }

    /// Records `units` used at `now`, and forgets what no longer counts.
    pub fn record(&mut self, span: Span, now: Millis, units: u64) {
        self.changed = true;
        self.grains.retain(|grain| span.holds(grain.last, now));
        if units == 0 {
            return;
        }
        match self.grains.last_mut() {
            Some(newest) if span.grain(newest.last) == span.grain(now) => {
                *newest = Grain { last: now, units: newest.units.saturating_add(units) };
            }
            Some(_) | None => self.grains.push(Grain { last: now, units }),
        }
    }

    /// Takes back `units` that were used at `at`, if that is still remembered.
    pub fn give_back(&mut self, span: Span, at: Millis, units: u64) {
        self.changed = true;
        for grain in self.grains.iter_mut().filter(|grain| span.grain(grain.last) == span.grain(at)) {
            grain.units = grain.units.saturating_sub(units);
        }
        self.grains.retain(|grain| grain.units > 0);
    }

    /// How many milliseconds from `now` until no more than `allowed` units count, if nothing else is used. Zero if so now.
    pub fn until_at_most(&self, span: Span, now: Millis, allowed: u64) -> u64 {
        let mut used = self.used(span, now);
        let mut until = 0;
        for grain in self.counting(span, now) {
            if used <= allowed {
                break;
            }
            used = used.saturating_sub(grain.units);
            until = span.remaining(grain.last, now);
        }
        until
    }

    /// The stored form: for each grain, oldest first, its last use (milliseconds since the epoch) and its units, both as
    /// little-endian 64-bit integers, in hexadecimal digits.
    pub fn to_hex(&self) -> String {
        let bytes: Vec<u8> = self
            .grains
            .iter()
            .flat_map(|grain| [grain.last.0.to_le_bytes(), grain.units.to_le_bytes()])
            .flatten()
            .collect();
        hex::encode(&bytes)
    }

    /// Reads the stored form.
    pub fn from_hex(digits: &str) -> Result<Self, Corrupt> {
        let bytes = hex::decode(digits).ok_or(Corrupt)?;
        let whole = bytes.chunks_exact(Self::GRAIN_BYTES);
        if !whole.remainder().is_empty() {
            return Err(Corrupt);
        }
        let grains = whole.map(|bytes| {
            let (last, units) = bytes.split_first_chunk::<8>().ok_or(Corrupt)?;
            let units = units.first_chunk::<8>().ok_or(Corrupt)?;
            Ok(Grain { last: Millis(u64::from_le_bytes(*last)), units: u64::from_le_bytes(*units) })
        });
        Ok(Self { grains: grains.collect::<Result<_, _>>()?, changed: false })
    }

    /// Whether they are not stored as they are.
    pub fn has_changed(&self) -> bool {
        self.changed
    }

    /// They are stored as they are.
    pub fn kept(&mut self) {
        self.changed = false;
    }

    fn counting(&self, span: Span, now: Millis) -> impl Iterator<Item = &Grain> {
        self.grains.iter().filter(move |grain| span.holds(grain.last, now))
    }
}
