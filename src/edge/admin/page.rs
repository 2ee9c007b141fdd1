//! Pages of a list: `?limit=` and `?cursor=`.

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
    let limit = match query.get("limit") {
        None => USUAL,
        Some(limit) => match limit.parse() {
            Ok(limit) if (1..=MOST_ON_A_PAGE).contains(&limit) => limit,
            Ok(_) | Err(_) => {
                let message = format!("`limit` must be a whole number from 1 to {MOST_ON_A_PAGE}");
                return Err(Invalid { pointer: Pointer::default(), message }.into());
            }
        },
    };
    Ok(Asked { limit, cursor: query.get("cursor") })
}
