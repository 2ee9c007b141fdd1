//! The simplest thing that is right: a log of every admitted call with its time. It knows no grains.
//!
//! Of a sliding window it judges in two ways. What was used less than a window ago counts **surely**; what was used less
//! than a window and 1/64 ago counts **perhaps**, since an account may remember so much longer. (The design allows a millisecond more
//! than that. The account does not need it, since a grain is 1/64 rounded down.) A fixed window is exact: there both are one.
//!
//! In the same way an answer may be possible or not. An admission is possible if there was room for what surely counts, a
//! refusal if there was none for what perhaps counts; between the two, either is right.

use tollgate::ledger::Algorithm;

use crate::policy::Asked;

/// A limit's identity, without `max` and without how many sessions it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) name: usize,
    /// In milliseconds.
    pub(crate) window: u64,
    pub(crate) algorithm: Algorithm,
    pub(crate) millionths: bool,
    pub(crate) by_session: bool,
    pub(crate) shadow: bool,
}

/// Whose budget of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Owner {
    All,
    NoSession,
    Session(usize),
}

/// One call at one limit.
#[derive(Debug)]
pub(crate) struct Use {
    pub(crate) kind: Kind,
    /// Whose budget was charged.
    pub(crate) owner: Owner,
    /// The account's time.
    pub(crate) at: u64,
    pub(crate) cost: u64,
    /// The smallest `max` that it was compared with.
    pub(crate) max: u64,
    /// How many sessions had a budget of their own.
    pub(crate) sessions: usize,
    pub(crate) refunded: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Counts {
    Surely,
    Perhaps,
}
use Counts::{Perhaps, Surely};

#[derive(Debug, Default)]
pub(crate) struct Log {
    pub(crate) uses: Vec<Use>,
}

impl Kind {
    fn counts(&self, then: u64, now: u64, how: Counts) -> bool {
        let slack = if how == Perhaps { self.window / 64 } else { 0 };
        match self.algorithm {
            Algorithm::Sliding => now - then < self.window + slack,
            Algorithm::Fixed => now / self.window == then / self.window,
        }
    }
}

impl Log {
    fn counting(&self, kind: Kind, now: u64, how: Counts) -> impl Iterator<Item = &Use> {
        let counts = move |one: &&Use| one.kind == kind && !one.refunded && kind.counts(one.at, now, how);
        self.uses.iter().filter(counts)
    }

    fn used(&self, kind: Kind, owner: Owner, now: u64, how: Counts) -> u128 {
        self.counting(kind, now, how).filter(|one| one.owner == owner).map(|one| u128::from(one.cost)).sum()
    }

    /// The sessions that have used something, in the order of their keys.
    fn active(&self, kind: Kind, now: u64, how: Counts) -> Vec<Owner> {
        let paid = self.counting(kind, now, how).filter(|one| one.cost > 0);
        let mut owners: Vec<Owner> = paid.map(|one| one.owner).filter(|owner| *owner > Owner::NoSession).collect();
        owners.sort_unstable();
        owners.dedup();
        owners
    }

    /// Whose budget a call may be charged to: its own, unless as many other sessions as may be have one; then the fullest of
    /// those. Several, where it depends on what counts perhaps.
    ///
    /// An edit of `sessions` may leave more active ones than it allows. Those that come first in the order of keys keep theirs,
    /// since then [`Self::overfull`] holds; with the fullest, or with all that are active, it does not.
    fn payers(&self, asked: &Asked, now: u64) -> Vec<Owner> {
        let Asked { kind, owner: own, sessions, .. } = *asked;
        if own <= Owner::NoSession {
            return vec![own];
        }
        let (surely, perhaps) = (self.active(kind, now, Surely), self.active(kind, now, Perhaps));
        let before = |among: &[Owner], owner: Owner| among.iter().filter(|other| **other < owner).count();
        let others = perhaps.iter().filter(|other| **other != own).count();
        if others < sessions || surely.contains(&own) && before(&perhaps, own) < sessions {
            return vec![own];
        }
        let keeps_own = surely.len() < sessions || perhaps.contains(&own) && before(&surely, own) < sessions;
        let kept = surely.iter().filter(|other| before(&perhaps, **other) < sessions);
        let fullest = kept.map(|other| self.used(kind, *other, now, Surely)).max().unwrap_or(0);
        let shared = perhaps.iter().copied().filter(|other| {
            *other != own && before(&surely, *other) < sessions && self.used(kind, *other, now, Perhaps) >= fullest
        });
        shared.chain(keeps_own.then_some(own)).collect()
    }

    pub(crate) fn may_pay(&self, asked: &Asked, owner: Owner, now: u64) -> bool {
        self.payers(asked, now).contains(&owner)
    }

    fn may_have(&self, asked: &Asked, now: u64, how: Counts, is_right: impl Fn(u128) -> bool) -> bool {
        self.payers(asked, now).iter().any(|owner| is_right(self.used(asked.kind, *owner, now, how)))
    }

    pub(crate) fn may_admit(&self, asked: &Asked, now: u64) -> bool {
        let (cost, max) = (u128::from(asked.charge.cost), u128::from(asked.charge.max));
        self.may_have(asked, now, Surely, |used| used + cost <= max)
    }

    pub(crate) fn may_refuse(&self, asked: &Asked, now: u64) -> bool {
        let (cost, max) = (u128::from(asked.charge.cost), u128::from(asked.charge.max));
        self.may_have(asked, now, Perhaps, |used| used + cost > max)
    }

    /// Whether so much may be said to remain.
    pub(crate) fn may_remain(&self, asked: &Asked, now: u64, remaining: u64) -> bool {
        let left = |used: u128| u128::from(asked.charge.max).saturating_sub(used);
        self.may_have(asked, now, Surely, |used| u128::from(remaining) <= left(used))
            && self.may_have(asked, now, Perhaps, |used| left(used) <= u128::from(remaining))
    }

    /// Whether nothing may count any more at `then` of what the call is charged to at `now`.
    pub(crate) fn may_be_idle(&self, asked: &Asked, now: u64, then: u64) -> bool {
        self.payers(asked, now).iter().any(|owner| self.used(asked.kind, *owner, then, Surely) == 0)
    }

    /// Whether something of it may count still.
    pub(crate) fn may_be_used(&self, asked: &Asked, now: u64, then: u64) -> bool {
        self.payers(asked, now).iter().any(|owner| self.used(asked.kind, *owner, then, Perhaps) > 0)
    }

    /// What the newest use broke, if it did: its budget, or how many sessions have one.
    ///
    /// It is enough to look at the window that ends with a use, just after it: a window is fullest at its last use, and each is
    /// that of some use. A refund only takes away.
    ///
    /// After an edit it is the `max` and the `sessions` of then that the window is held to: of `max` that of the newest use,
    /// since each use is compared with all that counts before it. Of `sessions` the largest of the window. For if no session in
    /// the window became active within it, all of them were active at every use of one of them, so that the last in
    /// the order of keys was among the first `sessions`; and if some did, then at the last time when one did, the others were active
    /// already, and fewer than `sessions`.
    pub(crate) fn overfull(&self) -> Option<String> {
        let newest = self.uses.last()?;
        let Use { kind, owner, at, max, .. } = *newest;
        let used = self.used(kind, owner, at, Surely);
        if used > u128::from(max) {
            return Some(format!("{used} of {max} used by {owner:?} of {kind:?}"));
        }
        let of_sessions = |one: &&Use| one.owner > Owner::NoSession && one.kind == kind && one.cost > 0;
        let window = self.uses.iter().filter(of_sessions).filter(|one| kind.counts(one.at, at, Surely));
        let (sessions, most) = window.fold((0, 0), |most, one| (most.0.max(one.sessions), most.1.max(one.max)));
        let active = self.active(kind, at, Surely);
        let together: u128 = active.iter().map(|owner| self.used(kind, *owner, at, Surely)).sum();
        let too_much = together > sessions as u128 * u128::from(most);
        (active.len() > sessions || too_much)
            .then(|| format!("{active:?} have used {together}, with {sessions} × {most} allowed, of {kind:?}"))
    }
}
