//! The last part of the demo: the lab image is signed with a key that lives as long as the demo, and a gate is asked.

use std::collections::BTreeMap;
use std::path::Path;

use boltseal_chain::{Gathered, Options, Wants, gather};
use boltseal_gate::{Policy, Sought};
use boltseal_image::{Choice, Image, Target};
use boltseal_report::verdict::{VerdictFormat, VerdictOptions, render};
use boltseal_seal::{Attachment, attach};
use boltseal_trust::sign::{Proof, Signer, statement};
use boltseal_trust::{Algorithm, InToto, Key, Material, Signed};

use super::{TAG, lab};
use crate::command::db;
use crate::command::gate::judge;
use crate::exit::Failure;
use crate::output::Console;
use crate::settings::Settings;

/// Who signed, and what nobody should run.
const POLICY: &str = "\
version: 1
name: lab
profile: baseline
keys: {lab: {file: lab.pub}}
rules:
- id: signed
  description: whoever builds images here signed it
  signature: {any-of: [{key: lab}]}
";

/// Signs the lab image in a folder of its own, and shows what a policy says of it.
pub(super) fn show(folder: &Path, settings: &Settings, console: &Console) -> Result<(), Failure> {
    lab::image()?.write_oci_layout(folder, TAG)?;
    let target = Target::OciLayout { path: folder.to_owned(), choice: Some(Choice::Tag(TAG.to_owned())) };
    let scan = boltseal_scan::Options { image: boltseal_image::Options::default(), cache: settings.cache(true) };
    let key = Key::generate(Algorithm::EcdsaP256)?;
    sign(&target, &key, &scan.image)?;

    let public = boltseal_trust::public_pem(key.public_key());
    let policy = Policy::parse("lab.yaml", POLICY.as_bytes(), &|_: &str| Ok(public.clone().into_bytes()))
        .map_err(|errors| anyhow::anyhow!("{}", errors.iter().map(ToString::to_string).collect::<String>()))?;
    let options = Options {
        scan,
        check: boltseal_check::Options { render: false, ..Default::default() },
        material: Material {
            keys: policy.keys.clone(),
            keys_need_no_log: true,
            now: settings.seconds(),
            ..Material::default()
        },
        bases: Sought::default(),
        scorecards: Sought::default(),
        now: settings.now.clone(),
        wants: Wants::ALL,
    };
    let Gathered { evidence, .. } = gather(&target, &db::starter()?, &options)?;
    let verdict = boltseal_gate::judge(&policy, &evidence, &judge::tool());
    let options = VerdictOptions {
        width: Some(console.width()),
        color: console.colors_results(),
        all: false,
        target: "the lab image",
    };
    console.note("signed the lab image and asked a gate about it; for yours, type: boltseal gate IMAGE");
    console.result(None, b"\n")?;
    console.result(None, render(&verdict, VerdictFormat::Text, &options)?.as_bytes())?;
    console.note(
        "`boltseal sign`, `verify --explain`, `gate init` and `explain` go on from here; `boltseal help` lists all",
    );
    Ok(())
}

fn sign(target: &Target, key: &Key, options: &boltseal_image::Options) -> Result<(), Failure> {
    let image = Image::open(target, options)?;
    let digest = image.manifest_digest().ok_or_else(|| anyhow::anyhow!("the lab image has no manifest"))?;
    let envelope = statement(key, &InToto::image_signature(digest, &BTreeMap::new()))?;
    let bundle = Signed::Bundle(envelope.bundle(&Proof::default())?);
    attach(target, options, digest, Attachment::Signed(&bundle), None)?;
    Ok(())
}
