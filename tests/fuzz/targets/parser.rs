//! The strict parser, and the messages that it reads: three bytes that choose the headers, then a body.

#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use tollgate_fuzz::head::Sent;
use tollgate_fuzz::lax::Lax;
use tollgate_fuzz::{message, mutate, tree};

const CHOICE: usize = 3;

fuzz_target!(|data: &[u8]| {
    let Some((choice, body)) = data.split_first_chunk::<CHOICE>() else { return };
    let lax = Lax::read(body);
    tree::check(body, lax.as_ref());
    message::check(&Sent::chosen(*choice, lax.as_ref()).head(), body, lax.as_ref());
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate::in_place(data, size, max_size, seed, CHOICE).unwrap_or_else(|| fuzzer_mutate(data, size, max_size))
});
