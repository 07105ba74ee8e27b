//! `boltseal evidence verify`: what an exported folder says, checked without the machine that wrote it.

use std::path::Path;
use std::sync::Arc;

use boltseal_chain::bundle::{self, Bundle};
use boltseal_evidence::{Decision, Digest, Problem, Verdict};
use boltseal_gate::{Evidence, Sought};
use boltseal_image::{Artifacts, Document, Options};
use boltseal_report::signature::{self, SignatureOptions};
use boltseal_report::verdict::{VerdictFormat, VerdictOptions, render};
use boltseal_trust::{Material, PublicKey, Root};

use super::{EVIDENCE, KEYS, POLICY, POLICY_FILES, ROOT, VERDICT};
use crate::args::EvidenceVerifyArguments;
use crate::command::gate::{judge, policy};
use crate::command::verify::material::{public_key, trusted_root};
use crate::exit::{Failure, Status};
use crate::output::Console;
use crate::settings::Settings;

/// Seconds by which two clocks may differ.
const CLOCKS: i64 = 300;

pub(super) fn run(
    arguments: &EvidenceVerifyArguments,
    settings: &Settings,
    console: &Console,
) -> Result<Status, Failure> {
    let folder = &arguments.folder;
    let options = Options::default();
    let bundle = bundle::read(folder, &options)?;
    let mut recorded: Evidence = document(&bundle, EVIDENCE, folder)?;
    let verdict: Verdict = document(&bundle, VERDICT, folder)?;
    same_subject(&bundle, &recorded, &verdict, folder)?;
    not_to_come(&recorded, settings, folder)?;

    // Signatures are verified again: what the sender says of them is not evidence here.
    let loaded = match &arguments.policy {
        Some(named) => policy::load(Some(named), console)?,
        None => included_policy(&bundle, folder)?,
    };
    let mut material = material(arguments, &bundle, settings, console)?;
    // The keys of a policy are as good as the policy.
    let sender_decides = arguments.policy.is_none();
    let untrusted = sender_decides && !arguments.trust_included;
    if !untrusted {
        material.keys.extend(loaded.policy.keys.iter().cloned());
    }
    let mut discovered = boltseal_seal::discover(&bundle.image, &options)?;
    if discovered.manifest != recorded.subject.manifest {
        // This machine's platform is another than the one that was judged.
        discovered.manifest.clone_from(&recorded.subject.manifest);
        discovered.look_in(&bundle.image, &options)?;
    }
    for problem in &discovered.problems {
        console.warning(&problem.message);
    }
    let verified = boltseal_seal::verify_all(&discovered, &material);
    let (width, color) = (Some(console.width()), arguments.output.output.is_none() && console.colors_results());
    let mut text = signature::render(&verified, SignatureOptions { width, color, steps: false });
    recorded.signatures = match discovered.problems.len() {
        unread if unread > 0 && verified.is_empty() => {
            Sought::Missing(format!("{unread} signatures are there and could not be read"))
        }
        _ => Sought::Found(verified),
    };
    recorded.problems = discovered.problems;

    let mut again = boltseal_gate::judge(&loaded.policy, &recorded, &judge::tool());
    let changed = sender_decides && again.decision != verdict.decision;
    if untrusted {
        again.decision = again.decision.max(Decision::Undecided);
        again.problems.push(Problem::general(
            "judged by the policy in the folder, whose sender may have written any: name yours with --policy, or trust \
             theirs with --trust-included",
        ));
    }
    console.warning(&format!(
        "packages, findings and the moment of judgement ({}) are as the folder says; digests and signatures were \
         checked here",
        recorded.now
    ));
    let target = folder.display().to_string();
    if !text.is_empty() {
        text.push('\n');
    }
    let options = VerdictOptions { width, color, all: false, target: &target };
    text.push_str(&render(&again, VerdictFormat::Text, &options)?);
    console.result(arguments.output.output.as_deref(), text.as_bytes())?;
    if changed {
        console.warning(
            "the verdict in the folder is another: it was reached with other keys or another root, or was changed",
        );
    }
    Ok(judge::of(&again))
}

fn document<T: serde::de::DeserializeOwned>(bundle: &Bundle, name: &str, folder: &Path) -> Result<T, Failure> {
    let place = folder.display();
    let bytes = bundle.document(name).ok_or_else(|| anyhow::anyhow!("`{place}` holds no `{name}`"))?;
    Ok(serde_json::from_slice(bytes)
        .map_err(|error| anyhow::anyhow!("`{name}` in `{place}` cannot be read: {error}"))?)
}

/// All that is in the folder is about the same digest; the digest was computed, the rest merely says so.
fn same_subject(bundle: &Bundle, recorded: &Evidence, verdict: &Verdict, folder: &Path) -> Result<(), Failure> {
    for (what, says) in
        [("the evidence", Some(&recorded.subject.digest)), ("the verdict", Some(&verdict.subject.digest))]
    {
        if says != Some(&bundle.digest) {
            return Err(Failure::NotAssessed(anyhow::anyhow!(
                "{what} in `{}` is about {}, and the image there is {}",
                folder.display(),
                says.map_or_else(String::new, ToString::to_string),
                bundle.digest
            )));
        }
    }
    let layout = Artifacts::open(&bundle.image, &Options::default())?;
    let manifest = judged_manifest(&layout, &recorded.subject.manifest, folder)?;
    let actual = manifest.config().map(|config| &config.digest);
    if let Some(configuration) = manifest.config() {
        // It is there, and its bytes are those.
        layout.blob(configuration)?;
    }
    let configuration = recorded.subject.configuration.as_ref();
    let scanned = recorded.report.as_result().ok().and_then(|report| report.inventory.subject.id.as_ref());
    for (what, says) in [("the evidence", configuration), ("the report", scanned)] {
        if says.is_some() && says != actual {
            return Err(Failure::NotAssessed(anyhow::anyhow!(
                "{what} in `{}` is about another image than the one there, whose configuration is {}",
                folder.display(),
                actual.map_or_else(|| "missing".to_owned(), ToString::to_string)
            )));
        }
    }
    Ok(())
}

/// The manifest that was judged: the one there, or one that the index there lists.
fn judged_manifest(layout: &Artifacts, named: &Option<Digest>, folder: &Path) -> Result<Document, Failure> {
    let mut open = vec![layout.top()?];
    // Indexes within indexes.
    for _ in 0..4 {
        let is_judged = |document: &Document| match named {
            Some(named) => document.digest() == named,
            None => !document.is_index(),
        };
        if let Some(found) = open.iter().find(|document| is_judged(document) && !document.is_index()) {
            return Ok(found.clone());
        }
        let Some(named) = named else { break };
        let mut inside = Vec::new();
        for entry in open.iter().flat_map(Document::manifests) {
            let wanted = entry.digest == *named || entry.media_type.contains("index");
            if let Some(document) = wanted.then(|| layout.document(&entry.digest)).transpose()?.flatten() {
                inside.push(document);
            }
        }
        open = inside;
    }
    Err(Failure::NotAssessed(anyhow::anyhow!(
        "the evidence in `{}` is about {}, which is not of the image there",
        folder.display(),
        named.as_ref().map_or_else(|| "no manifest".to_owned(), |named| format!("the manifest {named}"))
    )))
}

/// Exceptions and ages are judged as of the recorded moment, so it is one that was.
fn not_to_come(recorded: &Evidence, settings: &Settings, folder: &Path) -> Result<(), Failure> {
    use time::OffsetDateTime;
    use time::format_description::well_known::Rfc3339;
    let moment = OffsetDateTime::parse(&recorded.now, &Rfc3339).map(OffsetDateTime::unix_timestamp);
    if moment.is_ok_and(|moment| moment <= settings.seconds() + CLOCKS) {
        return Ok(());
    }
    Err(Failure::NotAssessed(anyhow::anyhow!(
        "the evidence in `{}` is of `{}`, which has not come: see that the clock of this machine is right",
        folder.display(),
        recorded.now
    )))
}

fn included_policy(bundle: &Bundle, folder: &Path) -> Result<policy::Loaded, Failure> {
    let bytes = bundle
        .document(POLICY)
        .ok_or_else(|| anyhow::anyhow!("`{}` holds no policy: name one with --policy", folder.display()))?;
    policy::parse(POLICY, bytes.to_vec(), &|file| {
        bundle
            .document(&format!("{POLICY_FILES}{file}"))
            .map(<[u8]>::to_vec)
            .ok_or_else(|| "it is not in the folder".to_owned())
    })
}

fn material(
    arguments: &EvidenceVerifyArguments,
    bundle: &Bundle,
    settings: &Settings,
    console: &Console,
) -> Result<Material, Failure> {
    let mut material = Material {
        root: None,
        keys: arguments.keys.iter().map(|path| public_key(path)).collect::<Result<_, _>>()?,
        keys_need_no_log: arguments.insecure_no_log,
        now: settings.seconds(),
        ..Material::default()
    };
    let included = bundle.document(ROOT).filter(|_| arguments.trust_included && arguments.trusted_root.is_none());
    material.root = match included {
        Some(bytes) => Some(Arc::new(Root::parse(ROOT, bytes)?)),
        None => trusted_root(arguments.trusted_root.as_deref(), settings, console)?,
    };
    if arguments.trust_included {
        for document in bundle.documents.iter().filter(|document| document.name.starts_with(KEYS)) {
            material.keys.push(PublicKey::from_pem(&document.name, &document.bytes)?);
        }
    }
    Ok(material)
}
