//! `boltseal trust show`.

use boltseal_sigstore::{Authority, Log, Overview, Provenance};
use serde::Serialize;

use crate::args::TrustFormat;
use crate::exit::{Failure, Status};
use crate::output::Console;
use crate::settings::{Settings, seconds};

/// What `--format json` prints.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Shown<'a> {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    provenance: Option<&'a Provenance>,
    #[serde(flatten)]
    overview: &'a Overview,
}

pub(super) fn run(format: TrustFormat, settings: &Settings, console: &Console) -> Result<Status, Failure> {
    let folder = super::folder(settings)?;
    let path = folder.trusted_root_path().display().to_string();
    let Some(bytes) = folder.trusted_root()? else {
        return Err(anyhow::anyhow!(
            "nothing is trusted yet (no `{path}`): run `boltseal trust update`, or `boltseal trust import FILE` on a machine without a network"
        )
        .into());
    };
    let overview = Overview::of(&bytes).map_err(|error| anyhow::anyhow!("`{path}`: {error}"))?;
    let provenance = folder.provenance()?;
    let text = match format {
        TrustFormat::Json => {
            let shown = Shown { path, provenance: provenance.as_ref(), overview: &overview };
            serde_json::to_string_pretty(&shown)? + "\n"
        }
        TrustFormat::Text => text(&path, provenance.as_ref(), &overview, &settings.now),
    };
    console.result(None, text.as_bytes())?;
    for problem in &overview.problems {
        console.warning(problem);
    }
    if let Some(end) = provenance.as_ref().and_then(|known| known.tuf.as_ref()).map(|tuf| tuf.expires.as_str())
        && seconds(end) < settings.seconds()
    {
        console.warning(&format!("the repository wanted to be asked again by {end}: run `boltseal trust update`"));
    }
    Ok(Status::Done)
}

fn text(path: &str, provenance: Option<&Provenance>, overview: &Overview, now: &str) -> String {
    let mut text = format!("{path}\nsha256 {}\n", overview.sha256);
    match provenance {
        Some(known) => text.push_str(&match &known.tuf {
            Some(tuf) => format!(
                "from {}, root version {}, current {}, to be asked again by {}\n",
                known.source,
                tuf.root,
                super::ago(&known.updated, now),
                tuf.expires
            ),
            None => format!("taken over from {} {}\n", known.source, super::ago(&known.updated, now)),
        }),
        None => text.push_str("nobody knows where it came from\n"),
    }
    authorities(&mut text, "Certificate authorities (Fulcio)", &overview.certificate_authorities, now);
    logs(&mut text, "Transparency logs (Rekor)", &overview.transparency_logs, now);
    logs(&mut text, "Certificate transparency logs", &overview.certificate_logs, now);
    authorities(&mut text, "Timestamp authorities", &overview.timestamp_authorities, now);
    text
}

fn authorities(text: &mut String, title: &str, authorities: &[Authority], now: &str) {
    text.push_str(&format!("\n{title}\n"));
    if authorities.is_empty() {
        text.push_str("  none\n");
    }
    for it in authorities {
        let uri = it.uri.as_deref().filter(|uri| *uri != it.name).map(|uri| format!(" at {uri}")).unwrap_or_default();
        text.push_str(&format!("  {}{uri}\n", it.name));
        text.push_str(&format!("    {}", validity(it.valid_from.as_deref(), it.valid_until.as_deref(), now)));
        if let Some(end) = &it.certificates_end {
            text.push_str(&format!(", certificates until {}", day(end)));
        }
        text.push('\n');
        for fingerprint in &it.fingerprints {
            text.push_str(&format!("    sha256 {fingerprint}\n"));
        }
    }
}

fn logs(text: &mut String, title: &str, logs: &[Log], now: &str) {
    text.push_str(&format!("\n{title}\n"));
    if logs.is_empty() {
        text.push_str("  none\n");
    }
    for it in logs {
        let validity = validity(it.valid_from.as_deref(), it.valid_until.as_deref(), now);
        text.push_str(&format!("  {}\n    {validity}, {}\n    key {}\n", it.uri, it.algorithm, it.key_id));
    }
}

fn validity(from: Option<&str>, until: Option<&str>, now: &str) -> String {
    let from = from.map(|from| format!("since {}", day(from))).unwrap_or_else(|| "without a beginning".to_owned());
    match until {
        Some(until) if seconds(until) < seconds(now) => format!("{from}, ended {}", day(until)),
        Some(until) => format!("{from}, until {}", day(until)),
        None => format!("{from}, in use"),
    }
}

fn day(moment: &str) -> &str {
    moment.get(..10).unwrap_or(moment)
}
