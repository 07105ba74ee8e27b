//! Lines no wider than the terminal, with or without colour.

use anstyle::{AnsiColor, Style};
use boltseal_evidence::Severity;

use crate::text::{clean, columns, cut, wrap};

/// The least width that is laid out for.
const NARROWEST: usize = 40;

pub(crate) const PLAIN: Style = Style::new();
pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const ALARM: Style = AnsiColor::Red.on_default().bold();

/// The style of a severity; its word always stands beside it.
pub(crate) fn of(severity: Severity) -> Style {
    match severity {
        Severity::Critical => ALARM,
        Severity::High => AnsiColor::Red.on_default(),
        Severity::Medium => AnsiColor::Yellow.on_default(),
        Severity::Low | Severity::Unknown => AnsiColor::Cyan.on_default(),
        Severity::Negligible => DIM,
    }
}

/// A stretch of text in one style.
#[derive(Debug, Clone)]
pub(crate) struct Span {
    style: Style,
    text: String,
}

/// A stretch of text, made harmless.
pub(crate) fn span(style: Style, text: impl AsRef<str>) -> Span {
    Span { style, text: clean(text.as_ref()) }
}

impl Span {
    /// The columns it takes.
    pub(crate) fn width(&self) -> usize {
        columns(&self.text)
    }

    /// With spaces behind up to `width` columns.
    pub(crate) fn padded(mut self, width: usize) -> Self {
        let missing = width.saturating_sub(self.width());
        self.text.extend(std::iter::repeat_n(' ', missing));
        self
    }
}

/// The text under construction.
#[derive(Debug)]
pub(crate) struct Page {
    text: String,
    color: bool,
    width: usize,
}

impl Page {
    /// For a terminal of `width` columns, or for a pipe.
    pub(crate) fn new(width: Option<usize>, color: bool) -> Self {
        // Without a terminal nothing is cut; paragraphs are not broken either, so that they can be searched.
        let width = width.map_or(usize::MAX / 2, |width| width.max(NARROWEST));
        Self { text: String::new(), color, width }
    }

    pub(crate) fn width(&self) -> usize {
        self.width
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }

    /// Text that is laid out and harmless already.
    pub(crate) fn verbatim(&mut self, text: &str) {
        self.text.push_str(text);
        self.end_line();
    }

    /// An empty line, unless the page is empty or ends with one.
    pub(crate) fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// One line; what does not fit is cut, with `…`.
    pub(crate) fn line(&mut self, spans: &[Span]) {
        let mut room = self.width;
        for (index, span) in spans.iter().enumerate() {
            // A later span that finds no room at all is cut from the one before.
            let text = cut(&span.text, room);
            room -= columns(&text).min(room);
            let is_last = index + 1 == spans.len();
            self.push(span.style, if is_last { text.trim_end() } else { &text });
            if text != span.text {
                break;
            }
        }
        self.end_line();
    }

    /// Spans with `between` them, on as many lines as they need; none is cut unless it fills a line alone.
    pub(crate) fn flow(&mut self, spans: &[Span], between: &str) {
        let mut line: Vec<Span> = Vec::new();
        let mut used = 0;
        for item in spans {
            let needed = item.width() + columns(between);
            if !line.is_empty() && used + needed > self.width {
                self.line(&std::mem::take(&mut line));
                used = 0;
            }
            if !line.is_empty() {
                line.push(span(PLAIN, between));
            }
            line.push(item.clone());
            used += needed;
        }
        self.line(&line);
    }

    /// A line to copy: never cut, however wide.
    pub(crate) fn command(&mut self, text: &str) {
        self.push(PLAIN, "  ");
        self.push(BOLD, &clean(text));
        self.end_line();
    }

    /// A paragraph after `lead`, broken over lines and indented to stand under itself.
    pub(crate) fn paragraph(&mut self, lead: &Span, style: Style, text: &str) {
        let indent = lead.width().min(self.width / 2);
        let mut lines = wrap(&clean(text), self.width.saturating_sub(indent)).into_iter();
        self.line_parts(lead, style, &lines.next().unwrap_or_default());
        for line in lines {
            self.text.extend(std::iter::repeat_n(' ', indent));
            self.push(style, &line);
            self.end_line();
        }
    }

    fn line_parts(&mut self, lead: &Span, style: Style, text: &str) {
        let lead_text = cut(&lead.text, self.width / 2);
        self.push(lead.style, if text.is_empty() { lead_text.trim_end() } else { &lead_text });
        self.push(style, text);
        self.end_line();
    }

    fn push(&mut self, style: Style, text: &str) {
        if self.color && !style.is_plain() && !text.trim().is_empty() {
            self.text.push_str(&format!("{style}{text}{style:#}"));
        } else {
            self.text.push_str(text);
        }
    }

    fn end_line(&mut self) {
        self.text.truncate(self.text.trim_end_matches(' ').len());
        self.text.push('\n');
    }
}
