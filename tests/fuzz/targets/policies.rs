//! Policies: one object with a `policy` and a call of the tool `t` with `arguments`.

#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use tollgate_fuzz::{mutate, ruled};

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        ruled::check(text);
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate::in_place(data, size, max_size, seed, 0).unwrap_or_else(|| fuzzer_mutate(data, size, max_size))
});
