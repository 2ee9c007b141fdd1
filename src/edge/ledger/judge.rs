//! A message before the ledger of its grant: whether it was judged by what is in force, and whether its limits have room.

use std::rc::Rc;

use serde_json::value::to_raw_value;
use worker::{Error, Result, console_error};

use super::object::Mind;
use super::order::{Judge, Judged, News, Order, Refusal, Reserve, Standing};
use super::part::{Part, later, together};
use super::{book::Book, heads::Question, server_ledger};
use crate::edge::clock;
use crate::edge::store::Kind;
use crate::ledger::{Admission, Answered, Charge, Entry, Overrun, Receipt};
use crate::registry::Name;

/// How many calls may wait for something at once: more than that would not be served in time anyway.
const MOST_WAITING: usize = 512;

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
        let stale = self.stale(judge).await?;
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
        // Who asks again while the first time is not over is refused: what one of them gives back is not to be what the other has.
        if self.parted.borrow().contains(&judge.reservation) {
            return Err(Error::from("this call is being charged already"));
        }
        self.parted.borrow_mut().push(judge.reservation.clone());
        let judged = self.judge_parted(name, judge, &own, &shared, stale).await;
        self.parted.borrow_mut().retain(|reservation| *reservation != judge.reservation);
        judged
    }

    /// A call of which some limits are counted here, and some in the ledger of the server.
    async fn judge_parted(
        self: &Rc<Self>,
        name: &str,
        judge: &Judge<'_>,
        own: &Part,
        shared: &Part,
        stale: Option<Judged>,
    ) -> Result<Judged> {
        let held = self.with_book(name, |book| {
            if let Some(other) = not_in_force(book, &judge.standing).or(stale) {
                return Ok(Err(other));
            }
            let approval = match &judge.ask {
                Some(ask) => match self.hear(book, judge, ask)? {
                    Ok(approval) => Some(approval.id),
                    Err(held) => return Ok(Err(Judged::Charged(Admission::Held(held)))),
                },
                None => None,
            };
            if let Some(receipt) = book.recent.receipt(&judge.reservation) {
                return Ok(Err(Judged::Charged(Admission::Admitted(Receipt { approval, ..receipt }))));
            }
            if let Some(Some(overrun)) = self.server.borrow().recall(&shared.charges) {
                return Ok(Err(refused(overrun)));
            }
            Ok(Ok(book.hold(&own.charges)))
        })?;
        match held {
            Err(judged) => Ok(judged),
            Ok(Err(overrun)) => {
                // The wait that is promised must be enough for all limits.
                let refusal = self.peek(&judge.standing.server, shared).await?;
                Ok(refused(later(own.placed(overrun), refusal)))
            }
            Ok(Ok(held)) => self.charge_both(name, judge, own, shared, held).await,
        }
    }

    /// What is in force, where that is not what the message was judged by.
    async fn stale(&self, judge: &Judge<'_>) -> Result<Option<Judged>> {
        let Standing { server, server_stamp, policy, policy_stamp, .. } = &judge.standing;
        let questions = [
            Question { kind: Kind::Server, name: server, stamp: Some(server_stamp) },
            Question { kind: Kind::Policy, name: policy, stamp: policy_stamp.as_deref() },
        ];
        let [server, policy] = self.heads.news(questions, judge.strict).await?;
        Ok((server.is_some() || policy.is_some())
            .then(|| Judged::Stale(Box::new(News { grant: None, server, policy }))))
    }

    /// Asks the ledger of the server, and charges what was held if it admits the call.
    async fn charge_both(
        self: &Rc<Self>,
        name: &str,
        judge: &Judge<'_>,
        own: &Part,
        shared: &Part,
        held: Receipt,
    ) -> Result<Judged> {
        let server = server_ledger(&judge.standing.server);
        let order = Order::Reserve(Reserve {
            charges: shared.charges.clone(),
            places: shared.places.clone(),
            reservation: judge.reservation.clone(),
            grant: name.to_owned(),
            refundable: judge.refundable,
        });
        let asked = super::ask_twice::<Admission>(&self.env, &server, &order).await;
        if let Ok(Some(Admission::Refused(overrun))) = &asked {
            self.server.borrow_mut().remember(&shared.charges, Some(*overrun));
        }
        // That may have taken its time.
        let stale = self.stale(judge).await;
        let (judged, reserved_in_vain) = self.with_book(name, |book| {
            book.let_go(&held);
            let reserved = match asked {
                Ok(Some(Admission::Admitted(receipt))) => receipt,
                Ok(Some(Admission::Refused(overrun))) => return Ok((Ok(refused(overrun)), false)),
                Ok(Some(held @ Admission::Held(_))) => return Ok((Ok(Judged::Charged(held)), false)),
                Ok(None) => return Ok((Ok(Judged::Overloaded), false)),
                Err(error) => return Ok((Err(error), false)),
            };
            let other = match (not_in_force(book, &judge.standing), stale) {
                (Some(other), _) | (None, Ok(Some(other))) => Some(Ok(other)),
                (None, Ok(None)) => None,
                (None, Err(error)) => Some(Err(error)),
            };
            if let Some(other) = other {
                return Ok((other, true));
            }
            Ok(match self.charge(book, judge, own)? {
                Admission::Admitted(receipt) => {
                    let receipt = together(receipt, reserved, own, shared);
                    (Ok(Judged::Charged(Admission::Admitted(receipt))), false)
                }
                other @ (Admission::Refused(_) | Admission::Held(_)) => (Ok(Judged::Charged(other)), true),
            })
        })?;
        if reserved_in_vain {
            // If the ledger of the server does not hear of it, its budget stays spent; what this call hears is the same.
            let order = Order::Release(judge.reservation.clone());
            if let Err(error) = super::ask_twice::<()>(&self.env, &server, &order).await {
                console_error!("{server} gives nothing back for {}: {error}", judge.reservation);
            }
        }
        judged
    }

    /// Charges the limits that this ledger counts, and writes the call down.
    fn charge(&self, book: &mut Book, judge: &Judge<'_>, own: &Part) -> Result<Admission> {
        let approval = match &judge.ask {
            Some(ask) => match self.hear(book, judge, ask)? {
                Ok(approval) => Some(approval),
                Err(held) => return Ok(Admission::Held(held)),
            },
            None => None,
        };
        if judge.charges.is_empty() && approval.is_none() {
            return Ok(Admission::Admitted(Receipt::default()));
        }
        let used = approval.as_ref().map(|approval| approval.clone().used_by(&judge.reservation));
        let answered = used.as_ref().map(|approval| to_raw_value(&Answered::of(approval, None))).transpose()?;
        let entry = Entry { records: judge.records.clone(), approval: answered.as_deref(), ..Entry::default() };
        let mut admission = self.admit(book, own, &judge.reservation, judge.refundable, entry)?;
        if let (Admission::Admitted(receipt), Some(used)) = (&mut admission, used) {
            self.keep_used(&used)?;
            receipt.approval = Some(used.id);
        }
        Ok(admission)
    }

    /// As the ledger of a server: charges a call of one of its grants.
    pub(super) fn reserve(&self, book: &mut Book, reserve: Reserve) -> Result<Admission> {
        let Reserve { charges, places, reservation, grant, refundable } = reserve;
        let entry = Entry { grant: Some(grant), ..Entry::default() };
        self.admit(book, &Part { charges, places }, &reservation, refundable, entry)
    }

    /// Charges a call once, and writes `entry` with what was charged.
    fn admit(
        &self,
        book: &mut Book,
        part: &Part,
        reservation: &str,
        refundable: bool,
        entry: Entry<'_>,
    ) -> Result<Admission> {
        if let Some(receipt) = book.recent.receipt(reservation) {
            return Ok(Admission::Admitted(receipt));
        }
        let mut receipt = match book.account.charge(&part.charges, clock::now()) {
            Ok(receipt) => part.placed_receipt(receipt),
            Err(overrun) => return Ok(Admission::Refused(part.placed(overrun))),
        };
        let (at, spent) = (receipt.at, std::mem::take(&mut receipt.spent));
        if refundable {
            Book::may_refund(&self.database, reservation, at, &spent)?;
        }
        let reserved = Some(reservation.to_owned());
        book.append(&self.database, Entry { at, charges: spent.clone(), reservation: reserved, ..entry })?;
        self.wake_up_later()?;
        book.recent.add(reservation.to_owned(), at, spent);
        Ok(Admission::Admitted(receipt))
    }

    pub(super) fn would_refuse(book: &Book, charges: Vec<Charge>, places: Vec<usize>) -> Refusal {
        let part = Part { charges, places };
        book.account.would_refuse(&part.charges, clock::now()).map(|overrun| part.placed(overrun))
    }

    /// What the ledger of the server would refuse.
    async fn peek(&self, server: &Name, shared: &Part) -> Result<Refusal> {
        let recalled = self.server.borrow().recall(&shared.charges);
        if let Some(refusal) = recalled {
            return Ok(refusal);
        }
        let order = Order::WouldRefuse(shared.charges.clone(), shared.places.clone());
        // Where it has too much to do, the refusal stands as it is.
        let asked = super::ask_twice::<Refusal>(&self.env, &server_ledger(server), &order).await?;
        let Some(refusal) = asked else { return Ok(None) };
        self.server.borrow_mut().remember(&shared.charges, refusal);
        Ok(refusal)
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
