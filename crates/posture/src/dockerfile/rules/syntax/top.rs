//! The lines at the top: parser directives and the frontend they choose.

use super::super::base::reference::Reference;
use crate::dockerfile::Dockerfile;
use crate::finding::Found;
use crate::rule::{Check, Rule};
use boltseal_evidence::Severity;

pub(super) const LATE_DIRECTIVE: Rule = Rule {
    id: "BS-D016",
    title: "parser directive that is only a comment",
    severity: Severity::Medium,
    aliases: &[],
    why: "A directive counts only at the very top, before any other comment, blank line or instruction. Further down it is a comment: the syntax version or escape character that it asks for is not used.",
    advice: "Move it to the first line.",
    references: &["https://docs.docker.com/reference/dockerfile/#parser-directives"],
    bad: &[
        "# The web server\n# syntax=docker/dockerfile:1.7\nFROM debian:12\n",
        "FROM debian:12\n# escape=`\nRUN make\n",
    ],
    good: &[
        "# syntax=docker/dockerfile:1.7\n# escape=`\n# The web server\nFROM debian:12\n",
        "FROM debian:12\n# check = twice\nRUN make\n",
    ],
    check: Check::Dockerfile(late_directive),
};

fn late_directive(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for comment in &file.comments {
        let text = file.source.slice(*comment).trim_start_matches('#').trim();
        let Some((name, value)) = text.split_once('=') else { continue };
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim());
        let meant = match name.as_str() {
            "syntax" => value.contains('/') && !value.contains(' '),
            "escape" => matches!(value, "\\" | "`"),
            "check" => value.starts_with("skip=") || value.starts_with("error="),
            _ => false,
        };
        if meant {
            let repeated = file.directives.iter().any(|directive| directive.name == name);
            let why = if repeated { "one stands above already" } else { "something stands above it" };
            found.report(*comment, format!("`{name}` is only a comment here: {why}"));
        }
    }
}

pub(super) const FRONTEND: Rule = Rule {
    id: "BS-D025",
    title: "syntax from a frontend that is not Docker's, or not pinned",
    severity: Severity::Medium,
    aliases: &[],
    why: "`# syntax=` names an image that is pulled and run to read this file. It decides what is built, whatever the file says, so it has to be trusted like the builder itself.",
    advice: "Use `docker/dockerfile:1` or a fixed version of it; add a digest where the build must be the same each time.",
    references: &["https://docs.docker.com/build/buildkit/frontend/"],
    bad: &["# syntax=someone/dockerfile:1\nFROM debian:12\n", "# syntax=docker/dockerfile\nFROM debian:12\n"],
    good: &[
        "# syntax=docker/dockerfile:1\nFROM debian:12\n",
        "# syntax=docker.io/docker/dockerfile-upstream:1.20.0\nFROM debian:12\n",
    ],
    check: Check::Dockerfile(frontend),
};

fn frontend(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for directive in file.directives.iter().filter(|directive| directive.name == "syntax") {
        let text = directive.value.text.trim();
        let image = Reference::parse(text);
        let docker =
            image.is_on_docker_hub() && matches!(image.path, "docker/dockerfile" | "docker/dockerfile-upstream");
        if !docker && image.digest.is_none() {
            found.report(
                directive.value.span,
                format!("`{text}` reads this file, and is neither Docker's nor pinned to a digest"),
            );
        } else if docker
            && image.digest.is_none()
            && matches!(image.tag, None | Some("latest" | "master" | "experimental"))
        {
            found
                .report(directive.value.span, format!("`{text}` is whatever version is newest that day"))
                .severity(Severity::Low);
        }
    }
}
