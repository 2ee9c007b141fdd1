//! Streams of the origin's events: a byte that chooses what they answer, a byte that chooses how they are cut, then a
//! stream.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tollgate_fuzz::exchange::Exchange;
use tollgate_fuzz::{cuts, frames, relayed, sse};

fuzz_target!(|data: &[u8]| {
    let Some(([choice, seed], stream)) = data.split_first_chunk() else { return };
    let seen = sse::read(stream);
    let ways = cuts::ways(stream, *seed);
    frames::check(&seen, &ways);
    relayed::check(&Exchange::chosen(*choice), &seen, &ways);
});
