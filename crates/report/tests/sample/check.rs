//! A check of a small tree: something of everything that a report can hold.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "each test uses a part; a test fails by panicking"
)]

use std::collections::BTreeMap;

use boltseal_evidence::*;

pub(crate) const DOCKERFILE: &str = "FROM debian:latest\n\
    RUN apt-get update && \\\n    apt-get install -y curl && \\\n\tcurl -k https://example.com/漢字.sh | sh\n\
    ENV TOKEN=hunter2\nUSER root\n";
pub(crate) const DEPLOYMENT: &str = "apiVersion: apps/v1\r\nkind: Deployment\r\nmetadata:\r\n  name: web\r\nspec:\r\n  template:\r\n    spec:\r\n      containers:\r\n        - name: app\r\n          image: web:1\r\n          securityContext:\r\n            privileged: true\r\n";
/// An escape sequence and a bidirectional override in names and content.
pub(crate) const HOSTILE: &str =
    "services:\n  a:\n    image: \"\u{1b}]0;owned\u{7}\u{202e}x<b>&\"\n    privileged: true\n";
pub(crate) const HOSTILE_PATH: &str = "<img src=x onerror=alert(1)>/\u{1b}[31m'\"&compose.yaml";

pub(crate) fn source(path: &str) -> Option<String> {
    match path {
        "app/Dockerfile" => Some(DOCKERFILE.to_owned()),
        "deploy/web.yaml" => Some(DEPLOYMENT.to_owned()),
        HOSTILE_PATH => Some(HOSTILE.to_owned()),
        _ => None,
    }
}

/// The region of the `nth` place of `part` in `text`.
pub(crate) fn region(text: &str, part: &str) -> Region {
    let start = text.find(part).expect("the part is there");
    span(text, start, start + part.len())
}

pub(crate) fn span(text: &str, start: usize, end: usize) -> Region {
    let position = |offset: usize| {
        let before = text.get(..offset).expect("a boundary");
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (u32::try_from(line).unwrap(), u32::try_from(column).unwrap())
    };
    let ((line, column), (end_line, end_column)) = (position(start), position(end));
    Region { line, column, end_line, end_column, start, end }
}

pub(crate) fn finding(
    rule: &str,
    severity: Severity,
    path: &str,
    region: Option<Region>,
    message: &str,
) -> Misconfiguration {
    Misconfiguration {
        rule: rule.to_owned(),
        severity,
        message: message.to_owned(),
        path: path.to_owned(),
        region,
        subject: String::new(),
        notes: Vec::new(),
        fix: None,
        suppression: None,
    }
}

pub(crate) fn rule(id: &str, title: &str, severity: Severity, aliases: &[&str]) -> RuleInfo {
    RuleInfo {
        id: id.to_owned(),
        title: title.to_owned(),
        severity,
        aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
        why: format!("Because {title} lets an attacker in. It was seen in the wild."),
        advice: "Do it the other way, as the manual says.".to_owned(),
        references: vec!["https://docs.docker.com/build/building/best-practices/".to_owned()],
    }
}

pub(crate) fn report() -> CheckReport {
    let docker = "app/Dockerfile";
    let mut latest = finding(
        "BS-D001",
        Severity::Medium,
        docker,
        Some(region(DOCKERFILE, "debian:latest")),
        "`latest` is whatever was pushed last",
    );
    latest.subject = "stage 0".to_owned();
    let mut piped = finding(
        "BS-D040",
        Severity::Critical,
        docker,
        Some(region(DOCKERFILE, "| sh")),
        "what `curl` fetches is run unseen",
    );
    piped
        .notes
        .push(Note { region: region(DOCKERFILE, "https://example.com/漢字.sh"), message: "fetched here".to_owned() });
    let mut list = finding(
        "BS-D020",
        Severity::Low,
        docker,
        Some(region(DOCKERFILE, "apt-get install -y curl")),
        "recommended packages come along",
    );
    let after = DOCKERFILE.find(" -y curl").unwrap();
    list.fix = Some(Fix {
        title: "add `--no-install-recommends`".to_owned(),
        edits: vec![Edit { region: span(DOCKERFILE, after, after), text: " --no-install-recommends".to_owned() }],
    });
    let mut token = finding(
        "BS-D050",
        Severity::High,
        docker,
        Some(region(DOCKERFILE, "TOKEN=hunter2")),
        "`TOKEN` stays in the image",
    );
    token.suppression = Some(Suppression {
        reason: "a value of the tests".to_owned(),
        owner: Some("anna".to_owned()),
        until: None,
        source: "app/Dockerfile:5".to_owned(),
    });
    let user =
        finding("BS-D060", Severity::High, docker, Some(region(DOCKERFILE, "USER root\n")), "the last user is `root`");
    let mut privileged = finding(
        "BS-K001",
        Severity::Critical,
        "deploy/web.yaml",
        Some(region(DEPLOYMENT, "privileged: true")),
        "container `app` is privileged",
    );
    privileged.subject = "Deployment web, container app".to_owned();
    privileged.fix = Some(Fix {
        title: "remove `privileged`".to_owned(),
        edits: vec![Edit {
            region: region(DEPLOYMENT, "          securityContext:\r\n            privileged: true\r\n"),
            text: String::new(),
        }],
    });
    let whole = finding("BS-K090", Severity::Negligible, "deploy/web.yaml", None, "no NetworkPolicy selects its pods");
    let hostile = finding(
        "BS-C001",
        Severity::High,
        HOSTILE_PATH,
        Some(region(HOSTILE, "\u{1b}]0;owned\u{7}\u{202e}x<b>&")),
        "`\u{1b}[2J</td><script>alert(1)</script>]]>` is no image",
    );
    let mut report = CheckReport {
        schema: 1,
        tool: Tool { name: "boltseal".to_owned(), version: "0.1.0".to_owned() },
        files: [("app/Dockerfile", "dockerfile", "dockerfile"), ("deploy/web.yaml", "kubernetes", "workload")]
            .into_iter()
            .chain([(HOSTILE_PATH, "compose", "compose"), ("ok/Dockerfile", "dockerfile", "dockerfile")])
            .map(|(path, kind, subject)| CheckedFile {
                path: path.to_owned(),
                kind: kind.to_owned(),
                subjects: BTreeMap::from([(subject.to_owned(), 1)]),
            })
            .collect(),
        findings: vec![latest, list, piped, token, user, privileged, whole, hostile],
        rules: vec![
            rule("BS-C001", "no <image>", Severity::High, &[]),
            rule("BS-D001", "base image by a tag that moves", Severity::Medium, &["DL3007", "CKV_DOCKER_7"]),
            rule("BS-D020", "recommended packages installed", Severity::Low, &["DL3015"]),
            rule("BS-D040", "remote script piped to a shell", Severity::Critical, &[]),
            rule("BS-D050", "secret in an environment variable", Severity::High, &["DS-0031"]),
            rule("BS-D060", "runs as root", Severity::High, &["DL3002"]),
            rule("BS-K001", "privileged container", Severity::Critical, &["KSV-0017", "C-0057"]),
            rule("BS-K090", "pods without a NetworkPolicy", Severity::Negligible, &["C-0260"]),
        ],
        not_assessed: vec![NotAssessed {
            reason: NotAssessedReason::Template,
            what: "charts/shop".to_owned(),
            detail: "`helm` is not installed, so that its templates were not rendered: install it".to_owned(),
            packages: 0,
        }],
        problems: vec![Problem::at("broken.yaml", "line 3, column 1: a tab cannot indent: use spaces")],
    };
    report
        .findings
        .sort_by(|one, other| (&one.path, one.region, &one.rule).cmp(&(&other.path, other.region, &other.rule)));
    report
}

fn control(id: &str, title: &str, section: &str, status: ControlStatus, reason: &str) -> ControlResult {
    ControlResult {
        id: id.to_owned(),
        title: title.to_owned(),
        section: section.to_owned(),
        status,
        reason: reason.to_owned(),
        rules: Vec::new(),
        looked_at: BTreeMap::new(),
        findings: Vec::new(),
    }
}

/// A table of every kind of result, over the findings of [`report`].
pub(crate) fn assessment() -> Assessment {
    let report = report();
    let cite = |rule: &str| {
        let number = report.findings.iter().position(|finding| finding.rule == rule).unwrap();
        let finding = &report.findings[number];
        Citation {
            finding: number,
            rule: finding.rule.clone(),
            severity: finding.severity,
            path: finding.path.clone(),
            line: finding.region.map(|region| region.line),
            subject: finding.subject.clone(),
            message: finding.message.clone(),
            accepted: finding.suppression.as_ref().map(|suppression| suppression.reason.clone()),
        }
    };
    let (images, files, runtime) = ("4 Container images", "3 Configuration files", "5 Container runtime");
    let mode = "permissions decide this: look on the host";
    let asides = (1..=4)
        .map(|number| control(&format!("3.{number}"), "It belongs to root", files, ControlStatus::NotAssessed, mode));
    let mut controls: Vec<ControlResult> = asides.collect();
    let mut user = control("4.1", "Containers have a user of their own", images, ControlStatus::Fail, "1 finding");
    user.findings = vec![cite("BS-D060")];
    user.rules = vec!["BS-D060".to_owned()];
    let mut secrets = control(
        "4.10",
        "No secrets in build files",
        images,
        ControlStatus::Pass,
        "1 finding accepted with a reason, none else in 2 Dockerfiles",
    );
    secrets.findings = vec![cite("BS-D050")];
    let copy = control("4.9", "COPY instead of ADD", images, ControlStatus::Pass, "no finding in 2 Dockerfiles");
    let mut hostile = control("5.5", "No <b>privileged</b> containers", runtime, ControlStatus::Fail, "2 findings");
    hostile.findings = vec![cite("BS-C001"), cite("BS-K001")];
    controls.extend([user, copy, secrets, hostile]);
    Assessment {
        schema: 1,
        tool: report.tool.clone(),
        framework: FrameworkInfo {
            id: "cis-docker".to_owned(),
            title: "CIS Docker Benchmark".to_owned(),
            version: "1.8".to_owned(),
            reference: "https://www.cisecurity.org/benchmark/docker".to_owned(),
        },
        controls,
        files: BTreeMap::from([("compose".to_owned(), 1), ("dockerfile".to_owned(), 2)]),
        not_assessed: report.not_assessed,
        problems: report.problems,
    }
}
