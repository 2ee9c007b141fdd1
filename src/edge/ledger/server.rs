//! What the ledger of a server has said to the ledger of a grant: remembered for a moment, so that an agent who is refused and
//! comes back at once does not keep everybody's ledger busy.

use super::order::Refusal;
use crate::edge::clock;
use crate::ledger::{Charge, Millis, Overrun};

/// For how many milliseconds it is remembered.
const MOMENT: u64 = 1_000;

/// What was said last.
#[derive(Default)]
pub(super) struct ServerSaid {
    /// To whom there was, or was not, room for.
    charges: Vec<Charge>,
    at: Millis,
    refusal: Refusal,
}

impl ServerSaid {
    /// Remembers what was said of these charges.
    pub(super) fn remember(&mut self, charges: &[Charge], refusal: Refusal) {
        *self = Self { charges: charges.to_vec(), at: clock::now(), refusal };
    }

    /// What was said of them a moment ago: the wait is shorter by as much. Nothing if nothing was, or if the wait is over.
    pub(super) fn recall(&self, charges: &[Charge]) -> Option<Refusal> {
        let age = clock::now().since(self.at);
        if age >= MOMENT || self.charges != charges {
            return None;
        }
        match self.refusal {
            Some(Overrun { limit, retry_after }) if retry_after > age => {
                Some(Some(Overrun { limit, retry_after: retry_after - age }))
            }
            Some(_) => None,
            None => Some(None),
        }
    }
}
