//! Numbers as JSON writes them, by value: exact at any size, and compared without being converted.

use std::cmp::Ordering;
use std::fmt;

/// The value of a number: `±0.DIGITS · 10^place`, where no zero stands at either end of the digits. Zero has no digits.
#[derive(Debug, Clone, Copy)]
pub struct Decimal<'a> {
    negative: bool,
    /// The digits, as far as they stand before the point.
    whole: &'a str,
    /// The digits behind the point.
    fraction: &'a str,
    place: i64,
}

impl<'a> Decimal<'a> {
    /// The value of a number that [`super::parse`] has read.
    pub fn of(number: &'a str) -> Self {
        let (negative, magnitude) = number.strip_prefix('-').map_or((false, number), |magnitude| (true, magnitude));
        let (mantissa, exponent) = magnitude.split_once(['e', 'E']).unwrap_or((magnitude, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let whole = whole.trim_start_matches('0');
        let (before_point, fraction) = if whole.is_empty() {
            let trimmed = fraction.trim_start_matches('0');
            (-count(fraction.len() - trimmed.len()), trimmed)
        } else {
            (count(whole.len()), fraction)
        };
        let fraction = fraction.trim_end_matches('0');
        let whole = if fraction.is_empty() { whole.trim_end_matches('0') } else { whole };
        // An exponent past 64 bits is of a number that is next to nothing: what is larger was no number to the parser.
        let exponent = exponent.parse().unwrap_or(i64::MIN);
        Self { negative, whole, fraction, place: before_point.saturating_add(exponent) }
    }

    /// Whether it has no fraction: `1.0` and `10e-1` have none.
    pub fn is_integer(&self) -> bool {
        self.is_zero() || self.last_place() >= 0
    }

    /// Whether it is a whole number of times `step`; none if `step` is zero or has more than 18 digits.
    pub fn is_multiple_of(&self, step: Self) -> Option<bool> {
        let divisor: u128 = step.digits().map(char::from).collect::<String>().parse().ok()?;
        if step.len() > 18 {
            return None;
        }
        if self.is_zero() {
            return Some(true);
        }
        // With no zero at the end, no power of ten divides the digits.
        let Ok(zeros) = u64::try_from(self.last_place().saturating_sub(step.last_place())) else { return Some(false) };
        let remainder = self.digits().fold(0, |rest, digit| (rest * 10 + u128::from(digit - b'0')) % divisor);
        Some((remainder * power_of_ten(zeros, divisor)).is_multiple_of(divisor))
    }

    /// The value in millionths, if it is a whole number of them, not negative, and fits.
    pub fn millionths(&self) -> Option<u64> {
        if self.is_zero() {
            return Some(0);
        }
        let zeros = u32::try_from(self.last_place().checked_add(6)?).ok()?;
        let digits: u64 = self.digits().map(char::from).collect::<String>().parse().ok()?;
        (!self.negative).then_some(digits.checked_mul(10_u64.checked_pow(zeros)?)?)
    }

    fn is_zero(&self) -> bool {
        self.len() == 0
    }

    fn len(&self) -> usize {
        self.whole.len() + self.fraction.len()
    }

    /// The power of ten that the last digit stands for.
    fn last_place(&self) -> i64 {
        self.place.saturating_sub(count(self.len()))
    }

    fn digits(&self) -> impl Iterator<Item = u8> + 'a {
        self.whole.bytes().chain(self.fraction.bytes())
    }

    fn sign(&self) -> i8 {
        match (self.is_zero(), self.negative) {
            (true, _) => 0,
            (false, false) => 1,
            (false, true) => -1,
        }
    }
}

/// `DIGITSeEXPONENT`, where no zero stands at either end of the digits and `e0` is left out: one spelling for each value.
impl fmt::Display for Decimal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_zero() {
            return f.write_str("0");
        }
        write!(f, "{}{}{}", if self.negative { "-" } else { "" }, self.whole, self.fraction)?;
        match self.last_place() {
            0 => Ok(()),
            place => write!(f, "e{place}"),
        }
    }
}

impl Ord for Decimal<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let magnitude = || self.place.cmp(&other.place).then_with(|| self.digits().cmp(other.digits()));
        self.sign().cmp(&other.sign()).then_with(|| match self.sign() {
            0 => Ordering::Equal,
            1 => magnitude(),
            _ => magnitude().reverse(),
        })
    }
}

impl PartialOrd for Decimal<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Decimal<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal<'_> {}

fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// 10 to the power of `exponent`, modulo `modulus`, which is below 10^18.
fn power_of_ten(exponent: u64, modulus: u128) -> u128 {
    let (mut power, mut base, mut rest) = (1 % modulus, 10 % modulus, exponent);
    while rest > 0 {
        if rest % 2 == 1 {
            power = power * base % modulus;
        }
        base = base * base % modulus;
        rest /= 2;
    }
    power
}
