//! The way something is signed: with a key, or in the name of a token; and who bears witness.

use std::path::Path;

use anyhow::anyhow;
use boltseal_sigstore::{
    AUDIENCE, Connection, Content, Entry, Http, Keyless, LogAddress, LogVersion, Services, ToSign, Token, Verifier,
    address, sign_keyless, witness,
};
use boltseal_trust::sign::{self, Proof};
use boltseal_trust::{InToto, Material, Signer};

use crate::args::SignerArguments;
use crate::command::{keys, trust};
use crate::exit::Failure;
use crate::output::Console;
use crate::settings::Settings;

/// A way to sign.
pub(crate) struct Way {
    by: By,
    services: Services,
    /// The way to the services; none where none is asked.
    http: Option<Http>,
    /// What the answers of the services are verified by before they are given out.
    material: Option<Material>,
}

enum By {
    Key(Box<dyn Signer>),
    Token(Token),
}

/// Something signed, in the forms that it can take.
pub(crate) struct Made {
    /// The Sigstore bundle, JSON.
    pub(crate) bundle: Vec<u8>,
    /// The DSSE envelope, JSON.
    pub(crate) envelope: Vec<u8>,
    /// What the services added.
    pub(crate) proof: Proof,
}

/// A file's signature.
pub(crate) struct MadeBlob {
    pub(crate) bundle: Vec<u8>,
    pub(crate) signature: Vec<u8>,
}

impl Way {
    /// Opens the key or finds the token, and finds the services.
    pub(crate) fn open(
        arguments: &SignerArguments,
        ca_file: Option<&Path>,
        settings: &Settings,
        console: &Console,
    ) -> Result<Self, Failure> {
        let now = settings.seconds();
        let keyless = arguments.key.is_none();
        let services = services(arguments, keyless, settings, now)?;
        let asks = keyless || !services.logs.is_empty() || !services.timestamps.is_empty();
        let connection = Connection {
            certificate_authorities: ca_file.iter().map(|path| path.to_path_buf()).collect(),
            ..Connection::default()
        };
        let http = if asks { Some(Http::new(&connection)?) } else { None };
        let by = match (&arguments.key, &http) {
            (Some(key), _) => By::Key(keys::open_signer(key, &arguments.password)?),
            (None, Some(http)) => By::Token(token(arguments, http, now)?),
            (None, None) => return Err(no_signer()),
        };
        if matches!(by, By::Key(_)) && services.logs.is_empty() && !arguments.no_log {
            console
                .note("no transparency log knows of this signature (--rekor-url names one, --no-log says it is meant)");
        }
        // The root is known of the instance alone that `boltseal trust update` knows.
        let named = [&arguments.fulcio_url, &arguments.rekor_url, &arguments.tsa_url];
        let others = arguments.signing_config.is_some() || named.iter().any(|url| url.is_some());
        let verified = keyless && !others && !arguments.no_log;
        let material = if verified { trust::material(settings)? } else { None };
        Ok(Self { by, services, http, material })
    }

    /// Who signs, for the reader.
    pub(crate) fn told(&self) -> String {
        match &self.by {
            By::Key(signer) => format!("{} key {}", signer.algorithm(), signer.public_key().fingerprint()),
            By::Token(token) => format!("{} (by {})", token.identity(), token.issuer()),
        }
    }

    /// Signs an in-toto statement.
    pub(crate) fn statement(&self, statement: &InToto) -> Result<Made, Failure> {
        match &self.by {
            By::Key(signer) => {
                let envelope = sign::statement(&**signer, statement)?;
                let json = envelope.to_json()?;
                let content = Content::Envelope {
                    envelope: std::str::from_utf8(&json)?,
                    payload_type: &envelope.payload_type,
                    payload: &envelope.payload,
                };
                let proof = self.witnessed(content, &envelope.signature, &**signer)?;
                Ok(Made { bundle: envelope.bundle(&proof)?, envelope: json, proof })
            }
            By::Token(token) => {
                let payload = statement.to_json()?;
                let what = ToSign::Envelope { payload_type: InToto::PAYLOAD_TYPE, payload: &payload };
                let made = self.keyless(token, what)?;
                let (bundle, envelope) = (made.bundle.clone(), made.envelope.clone().unwrap_or_default());
                Ok(Made { bundle: bundle.into_bytes(), envelope: envelope.into_bytes(), proof: proof(made)? })
            }
        }
    }

    /// Signs a payload of cosign's from before bundles.
    pub(crate) fn payload(&self, payload: &[u8]) -> Result<(Vec<u8>, Proof), Failure> {
        match &self.by {
            By::Key(signer) => {
                let blob = sign::blob(&**signer, payload)?;
                let proof = self.witnessed(Content::Digest(&blob.digest), &blob.signature, &**signer)?;
                Ok((blob.signature, proof))
            }
            By::Token(token) => {
                let made = self.keyless(token, ToSign::Message(payload))?;
                Ok((made.signature.clone(), proof(made)?))
            }
        }
    }

    /// Signs the bytes of a file.
    pub(crate) fn blob(&self, bytes: &[u8]) -> Result<MadeBlob, Failure> {
        match &self.by {
            By::Key(signer) => {
                let blob = sign::blob(&**signer, bytes)?;
                let proof = self.witnessed(Content::Digest(&blob.digest), &blob.signature, &**signer)?;
                Ok(MadeBlob { bundle: blob.bundle(&proof)?, signature: blob.signature })
            }
            By::Token(token) => {
                let made = self.keyless(token, ToSign::Message(bytes))?;
                Ok(MadeBlob { bundle: made.bundle.into_bytes(), signature: made.signature })
            }
        }
    }

    /// What logs and timestamp authorities prove of a signature by a key.
    fn witnessed(&self, content: Content<'_>, signature: &[u8], signer: &dyn Signer) -> Result<Proof, Failure> {
        let Some(http) = &self.http else { return Ok(Proof::default()) };
        let entry = Entry { content, signature, verifier: Verifier::PublicKey(&signer.public_key().der) };
        let witnesses = witness(http, &self.services, &entry)?;
        Ok(Proof::of(None, Vec::new(), values(&witnesses.entries)?, witnesses.timestamps)?)
    }

    fn keyless(&self, token: &Token, what: ToSign<'_>) -> Result<Keyless, Failure> {
        let http = self.http.as_ref().ok_or_else(no_signer)?;
        Ok(sign_keyless(http, &self.services, token, what, self.material.as_ref())?)
    }
}

fn proof(made: Keyless) -> Result<Proof, Failure> {
    let entries = values(&made.witnesses.entries)?;
    Ok(Proof::of(Some(made.certificate), made.chain, entries, made.witnesses.timestamps)?)
}

/// Entries as a bundle holds them.
fn values(entries: &[impl serde::Serialize]) -> Result<Vec<serde_json::Value>, Failure> {
    Ok(entries.iter().map(serde_json::to_value).collect::<Result<_, _>>()?)
}

fn token(arguments: &SignerArguments, http: &Http, now: i64) -> Result<Token, Failure> {
    if let Some(file) = &arguments.identity_token {
        return Token::read(file, AUDIENCE, now).map_err(Failure::usage);
    }
    let variable = |name: &str| std::env::var(name).ok();
    Token::ambient(http, &variable, AUDIENCE, now)?.ok_or_else(no_signer)
}

fn no_signer() -> Failure {
    Failure::usage(anyhow!(
        "nobody signs: name a key (--key), or give an OIDC token (--identity-token, or the one of a CI job)"
    ))
}

/// A signature by a key asks only the services that are named; one by a token asks the instance's.
fn services(arguments: &SignerArguments, keyless: bool, settings: &Settings, now: i64) -> Result<Services, Failure> {
    let config = match &arguments.signing_config {
        Some(file) => {
            let bytes = std::fs::read(file).map_err(|error| {
                Failure::usage(anyhow!("cannot read the signing config `{}`: {error}", file.display()))
            })?;
            Some(bytes)
        }
        None if keyless && arguments.fulcio_url.is_none() => trust::folder(settings)?.signing_config()?,
        None => None,
    };
    let mut services = match config {
        Some(config) => Services::choose(&config, now).map_err(Failure::usage)?,
        None => Services::default(),
    };
    let url = |text: &String| address(text).map_err(Failure::usage);
    if let Some(fulcio) = &arguments.fulcio_url {
        services.fulcio = Some(url(fulcio)?);
    }
    if let Some(log) = &arguments.rekor_url {
        let version = if arguments.rekor_version == 2 { LogVersion::V2 } else { LogVersion::V1 };
        services.logs = vec![LogAddress { url: url(log)?, version }];
    }
    if let Some(authority) = &arguments.tsa_url {
        services.timestamps = vec![url(authority)?];
    }
    if arguments.no_log {
        services.logs.clear();
    }
    if !keyless {
        services.fulcio = None;
    }
    services.check().map_err(Failure::usage)?;
    Ok(services)
}
