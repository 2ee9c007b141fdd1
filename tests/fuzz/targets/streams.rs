//! Streams of the origin's events: a byte that chooses what they answer, a byte that chooses how they are cut, then a
//! stream.

#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use tollgate_fuzz::exchange::Exchange;
use tollgate_fuzz::{cuts, frames, mutate, relayed, sse};

const CHOICE: usize = 2;

fuzz_target!(|data: &[u8]| {
    let Some(([choice, seed], stream)) = data.split_first_chunk::<CHOICE>() else { return };
    let seen = sse::read(stream);
    let ways = cuts::ways(stream, *seed);
    frames::check(&seen, &ways);
    relayed::check(&Exchange::chosen(*choice), &seen, &ways);
});

// The messages in a stream are JSON, and its line ends are space to JSON.
fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate::in_place(data, size, max_size, seed, CHOICE).unwrap_or_else(|| fuzzer_mutate(data, size, max_size))
});
