//! Base64 by RFC 4648, section 4, written plainly.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The one canonical text for `bytes`.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0, |bits, byte| bits << 8 | usize::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let sextet = bits >> (18 - 6 * place) & 63;
            text.push(if place <= group.len() { char::from(ALPHABET[sextet]) } else { '=' });
        }
    }
    text
}

/// The bytes that `text` is the canonical text for, if there are any.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=').bytes();
    let sextet = |digit| ALPHABET.iter().zip(0u32..).find(|(known, _)| **known == digit).map(|(_, sextet)| sextet);
    let sextets: Vec<u32> = digits.map(sextet).collect::<Option<_>>()?;
    let mut bytes = Vec::new();
    for group in sextets.chunks(4) {
        let bits = group.iter().fold(0, |bits, sextet| bits << 6 | sextet) << (6 * (4 - group.len()));
        bytes.extend(&bits.to_be_bytes()[1..group.len()]);
    }
    (encode(&bytes) == text).then_some(bytes)
}
