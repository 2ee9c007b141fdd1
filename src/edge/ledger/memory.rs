//! The calls that a ledger has charged lately: who asks again with the same reservation is not charged again.

use std::collections::VecDeque;

use crate::ledger::{Millis, Receipt, Spent};

/// How many are remembered. Who asks again does so at once.
const MOST: usize = 1_024;

/// In the order in which they were charged.
#[derive(Default)]
pub(super) struct Recent {
    calls: VecDeque<Call>,
}

struct Call {
    /// The reservation's number, so that a look through all of them is short.
    number: Option<u64>,
    reservation: String,
    at: Millis,
    spent: Vec<Spent>,
}

impl Recent {
    pub(super) fn add(&mut self, reservation: String, at: Millis, spent: Vec<Spent>) {
        self.calls.push_back(Call { number: number(&reservation), reservation, at, spent });
        if self.calls.len() > MOST {
            self.calls.pop_front();
        }
    }

    /// The receipt of a call that was charged before, without what nobody asks for twice.
    pub(super) fn receipt(&self, reservation: &str) -> Option<Receipt> {
        let place = self.place(reservation)?;
        self.calls.get(place).map(|call| Receipt { at: call.at, ..Receipt::default() })
    }

    /// Forgets a call that was not made, and says when it was charged, and what.
    pub(super) fn remove(&mut self, reservation: &str) -> Option<(Millis, Vec<Spent>)> {
        let place = self.place(reservation)?;
        self.calls.remove(place).map(|call| (call.at, call.spent))
    }

    fn place(&self, reservation: &str) -> Option<usize> {
        let number = number(reservation);
        self.calls.iter().rposition(|call| call.number == number && call.reservation == reservation)
    }
}

/// Reservations are the ids of requests, which are 16 hexadecimal digits.
fn number(reservation: &str) -> Option<u64> {
    u64::from_str_radix(reservation, 16).ok()
}
