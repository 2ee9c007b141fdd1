//! The keys that seal, and those of the chain of the audit, read from the Worker secret `SEAL_KEY` once in the life of an isolate.

use std::cell::RefCell;
use std::rc::Rc;

use worker::{Env, Error, Result};

use crate::ledger::ChainKeys;
use crate::wire::seal::SealKeys;

thread_local! {
    static KEYS: RefCell<Option<Rc<SealKeys>>> = const { RefCell::new(None) };
    static CHAIN: RefCell<Option<Rc<ChainKeys>>> = const { RefCell::new(None) };
}

/// The keys; without them no session is begun, and none is opened.
pub(super) fn seal_keys(env: &Env) -> Result<Rc<SealKeys>> {
    KEYS.with_borrow_mut(|kept| {
        if let Some(keys) = kept {
            return Ok(Rc::clone(keys));
        }
        let secret = env.secret("SEAL_KEY")?.to_string();
        let keys = SealKeys::parse(&secret)
            .map_err(|_| Error::from("the secret SEAL_KEY is not of the form ID.KEY; `npm run deploy` makes one"))?;
        Ok(Rc::clone(kept.insert(Rc::new(keys))))
    })
}

/// The keys of the chain; without them no ledger writes anything, and so admits nothing.
pub(super) fn chain_keys(env: &Env) -> Result<Rc<ChainKeys>> {
    let seal_keys = seal_keys(env)?;
    CHAIN.with_borrow_mut(|kept| {
        if let Some(keys) = kept {
            return Ok(Rc::clone(keys));
        }
        let keys = seal_keys.derived(ChainKeys::PURPOSE).ok().and_then(ChainKeys::of);
        let keys = keys.ok_or_else(|| Error::from("no keys can be derived from SEAL_KEY"))?;
        Ok(Rc::clone(kept.insert(Rc::new(keys))))
    })
}
