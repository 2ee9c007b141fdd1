//! What one ledger knows to be used, and the step that charges all limits of a call or none.

use std::collections::BTreeMap;

use super::{Charge, CounterKey, Millis, Overrun, Receipt, Share, Spent, Tally, Uses};

/// The counters of one ledger, and its time.
///
/// The time never runs backwards, whatever the clock does: it is that of the last thing written, or the clock's if that is
/// later. All windows are in it; what is promised to callers is in the clock's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    counters: BTreeMap<CounterKey, Uses>,
    time: Millis,
}

impl Account {
    /// The ledger's time when the clock says `clock`.
    pub fn time(&self, clock: Millis) -> Millis {
        self.time.max(clock)
    }

    /// Something was written at `at`, which is the ledger's time.
    pub fn pass(&mut self, at: Millis) {
        self.time = self.time.max(at);
    }

    /// Charges a call to all `charges`, each counter once, or to none. Those in shadow refuse nothing: they are a second set,
    /// charged if all of it has room, else observed.
    pub fn charge(&mut self, charges: &[Charge], clock: Millis) -> Result<Receipt, Overrun> {
        let now = self.time(clock);
        let enforced: Vec<_> = charges.iter().enumerate().filter(|(_, charge)| !charge.shadow).collect();
        let in_shadow: Vec<_> = charges.iter().enumerate().filter(|(_, charge)| charge.shadow).collect();
        if let Some(overrun) = self.overrun(&enforced, clock) {
            return Err(overrun);
        }
        let refuses = |(limit, charge): &(usize, &Charge)| self.overrun(&[(*limit, charge)], clock);
        let observed: Vec<Overrun> = in_shadow.iter().filter_map(refuses).collect();
        let to_charge = enforced.iter().chain(in_shadow.iter().filter(|_| observed.is_empty()));
        let mut spent: Vec<Spent> = Vec::new();
        for (limit, charge) in to_charge {
            let counter = self.counter(charge, now);
            match spent.iter_mut().find(|known| known.counter == counter) {
                Some(known) => known.limits.push(*limit),
                None => spent.push(Spent { counter, units: charge.cost, limits: vec![*limit] }),
            }
        }
        self.replay(&spent, now);
        let tallies = charges.iter().map(|charge| self.tally(charge, clock)).collect();
        Ok(Receipt { at: now, spent, tallies, observed, approval: None })
    }

    /// What a call with these charges would hear, if it were made now.
    pub fn would_refuse(&self, charges: &[Charge], clock: Millis) -> Option<Overrun> {
        let enforced: Vec<_> = charges.iter().enumerate().filter(|(_, charge)| !charge.shadow).collect();
        self.overrun(&enforced, clock)
    }

    /// Charges anew what the log says was spent at `at`.
    pub fn replay(&mut self, spent: &[Spent], at: Millis) {
        self.pass(at);
        for Spent { counter, units, .. } in spent {
            self.counters.entry(counter.clone()).or_default().record(counter.span(), at, *units);
        }
    }

    /// Takes back what was spent at `at`, from the windows that were charged.
    pub fn give_back(&mut self, spent: &[Spent], at: Millis) {
        for Spent { counter, units, .. } in spent {
            if let Some(uses) = self.counters.get_mut(counter) {
                uses.give_back(counter.span(), at, *units);
            }
        }
    }

    /// Forgets the counters of which nothing counts any more, and says which. The clock may go back, so its word is not enough:
    /// what counted when something was last written is kept.
    pub fn sweep(&mut self) -> Vec<CounterKey> {
        let idle = self.counters.iter().filter(|(key, uses)| uses.used(key.span(), self.time) == 0);
        let idle: Vec<CounterKey> = idle.map(|(key, _)| key.clone()).collect();
        for key in &idle {
            self.counters.remove(key);
        }
        idle
    }

    /// A counter as it was stored.
    pub fn restore(&mut self, counter: CounterKey, uses: Uses) {
        if let Some(last) = uses.last() {
            self.pass(last);
        }
        self.counters.insert(counter, uses);
    }

    /// Every counter.
    pub fn counters(&self) -> impl Iterator<Item = (&CounterKey, &Uses)> {
        self.counters.iter()
    }

    /// The counters that are not stored as they are.
    pub fn changed(&self) -> impl Iterator<Item = (&CounterKey, &Uses)> {
        self.counters.iter().filter(|(_, uses)| uses.has_changed())
    }

    /// All of them are stored.
    pub fn all_kept(&mut self) {
        self.counters.values_mut().for_each(Uses::kept);
    }

    /// The units used of `counter`, and the milliseconds until none of them counts any more.
    pub fn used(&self, counter: &CounterKey, clock: Millis) -> (u64, u64) {
        let now = self.time(clock);
        let span = counter.span();
        self.counters.get(counter).map_or((0, 0), |uses| {
            let resets_in = uses.until_at_most(span, now, 0);
            (uses.used(span, now), if resets_in == 0 { 0 } else { resets_in + now.since(clock) })
        })
    }

    fn tally(&self, charge: &Charge, clock: Millis) -> Tally {
        let (used, resets_in) = self.used(&self.counter(charge, self.time(clock)), clock);
        Tally { remaining: charge.max.saturating_sub(used), resets_in }
    }

    /// Why these charges cannot be made now: the first that has no room, and how long until all of them have.
    fn overrun(&self, charges: &[(usize, &Charge)], clock: Millis) -> Option<Overrun> {
        let now = self.time(clock);
        let (limit, _) = charges.iter().find(|(_, charge)| self.wait(charge, now) > 0)?;
        let mut then = now;
        // What one limit waits for may let another fill its place: a session that has lost its budget shares a fuller one.
        while let Some(wait) = charges.iter().map(|(_, charge)| self.wait(charge, then)).max().filter(|wait| *wait > 0)
        {
            then.0 = then.0.saturating_add(wait);
        }
        Some(Overrun { limit: *limit, retry_after: then.since(clock) })
    }

    /// Milliseconds from `now` until `charge` has room, if nothing else is charged. Zero if it has now.
    fn wait(&self, charge: &Charge, now: Millis) -> u64 {
        // What costs more than the limit ever has room for waits for the end of time.
        let Some(allowed) = charge.max.checked_sub(charge.cost) else { return u64::MAX.saturating_sub(now.0) };
        let span = charge.span();
        let until =
            |key: &CounterKey, allowed| self.counters.get(key).map_or(0, |uses| uses.until_at_most(span, now, allowed));
        match self.budget(charge, now) {
            Budget::Own(key) => until(&key, allowed),
            Budget::Shared(kept) => {
                // Until the fullest has room, which is when all have, or until one of them is free.
                let room = kept.iter().map(|key| until(key, allowed)).max();
                let free = kept.iter().map(|key| until(key, 0)).min();
                room.min(free).unwrap_or(0)
            }
        }
    }

    /// The counter that a charge is charged to at `now`.
    fn counter(&self, charge: &Charge, now: Millis) -> CounterKey {
        match self.budget(charge, now) {
            Budget::Own(key) => key,
            Budget::Shared(kept) => {
                let used = |key: &&CounterKey| self.counters.get(*key).map_or(0, |uses| uses.used(key.span(), now));
                kept.into_iter().max_by_key(used).cloned().unwrap_or_else(|| CounterKey::of(charge))
            }
        }
    }

    fn budget(&self, charge: &Charge, now: Millis) -> Budget<'_> {
        let own = CounterKey::of(charge);
        let Share::Session { id: Some(_), sessions } = &charge.share else { return Budget::Own(own) };
        let before = CounterKey::before_session(charge);
        let shares = self
            .counters
            .iter()
            .filter(|(key, uses)| key.is_share(&before, charge.unit.as_deref()) && uses.used(key.span(), now) > 0);
        let sessions = usize::try_from(*sessions).unwrap_or(usize::MAX).max(1);
        // An edit of `sessions` may leave more. The first ones keep theirs, in an order that does not change, so that within a
        // window nothing of the others counts any more.
        let kept: Vec<&CounterKey> = shares.map(|(key, _)| key).take(sessions).collect();
        if kept.len() < sessions || kept.contains(&&own) { Budget::Own(own) } else { Budget::Shared(kept) }
    }
}

/// What a charge is made to.
enum Budget<'a> {
    /// A counter of its own.
    Own(CounterKey),
    /// The fullest of the sessions' shares, of which there are as many as may be.
    Shared(Vec<&'a CounterKey>),
}
