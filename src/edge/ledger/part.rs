//! The limits of a call, parted between the ledger of its grant and that of its server.

use super::order::Refusal;
use crate::ledger::{Charge, Overrun, Receipt, Share};

/// The limits of a call that one ledger counts, and the place of each among all of them.
pub(super) struct Part {
    pub(super) charges: Vec<Charge>,
    pub(super) places: Vec<usize>,
}

impl Part {
    /// The limits that the ledger of the grant counts, and those that the ledger of the server counts.
    pub(super) fn split(charges: &[Charge]) -> (Self, Self) {
        let part = |shared: bool| {
            let of = charges.iter().enumerate().filter(|(_, charge)| (charge.share == Share::Server) == shared);
            let (places, charges) = of.map(|(place, charge)| (place, charge.clone())).unzip();
            Self { charges, places }
        };
        (part(false), part(true))
    }

    fn place(&self, limit: usize) -> usize {
        self.places.get(limit).copied().unwrap_or(limit)
    }

    pub(super) fn placed(&self, overrun: Overrun) -> Overrun {
        Overrun { limit: self.place(overrun.limit), ..overrun }
    }

    pub(super) fn placed_receipt(&self, mut receipt: Receipt) -> Receipt {
        for limit in receipt.spent.iter_mut().flat_map(|spent| &mut spent.limits) {
            *limit = self.place(*limit);
        }
        for overrun in &mut receipt.observed {
            *overrun = self.placed(*overrun);
        }
        receipt
    }
}

/// Both refusals as one: the first limit of all, and the longest wait.
pub(super) fn later(one: Overrun, other: Refusal) -> Overrun {
    let Some(other) = other else { return one };
    Overrun { limit: one.limit.min(other.limit), retry_after: one.retry_after.max(other.retry_after) }
}

/// The receipts of both ledgers as one, in the order of the limits.
pub(super) fn together(own: Receipt, reserved: Receipt, own_part: &Part, shared: &Part) -> Receipt {
    let mut places = own_part.places.iter().zip(own.tallies).peekable();
    let mut others = shared.places.iter().zip(reserved.tallies).peekable();
    let mut tallies = Vec::new();
    // Both are in order.
    while let Some((_, tally)) = match (places.peek(), others.peek()) {
        (Some((place, _)), Some((other, _))) if other < place => others.next(),
        (Some(_), _) => places.next(),
        (None, _) => others.next(),
    } {
        tallies.push(tally);
    }
    let mut observed = own.observed;
    observed.extend(reserved.observed);
    Receipt { at: own.at, spent: Vec::new(), tallies, observed, approval: own.approval }
}
