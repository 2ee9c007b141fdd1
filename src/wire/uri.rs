//! The URIs of resources.

use std::borrow::Cow;

/// Whether `uri` means one thing to every reader: see [`resource_segments`].
pub fn is_resource_uri(uri: &str) -> bool {
    resource_segments(uri).is_some()
}

/// What stands between the `/` of `uri`, each percent-decoded once; none if two readers could understand it differently.
///
/// Measured of an origin: it decodes percent escapes once, and ignores a query and a fragment, so `DEB%55G` and
/// `DEBUG?x` read what `DEBUG` does. So a `?` or `#`, an escape of `/ ? # %`, a segment `..` and anything but
/// well-formed escapes of UTF-8 are refused.
pub fn resource_segments(uri: &str) -> Option<Vec<Cow<'_, str>>> {
    let has_scheme = uri.split_once(':').is_some_and(|(scheme, rest)| is_scheme(scheme) && !rest.is_empty());
    let plain = !uri.chars().any(|character| character.is_control() || matches!(character, '?' | '#' | '\\' | ' '));
    if !has_scheme || !plain {
        return None;
    }
    let segments =
        uri.split('/').map(|segment| decoded_segment(segment).filter(|segment| segment != ".." && segment != "."));
    segments.collect()
}

fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
}

/// A segment with its escapes decoded once; none if one is malformed or stands for what separates.
pub fn decoded_segment(segment: &str) -> Option<Cow<'_, str>> {
    if !segment.contains('%') {
        return Some(Cow::Borrowed(segment));
    }
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let Some((byte, behind)) = rest.split_first() {
        rest = behind;
        if *byte != b'%' {
            bytes.push(*byte);
            continue;
        }
        let (escape, behind) = rest.split_first_chunk::<2>()?;
        let digits = escape.iter().map(|digit| char::from(*digit).to_digit(16)).collect::<Option<Vec<_>>>()?;
        let byte = u8::try_from(digits.iter().fold(0, |byte, digit| byte * 16 + digit)).ok()?;
        if matches!(byte, b'/' | b'?' | b'#' | b'%' | b'\\') || byte.is_ascii_control() {
            return None;
        }
        bytes.push(byte);
        rest = behind;
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}
