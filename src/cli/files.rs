//! The files that a command reads and writes.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;

use super::report::Failure;

/// The bytes of a file; of `-`, of standard input.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map_err(|error| unreadable(path, &error))?;
        return Ok(bytes);
    }
    fs::read(path).map_err(|error| unreadable(path, &error))
}

/// The same, to be read line by line.
pub(super) fn open(path: &Path) -> Result<Box<dyn BufRead>, Failure> {
    if path == Path::new("-") {
        return Ok(Box::new(std::io::stdin().lock()));
    }
    let file = fs::File::open(path);
    file.map(|file| Box::new(BufReader::with_capacity(1 << 16, file)) as Box<dyn BufRead>)
        .map_err(|error| unreadable(path, &error))
}

/// Reads the next line into `line`, without its newline, and says whether there was one. Of a line that is longer than
/// `most` only so much is read: no file makes a command take all memory.
pub(super) fn next_line(file: &mut dyn BufRead, line: &mut Vec<u8>, most: u64) -> std::io::Result<bool> {
    line.clear();
    Read::take(&mut *file, most).read_until(b'\n', line)?;
    let was_there = !line.is_empty();
    if line.last() == Some(&b'\n') {
        line.pop();
    } else if line.len() as u64 == most {
        file.skip_until(b'\n')?;
    }
    Ok(was_there)
}

pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::out_of_reach(if path == Path::new("-") {
        format!("Standard input cannot be read: {error}.")
    } else {
        format!("`{}` cannot be read: {error}.", path.display())
    })
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
