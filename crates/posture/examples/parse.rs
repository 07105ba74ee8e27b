//! The work that a check cannot avoid: reading every file below a folder and parsing it, on one thread.
//!
//! Usage: `parse FOLDER`. Prints the number of files and of documents or instructions.
#![allow(clippy::print_stdout, reason = "a measuring program")]

use std::fs;
use std::path::PathBuf;

use boltseal_posture::yaml::{Limits, parse};
use boltseal_posture::{Kind, Source, dockerfile, recognise};

fn main() -> std::io::Result<()> {
    let mut open: Vec<PathBuf> = std::env::args().skip(1).map(PathBuf::from).collect();
    let (mut files, mut parts) = (0, 0);
    while let Some(path) = open.pop() {
        if path.is_dir() {
            for entry in fs::read_dir(&path)? {
                open.push(entry?.path());
            }
            continue;
        }
        let bytes = fs::read(&path)?;
        let shown = path.display().to_string();
        let Ok(source) = Source::new(&shown, &bytes) else { continue };
        files += 1;
        parts += match recognise(&shown, source.text) {
            Some(Kind::Dockerfile) => dockerfile::parse(&source).instructions.len(),
            Some(_) => parse(&source, Limits::default()).documents.len(),
            None => 0,
        };
    }
    println!("{files} files, {parts} documents and instructions");
    Ok(())
}
