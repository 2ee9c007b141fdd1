//! A time as documents and variables write it.

/// A whole number and its unit: `30s`, `15m`, `12h`, `7d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration {
    seconds: u64,
}

const UNITS: [(char, u64); 4] = [('s', 1), ('m', 60), ('h', 3_600), ('d', 86_400)];

impl Duration {
    /// How it is written, for whoever wrote it otherwise.
    pub const GRAMMAR: &'static str = "a whole number, then s, m, h or d";

    /// So many days.
    pub const fn of_days(days: u64) -> Self {
        Self { seconds: days * 86_400 }
    }

    /// So many seconds.
    pub const fn of_seconds(seconds: u64) -> Self {
        Self { seconds }
    }

    /// Reads it.
    pub fn read(text: &str) -> Option<Self> {
        let (number, unit) = UNITS.into_iter().find_map(|(name, unit)| Some((text.strip_suffix(name)?, unit)))?;
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        let seconds = number.parse::<u64>().ok().filter(|_| is_number)?.checked_mul(unit)?;
        Some(Self { seconds })
    }

    /// It in seconds.
    pub fn seconds(self) -> u64 {
        self.seconds
    }

    /// It in milliseconds.
    pub fn millis(self) -> u64 {
        self.seconds.saturating_mul(1_000)
    }
}
