//! What becomes of a message at the origin, as far as the gateway sees it: for the audit, and for refunds.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::edge::clock;
use crate::ledger::{Ending, Millis, Outcome};
use crate::policy::{self, Refunds};
use crate::wire::json::{Node, Object};
use crate::wire::says_is_error;

/// Filled while the answer comes. A stream may go on long after its head has been passed on.
pub(in crate::edge) struct Report {
    begun: Cell<Millis>,
    ending: Cell<Ending>,
    /// Whether a stream goes on.
    flows: Cell<bool>,
    /// What may give back what the call was charged; none if nothing does.
    refunds: Option<Refunds>,
    /// Which charges the outcome gives back.
    given_back: RefCell<Vec<usize>>,
    /// Who waits for the end of a stream.
    then: RefCell<Option<AtEnd>>,
}

/// What is done at the end of a stream.
type AtEnd = Box<dyn FnOnce(&Report)>;

impl Report {
    /// Of a message whose outcome may give something back, or not.
    pub(in crate::edge) fn new(refunds: Option<Refunds>) -> Rc<Self> {
        let (begun, ending, flows) = (Cell::new(clock::now()), Cell::default(), Cell::new(false));
        let (given_back, then) = (RefCell::default(), RefCell::default());
        Rc::new(Self { begun, ending, flows, refunds, given_back, then })
    }

    /// What is known.
    pub(in crate::edge) fn ending(&self) -> Ending {
        self.ending.get()
    }

    /// Which charges are given back.
    pub(in crate::edge) fn given_back(&self) -> Vec<usize> {
        self.given_back.borrow().clone()
    }

    /// Whether somebody has to look at the answer, since it may give something back.
    pub(super) fn wants_answer(&self) -> bool {
        self.refunds.is_some()
    }

    /// Has `then` called at the end: at once, unless a stream goes on.
    pub(in crate::edge) fn at_end(&self, then: impl FnOnce(&Self) + 'static) {
        if self.flows.get() {
            self.then.replace(Some(Box::new(then)));
        } else {
            then(self);
        }
    }

    /// Whether a stream goes on.
    pub(in crate::edge) fn flows(&self) -> bool {
        self.flows.get()
    }

    /// The message is sent now.
    pub(super) fn sent(&self) {
        self.begun.set(clock::now());
        self.ending.set(Ending::default());
    }

    /// The head of an answer is there.
    pub(super) fn answered(&self, status: u16) {
        let origin_ms = Some(clock::now().since(self.begun.get()));
        self.ending.set(Ending { origin_status: Some(status), origin_ms, ..self.ending.get() });
    }

    /// The answer is there.
    pub(in crate::edge) fn heard(&self, message: &Object<'_>) {
        let result = message.get("result").and_then(Node::as_object);
        match result {
            Some(result) if says_is_error(result) => {
                self.came_to(Outcome::ToolError, policy::Outcome::Result(result));
            }
            Some(result) => self.came_to(Outcome::Result, policy::Outcome::Result(result)),
            None => self.came_to(Outcome::Error, policy::Outcome::Error),
        }
    }

    /// The answer is a JSON-RPC error.
    pub(in crate::edge) fn errs(&self) {
        self.came_to(Outcome::Error, policy::Outcome::Error);
    }

    /// It has failed at the origin, or on the way there.
    pub(super) fn failed(&self) {
        self.came_to(Outcome::OriginFailed, policy::Outcome::Error);
    }

    /// The origin has refused the header fields, and others could not be computed.
    pub(in crate::edge) fn not_forwarded(&self) {
        self.came_to(Outcome::NotForwarded, policy::Outcome::Error);
    }

    /// It has come to something of which nobody knows more.
    pub(super) fn came_to_unknown(&self, outcome: Outcome) {
        self.came_to(outcome, policy::Outcome::Unknown);
    }

    /// The first outcome is the one.
    fn came_to(&self, outcome: Outcome, result: policy::Outcome<'_>) {
        let ending = self.ending.get();
        if ending.outcome.is_none() {
            self.ending.set(Ending { outcome: Some(outcome), ..ending });
            if let Some(refunds) = &self.refunds {
                self.given_back.replace(refunds.given_by(result));
            }
        }
    }

    /// A stream has begun.
    pub(super) fn begins_to_flow(&self) {
        self.flows.set(true);
    }

    /// It has ended.
    pub(super) fn flows_no_more(&self) {
        if self.flows.replace(false) {
            self.came_to_unknown(Outcome::Ended);
            if let Some(then) = self.then.take() {
                then(self);
            }
        }
    }
}
