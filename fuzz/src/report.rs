//! Reports of findings whose texts and places anybody may have chosen.

use std::collections::BTreeMap;

use boltseal_evidence::{
    CheckReport, CheckedFile, Edit, Fix, Misconfiguration, NotAssessed, NotAssessedReason, Note, Problem, Region,
    RuleInfo, Severity, Suppression, Tool,
};
use boltseal_report::check::{CheckFormat, CheckOptions, render};

/// A line is a finding: numbers of its place, then texts. The whole is the content of the files.
pub(crate) fn check_report(data: &[u8]) -> usize {
    let Ok(text) = std::str::from_utf8(data) else { return 0 };
    let findings: Vec<Misconfiguration> = text.split('\n').take(30).filter_map(finding).collect();
    let paths: std::collections::BTreeSet<&str> = findings.iter().map(|finding| finding.path.as_str()).collect();
    let texts = || text.split('\n').take(3).map(str::to_owned);
    let report = CheckReport {
        schema: 1,
        tool: Tool { name: "boltseal".to_owned(), version: "1".to_owned() },
        files: paths
            .iter()
            .map(|path| CheckedFile {
                path: (*path).to_owned(),
                kind: "dockerfile".to_owned(),
                subjects: BTreeMap::new(),
            })
            .collect(),
        rules: findings.iter().map(rule).collect(),
        not_assessed: texts()
            .map(|text| NotAssessed {
                reason: NotAssessedReason::Unreadable,
                what: text.clone(),
                detail: text,
                packages: 0,
            })
            .collect(),
        problems: texts().map(|text| Problem::at(text.clone(), text)).collect(),
        findings: findings.clone(),
    };
    for format in CheckFormat::ALL {
        for (width, color, all, quiet) in
            [(None, false, false, false), (Some(20), true, true, false), (Some(80), false, true, true)]
        {
            let source = |_: &str| Some(text.to_owned());
            let options =
                CheckOptions { width, color, all, quiet, from: boltseal_evidence::Severity::Low, source: &source };
            let written = render(&report, format, &options).expect("a report can be written");
            well_formed(format, &written, color);
        }
    }
    findings.len()
}

fn well_formed(format: CheckFormat, written: &str, color: bool) {
    assert!(written.is_empty() || written.ends_with('\n'), "{format}");
    let is_control = |each: char| each.is_control() && !matches!(each, '\n' | '\t' | '\u{1b}');
    match format {
        CheckFormat::Json | CheckFormat::Sarif | CheckFormat::GitLab => {
            serde_json::from_str::<serde_json::Value>(written).expect("JSON");
        }
        CheckFormat::Text | CheckFormat::Compact => {
            assert!(!written.contains(is_control), "{format}: {written:?}");
            assert!(color || !written.contains('\u{1b}'), "{format}: {written:?}");
        }
        CheckFormat::Junit | CheckFormat::Checkstyle => {
            let allowed = |each: char| matches!(each, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
            assert!(written.chars().all(allowed), "{format}: {written:?}");
            let tags = written.matches('<').count();
            assert_eq!(tags, written.matches('>').count(), "{format}: {written:?}");
        }
    }
}

fn finding(line: &str) -> Option<Misconfiguration> {
    let mut fields = line.split('|');
    let mut number = |most: u32| Some(fields.next()?.parse::<u32>().ok()?.min(most));
    let (start, length, line, column) = (number(9999)?, number(9999)?, number(u32::MAX)?, number(u32::MAX)?);
    let mut text = || fields.next().unwrap_or_default().to_owned();
    let region = Region {
        line,
        column,
        end_line: line.saturating_add(length % 7),
        end_column: column.saturating_add(length),
        start: start as usize,
        end: (start + length) as usize,
    };
    let (rule, message, path, subject, note, edit, reason) = (text(), text(), text(), text(), text(), text(), text());
    Some(Misconfiguration {
        rule,
        severity: if length % 2 == 0 { Severity::High } else { Severity::Unknown },
        message,
        path,
        region: (length != 3).then_some(region),
        subject,
        notes: (!note.is_empty()).then_some(Note { region, message: note }).into_iter().collect(),
        fix: (!edit.is_empty()).then(|| Fix { title: edit.clone(), edits: vec![Edit { region, text: edit.clone() }] }),
        suppression: (!reason.is_empty()).then(|| Suppression {
            reason: reason.clone(),
            owner: None,
            until: None,
            source: reason.clone(),
        }),
    })
}

fn rule(finding: &Misconfiguration) -> RuleInfo {
    RuleInfo {
        id: finding.rule.clone(),
        title: finding.message.clone(),
        severity: finding.severity,
        aliases: vec![finding.subject.clone()],
        why: finding.message.clone(),
        advice: finding.path.clone(),
        references: vec![finding.message.clone()],
    }
}
