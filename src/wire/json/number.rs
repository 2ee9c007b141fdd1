//! Which numbers a double can hold.

/// Whether a double holds the number: below 10^308, which leaves out the last stretch up to 1.8·10^308 and needs no
/// conversion.
pub(super) fn is_finite(whole: &str, fraction: &str, exponent: &str) -> bool {
    let digits = |text: &str| i64::try_from(text.len()).unwrap_or(i64::MAX);
    let before_point = if whole == "0" {
        let zeros = fraction.bytes().take_while(|byte| *byte == b'0').count();
        if zeros == fraction.len() {
            return true;
        }
        -i64::try_from(zeros).unwrap_or(i64::MAX)
    } else {
        digits(whole)
    };
    let negative = exponent.starts_with('-');
    match exponent.trim_start_matches(['+', '-']).trim_start_matches('0') {
        "" => before_point <= 308,
        // More digits than any exponent that could be made up for by the digits of a message.
        exponent if exponent.len() > 10 => negative,
        exponent => {
            let exponent: i64 = exponent.parse().unwrap_or(i64::MAX);
            before_point.saturating_add(if negative { -exponent } else { exponent }) <= 308
        }
    }
}
