//! The page of a rule, and the index of all: what `docs/rules/` holds.

use std::fmt::Write;

use boltseal_posture::{Rule, rules};

/// Groups of rules by the letter of their ids.
const GROUPS: &[(&str, &str)] = &[
    ("BS-D", "Dockerfiles"),
    ("BS-K", "Kubernetes"),
    ("BS-P", "Pod Security Standards"),
    ("BS-C", "Compose"),
    ("BS-I", "Images"),
    ("BS-H", "Hosts and cluster components"),
];

/// The page of a rule, in Markdown.
pub fn page(rule: &Rule) -> String {
    let mut page = format!("# {}: {}\n\nSeverity: {}", rule.id, rule.title, rule.severity.name());
    if !rule.aliases.is_empty() {
        let _ = write!(page, " · also known as {}", rule.aliases.join(", "));
    }
    let _ = write!(page, "\n\n## Why it matters\n\n{}\n\n## What to do\n\n{}\n", rule.why, rule.advice);
    for (title, examples) in [("Found in", rule.bad), ("Not found in", rule.good)] {
        let _ = write!(page, "\n## {title}\n");
        for example in examples {
            let fence = fence(example);
            let _ = write!(
                page,
                "\n{fence}{}\n{}\n{fence}\n",
                language(rule.check.example_path(), example),
                example.trim_end()
            );
        }
    }
    page.push_str("\n## Read more\n\n");
    for reference in rule.references {
        let _ = writeln!(page, "- <{reference}>");
    }
    page
}

/// The table of all rules, in Markdown.
pub fn index() -> String {
    let mut text = String::from(
        "# Rules of `boltseal check`\n\nWritten from the rules themselves: change those, not these pages.\n",
    );
    for (prefix, title) in GROUPS {
        let mut group: Vec<&Rule> = rules().filter(|rule| rule.id.starts_with(prefix)).collect();
        group.sort_by_key(|rule| rule.id);
        if group.is_empty() {
            continue;
        }
        let _ = write!(
            text,
            "\n## {title} ({})\n\n| id | severity | mistake | also known as |\n|---|---|---|---|\n",
            group.len()
        );
        for rule in group {
            let title = rule.title.replace('|', "\\|");
            let _ = writeln!(
                text,
                "| [{0}]({0}.md) | {1} | {title} | {2} |",
                rule.id,
                rule.severity.name(),
                rule.aliases.join(", ")
            );
        }
    }
    text
}

/// A fence that no line of the example closes.
fn fence(example: &str) -> String {
    let longest = example.lines().map(|line| line.chars().take_while(|each| *each == '`').count()).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

fn language(path: &str, example: &str) -> &'static str {
    if example.contains("=== ") {
        return "text";
    }
    match path.rsplit('.').next() {
        Some("Dockerfile") => "dockerfile",
        Some("json") if example.trim_start().starts_with('{') => "json",
        Some("json") => "text",
        _ => "yaml",
    }
}
