//! What a query asks for: a page of a list, by `?limit=` and `?cursor=`, and other numbers.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use web_sys::UrlSearchParams;

use super::{Call, Problem};
use crate::edge::store::MOST_ON_A_PAGE;
use crate::wire::json::{Invalid, Pointer};

/// Items on a page if nobody says how many.
const USUAL: u32 = 100;

/// Which page is asked for.
pub(super) struct Asked {
    pub(super) limit: u32,
    pub(super) cursor: Option<String>,
}

/// Reads the query of a list request.
pub(super) fn asked(call: &Call<'_>) -> Result<Asked, Problem> {
    let query = call.url()?.search_params();
    let limit = number(&query, "limit", USUAL, 1..=MOST_ON_A_PAGE)?;
    Ok(Asked { limit, cursor: query.get("cursor") })
}

/// The whole number that the query says under `name`, or the usual one.
pub(super) fn number<N: Copy + Display + FromStr + PartialOrd>(
    query: &UrlSearchParams,
    name: &str,
    usual: N,
    bounds: RangeInclusive<N>,
) -> Result<N, Problem> {
    let Some(text) = query.get(name) else { return Ok(usual) };
    text.parse().ok().filter(|number| bounds.contains(number)).ok_or_else(|| {
        let message = format!("`{name}` must be a whole number from {} to {}", bounds.start(), bounds.end());
        Invalid { pointer: Pointer::default(), message }.into()
    })
}
