//! The strict parser, and the messages that it reads: three bytes that choose the headers, then a body.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tollgate_fuzz::head::Sent;
use tollgate_fuzz::lax::Lax;
use tollgate_fuzz::{message, tree};

fuzz_target!(|data: &[u8]| {
    let Some((choice, body)) = data.split_first_chunk() else { return };
    let lax = Lax::read(body);
    tree::check(body, lax.as_ref());
    message::check(&Sent::chosen(*choice, lax.as_ref()).head(), body, lax.as_ref());
});
