//! What a ledger knows of the heads: which version of its server and its policy is in force.

use std::cell::RefCell;
use std::rc::Rc;

use worker::js_sys::Promise;
use worker::{Env, Error, Result};

use crate::edge::clock;
use crate::edge::head::{self, Newest, Version};
use crate::edge::store::Kind;
use crate::edge::task::{self, settled};
use crate::ledger::Millis;
use crate::registry::{Name, Stamp};

/// How often a question is asked whose answer others have changed meanwhile.
const ATTEMPTS: usize = 3;

/// Of how many heads something is remembered: a grant has one server, and few policies in its life.
const MOST_KNOWN: usize = 8;

/// Memory of the heads that were asked, by their names.
#[derive(Clone)]
pub(super) struct Heads {
    env: Env,
    known: Rc<RefCell<Vec<Known>>>,
}

struct Known {
    /// The head's name.
    key: String,
    /// The stamp of the newest version; none if the head has none, which leaves it to KV.
    stamp: Option<Stamp>,
    /// It, where somebody did not have it.
    document: Option<String>,
    /// When the head was asked.
    asked_at: Millis,
    /// For how many milliseconds from then on its answer is good.
    good_for: u64,
    /// When it was asked anew, while the answer is not there.
    asking_since: Option<Millis>,
}

/// The question whether `stamp` is that of the newest version.
pub(super) struct Question<'q> {
    pub(super) kind: Kind,
    pub(super) name: &'q Name,
    pub(super) stamp: Option<&'q Stamp>,
}

impl Heads {
    pub(super) fn new(env: Env) -> Self {
        Self { env, known: Rc::default() }
    }

    /// For each question the newest version, where it is another than the one that was asked for. What is known and still good
    /// answers it, unless it has to be asked anew.
    pub(super) async fn news<const N: usize>(
        &self,
        questions: [Question<'_>; N],
        anew: bool,
    ) -> Result<[Option<Version>; N]> {
        for _ in 0..ATTEMPTS {
            let asked = questions
                .each_ref()
                .map(|question| (anew || !self.knows(question)).then(|| (clock::now(), self.ask(question))));
            let mut failed = None;
            for (question, asked) in questions.iter().zip(asked) {
                if let Some((asked_at, promise)) = asked {
                    // All of them are awaited, whatever becomes of one.
                    match heard(promise?).await {
                        Ok(newest) => self.learn(question.kind.key(question.name), asked_at, newest),
                        Err(error) => failed = Some(error),
                    }
                }
            }
            if let Some(error) = failed {
                return Err(error);
            }
            let answers = questions.each_ref().map(|question| self.newer(question));
            if !answers.iter().any(Result::is_err) {
                return Ok(answers.map(|answer| answer.unwrap_or(None)));
            }
        }
        Err(Error::from("the heads change too often"))
    }

    /// Whether what is known answers a question. What has become half as old as it may is asked for anew, while it is still good.
    fn knows(&self, question: &Question<'_>) -> bool {
        let (key, now) = (question.kind.key(question.name), clock::now());
        let mut known = self.known.borrow_mut();
        let Some(known) = known.iter_mut().find(|known| known.key == key) else { return false };
        let age = now.since(known.asked_at);
        let has_it = known.stamp.is_none() || known.stamp.as_ref() == question.stamp || known.document.is_some();
        if age >= known.good_for || !has_it {
            return false;
        }
        let being_asked = known.asking_since.is_some_and(|since| now.since(since) < known.good_for);
        if age >= known.good_for / 2 && !being_asked {
            known.asking_since = Some(now);
            if let Ok(promise) = self.ask(question) {
                let heads = self.clone();
                drop(task::start(async move {
                    // If it fails, it is asked again by whoever cannot do without.
                    if let Ok(newest) = heard(promise).await {
                        heads.learn(key, now, newest);
                    }
                    wasm_bindgen::JsValue::UNDEFINED
                }));
            }
        }
        true
    }

    fn ask(&self, Question { kind, name, stamp }: &Question<'_>) -> Result<Promise> {
        head::ask_newest(&self.env, *kind, name, *stamp)
    }

    fn learn(&self, key: String, asked_at: Millis, newest: Newest) {
        let mut known = self.known.borrow_mut();
        let Newest { stamp, document, good_for } = newest;
        let before = known.iter().find(|known| known.key == key);
        let document = document
            .or_else(|| before.filter(|before| before.stamp == stamp).and_then(|before| before.document.clone()));
        // Answers may come in another order than the questions were asked.
        if before.is_none_or(|before| before.asked_at <= asked_at) {
            known.retain(|known| known.key != key);
            if known.len() == MOST_KNOWN {
                known.remove(0);
            }
            known.push(Known { key, stamp, document, asked_at, good_for, asking_since: None });
        } else if let Some(before) = known.iter_mut().find(|known| known.key == key)
            && before.stamp == stamp
        {
            before.document = document;
        }
    }

    /// The newest version, if it is another.
    fn newer(&self, question: &Question<'_>) -> std::result::Result<Option<Version>, NotHere> {
        let known = self.known.borrow();
        let key = question.kind.key(question.name);
        let Known { stamp, document, .. } = known.iter().find(|known| known.key == key).ok_or(NotHere)?;
        match (stamp, document) {
            (None, _) => Ok(None),
            (Some(stamp), _) if Some(stamp) == question.stamp => Ok(None),
            (Some(stamp), Some(document)) => Ok(Some(Version { stamp: stamp.clone(), document: document.clone() })),
            (Some(_), None) => Err(NotHere),
        }
    }
}

/// What a head has answered.
async fn heard(promise: Promise) -> Result<Newest> {
    head::newest(&settled(promise).await?)
}

/// A newer version is known of, but it is not here.
struct NotHere;
