//! `boltseal evidence export`.

use boltseal_chain::bundle::{self, Included};
use boltseal_chain::{Gathered, gather};
use boltseal_report::{Format, RenderOptions};

use super::{EVIDENCE, KEYS, POLICY, POLICY_FILES, ROOT, SBOM, VERDICT};
use crate::args::ExportArguments;
use crate::command::db;
use crate::command::gate::{judge, known, policy};
use crate::exit::{Failure, Status};
use crate::output::Console;
use crate::progress;
use crate::settings::Settings;

pub(super) fn run(arguments: &ExportArguments, settings: &Settings, console: &Console) -> Result<Status, Failure> {
    let [target] = arguments.target.targets.as_slice() else {
        return Err(Failure::usage(anyhow::anyhow!("name one image: a folder holds the evidence on one")));
    };
    let folder = &arguments.output;
    let taken = folder.exists() && !std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    if taken {
        return Err(Failure::usage(anyhow::anyhow!("`{}` is there already: name a new folder", folder.display())));
    }
    let loaded = policy::load(arguments.policy.as_deref(), console)?;
    let options = known::options(&arguments.target, &arguments.known, Some(&loaded.policy), settings, console)?;
    let index = db::open(settings)?;
    let parsed = boltseal_image::Target::parse(target).map_err(Failure::usage)?;
    let shown = progress::Shown::new(console, target);
    let scan = shown.attach(&options.scan);
    let Gathered { evidence, pinned, .. } =
        gather(&parsed, &index, &boltseal_chain::Options { scan, ..options.clone() })?;
    shown.finish();
    let verdict = boltseal_gate::judge(&loaded.policy, &evidence, &judge::tool());

    let json = |name: &str, bytes: Vec<u8>| Included {
        name: name.to_owned(),
        media_type: "application/json".to_owned(),
        bytes,
    };
    let mut documents = vec![
        json(EVIDENCE, serde_json::to_vec_pretty(&evidence)?),
        json(VERDICT, serde_json::to_vec_pretty(&verdict)?),
        Included { name: POLICY.to_owned(), media_type: "application/yaml".to_owned(), bytes: loaded.bytes },
    ];
    for (name, bytes) in loaded.files {
        documents.push(Included {
            name: format!("{POLICY_FILES}{name}"),
            media_type: "application/octet-stream".to_owned(),
            bytes,
        });
    }
    if let Ok(report) = evidence.report.as_result() {
        let text = boltseal_report::sbom(&report.inventory, Format::CycloneDx, &RenderOptions::default())?;
        let media_type = "application/vnd.cyclonedx+json".to_owned();
        documents.push(Included { name: SBOM.to_owned(), media_type, bytes: text.into_bytes() });
    }
    if let Some(root) = known::root_bytes(&arguments.known, settings)? {
        documents.push(json(ROOT, root));
    }
    for (place, file) in arguments.known.keys.iter().enumerate() {
        let bytes = policy::bounded(file)
            .map_err(|reason| anyhow::anyhow!("cannot read key `{}`: {reason}", file.display()))?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let media_type = "application/x-pem-file".to_owned();
        documents.push(Included { name: format!("{KEYS}{place}-{name}"), media_type, bytes });
    }
    let exported = bundle::export(&pinned, folder, &documents, arguments.with_layers, &options.scan.image)?;
    for problem in &exported.problems {
        console.warning(&problem.message);
    }
    console.note(&format!(
        "wrote the evidence on {} to `{}`: {} documents, {} signatures and artifacts; check it there, by a policy of \
         your own: boltseal evidence verify {} --policy FILE",
        exported.digest,
        folder.display(),
        documents.len(),
        exported.attached,
        folder.display()
    ));
    Ok(Status::Done)
}
