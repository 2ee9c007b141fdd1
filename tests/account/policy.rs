//! Random limits, edits of them, and what a call owes to them.

use tollgate::ledger::{Algorithm, Charge, CounterName, Share, Window};

use crate::log::{Kind, Owner};
use crate::random::Random;

const MILLION: u64 = 1_000_000;
/// The longest is 31 days.
const SECONDS: [u64; 8] = [1, 2, 7, 60, 61, 3600, 86_400, 2_678_400];
/// As many as there may be of a limit in millionths.
const LARGEST: u64 = 10_000_000_000_000 * MILLION;
const NAMES: [&str; 3] = ["a", "b", "c"];
/// In the order of their keys.
pub(crate) const SESSIONS: [&str; 6] = ["s0", "s1", "s2", "s3", "s4", "s5"];

#[derive(Debug, Clone)]
pub(crate) struct Policy {
    counters: Vec<Counter>,
    limits: Vec<Limit>,
    /// The ledger of a server has limits of that scope only.
    of_server: bool,
}

/// What a name stands for. One name is one identity, so what limits share a counter agree in all of this.
#[derive(Debug, Clone)]
struct Counter {
    seconds: u64,
    algorithm: Algorithm,
    millionths: bool,
    /// How many have a budget of their own, if the scope is the session.
    sessions: Option<u32>,
}

#[derive(Debug, Clone)]
struct Limit {
    /// Which counter.
    counter: usize,
    max: u64,
    shadow: bool,
}

/// What the ledger is asked of one limit, and how the log names the same.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) charge: Charge,
    pub(crate) kind: Kind,
    pub(crate) owner: Owner,
    /// How many sessions have a budget of their own.
    pub(crate) sessions: usize,
}

impl Policy {
    pub(crate) fn any(random: &mut Random) -> Self {
        let of_server = random.one_in(6);
        let counters: Vec<_> = (0..=random.below(3)).map(|_| Counter::any(random, of_server)).collect();
        let mut policy = Self { counters, limits: Vec::new(), of_server };
        for _ in 0..=random.below(3) {
            policy.add(random);
        }
        policy
    }

    fn add(&mut self, random: &mut Random) {
        let counter = random.index(self.counters.len());
        let max = any_max(random, self.counters[counter].millionths);
        self.limits.push(Limit { counter, max, shadow: random.one_in(4) });
    }

    /// Changes one thing.
    pub(crate) fn edit(&mut self, random: &mut Random) {
        let at = random.index(self.limits.len());
        let Limit { counter, max, shadow } = &mut self.limits[at];
        let counter = &mut self.counters[*counter];
        match random.below(10) {
            0..=2 => *max = any_max(random, counter.millionths),
            3..=5 if counter.sessions.is_some() => counter.sessions = Some(any_sessions(random)),
            3 => *shadow = !*shadow,
            4 | 6 => *counter = Counter::any(random, self.of_server),
            5 => counter.algorithm = any_algorithm(random),
            7 => counter.seconds = random.pick(&SECONDS),
            8 if self.limits.len() > 1 => drop(self.limits.remove(at)),
            _ => self.add(random),
        }
    }

    /// A call that some of the limits are for.
    pub(crate) fn call(&self, random: &mut Random) -> Vec<Asked> {
        let all = random.below(3) > 0;
        let mut limits: Vec<&Limit> = self.limits.iter().filter(|_| all || random.one_in(2)).collect();
        if limits.is_empty() {
            limits.push(&self.limits[0]);
        }
        let session = (!random.one_in(6)).then(|| random.index(SESSIONS.len()));
        // A cost above `max` does not come to the ledger.
        let cost_of = |counter: usize, random: &mut Random| {
            let most = limits.iter().filter(|limit| limit.counter == counter).map(|limit| limit.max).min();
            if self.counters[counter].millionths { most.map_or(0, |most| any_cost(random, most)) } else { 1 }
        };
        let costs: Vec<u64> = (0..self.counters.len()).map(|counter| cost_of(counter, random)).collect();
        limits.into_iter().map(|limit| self.asked(limit, session, costs[limit.counter])).collect()
    }

    fn asked(&self, limit: &Limit, session: Option<usize>, cost: u64) -> Asked {
        let Limit { counter: name, max, shadow } = *limit;
        let Counter { seconds, algorithm, millionths, sessions } = self.counters[name];
        let (share, owner) = match (sessions, session) {
            (None, _) if self.of_server => (Share::Server, Owner::All),
            (None, _) => (Share::Grant, Owner::All),
            (Some(sessions), None) => (Share::Session { id: None, sessions }, Owner::NoSession),
            (Some(sessions), Some(id)) => {
                (Share::Session { id: Some(SESSIONS[id].to_owned()), sessions }, Owner::Session(id))
            }
        };
        let charge = Charge {
            counter: CounterName::read(NAMES[name]).unwrap(),
            window: Window::of_seconds(seconds).unwrap(),
            algorithm,
            share,
            unit: millionths.then(|| "args.amount".to_owned()),
            cost,
            max,
            shadow,
        };
        let by_session = sessions.is_some();
        let kind = Kind { name, window: seconds * 1000, algorithm, millionths, by_session, shadow };
        Asked { charge, kind, owner, sessions: sessions.unwrap_or(1) as usize }
    }

    /// The window of any of the limits, in milliseconds.
    pub(crate) fn window(&self, random: &mut Random) -> u64 {
        random.pick(
            &self.limits.iter().map(|limit| limit.counter).map(|at| self.counters[at].seconds).collect::<Vec<_>>(),
        ) * 1000
    }
}

impl Counter {
    fn any(random: &mut Random, of_server: bool) -> Self {
        Self {
            seconds: if random.one_in(3) { 1 + random.below(2_678_400) } else { random.pick(&SECONDS) },
            algorithm: any_algorithm(random),
            millionths: random.one_in(3),
            sessions: (!of_server && random.one_in(2)).then(|| any_sessions(random)),
        }
    }
}

fn any_algorithm(random: &mut Random) -> Algorithm {
    if random.one_in(3) { Algorithm::Fixed } else { Algorithm::Sliding }
}

fn any_sessions(random: &mut Random) -> u32 {
    random.pick(&[1, 1, 2, 2, 3, 4, u32::MAX])
}

fn any_max(random: &mut Random, millionths: bool) -> u64 {
    let most = 1 + random.below(6);
    match (millionths, random.below(30)) {
        (false, 0) => u64::MAX,
        (false, _) => most,
        (true, 0) => LARGEST,
        (true, _) => most * MILLION,
    }
}

fn any_cost(random: &mut Random, most: u64) -> u64 {
    match random.below(8) {
        0 => 0,
        1 => most,
        2 => 1,
        3 => most / 2,
        4 | 5 => most / 3,
        6 => random.below(most) + 1,
        _ => MILLION.min(most),
    }
}
