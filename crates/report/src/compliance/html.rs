//! One self-contained HTML page.

use std::fmt::{self, Write as _};

use boltseal_evidence::{Assessment, Citation, ControlResult, ControlStatus, NotAssessed, Problem};

use crate::link;
use crate::text::{clean, counted};

const STYLE: &str = include_str!("style.css");
/// Findings of a control up to which they are unfolded.
const UNFOLDED: usize = 10;
/// What was not judged and what went wrong, listed at most.
const LISTED: usize = 200;

/// Text that is shown as it is: neither markup nor anything that turns the direction of writing.
struct Plain<'a>(&'a str);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in clean(self.0).chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// The page.
pub(super) fn render(assessment: &Assessment) -> String {
    let mut html = String::new();
    let framework = &assessment.framework;
    let title = format!("{} {}", framework.title, framework.version);
    let _ = write!(
        html,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
         base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<title>{0} – Boltseal</title>\n<style>\n{STYLE}</style>\n\
         </head>\n<body>\n<header>\n<h1>{0}</h1>\n<p class=\"quiet\">{1}.{2} Judged by Boltseal {3}.</p>\n",
        Plain(&title),
        Plain(&looked_at(assessment)),
        reference(&framework.reference),
        Plain(&assessment.tool.version),
    );
    counts(&mut html, assessment);
    html.push_str(
        "<fieldset>\n<legend>Show</legend>\n\
         <label><input type=\"radio\" name=\"show\" id=\"only-all\" checked> all</label>\n\
         <label><input type=\"radio\" name=\"show\" id=\"only-fail\"> fail</label>\n\
         <label><input type=\"radio\" name=\"show\" id=\"only-pass\"> pass</label>\n\
         <label><input type=\"radio\" name=\"show\" id=\"only-open\"> not assessed</label>\n</fieldset>\n</header>\n<main>\n",
    );
    gaps(&mut html, &assessment.not_assessed, &assessment.problems);
    for controls in assessment.controls.chunk_by(|one, next| one.section == next.section) {
        section(&mut html, controls);
    }
    html.push_str("</main>\n</body>\n</html>\n");
    html
}

fn looked_at(assessment: &Assessment) -> String {
    let files: u32 = assessment.files.values().sum();
    let kinds: Vec<String> = assessment.files.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    let kinds = if kinds.is_empty() { String::new() } else { format!(" ({})", kinds.join(", ")) };
    format!("Looked at {}{kinds}", counted(files as usize, "file"))
}

fn reference(address: &str) -> String {
    let link = link::web(address).map(|link| format!(" <a href=\"{}\">Where it is published</a>.", Plain(link)));
    link.unwrap_or_default()
}

fn counts(html: &mut String, assessment: &Assessment) {
    html.push_str("<ul class=\"counts\">\n");
    for status in [ControlStatus::Fail, ControlStatus::Pass, ControlStatus::NotAssessed] {
        let count = assessment.count(status);
        let _ = writeln!(html, "<li class=\"{}\"><strong>{count}</strong>{}</li>", class(status), status.name());
    }
    html.push_str("</ul>\n");
}

fn class(status: ControlStatus) -> &'static str {
    match status {
        ControlStatus::Pass => "pass",
        ControlStatus::Fail => "fail",
        ControlStatus::NotAssessed => "open",
    }
}

/// What the check could not judge stands above all controls.
fn gaps(html: &mut String, gaps: &[NotAssessed], problems: &[Problem]) {
    let total = gaps.len() + problems.len();
    if total == 0 {
        return;
    }
    html.push_str("<section class=\"notice\">\n<h2>Not looked at (this is not the same as clean)</h2>\n<ul>\n");
    let gaps = gaps.iter().map(|gap| (Some(gap.what.as_str()), gap.detail.as_str()));
    let problems = problems.iter().map(|problem| (problem.path.as_deref(), problem.message.as_str()));
    for (what, detail) in gaps.chain(problems).take(LISTED) {
        let what = what.map(|what| format!("<code>{}</code>: ", Plain(what))).unwrap_or_default();
        let _ = writeln!(html, "<li>{what}{}</li>", Plain(detail));
    }
    if total > LISTED {
        let _ = writeln!(html, "<li>and {} more</li>", total - LISTED);
    }
    html.push_str("</ul>\n</section>\n");
}

fn section(html: &mut String, controls: &[ControlResult]) {
    let title = controls.first().map_or("", |control| control.section.as_str());
    let _ = write!(
        html,
        "<table>\n<caption>{}</caption>\n<thead>\n<tr><th scope=\"col\">Control</th><th scope=\"col\">Result</th>\
         <th scope=\"col\">What it asks for, and why the result</th></tr>\n</thead>\n<tbody>\n",
        Plain(title)
    );
    for control in controls {
        let _ = write!(
            html,
            "<tr class=\"{}\"><th scope=\"row\">{}</th><td class=\"status\">{}</td>\n<td>{}",
            class(control.status),
            Plain(&control.id),
            result(control),
            Plain(&control.title),
        );
        if control.findings.is_empty() {
            let _ = write!(html, "\n<p class=\"quiet\">{}</p>", Plain(&control.reason));
        } else {
            findings(html, &control.reason, &control.findings);
        }
        html.push_str("</td></tr>\n");
    }
    html.push_str("</tbody>\n</table>\n");
}

fn result(control: &ControlResult) -> String {
    let accepted = control.accepted();
    if control.status == ControlStatus::Pass && accepted > 0 {
        format!("pass<br><span class=\"quiet\">{accepted} accepted</span>")
    } else {
        control.status.name().to_owned()
    }
}

fn findings(html: &mut String, reason: &str, findings: &[Citation]) {
    let open = if findings.len() <= UNFOLDED { " open" } else { "" };
    let summary = Plain(reason);
    let _ = write!(html, "\n<details{open}><summary>{summary}</summary>\n<ul class=\"findings\">\n");
    for finding in findings {
        let line = finding.line.map(|line| format!(":{line}")).unwrap_or_default();
        let subject =
            if finding.subject.is_empty() { String::new() } else { format!(" ({})", Plain(&finding.subject)) };
        let accepted = finding.accepted.as_ref();
        let accepted = accepted.map(|reason| format!("<br><em>accepted: {}</em>", Plain(reason))).unwrap_or_default();
        let _ = writeln!(
            html,
            "<li><code>{}{line}</code> {} {}: {}{subject}{accepted}</li>",
            Plain(&finding.path),
            finding.severity,
            Plain(&finding.rule),
            Plain(&finding.message),
        );
    }
    html.push_str("</ul></details>");
}
