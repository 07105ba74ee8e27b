//! Who may read the files of a volume.

use boltseal_evidence::Severity;

use crate::finding::Found;
use crate::kubernetes::Workload;
use crate::kubernetes::rules::example::pod;
use crate::rule::{Check, Rule};
use crate::source::{Source, Span};
use crate::yaml::{Node, Style};

/// Everything of a volume that sets a mode: key, value, and whether it is for Secrets.
fn modes<'a>(workload: &Workload<'a>) -> impl Iterator<Item = (&'a Node, i64, bool)> {
    workload.spec.list("volumes").iter().flat_map(|volume| {
        let parts = [("secret", true), ("configMap", false), ("downwardAPI", false), ("projected", false)];
        parts.into_iter().filter_map(|(kind, secret)| Some((volume.get(kind)?, secret))).flat_map(|(part, secret)| {
            let sources = part.list("sources");
            let secret = secret || sources.iter().any(|source| source.get("secret").is_some());
            let nested = sources.iter().flat_map(|source| {
                ["secret", "configMap", "downwardAPI"]
                    .iter()
                    .filter_map(|kind| source.get(kind))
                    .flat_map(|each| each.list("items"))
            });
            part.get("defaultMode")
                .into_iter()
                .chain(part.list("items").iter().chain(nested).filter_map(|item| item.get("mode")))
                .filter_map(move |mode| Some((mode, mode.as_int()?, secret)))
        })
    })
}

pub(super) const SECRET: Rule = Rule {
    id: "BS-K080",
    title: "files of a Secret that everyone may change or run",
    severity: Severity::Low,
    aliases: &[],
    why: "With a mode such as 0777 every user of the container may read a Secret's files, and a copy that keeps the \
          mode may be changed and run by all.",
    advice: "Set `defaultMode: 0400`, or 0440 together with `fsGroup` where the program does not run as root.",
    references: &["https://kubernetes.io/docs/concepts/configuration/secret/#secret-files-permissions"],
    bad: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:1.4
    volumeMounts:
    - {name: keys, mountPath: /keys}
  volumes:
  - name: keys
    secret:
      secretName: keys
      defaultMode: 0777
"
    )],
    good: &[
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/app:1.4
    volumeMounts:
    - {name: keys, mountPath: /keys}
    - {name: scripts, mountPath: /scripts}
  volumes:
  - name: keys
    secret:
      secretName: keys
      defaultMode: 0440
  - name: scripts
    configMap:
      name: scripts
      defaultMode: 0755
"
        ),
        // The default, in decimal.
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/app:1.4
    volumeMounts:
    - {name: keys, mountPath: /keys}
  volumes:
  - name: keys
    secret:
      secretName: keys
      defaultMode: 420
"
        ),
    ],
    check: Check::Workload(secret),
};

fn secret(workload: &Workload<'_>, found: &mut Found<'_>) {
    for (node, mode, secret) in modes(workload) {
        // Read by all is the default; what goes beyond was chosen.
        if secret && mode & 0o003 != 0 && meant(node, mode).is_none() {
            let text = node.as_str().unwrap_or_default();
            found.report(node.span, format!("mode `{text}` lets everyone change or run files of the Secret"));
        }
    }
}

pub(super) const DECIMAL: Rule = Rule {
    id: "BS-K081",
    title: "file mode that was meant to be octal",
    severity: Severity::Medium,
    aliases: &[],
    why: "A mode without a zero before it is a decimal number: `400` is 0620, which lets the group write and the owner \
          keep what was to be read-only. JSON knows decimal numbers only.",
    advice: "Write `0400` in YAML, or the decimal value (256) in JSON.",
    references: &["https://kubernetes.io/docs/concepts/configuration/secret/#secret-files-permissions"],
    bad: &[
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/app:1.4
    volumeMounts:
    - {name: keys, mountPath: /keys}
  volumes:
  - name: keys
    secret:
      secretName: keys
      defaultMode: 400
"
        ),
        "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"web\"}, \"spec\": {
  \"containers\": [{\"name\": \"app\", \"image\": \"registry.example.com/app:1.4\"}],
  \"volumes\": [{\"name\": \"scripts\", \"configMap\": {\"name\": \"scripts\", \"defaultMode\": 755}}]}}
",
    ],
    good: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:1.4
    volumeMounts:
    - {name: keys, mountPath: /keys}
    - {name: more, mountPath: /more}
  volumes:
  - name: keys
    secret:
      secretName: keys
      defaultMode: 0400
  - name: more
    secret:
      secretName: more
      defaultMode: 256
"
    )],
    check: Check::Workload(decimal),
};

/// The octal mode that a decimal number looks like; `None` where it is as it should be.
fn meant(node: &Node, mode: i64) -> Option<i64> {
    let text = node.as_str()?;
    if text.len() != 3 || !text.bytes().all(|digit| (b'0'..=b'7').contains(&digit)) || text.parse() != Ok(mode) {
        return None;
    }
    let octal = i64::from_str_radix(text, 8).ok()?;
    // 420 is 0644 and 292 is 0444, as `kubectl get -o yaml` writes them: only what looks like a mode and is none in
    // decimal is a mistake.
    let usual = [
        0o400, 0o440, 0o444, 0o500, 0o550, 0o555, 0o600, 0o640, 0o644, 0o660, 0o664, 0o666, 0o700, 0o750, 0o755, 0o770,
        0o775, 0o777,
    ];
    (usual.contains(&octal) && !usual.contains(&mode)).then_some(octal)
}

fn decimal(workload: &Workload<'_>, found: &mut Found<'_>) {
    for (node, mode, _) in modes(workload) {
        let Some(octal) = meant(node, mode) else { continue };
        let text = node.as_str().unwrap_or_default();
        let change = change(found.source(), node, octal);
        found
            .report(node.span, format!("mode `{text}` is decimal and means 0{mode:o}, not 0{octal:o}"))
            .fix("write the mode that was meant", change);
    }
}

fn change(source: &Source<'_>, node: &Node, octal: i64) -> Option<(Span, String)> {
    if node.shared || node.style != Style::Plain {
        return None;
    }
    let json = source.text.trim_start().starts_with('{');
    Some((node.span, if json { octal.to_string() } else { format!("0{octal:o}") }))
}
