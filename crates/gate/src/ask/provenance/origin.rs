//! Where the source is from: the certificate first, then the payload, which must not say otherwise.

use boltseal_evidence::{BuildClaims, Signer};
use boltseal_trust::slsa::{Provenance, Source, SourceLocation};

use super::builder::is_platform;

/// What is known of the source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Origin {
    /// Repositories, in the one way that they are compared. More than one where the payload names several.
    pub(crate) repositories: Vec<String>,
    /// Sources that cannot be compared with anything.
    pub(crate) unreadable: Vec<String>,
    /// The branch or tag.
    pub(crate) reference: Option<String>,
    /// Commits.
    pub(crate) commits: Vec<String>,
    /// The path of the workflow.
    pub(crate) workflow: Option<String>,
}

/// What the certificate says about the build; nothing where there is none.
pub(crate) fn claims(signer: &Signer) -> Option<&BuildClaims> {
    match signer {
        Signer::Keyless { claims, .. } => Some(claims),
        Signer::Key { .. } | Signer::Certificate { .. } => None,
    }
}

impl Origin {
    /// Joins certificate and payload. Err: they contradict each other.
    pub(crate) fn of(signer: &Signer, provenance: &Provenance) -> Result<Self, String> {
        let nothing = BuildClaims::default();
        let claims = claims(signer).unwrap_or(&nothing);
        let mut origin = Self::certified(claims);
        // A platform's certificate names the source. Where it does not, what its workflow writes proves nothing.
        let is_certified = claims.source_repository_uri.is_some() || is_platform(signer);
        for source in &provenance.sources {
            match &source.location {
                Some(location) if is_certified => origin.agree(claims, source, location)?,
                Some(location) => origin.add(source, location)?,
                None if is_certified && !origin.repositories.is_empty() => {
                    return Err(format!(
                        "the payload's source `{}` cannot be held against the certificate's `{}`",
                        crate::ask::source::shown(&source.uri),
                        origin.repositories.join(", ")
                    ));
                }
                None if is_certified => {}
                None => origin.unreadable.push(crate::ask::source::shown(&source.uri)),
            }
        }
        let written = provenance.parameters.pointer("/workflow/path").and_then(serde_json::Value::as_str);
        match (&origin.workflow, written) {
            (Some(certified), Some(written)) if certified != written => {
                return Err(format!("the payload's workflow is `{written}`, the certificate's `{certified}`"));
            }
            (None, _) if !is_certified => origin.workflow.clone_from(&provenance.workflow),
            _ => {}
        }
        Ok(origin)
    }

    /// What the certificate alone says.
    pub(crate) fn certified(claims: &BuildClaims) -> Self {
        let uri = claims.source_repository_uri.as_deref();
        let location = uri.and_then(SourceLocation::read);
        let workflow = claims.build_config_uri.as_deref().and_then(|uri| {
            // `https://host/owner/name/.github/workflows/x.yml@ref`, GitLab with two slashes before the path.
            let repository = claims.source_repository_uri.as_deref()?;
            let path = uri.strip_prefix(repository)?.split_once('@')?.0;
            Some(path.trim_start_matches('/').to_owned())
        });
        Self {
            unreadable: uri.filter(|_| location.is_none()).map(crate::ask::source::shown).into_iter().collect(),
            repositories: location.into_iter().map(|location| location.repository).collect(),
            reference: claims.source_repository_ref.clone(),
            commits: claims.source_repository_digest.iter().map(|commit| commit.to_ascii_lowercase()).collect(),
            workflow,
        }
    }

    /// The payload says the same as the certificate, as far as both speak.
    fn agree(&self, claims: &BuildClaims, source: &Source, location: &SourceLocation) -> Result<(), String> {
        if !self.repositories.is_empty() && !self.repositories.contains(&location.repository) {
            return Err(format!(
                "the payload's source is `{}`, the certificate's `{}`",
                location.repository,
                self.repositories.join(", ")
            ));
        }
        if let (Some(written), Some(certified)) = (&location.reference, &claims.source_repository_ref)
            && written != certified
            && !is_short(written, certified)
            && !self.commits.contains(&written.to_ascii_lowercase())
        {
            return Err(format!("the payload's reference is `{written}`, the certificate's `{certified}`"));
        }
        if let Some(certified) = self.commits.first()
            && !source.commits.is_empty()
            && !source.commits.contains(certified)
        {
            return Err(format!(
                "the payload's commit is `{}`, the certificate's `{certified}`",
                source.commits.join(", ")
            ));
        }
        Ok(())
    }

    /// Takes in what only the payload says.
    fn add(&mut self, source: &Source, location: &SourceLocation) -> Result<(), String> {
        if !self.repositories.contains(&location.repository) {
            self.repositories.push(location.repository.clone());
        }
        match (&self.reference, &location.reference) {
            (Some(first), Some(second)) if first != second => {
                return Err(format!("the payload names two references, `{first}` and `{second}`"));
            }
            (None, Some(reference)) => self.reference = Some(reference.clone()),
            _ => {}
        }
        self.commits.extend(source.commits.iter().cloned());
        Ok(())
    }
}

/// `main` for `refs/heads/main`: says less, and nothing else.
fn is_short(written: &str, full: &str) -> bool {
    ["refs/heads/", "refs/tags/"].iter().any(|kind| full.strip_prefix(kind) == Some(written))
}
