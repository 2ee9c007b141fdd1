//! The command line as a process, in a folder of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;

/// A folder that is gone when the test is.
pub(super) struct Folder(PathBuf);

/// What a run left.
pub(super) struct Ran {
    pub(super) code: i32,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

static MADE: AtomicU32 = AtomicU32::new(0);

impl Folder {
    pub(super) fn new() -> Self {
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("tollgate-cli-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// With files in it.
    pub(super) fn with<const N: usize>(files: [(&str, &str); N]) -> Self {
        let folder = Self::new();
        for (name, text) in files {
            fs::write(folder.0.join(name), text).unwrap();
        }
        folder
    }

    pub(super) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.join(name).exists()
    }

    /// Runs `tollgate` in it.
    pub(super) fn run(&self, args: &[&str]) -> Ran {
        Self::ran(&mut self.command(args))
    }

    /// Runs it with the gateway's secret `SEAL_KEY` in its environment, and a file as its standard input.
    pub(super) fn run_with_key(&self, key: &str, input: Option<&str>, args: &[&str]) -> Ran {
        let input = input.map_or_else(Stdio::null, |name| fs::File::open(self.0.join(name)).unwrap().into());
        Self::ran(self.command(args).env("SEAL_KEY", key).stdin(input))
    }

    /// Runs it as somebody who has told it where the gateway is and what the token is.
    pub(super) fn run_as(&self, gateway: &str, token: &str, args: &[&str]) -> Ran {
        let mut command = self.command(args);
        Self::ran(command.env("TOLLGATE_URL", gateway).env("TOLLGATE_TOKEN", token).stdin(Stdio::null()))
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tollgate"));
        command.args(args).current_dir(&self.0).env("NO_PROXY", "127.0.0.1");
        for name in ["SEAL_KEY", "TOLLGATE_URL", "TOLLGATE_TOKEN"] {
            command.env_remove(name);
        }
        command
    }

    fn ran(command: &mut Command) -> Ran {
        let output = command.output().unwrap();
        Ran {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Ran {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }

    /// That it ended with `code`, having said nothing on standard error.
    #[track_caller]
    pub(super) fn quietly(self, code: i32) -> Self {
        assert_eq!((self.code, self.stderr.as_str()), (code, ""), "{}", self.stdout);
        self
    }
}

/// A file of the repository.
pub(super) fn in_repository(path: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path).display().to_string()
}
