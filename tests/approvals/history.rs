//! A yes is for one call: what becomes of questions, whatever happens in whichever order, held against a log of all that happened.

use proptest::prelude::*;
use tollgate::ledger::{Account, Approval, Approver, Decision, Heard, Held, Millis, Petition, Status};

/// Milliseconds for which a question waits, and an answer holds.
const TTL: u64 = 1_000;

/// What happens.
#[derive(Debug, Clone)]
enum Step {
    /// The agent makes the call, in a request of this number. The same number again: an answer was lost, and it is asked again.
    Call(u8),
    /// A person answers the newest question, or one so many before it.
    Answer { back: usize, yes: bool },
    /// A call was never made; its request has this number.
    GiveBack { back: usize, request: u8 },
    /// The alarm rings: whose time is over is written down.
    Alarm,
    /// The rules have changed.
    Void { back: usize },
    /// The clock goes on, or, where a machine's clock is set, back.
    Clock(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    // The end of a time, to the millisecond, and what stands around it.
    let jump = prop_oneof![-1_500i64..1_500, Just(1), Just(TTL.cast_signed() - 1), Just(TTL.cast_signed())];
    let step = prop_oneof![
        6 => (0u8..4).prop_map(Step::Call),
        4 => (0usize..3, prop::bool::weighted(0.8)).prop_map(|(back, yes)| Step::Answer { back, yes }),
        2 => (0usize..3, 0u8..4).prop_map(|(back, request)| Step::GiveBack { back, request }),
        1 => Just(Step::Alarm),
        1 => (0usize..2).prop_map(|back| Step::Void { back }),
        3 => jump.prop_map(Step::Clock),
    ];
    prop::collection::vec(step, 1..60)
}

/// The questions about one call, as the ledger of its grant keeps them.
#[derive(Default)]
struct Ledger {
    account: Account,
    clock: u64,
    questions: Vec<Approval>,
    log: Vec<Event>,
}

/// What has happened, and to the question of which number.
#[derive(Debug)]
struct Event {
    number: usize,
    what: What,
}

#[derive(Debug, PartialEq)]
enum What {
    Asked(u64),
    Said(bool, u64),
    Passed(String),
    GivenBack(String),
    Voided,
}

/// What became of a call, by the log.
#[derive(Debug, PartialEq)]
enum Expected {
    Pass,
    Pending,
    Refused,
    Asks,
}

impl Ledger {
    fn now(&mut self) -> Millis {
        let now = self.account.time(Millis(self.clock));
        self.account.pass(now);
        now
    }

    fn take(&mut self, step: &Step) -> Result<(), TestCaseError> {
        let now = self.now();
        match step {
            Step::Clock(by) => self.clock = self.clock.saturating_add_signed(*by),
            Step::Call(number) => self.call(&format!("r_{number}"), now)?,
            Step::Answer { back, yes } => {
                let Some(number) = self.questions.len().checked_sub(back + 1) else { return Ok(()) };
                let decision = Decision { yes: *yes, by: "ada".to_owned(), at: now, from: None, words: None };
                let waits = self.expected_of(number, "", now) == Expected::Pending;
                let decided = self.questions[number].decide(decision, now);
                prop_assert_eq!(decided.is_ok(), waits, "an answer is taken while the question waits, and once");
                if waits {
                    self.note(number, What::Said(*yes, now.0));
                }
            }
            Step::GiveBack { back, request } => {
                let Some(number) = self.questions.len().checked_sub(back + 1) else { return Ok(()) };
                let request = format!("r_{request}");
                let was_its_own = self.holder_of(number) == Some(&request);
                let given_back = self.questions[number].give_back(&request);
                prop_assert_eq!(given_back, was_its_own, "only the call that has used a yes up gives it back");
                if given_back {
                    self.note(number, What::GivenBack(request));
                }
            }
            Step::Alarm => {
                for question in &mut self.questions {
                    if matches!(question.status, Status::Pending | Status::Approved) && question.expires_at <= now {
                        question.status = Status::Expired;
                    }
                }
            }
            Step::Void { back } => {
                let Some(number) = self.questions.len().checked_sub(back + 1) else { return Ok(()) };
                if matches!(self.questions[number].standing(now), Status::Pending | Status::Approved) {
                    self.questions[number].status = Status::Voided;
                    self.note(number, What::Voided);
                }
            }
        }
        Ok(())
    }

    /// As `src/edge/ledger/approvals.rs` does it: the newest question is what counts.
    fn call(&mut self, request: &str, now: Millis) -> Result<(), TestCaseError> {
        let expected = match self.questions.len().checked_sub(1) {
            Some(newest) => self.expected_of(newest, request, now),
            None => Expected::Asks,
        };
        let heard = self.questions.last().map_or(Heard::Ask, |newest| newest.heard(request, now));
        let became = match heard {
            Heard::MayPass => {
                let used = self.questions.pop().unwrap().used_by(request);
                self.questions.push(used);
                self.note(self.questions.len() - 1, What::Passed(request.to_owned()));
                Expected::Pass
            }
            Heard::Held(Held::Pending { expires_at, .. }) => {
                prop_assert!(now < expires_at);
                Expected::Pending
            }
            Heard::Held(Held::Denied { expires_at, .. }) => {
                prop_assert!(now < expires_at);
                Expected::Refused
            }
            Heard::Held(Held::Crowded) => panic!("a question knows nothing of others"),
            Heard::Ask => {
                self.questions.push(question(now, request));
                self.note(self.questions.len() - 1, What::Asked(now.0));
                Expected::Asks
            }
        };
        prop_assert_eq!(became, expected, "{:?}", self.log);
        Ok(())
    }

    /// What the log says of a call by `request`, if this question is the newest. It knows no states, only what has happened.
    fn expected_of(&self, number: usize, request: &str, now: Millis) -> Expected {
        let said =
            self.of(number).find_map(|what| if let What::Said(yes, at) = what { Some((*yes, *at)) } else { None });
        let asked_at = self.of(number).find_map(|what| if let What::Asked(at) = what { Some(*at) } else { None });
        let voided = self.of(number).any(|what| *what == What::Voided);
        match (self.holder_of(number), said) {
            // Its own use: the same call, asked for again.
            (Some(holder), _) if holder == request => Expected::Pass,
            (None, Some((true, at))) if !voided && now.0 < at + TTL => Expected::Pass,
            (None, Some((false, at))) if !voided && now.0 < at + TTL => Expected::Refused,
            (None, None) if !voided && now.0 < asked_at.unwrap() + TTL => Expected::Pending,
            (Some(_) | None, _) => Expected::Asks,
        }
    }

    /// The request that has used the yes up and not given it back.
    fn holder_of(&self, number: usize) -> Option<&String> {
        let mut holder = None;
        for what in self.of(number) {
            match what {
                What::Passed(request) => holder = Some(request),
                What::GivenBack(_) => holder = None,
                What::Asked(_) | What::Said(..) | What::Voided => {}
            }
        }
        holder
    }

    fn of(&self, number: usize) -> impl Iterator<Item = &What> {
        self.log.iter().filter(move |event| event.number == number).map(|event| &event.what)
    }

    fn note(&mut self, number: usize, what: What) {
        self.log.push(Event { number, what });
    }

    /// What must hold of every log, whatever made it.
    fn is_just(&self) -> Result<(), TestCaseError> {
        for number in 0..self.questions.len() {
            let (mut said, mut holder) = (None, None);
            for what in self.of(number) {
                match what {
                    What::Said(yes, _) => {
                        prop_assert!(said.is_none(), "an answer is final");
                        said = Some(*yes);
                    }
                    What::Passed(request) => {
                        prop_assert_eq!(said, Some(true), "without a yes nothing passes, and with a no never");
                        prop_assert!(holder.is_none_or(|holder| holder == request), "two calls for one yes");
                        holder = Some(request);
                    }
                    What::GivenBack(request) => {
                        prop_assert_eq!(holder, Some(request), "only who has used it up gives it back");
                        holder = None;
                    }
                    What::Asked(_) | What::Voided => {}
                }
            }
        }
        Ok(())
    }
}

fn question(now: Millis, request: &str) -> Approval {
    let petition = Petition {
        grant: "g_1".to_owned(),
        label: "l".to_owned(),
        server: "shop".to_owned(),
        method: "tools/call".to_owned(),
        name: "t".to_owned(),
        arguments: Some("{}".to_owned()),
        rule: "/tools/t".to_owned(),
        reason: None,
        by: Approver::Operator,
        policy: "p".to_owned(),
        stamp: "00".to_owned(),
        site: "https://gateway.example".to_owned(),
        request_id: request.to_owned(),
    };
    Approval {
        id: "ap_1".to_owned(),
        fingerprint: "00".to_owned(),
        status: Status::Pending,
        asked_at: now,
        expires_at: Millis(now.0 + TTL),
        ttl: TTL,
        petition,
        decision: None,
        used_by: None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_yes_lets_one_call_pass_and_nothing_else_does(steps in steps(), begin in 1_790_000_000_000u64..1_790_000_001_000) {
        let mut ledger = Ledger { clock: begin, ..Ledger::default() };
        for step in &steps {
            ledger.take(step)?;
        }
        ledger.is_just()?;
    }
}
