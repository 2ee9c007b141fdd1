//! The chain of the audit: each entry gets a mac over itself and over the mac before it.
//!
//! Only who has a key can make a mac, so whoever else can write to a ledger's storage, or to a copy of its entries, cannot
//! alter one, take one out or put one in without breaking the chain there. What it cannot show by itself is that it was cut
//! off at its end: that is what a [`Mark`] is for.
//!
//! HMAC-SHA-256 throughout. No message of one kind can be taken for one of another: those of anchors and marks begin with
//! words, those of links with 32 bytes of a mac, which nobody can choose.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{Link, Mark, Millis};

/// What an anchor's message begins with.
const ANCHOR: &[u8] = b"tollgate audit begins\0";

/// The keys of all chains of a gateway. The newest one makes links, anchors and marks, all of them recognise their own; so
/// keys may change in the middle of a chain.
pub struct ChainKeys {
    newest: ChainKey,
    older: Vec<ChainKey>,
}

struct ChainKey {
    id: String,
    /// Has read the key already, which is half of the work for a short entry.
    keyed: Hmac<Sha256>,
}

impl ChainKeys {
    /// What these keys are derived for from those that the gateway has.
    pub const PURPOSE: &'static str = "tollgate audit";

    /// The keys and their ids, newest first; nothing if there is none.
    pub fn of(keys: Vec<(String, [u8; 32])>) -> Option<Self> {
        let mut keys = keys.into_iter().map(|(id, key)| {
            let keyed = Hmac::new_from_slice(&key).ok()?;
            Some(ChainKey { id, keyed })
        });
        let newest = keys.next()??;
        Some(Self { newest, older: keys.collect::<Option<_>>()? })
    }

    /// What stands before the first entry of `ledger`. A ledger makes it once and keeps it, as it keeps each link: under
    /// another key it is another.
    pub fn anchor(&self, ledger: &str) -> Link {
        self.newest.mac(&[ANCHOR, ledger.as_bytes()])
    }

    /// Whether `link` is the anchor of `ledger`.
    pub fn is_anchor(&self, link: &Link, ledger: &str) -> bool {
        self.made(link, &[ANCHOR, ledger.as_bytes()])
    }

    /// The link of `entry`, where that of the entry before it is `before`.
    pub fn link(&self, before: &Link, entry: &str) -> Link {
        self.newest.mac(&[before.mac(), entry.as_bytes()])
    }

    /// Whether `link` is that of `entry` after `before`.
    pub fn follows(&self, before: &Link, entry: &str, link: &Link) -> bool {
        self.made(link, &[before.mac(), entry.as_bytes()])
    }

    /// States that at `at` the entry `seq` of `ledger` has `mac`; the entry 0, which is none, the anchor.
    pub fn mark(&self, ledger: &str, seq: u64, mac: Link, at: Millis) -> Mark {
        let signature = self.newest.mac(&[&Mark::message(ledger, seq, &mac, at)]);
        Mark { ledger: ledger.to_owned(), seq, mac, at, signature }
    }

    /// Whether `mark` is ours.
    pub fn is_signed(&self, mark: &Mark) -> bool {
        self.made(&mark.signature, &[&Mark::message(&mark.ledger, mark.seq, &mark.mac, mark.at)])
    }

    /// Whether the key that `link` names is here.
    pub fn know(&self, link: &Link) -> bool {
        self.named(link.key()).is_some()
    }

    fn made(&self, link: &Link, message: &[&[u8]]) -> bool {
        self.named(link.key()).is_some_and(|key| key.made(link, message))
    }

    fn named(&self, id: &str) -> Option<&ChainKey> {
        std::iter::once(&self.newest).chain(&self.older).find(|key| key.id == id)
    }
}

impl ChainKey {
    fn mac(&self, message: &[&[u8]]) -> Link {
        Link::of(&self.id, self.read(message).finalize().into_bytes().into())
    }

    /// In constant time.
    fn made(&self, link: &Link, message: &[&[u8]]) -> bool {
        self.read(message).verify_slice(link.mac()).is_ok()
    }

    fn read(&self, message: &[&[u8]]) -> Hmac<Sha256> {
        let mut keyed = self.keyed.clone();
        for part in message {
            keyed.update(part);
        }
        keyed
    }
}
