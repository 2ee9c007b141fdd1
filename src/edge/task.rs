//! Work that waits for promises of the platform's, without an executor.
//!
//! The executor of wasm-bindgen goes through `queueMicrotask` for each step and makes two closures for each promise; on Workers
//! that costs more than a message costs us. Here a step ends with the promise that it waits for, `platform.js` awaits it, and
//! hands what it came to into the next step. What waits for anything else is left to that executor.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::js_sys::Promise;
use worker::wasm_bindgen_futures::{JsFuture, future_to_promise};

use super::platform;

type Work = Pin<Box<dyn Future<Output = JsValue>>>;

/// What a promise came to.
type Settled = Result<JsValue, JsValue>;

thread_local! {
    /// Whether a step runs, so that somebody will look at [`AWAITED`] after it.
    static STEPPING: Cell<bool> = const { Cell::new(false) };
    /// The promise that the step waits for.
    static AWAITED: RefCell<Option<Promise>> = const { RefCell::new(None) };
    /// What the promise of the step before came to.
    static SETTLED: RefCell<Option<Settled>> = const { RefCell::new(None) };
}

/// What `work` comes to: at once if it waits for nothing, else as a promise.
pub(super) fn start(work: impl Future<Output = JsValue> + 'static) -> JsValue {
    match step(Box::pin(work)) {
        Step::Done(value) => value,
        Step::Awaits(promise, work) => platform::carry(Task { work: Some(work) }, &promise).into(),
        Step::Elsewhere(work) => elsewhere(work).into(),
    }
}

/// Work that has begun.
#[wasm_bindgen]
pub struct Task {
    work: Option<Work>,
}

#[wasm_bindgen]
impl Task {
    /// The next step, after the promise that the last one waited for was fulfilled with `value` or, if not `fulfilled`,
    /// rejected with it. Gives the promise that comes next, or what the work has come to.
    pub fn resume(&mut self, fulfilled: bool, value: JsValue) -> JsValue {
        // What went elsewhere has come to this.
        let Some(work) = self.work.take() else { return value };
        SETTLED.set(Some(if fulfilled { Ok(value) } else { Err(value) }));
        match step(work) {
            Step::Done(value) => value,
            Step::Awaits(promise, work) => {
                self.work = Some(work);
                promise.into()
            }
            Step::Elsewhere(work) => elsewhere(work).into(),
        }
    }
}

enum Step {
    Done(JsValue),
    Awaits(Promise, Work),
    /// It waits for something that is no promise of ours.
    Elsewhere(Work),
}

fn step(mut work: Work) -> Step {
    // A step may begin other work, whose first step is inside of it.
    let outer = STEPPING.replace(true);
    let polled = work.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    STEPPING.set(outer);
    match (polled, AWAITED.take()) {
        (Poll::Ready(value), _) => Step::Done(value),
        (Poll::Pending, Some(promise)) => Step::Awaits(promise, work),
        (Poll::Pending, None) => Step::Elsewhere(work),
    }
}

/// The rest of `work` on the executor, which polls it again, so that nothing that happened since is missed.
fn elsewhere(work: Work) -> Promise {
    future_to_promise(async { Ok(work.await) })
}

/// What `promise` comes to.
pub(super) fn settled(promise: Promise) -> impl Future<Output = Settled> {
    Awaiting::Begins(promise)
}

enum Awaiting {
    Begins(Promise),
    /// The step has ended with it.
    HandedOn,
    /// It is awaited elsewhere.
    Elsewhere(JsFuture),
}

impl Future for Awaiting {
    type Output = Settled;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Settled> {
        if let Self::Begins(promise) = &*self {
            if STEPPING.get() {
                AWAITED.set(Some(promise.clone()));
                *self = Self::HandedOn;
                return Poll::Pending;
            }
            *self = Self::Elsewhere(JsFuture::from(promise.clone()));
        }
        match &mut *self {
            Self::Begins(_) | Self::HandedOn => SETTLED.take().map_or(Poll::Pending, Poll::Ready),
            Self::Elsewhere(future) => Pin::new(future).poll(context),
        }
    }
}
