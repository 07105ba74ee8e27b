//! `boltseal trust update`.

use std::path::Path;

use boltseal_sigstore::{Anchor, Connection, Folder, Http, Origin, PUBLIC_TUF_URL, Refreshed, refresh};

use crate::exit::{Failure, Status};
use crate::output::Console;
use crate::settings::Settings;

pub(super) fn run(
    address: Option<&str>,
    root: Option<&Path>,
    ca_file: Option<&Path>,
    settings: &Settings,
    console: &Console,
) -> Result<Status, Failure> {
    let folder = super::folder(settings)?;
    let (origin, anchor) = whence(address, root, &folder, console)?;
    if let Origin::Url(url) = &origin
        && url.scheme() == "http"
    {
        console.note("speaking plain HTTP: whoever is on the way sees what is fetched; what they change is noticed");
    }
    let connection =
        Connection { certificate_authorities: ca_file.map(Path::to_owned).into_iter().collect(), ..Default::default() };
    let http = Http::new(&connection)?;
    match refresh(&http, &folder, &origin, &anchor, settings.seconds()) {
        Ok(refreshed) => {
            tell(&refreshed, &folder, console);
            Ok(Status::Done)
        }
        Err(error) => {
            let kept = match folder.provenance() {
                Ok(Some(known)) => {
                    format!("; what is trusted stays as it was {}", super::ago(&known.updated, &settings.now))
                }
                _ => String::new(),
            };
            Err(anyhow::anyhow!("{error}{kept}").into())
        }
    }
}

/// Where to ask and where trust begins: as the user says, else as in the last update, else the public instance.
fn whence(
    address: Option<&str>,
    root: Option<&Path>,
    folder: &Folder,
    console: &Console,
) -> Result<(Origin, Anchor), Failure> {
    let given = root.map(|path| {
        std::fs::read(path)
            .map(Anchor::Root)
            .map_err(|error| Failure::usage(anyhow::anyhow!("cannot read `{}`: {error}", path.display())))
    });
    let known = folder.provenance()?;
    let last = known.as_ref().and_then(|known| Some((known.source.as_str(), known.tuf.as_ref()?)));
    match (address, given.transpose()?, last) {
        (Some(address), Some(anchor), _) => Ok((Origin::parse(address).map_err(Failure::usage)?, anchor)),
        (None, Some(_), None) => Err(Failure::usage(anyhow::anyhow!(
            "`--root` says where trust begins, not where the repository is: name that with `--tuf-url`"
        ))),
        (None, Some(anchor), Some((source, _))) => Ok((Origin::parse(source)?, anchor)),
        (Some(address), None, _) => {
            // The same repository as last time has the same beginning; any other has to be the public one's mirror.
            let origin = Origin::parse(address).map_err(Failure::usage)?;
            let same = last.filter(|(source, _)| *source == origin.shown());
            let anchor = match same {
                Some((_, state)) => Anchor::kept(folder, &state.anchor)?,
                None => Anchor::Public,
            };
            Ok((origin, anchor))
        }
        (None, None, Some((source, state))) => {
            if source != PUBLIC_TUF_URL {
                console.note(&format!("asking `{source}`, as in the last update"));
            }
            Ok((Origin::parse(source)?, Anchor::kept(folder, &state.anchor)?))
        }
        (None, None, None) => {
            if let Some(known) = &known {
                console.note(&format!("asking the public instance, in place of the root from `{}`", known.source));
            }
            Ok((Origin::parse(PUBLIC_TUF_URL)?, Anchor::Public))
        }
    }
}

fn tell(refreshed: &Refreshed, folder: &Folder, console: &Console) {
    let source = &refreshed.provenance.source;
    let path = folder.trusted_root_path();
    console.note(&match refreshed.changed {
        true => format!("wrote {} from {source}", path.display()),
        false => format!("{} is the newest of {source}", path.display()),
    });
    for problem in &refreshed.overview.problems {
        console.warning(problem);
    }
    if !refreshed.has_signing_config {
        console.note("the repository names no services: signing without a key needs their addresses");
    }
}
