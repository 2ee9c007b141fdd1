//! Where a command speaks: what of it is a terminal, and which of the two forms is wanted.

use std::io::{IsTerminal, Write};

use super::terminal::{Paint, plain};

/// What a command knows of the process that it runs in.
pub(super) struct Context {
    /// Whether the result is wanted as JSON.
    pub(super) json: bool,
    /// The colours of the result.
    pub(super) paint: Paint,
    /// The colours of what stands beside the result.
    pub(super) on_stderr: Paint,
    shows_progress: bool,
}

impl Context {
    pub(super) fn of_process(json: bool) -> Self {
        let (stdout, stderr) = (std::io::stdout().is_terminal(), std::io::stderr().is_terminal());
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
        Self {
            json,
            paint: Paint { on: stdout && wanted },
            on_stderr: Paint { on: stderr && wanted },
            shows_progress: stderr && wanted,
        }
    }

    /// Says what is being done, on a line that the next one replaces; nothing where nobody watches.
    pub(super) fn progress(&self, doing: &str) {
        if self.shows_progress {
            let _ = write!(std::io::stderr(), "\r\u{1b}[K{}", plain(doing));
        }
    }

    /// Takes the line of progress away.
    pub(super) fn end_progress(&self) {
        if self.shows_progress {
            let _ = write!(std::io::stderr(), "\r\u{1b}[K");
        }
    }
}
