//! An account that is stored now and then, as the ledger stores it: its counters at a checkpoint, and an entry for whatever
//! is written.

use tollgate::ledger::{Account, CounterKey, Millis, Spent, Uses};

#[derive(Default)]
pub(crate) struct Twin {
    pub(crate) account: Account,
    stored: Vec<(String, String)>,
    /// All that was written, and how much of it at the last checkpoint.
    pub(crate) entries: Vec<Entry>,
    checkpoint: usize,
}

pub(crate) struct Entry {
    pub(crate) at: Millis,
    pub(crate) spent: Vec<Spent>,
    /// Since when it was spent, if it is given back.
    pub(crate) back_to: Option<Millis>,
}

impl Twin {
    pub(crate) fn write_down(&mut self) -> Result<(), String> {
        self.account.sweep();
        self.stored = self.account.counters().map(|(key, uses)| (key.to_string(), uses.to_hex())).collect();
        self.checkpoint = self.entries.len();
        let longest = self.stored.iter().map(|(_, digits)| digits.len()).max().unwrap_or(0);
        holds!(longest <= Uses::MOST_GRAINS * 32, "a counter of {longest} digits");
        Ok(())
    }

    pub(crate) fn wake_up(&mut self) -> Result<(), String> {
        self.account = Account::default();
        for (text, digits) in &self.stored {
            let counter = CounterKey::read(text).ok_or_else(|| format!("`{text}` is not read"))?;
            let uses = Uses::from_hex(digits).map_err(|_| format!("`{digits}` is not read"))?;
            self.account.restore(counter, uses);
        }
        for (number, Entry { at, spent, back_to }) in self.entries.iter().enumerate() {
            self.account.pass(*at);
            match back_to {
                _ if number < self.checkpoint => {}
                None => self.account.replay(spent, *at),
                Some(since) => self.account.give_back(spent, *since),
            }
        }
        Ok(())
    }
}
