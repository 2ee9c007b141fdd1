//! A message before the ledger of its grant: whether it was judged by what is in force, and whether its limits have room.

use std::rc::Rc;

use worker::Result;

use super::object::Mind;
use super::order::{Judge, Judged, News, Order, Refusal, Reserve, Standing};
use super::{BINDING, book::Book, heads::Question, server_ledger};
use crate::edge::store::Kind;
use crate::edge::{clock, object};
use crate::ledger::{Admission, Charge, Entry, Overrun, Receipt, Share};

/// How many calls may wait for something at once: more than that would not be served in time anyway.
const MOST_WAITING: usize = 512;

/// The limits of a call that one ledger counts, and the place of each among all of them.
struct Part {
    charges: Vec<Charge>,
    places: Vec<usize>,
}

/// What is charged in memory while the ledger of the server is asked, so that nobody else takes it.
struct Held {
    receipt: Receipt,
    /// In which opening of the book.
    opening: u64,
}

impl Mind {
    pub(super) async fn judge(self: &Rc<Self>, name: &str, judge: &Judge<'_>) -> Result<Judged> {
        if self.waiting.get() >= MOST_WAITING {
            return Ok(Judged::Overloaded);
        }
        self.waiting.set(self.waiting.get() + 1);
        let judged = self.judge_in_turn(name, judge).await;
        self.waiting.set(self.waiting.get() - 1);
        judged
    }

    async fn judge_in_turn(self: &Rc<Self>, name: &str, judge: &Judge<'_>) -> Result<Judged> {
        let Standing { server, server_stamp, policy, policy_stamp, .. } = &judge.standing;
        let questions = [
            Question { kind: Kind::Server, name: server, stamp: Some(server_stamp) },
            Question { kind: Kind::Policy, name: policy, stamp: policy_stamp.as_deref() },
        ];
        let [server, policy] = self.heads.news(questions, judge.strict).await?;
        let stale = (server.is_some() || policy.is_some())
            .then(|| Judged::Stale(Box::new(News { grant: None, server, policy })));
        let (own, shared) = Part::split(&judge.charges);
        if shared.charges.is_empty() {
            return self.with_book(name, |book| {
                if let Some(other) = not_in_force(book, &judge.standing) {
                    return Ok(other);
                }
                match stale {
                    Some(stale) => Ok(stale),
                    None => self.charge(book, judge, &own).map(Judged::Charged),
                }
            });
        }
        let held = self.with_book(name, |book| {
            if let Some(other) = not_in_force(book, &judge.standing).or(stale) {
                return Ok(Err(other));
            }
            if let Some(receipt) = book.recent.receipt(&judge.reservation) {
                return Ok(Err(Judged::Charged(Admission::Admitted(receipt))));
            }
            let held = book.account.charge(&own.charges, clock::now());
            Ok(Ok(held.map(|receipt| Held { receipt, opening: self.opening() })))
        })?;
        match held {
            Err(judged) => Ok(judged),
            Ok(Err(overrun)) => {
                // The wait that is promised must be enough for all limits.
                let refusal = self.peek(&judge.standing.server, &shared).await?;
                Ok(refused(later(own.placed(overrun), refusal)))
            }
            Ok(Ok(held)) => self.charge_both(name, judge, &own, &shared, held).await,
        }
    }

    /// Asks the ledger of the server, and charges what was held if it admits the call.
    async fn charge_both(
        self: &Rc<Self>,
        name: &str,
        judge: &Judge<'_>,
        own: &Part,
        shared: &Part,
        held: Held,
    ) -> Result<Judged> {
        let server = server_ledger(&judge.standing.server);
        let order = Order::Reserve(Reserve {
            charges: shared.charges.clone(),
            places: shared.places.clone(),
            reservation: judge.reservation.as_ref().into(),
            grant: name.into(),
            refundable: judge.refundable,
        });
        let asked = super::ask_twice::<Admission>(&self.env, &server, &order).await;
        let (judged, reserved_in_vain) = self.with_book(name, |book| {
            if held.opening == self.opening() {
                book.account.give_back(&held.receipt.spent, held.receipt.at);
            }
            let reserved = match asked {
                Ok(Some(Admission::Admitted(receipt))) => receipt,
                Ok(Some(Admission::Refused(overrun))) => return Ok((Ok(refused(overrun)), false)),
                Ok(None) => return Ok((Ok(Judged::Overloaded), false)),
                Err(error) => return Ok((Err(error), false)),
            };
            if let Some(other) = not_in_force(book, &judge.standing) {
                return Ok((Ok(other), true));
            }
            Ok(match self.charge(book, judge, own)? {
                Admission::Admitted(receipt) => {
                    let receipt = together(receipt, reserved, own, shared);
                    (Ok(Judged::Charged(Admission::Admitted(receipt))), false)
                }
                Admission::Refused(overrun) => (Ok(refused(overrun)), true),
            })
        })?;
        if reserved_in_vain {
            // If the ledger of the server does not hear of it, its budget stays spent.
            let order = Order::Release { reservation: judge.reservation.as_ref().into() };
            object::ask::<()>(&self.env, BINDING, &server, &order).await?;
        }
        judged
    }

    /// Charges the limits that this ledger counts, and writes the call down.
    fn charge(&self, book: &mut Book, judge: &Judge<'_>, own: &Part) -> Result<Admission> {
        if judge.charges.is_empty() {
            return Ok(Admission::Admitted(Receipt::default()));
        }
        if let Some(receipt) = book.recent.receipt(&judge.reservation) {
            return Ok(Admission::Admitted(receipt));
        }
        let mut receipt = match book.account.charge(&own.charges, clock::now()) {
            Ok(receipt) => own.placed_receipt(receipt),
            Err(overrun) => return Ok(Admission::Refused(own.placed(overrun))),
        };
        let entry = Entry {
            at: receipt.at,
            charges: receipt.spent.clone(),
            reservation: Some(judge.reservation.to_string()),
            records: judge.records.clone(),
            ..Entry::default()
        };
        if judge.refundable {
            Book::may_refund(&self.database, &judge.reservation, receipt.at, &receipt.spent)?;
        }
        book.append(&self.database, entry)?;
        self.wake_up_later()?;
        book.recent.add(judge.reservation.to_string(), receipt.at, std::mem::take(&mut receipt.spent));
        Ok(Admission::Admitted(receipt))
    }

    /// As the ledger of a server: charges a call of one of its grants.
    pub(super) fn reserve(&self, book: &mut Book, reserve: &Reserve<'_>) -> Result<Admission> {
        if let Some(receipt) = book.recent.receipt(&reserve.reservation) {
            return Ok(Admission::Admitted(receipt));
        }
        let part = Part { charges: reserve.charges.clone(), places: reserve.places.clone() };
        let mut receipt = match book.account.charge(&part.charges, clock::now()) {
            Ok(receipt) => part.placed_receipt(receipt),
            Err(overrun) => return Ok(Admission::Refused(part.placed(overrun))),
        };
        if reserve.refundable {
            Book::may_refund(&self.database, &reserve.reservation, receipt.at, &receipt.spent)?;
        }
        let entry = Entry {
            at: receipt.at,
            charges: receipt.spent.clone(),
            reservation: Some(reserve.reservation.to_string()),
            grant: Some(reserve.grant.to_string()),
            ..Entry::default()
        };
        book.append(&self.database, entry)?;
        self.wake_up_later()?;
        book.recent.add(reserve.reservation.to_string(), receipt.at, std::mem::take(&mut receipt.spent));
        Ok(Admission::Admitted(receipt))
    }

    pub(super) fn would_refuse(book: &Book, charges: &[Charge], places: &[usize]) -> Refusal {
        let part = Part { charges: charges.to_vec(), places: places.to_vec() };
        book.account.would_refuse(&part.charges, clock::now()).map(|overrun| part.placed(overrun))
    }

    async fn peek(&self, server: &crate::registry::Name, shared: &Part) -> Result<Refusal> {
        let order = Order::WouldRefuse { charges: shared.charges.clone(), places: shared.places.clone() };
        object::ask(&self.env, BINDING, &server_ledger(server), &order).await
    }
}

fn refused(overrun: Overrun) -> Judged {
    Judged::Charged(Admission::Refused(overrun))
}

/// What the ledger itself knows better than who has judged.
fn not_in_force(book: &Book, standing: &Standing<'_>) -> Option<Judged> {
    if book.revoked {
        return Some(Judged::Revoked);
    }
    let grant = book.grant.as_ref()?;
    if !grant.opens_for(&standing.token, clock::now()) {
        return Some(Judged::Revoked);
    }
    (grant.policy != *standing.policy)
        .then(|| Judged::Stale(Box::new(News { grant: Some(grant.clone()), ..News::default() })))
}

impl Part {
    /// The limits that the ledger of the grant counts, and those that the ledger of the server counts.
    fn split(charges: &[Charge]) -> (Self, Self) {
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

    fn placed(&self, overrun: Overrun) -> Overrun {
        Overrun { limit: self.place(overrun.limit), ..overrun }
    }

    fn placed_receipt(&self, mut receipt: Receipt) -> Receipt {
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
fn later(one: Overrun, other: Refusal) -> Overrun {
    let Some(other) = other else { return one };
    Overrun { limit: one.limit.min(other.limit), retry_after: one.retry_after.max(other.retry_after) }
}

/// The receipts of both ledgers as one, in the order of the limits.
fn together(own: Receipt, reserved: Receipt, own_part: &Part, shared: &Part) -> Receipt {
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
    Receipt { at: own.at, spent: Vec::new(), tallies, observed }
}
