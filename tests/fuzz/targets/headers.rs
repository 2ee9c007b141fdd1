//! Mirrored headers: what one end writes the other reads, and there is one way to write it. An input is a value, a header
//! and bytes at once; if it is an object, it is a call whose arguments are mirrored.

#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use tollgate::wire::{decode_mirrored, encode_mirrored};
use tollgate_fuzz::{arguments, base64, mutate};

fuzz_target!(|data: &[u8]| {
    as_base64(data);
    let Ok(text) = std::str::from_utf8(data) else { return };
    if text.starts_with('{') {
        return arguments::check(text);
    }
    as_value(text);
    as_header(text);
    as_header(&format!("=?base64?{text}?="));
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let json = data.first() == Some(&b'{');
    let mutated = if json { mutate::in_place(data, size, max_size, seed, 0) } else { None };
    mutated.unwrap_or_else(|| fuzzer_mutate(data, size, max_size))
});

/// Any value survives the way there, in what HTTP lets through unchanged.
fn as_value(value: &str) {
    let header = encode_mirrored(value);
    assert!(
        !header.is_empty() && header.bytes().all(|byte| (0x20..=0x7e).contains(&byte)),
        "{header:?} is not visible"
    );
    assert_eq!(header.trim(), header, "HTTP takes away the space around a value");
    assert_eq!(decode_mirrored(&header).as_deref(), Some(value), "by way of {header:?}");
}

/// Whatever header is sent, there is at most one value in it, and space around it is none of it.
fn as_header(header: &str) {
    let read = decode_mirrored(header);
    assert_eq!(read, decode_mirrored(header.trim_matches([' ', '\t'])), "the space around {header:?} changes it");
    if let Some(value) = read {
        as_value(&value);
    }
    if let Some(encoded) = header.strip_prefix("=?base64?").and_then(|rest| rest.strip_suffix("?=")) {
        let canonical = base64::decode(encoded).and_then(|bytes| String::from_utf8(bytes).ok());
        assert_eq!(decode_mirrored(header), canonical, "{header:?}");
    }
}

/// Bytes that are no text are in no header, however well they are encoded.
fn as_base64(bytes: &[u8]) {
    let header = format!("=?base64?{}?=", base64::encode(bytes));
    assert_eq!(decode_mirrored(&header), String::from_utf8(bytes.to_vec()).ok(), "{header:?}");
}
