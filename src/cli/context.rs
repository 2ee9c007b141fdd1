//! Where a command speaks: what of it is a terminal, and which of the two forms is wanted.

use std::io::{BufRead, IsTerminal, Write};

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
    /// Whether somebody sits there who can be asked.
    asks: bool,
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
            asks: stderr && std::io::stdin().is_terminal(),
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

    /// Whether somebody sits there who can be asked.
    pub(super) fn can_ask(&self) -> bool {
        self.asks
    }

    /// Shows a text beside the result, and asks whether it is to be. Only a yes is one.
    pub(super) fn is_told_yes(&self, shown: &str, question: &str) -> bool {
        let _ = write!(std::io::stderr(), "{shown}\n{} [y/N] ", self.on_stderr.bold(question));
        let mut answer = String::new();
        let read = std::io::stdin().lock().read_line(&mut answer);
        read.is_ok() && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
    }

    /// Warns beside the result, while the command goes on.
    pub(super) fn warn(&self, message: &str) {
        let _ = writeln!(std::io::stderr(), "{} {message}", self.on_stderr.yellow("warning:"));
    }
}

/// Gives a part of the result at once. Says whether there is still somebody who reads it.
pub(super) fn tell(part: &str) -> bool {
    let mut stdout = std::io::stdout();
    stdout.write_all(part.as_bytes()).and_then(|()| stdout.flush()).is_ok()
}
