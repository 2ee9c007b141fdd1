//! The command line `tollgate`. Everything it does stands in [`tollgate::cli`].

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    tollgate::cli::main()
}

/// The Worker has no command line; a build of all targets for wasm32 still wants an entry here.
#[cfg(target_arch = "wasm32")]
fn main() {}
