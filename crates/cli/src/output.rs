//! Results on standard output or in a file; everything else on standard error.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use anstyle::{AnsiColor, Style};

use crate::args::Color;
use crate::exit::Failure;

/// The narrowest and widest table that is laid out.
const WIDTHS: std::ops::RangeInclusive<usize> = 60..=200;

/// The two output streams and how they may be used.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Console {
    quiet: bool,
    color: Color,
}

impl Console {
    pub(crate) fn new(quiet: bool, color: Color) -> Self {
        Self { quiet, color }
    }

    /// Results may be coloured.
    pub(crate) fn colors_results(&self) -> bool {
        self.colors(&io::stdout())
    }

    /// The width for tables: the terminal's, else 120 columns so that a pipe gives the same bytes everywhere.
    pub(crate) fn width(&self) -> usize {
        let terminal = terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0));
        terminal.unwrap_or(120).clamp(*WIDTHS.start(), *WIDTHS.end())
    }

    /// Progress may be shown: a person watches.
    pub(crate) fn shows_progress(&self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }

    /// Writes a result to a file, durably, or to standard output. A reader that went away is not an error.
    pub(crate) fn result(&self, output: Option<&Path>, bytes: &[u8]) -> Result<(), Failure> {
        if let Some(path) = output {
            return boltseal_store::write_atomically(path, bytes)
                .map_err(|error| anyhow::anyhow!("cannot write `{}`: {error}", path.display()).into());
        }
        let mut stdout = io::stdout().lock();
        match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(anyhow::anyhow!("cannot write to standard output: {error}").into())
            }
            _ => Ok(()),
        }
    }

    /// Tells something worth knowing.
    pub(crate) fn note(&self, message: &str) {
        self.say("note", AnsiColor::Cyan, message);
    }

    /// Tells something that may change what the user believes of the result.
    pub(crate) fn warning(&self, message: &str) {
        self.say("warning", AnsiColor::Yellow, message);
    }

    /// Tells why the program ends; `--quiet` does not silence it.
    pub(crate) fn failure(&self, failure: &Failure) {
        self.line("error", AnsiColor::Red, &failure.to_string());
    }

    fn say(&self, label: &str, color: AnsiColor, message: &str) {
        if !self.quiet {
            self.line(label, color, message);
        }
    }

    fn line(&self, label: &str, color: AnsiColor, message: &str) {
        let mut stderr = io::stderr().lock();
        let style =
            if self.colors(&io::stderr()) { Style::new().bold().fg_color(Some(color.into())) } else { Style::new() };
        // Much of what is told comes from elsewhere: names in images, answers of registries.
        let message = boltseal_report::harmless(message);
        let _ = writeln!(stderr, "{style}{label}{style:#}: {message}");
    }

    fn colors(&self, stream: &impl IsTerminal) -> bool {
        match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => stream.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        }
    }
}
