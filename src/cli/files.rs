//! The files that a command reads and writes.

use std::fs;
use std::io::Write;
use std::path::Path;

use super::report::Failure;

/// The bytes of a file; of `-`, of standard input.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin(), &mut bytes)
            .map_err(|error| Failure::out_of_reach(format!("Standard input cannot be read: {error}.")))?;
        return Ok(bytes);
    }
    fs::read(path).map_err(|error| Failure::out_of_reach(format!("`{}` cannot be read: {error}.", path.display())))
}

/// Writes a file that is not there yet, or with `force` one that is.
pub(super) fn write(path: &Path, text: &str, force: bool) -> Result<(), Failure> {
    let mut options = fs::OpenOptions::new();
    options.write(true);
    // Whether it is there is asked by making it: between a question and an answer somebody else might.
    if force {
        options.create(true).truncate(true)
    } else {
        options.create_new(true)
    };
    let written = options.open(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| {
        let path = path.display();
        Failure::out_of_reach(if error.kind() == std::io::ErrorKind::AlreadyExists {
            format!("`{path}` exists already, and is not overwritten. Name another file, or say --force.")
        } else {
            format!("`{path}` cannot be written: {error}.")
        })
    })
}
