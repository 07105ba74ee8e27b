//! What a rule can ask. Each kind reads its own part of the policy file and judges its own part of the evidence.
//!
//! A kind is a file below `ask/`: a struct that is read from YAML (`Deserialize`, `deny_unknown_fields`, kebab-case; and
//! `JsonSchema` with the feature `schema`), an implementation of [`Judge`], and a line in [`KINDS`].

/// The JSON Schema of something that is read by way of another form is that form's.
macro_rules! schema_as {
    ($read:ident, $form:ty) => {
        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $read {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($read).into()
            }

            fn schema_id() -> std::borrow::Cow<'static, str> {
                concat!(module_path!(), "::", stringify!($read)).into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                <$form>::json_schema(generator)
            }
        }
    };
}

mod age;
mod attestation;
mod base;
mod case;
mod database;
mod expression;
mod licenses;
mod malware;
mod posture;
mod provenance;
mod scorecard;
mod secrets;
mod signature;
mod source;
mod tally;
mod vulnerabilities;

use std::fmt;

use boltseal_posture::yaml::Node;
use serde::de::DeserializeOwned;

pub(crate) use case::Case;

use crate::Answer;
use crate::policy::{Scope, Wrong, read};

/// What a rule asks.
pub struct Ask {
    kind: &'static str,
    judge: Box<dyn Judge>,
}

/// One kind of question.
pub(crate) trait Judge: fmt::Debug + Send + Sync {
    /// Looks up what the policy names (keys, files) and says what is wrong with it. Called once, when the policy is
    /// read.
    fn prepare(&mut self, scope: &mut Scope<'_>) {
        let _ = scope;
    }

    /// What is asked, in a sentence, for people: lower-case, without a period.
    fn asks(&self) -> String;

    /// Answers it. Every path through it says at least one thing.
    fn judge(&self, case: &Case<'_>, answer: &mut Answer);
}

/// A kind as it is written: its key in a rule, and how it is read.
pub(crate) struct Kind {
    /// The key.
    pub(crate) key: &'static str,
    read: fn(&Node) -> Result<Box<dyn Judge>, Wrong>,
    #[cfg(feature = "schema")]
    pub(crate) schema: fn(&mut schemars::SchemaGenerator) -> schemars::Schema,
}

/// Every kind.
pub(crate) const KINDS: &[Kind] = &[
    kind::<vulnerabilities::Vulnerabilities>("vulnerabilities"),
    kind::<malware::Malware>("malware"),
    kind::<secrets::Secrets>("secrets"),
    kind::<posture::Posture>("posture"),
    kind::<licenses::Licenses>("licenses"),
    kind::<database::Database>("database"),
    kind::<signature::Signature>("signature"),
    kind::<attestation::Attestation>("attestation"),
    kind::<provenance::Provenance>("provenance"),
    kind::<provenance::VerificationSummary>("verification-summary"),
    kind::<source::Source>("source"),
    kind::<base::BaseImage>("base-image"),
    kind::<scorecard::ScorecardAsk>("scorecard"),
    kind::<age::ImageAge>("image-age"),
    kind::<expression::Expression>("expression"),
];

/// The key of every kind of ask: `vulnerabilities`, `signature`.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|kind| kind.key)
}

#[cfg(feature = "schema")]
const fn kind<T: Judge + DeserializeOwned + schemars::JsonSchema + 'static>(key: &'static str) -> Kind {
    Kind { key, read: boxed::<T>, schema: schemars::SchemaGenerator::subschema_for::<T> }
}

#[cfg(not(feature = "schema"))]
const fn kind<T: Judge + DeserializeOwned + 'static>(key: &'static str) -> Kind {
    Kind { key, read: boxed::<T> }
}

fn boxed<T: Judge + DeserializeOwned + 'static>(node: &Node) -> Result<Box<dyn Judge>, Wrong> {
    read::<T>(node).map(|judge| Box::new(judge) as Box<dyn Judge>)
}

impl Ask {
    /// Reads what stands under the key of a kind.
    pub(crate) fn read(kind: &'static Kind, node: &Node, scope: &mut Scope<'_>) -> Result<Self, Wrong> {
        let mut judge = (kind.read)(node)?;
        judge.prepare(scope);
        Ok(Self { kind: kind.key, judge })
    }

    /// The key it is written with: `vulnerabilities`.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// What it asks, in a sentence.
    pub fn asks(&self) -> String {
        self.judge.asks()
    }

    pub(crate) fn judge(&self, case: &Case<'_>, answer: &mut Answer) {
        self.judge.judge(case, answer);
    }
}

impl fmt::Debug for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.judge.fmt(f)
    }
}
