//! Random bytes, from the platform.

use worker::{Error, Result};

pub(super) fn random<const BYTES: usize>() -> Result<[u8; BYTES]> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(|error| Error::from(error.to_string()))?;
    Ok(bytes)
}
