//! The calls that a ledger has charged lately: who asks again with the same reservation is not charged again.

use std::collections::{BTreeMap, VecDeque};

use crate::ledger::{Millis, Receipt, Spent};

/// How many are remembered. Who asks again does so at once.
const MOST: usize = 1_024;

#[derive(Default)]
pub(super) struct Recent {
    /// When each was charged, and what.
    charged: BTreeMap<String, (Millis, Vec<Spent>)>,
    order: VecDeque<String>,
}

impl Recent {
    pub(super) fn add(&mut self, reservation: String, at: Millis, spent: Vec<Spent>) {
        if self.charged.insert(reservation.clone(), (at, spent)).is_none() {
            self.order.push_back(reservation);
        }
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.charged.remove(&oldest);
        }
    }

    /// The receipt of a call that was charged before, without what nobody asks for twice.
    pub(super) fn receipt(&self, reservation: &str) -> Option<Receipt> {
        self.charged.get(reservation).map(|(at, _)| Receipt { at: *at, ..Receipt::default() })
    }

    /// Forgets a call that was not made, and says when it was charged, and what.
    pub(super) fn remove(&mut self, reservation: &str) -> Option<(Millis, Vec<Spent>)> {
        self.order.retain(|known| known != reservation);
        self.charged.remove(reservation)
    }
}
