//! One random history of an account, beside the log and beside two other accounts:
//! - a twin that is written down, read back and swept at any time, and must answer the same;
//! - one in which what is in shadow is enforced, which must refuse exactly what is observed.

use tollgate::ledger::{Account, Charge, CounterKey, Millis, Overrun, Receipt, Spent};

use crate::log::{Log, Owner, Use};
use crate::policy::{Asked, Policy, SESSIONS};
use crate::random::Random;
use crate::twin::{Entry, Twin};

pub(crate) const STEPS: u64 = 16;

pub(crate) struct History {
    policy: Policy,
    clock: u64,
    /// When something was last written.
    written: u64,
    log: Log,
    account: Account,
    twin: Twin,
    enforced: Account,
    /// The calls that can be refunded, and where each stands in the log.
    calls: Vec<(Receipt, usize)>,
}

/// What is told of a history, if somebody listens.
pub(crate) struct Trace(pub(crate) Option<Vec<String>>);

impl Trace {
    fn note(&mut self, line: impl FnOnce() -> String) {
        if let Some(lines) = &mut self.0 {
            lines.push(line());
        }
    }
}

/// Runs the history of this seed without the steps of `skipped`, of which each is a bit. What is done is told to `trace`.
pub(crate) fn run(seed: u64, skipped: u64, trace: &mut Trace) -> Result<(), String> {
    let mut random = Random::of(seed, STEPS);
    let clock = random.pick(&[0, 1_800_000_000_000, 1_800_000_000_000]) + random.below(100_000_000);
    let mut history = History {
        policy: Policy::any(&mut random),
        clock,
        written: 0,
        log: Log::default(),
        account: Account::default(),
        twin: Twin::default(),
        enforced: Account::default(),
        calls: Vec::new(),
    };
    trace.note(|| format!("{:#?}", history.policy));
    for step in (0..STEPS).filter(|step| skipped >> step & 1 == 0) {
        trace.note(|| format!("step {step}"));
        history.step(&mut Random::of(seed, step), trace)?;
    }
    Ok(())
}

impl History {
    fn step(&mut self, random: &mut Random, trace: &mut Trace) -> Result<(), String> {
        self.move_clock(random);
        trace.note(|| format!("the clock is at {}", self.clock));
        match random.below(16) {
            0 | 1 => {
                self.policy.edit(random);
                trace.note(|| format!("edited: {:?}", self.policy));
                Ok(())
            }
            2 => {
                trace.note(|| "checkpoint".to_owned());
                self.twin.write_down()
            }
            3 => {
                trace.note(|| "restart".to_owned());
                self.twin.wake_up()
            }
            4 => {
                let idle = self.twin.account.sweep();
                trace.note(|| format!("swept: {idle:?}"));
                Ok(())
            }
            5 | 6 if !self.calls.is_empty() => {
                let (receipt, place) = self.calls.swap_remove(random.index(self.calls.len()));
                trace.note(|| format!("refund of {receipt:?}"));
                self.refund(&receipt, place, random.one_in(3));
                Ok(())
            }
            _ => {
                let asked = self.policy.call(random);
                trace.note(|| format!("call: {asked:?}"));
                self.call(&asked, random, trace)
            }
        }
    }

    /// As windows would have it: within a grain, about a window, to a border; at times far, at times back.
    fn move_clock(&mut self, random: &mut Random) {
        let window = self.policy.window(random);
        if random.one_in(14) {
            self.clock = self.clock.saturating_sub(random.below(window * 2));
            return;
        }
        self.clock += match random.below(14) {
            0..=3 => 0,
            4 => 1,
            5 | 6 => random.below(window / 32),
            7..=9 => random.below(window / 3),
            10 => window - 1 + random.below(3),
            11 => (window - self.clock % window + random.below(2)).saturating_sub(1),
            12 => random.below(window * 2),
            _ if random.one_in(3) => random.below(window * 20),
            _ => 0,
        }
    }

    fn call(&mut self, asked: &[Asked], random: &mut Random, trace: &mut Trace) -> Result<(), String> {
        let clock = Millis(self.clock);
        let charges: Vec<Charge> = asked.iter().map(|asked| asked.charge.clone()).collect();
        let foretold = random.one_in(4).then(|| self.account.would_refuse(&charges, clock));
        let answer = self.account.charge(&charges, clock);
        trace.note(|| format!("{answer:?}"));
        let twin = self.twin.account.charge(&charges, clock);
        holds!(twin == answer, "an account that was stored says {twin:?}");
        if let Some(foretold) = foretold {
            holds!(foretold == answer.as_ref().err().copied(), "foretold was {foretold:?}");
        }
        match answer {
            Err(overrun) => self.refused(asked, &charges, overrun, random),
            Ok(receipt) => self.admitted(asked, receipt),
        }
    }

    /// That the refusal was due, that the promise holds, and that it is not a millisecond longer than it must be.
    fn refused(&self, asked: &[Asked], charges: &[Charge], now: Overrun, random: &mut Random) -> Result<(), String> {
        holds!(now.retry_after > 0, "after no time");
        self.may_be_refused(asked, self.clock, now.limit)?;
        // A limit may have room earlier, and then no longer, for a session may lose its budget: so any time between counts.
        for sooner in [now.retry_after - 1, random.below(now.retry_after)] {
            let clock = self.clock + sooner;
            let Some(still) = self.account.would_refuse(charges, Millis(clock)) else {
                return Err(format!("{now:?} was promised, and {sooner} is enough"));
            };
            holds!(
                still.retry_after == now.retry_after - sooner,
                "{now:?} was promised, and {still:?} {sooner} milliseconds later"
            );
            self.may_be_refused(asked, clock, still.limit)?;
        }
        let then = self.clock + now.retry_after;
        let still = self.account.would_refuse(charges, Millis(then));
        holds!(still.is_none(), "{now:?} was promised, and then it is {still:?}");
        holds!(self.may_be_admitted(asked, then), "{now:?} was promised, and there is no room then");
        Ok(())
    }

    /// By the limit of this number, and by none before it.
    fn may_be_refused(&self, asked: &[Asked], clock: u64, by: usize) -> Result<(), String> {
        let now = self.written.max(clock);
        holds!(!asked[by].charge.shadow, "refused by {by}, which is in shadow");
        holds!(self.log.may_refuse(&asked[by], now), "refused at {now} by {by}, which has room");
        holds!(self.may_be_admitted(&asked[..by], clock), "refused at {now} by {by}, not by one before it");
        Ok(())
    }

    fn may_be_admitted(&self, asked: &[Asked], clock: u64) -> bool {
        let now = self.written.max(clock);
        asked.iter().filter(|asked| !asked.charge.shadow).all(|asked| self.log.may_admit(asked, now))
    }

    fn admitted(&mut self, asked: &[Asked], receipt: Receipt) -> Result<(), String> {
        let now = self.written.max(self.clock);
        holds!(receipt.at == Millis(now), "charged at {:?}, not at {now}", receipt.at);
        holds!(self.may_be_admitted(asked, self.clock), "admitted, and a limit has no room");
        self.observed_rightly(asked, &receipt)?;
        let charged = |limit: usize| receipt.spent.iter().filter(|spent| spent.limits.contains(&limit)).count();
        for (limit, asked) in asked.iter().enumerate() {
            let times = usize::from(!asked.charge.shadow || receipt.observed.is_empty());
            holds!(charged(limit) == times, "limit {limit} was charged {} times", charged(limit));
        }
        let mut uses = Vec::new();
        for Spent { counter, units, limits } in &receipt.spent {
            let Asked { kind, sessions, .. } = asked[limits[0]];
            let owner = match counter.session() {
                Some(id) => Owner::Session(SESSIONS.iter().position(|known| *known == id).unwrap()),
                None => asked[limits[0]].owner,
            };
            for asked in limits.iter().map(|limit| &asked[*limit]) {
                holds!(asked.kind == kind && asked.charge.cost == *units, "{counter} was charged for another");
                holds!(self.log.may_pay(asked, owner, now), "{owner:?} of {counter} was charged");
            }
            let max = limits.iter().map(|limit| asked[*limit].charge.max).min().unwrap();
            uses.push(Use { kind, owner, at: now, cost: *units, max, sessions, refunded: false });
        }
        let distinct = |(at, one): (usize, &Use)| {
            !uses[..at].iter().any(|other| (other.kind, other.owner) == (one.kind, one.owner))
        };
        holds!(uses.iter().enumerate().all(distinct), "one counter was charged twice");
        let place = self.log.uses.len();
        for one in uses {
            self.log.uses.push(one);
            if let Some(broken) = self.log.overfull() {
                return Err(broken);
            }
        }
        self.written = now;
        self.tallied_rightly(asked, &receipt)?;
        self.twin.entries.push(Entry { at: receipt.at, spent: receipt.spent.clone(), back_to: None });
        self.calls.push((receipt, place));
        Ok(())
    }

    fn observed_rightly(&mut self, asked: &[Asked], receipt: &Receipt) -> Result<(), String> {
        let now = receipt.at.0;
        let mut as_enforced = Vec::new();
        let mut refusals = Vec::new();
        for (limit, asked) in asked.iter().enumerate().filter(|(_, asked)| asked.charge.shadow) {
            let charge = Charge { shadow: false, ..asked.charge.clone() };
            let refusal = self.enforced.would_refuse(std::slice::from_ref(&charge), Millis(self.clock));
            refusals.extend(refusal.map(|refusal| Overrun { limit, ..refusal }));
            let right =
                if refusal.is_some() { self.log.may_refuse(asked, now) } else { self.log.may_admit(asked, now) };
            holds!(right, "observed {:?}", receipt.observed);
            as_enforced.push(charge);
        }
        holds!(refusals == receipt.observed, "enforced, it would have been {refusals:?}");
        if refusals.is_empty() {
            let answer = self.enforced.charge(&as_enforced, Millis(self.clock));
            holds!(answer.is_ok(), "in shadow it has room, enforced it is {answer:?}");
        }
        self.enforced.pass(receipt.at);
        Ok(())
    }

    fn tallied_rightly(&self, asked: &[Asked], receipt: &Receipt) -> Result<(), String> {
        holds!(receipt.tallies.len() == asked.len(), "{} tallies", receipt.tallies.len());
        for (asked, tally) in asked.iter().zip(&receipt.tallies) {
            holds!(self.log.may_remain(asked, receipt.at.0, tally.remaining), "{tally:?} does not remain of {asked:?}");
            let then = self.clock + tally.resets_in;
            holds!(
                self.log.may_be_idle(asked, receipt.at.0, self.written.max(then)),
                "{tally:?}: something counts then of {asked:?}"
            );
            if tally.resets_in > 0 {
                let before = self.written.max(then - 1);
                holds!(
                    self.log.may_be_used(asked, receipt.at.0, before),
                    "{tally:?}: nothing counts before of {asked:?}"
                );
            }
        }
        // And to the millisecond by the account itself.
        if let Some(Spent { counter, .. }) = receipt.spent.last().filter(|spent| spent.units > 0) {
            let (_, resets_in) = self.account.used(counter, Millis(self.clock));
            holds!(resets_in > 0, "nothing is used of {counter}");
            let later = |millis| self.account.used(counter, Millis(self.clock + millis));
            holds!(later(resets_in) == (0, 0), "{counter} is used after {resets_in}");
            holds!(later(resets_in - 1).0 > 0, "{counter} is not used before {resets_in}");
        }
        Ok(())
    }

    /// Gives back all that the call was charged, or only what the first counter was.
    fn refund(&mut self, receipt: &Receipt, place: usize, first_only: bool) {
        let many = if first_only { receipt.spent.len().min(1) } else { receipt.spent.len() };
        let spent = receipt.spent[..many].to_vec();
        for one in &mut self.log.uses[place..place + many] {
            one.refunded = true;
        }
        let of_shadow = |one: &Spent| {
            Some(Spent { counter: CounterKey::read(one.counter.as_str().strip_prefix("shadow/")?)?, ..one.clone() })
        };
        let enforced: Vec<Spent> = spent.iter().filter_map(of_shadow).collect();
        self.written = self.written.max(self.clock);
        let at = Millis(self.written);
        self.enforced.give_back(&enforced, receipt.at);
        self.enforced.pass(at);
        // It is written down, and that passes time.
        for account in [&mut self.account, &mut self.twin.account] {
            account.give_back(&spent, receipt.at);
            account.pass(at);
        }
        self.twin.entries.push(Entry { at, spent, back_to: Some(receipt.at) });
    }
}
