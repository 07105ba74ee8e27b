//! Anything else, in CEL (<https://github.com/google/cel-spec>).

mod language;
mod record;
mod variables;

use cel::Program;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, de};

use self::language::Bounds;
pub(super) use self::variables::Variables;
use super::{Case, Judge};
use crate::Answer;

/// What must hold, in CEL. Variables: `subject`, `image`, `findings`, `packages`, `misconfigurations`, `signatures`,
/// `attestations`, `now`. Functions beside those of the language: `severity(text)`, a number that grows with badness,
/// and `days_since(moment)`.
///
/// A variable that is named and not known makes the rule unknown, and so do an error and an answer that is neither true
/// nor false. Unlike with the other asks, what an expression makes of less evidence is up to it:
/// `signatures.size() == 0` is true where nothing was signed.
#[derive(Debug)]
pub(crate) struct Expression {
    text: String,
    program: Program,
    bounds: Bounds,
    message: Option<String>,
    allow_not_assessed: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Long {
    /// What must hold.
    holds: String,
    /// What is said where it does not.
    message: Option<String>,
    /// What the scan or the check could not assess does not make the rule unknown.
    #[serde(default)]
    allow_not_assessed: bool,
}

impl Expression {
    fn new<E: de::Error>(written: Long) -> Result<Self, E> {
        let (program, bounds) = language::compile(&written.holds).map_err(E::custom)?;
        Ok(Self {
            text: written.holds,
            program,
            bounds,
            message: written.message,
            allow_not_assessed: written.allow_not_assessed,
        })
    }
}

impl<'de> Deserialize<'de> for Expression {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Written)
    }
}

/// A text alone, or a mapping that says more.
struct Written;

impl<'de> Visitor<'de> for Written {
    type Value = Expression;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an expression in CEL, or `{holds: …, message: …}`")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Expression, E> {
        Expression::new(Long { holds: text.to_owned(), message: None, allow_not_assessed: false })
    }

    fn visit_bool<E: de::Error>(self, truth: bool) -> Result<Expression, E> {
        self.visit_str(if truth { "true" } else { "false" })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Expression, A::Error> {
        Expression::new(Long::deserialize(de::value::MapAccessDeserializer::new(map))?)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Expression {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Expression".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let long = generator.subschema_for::<Long>();
        schemars::json_schema!({
            "description": "What must hold, in CEL, on `subject`, `image`, `findings`, `packages`, \
                            `misconfigurations`, `signatures`, `attestations` and `now`.",
            "anyOf": [{"type": ["string", "boolean"]}, long]
        })
    }
}

impl Judge for Expression {
    fn asks(&self) -> String {
        let text = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut shown: String = text.chars().take(120).collect();
        if shown.len() < text.len() {
            shown.push('…');
        }
        format!("`{shown}` holds")
    }

    fn judge(&self, case: &Case<'_>, answer: &mut Answer) {
        let variables = case.variables();
        for name in &self.bounds.variables {
            if let Err(why) = variables.known(name, !self.allow_not_assessed) {
                answer.unknown(format!("`{name}` is not known: {why}"));
                return;
            }
        }
        match language::holds(&self.program, &self.bounds, variables) {
            Ok(true) => {
                answer.pass("the expression is true");
            }
            Ok(false) => {
                answer.fail(self.message.clone().unwrap_or_else(|| "the expression is false".to_owned()));
            }
            Err(why) => {
                answer.unknown(format!("the expression could not be evaluated: {why}"));
                answer.advise("ask whether a field is there by `has(…)` before using it");
            }
        }
    }
}
