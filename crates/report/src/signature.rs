//! Signatures for people: whose, whether they hold, and every step of how that was told.

use boltseal_evidence::{SignatureFormat, Signer, Standing, StepStatus, Verification};

use crate::page::{ALARM, BOLD, DIM, GOOD, PLAIN, Page, WARN, span};
use crate::text::columns;

/// What cosign states under a plain signature.
pub(crate) const COSIGN_SIGNATURE: &str = "https://sigstore.dev/cosign/sign/v1";

/// How to render.
#[derive(Debug, Clone, Copy, Default)]
pub struct SignatureOptions {
    /// Columns of the terminal; none for a pipe.
    pub width: Option<usize>,
    /// With colour.
    pub color: bool,
    /// With every step.
    pub steps: bool,
}

/// Renders signatures and attestations, those that hold first; the text ends with a line break.
pub fn render(verifications: &[Verification], options: SignatureOptions) -> String {
    let mut page = Page::new(options.width, options.color);
    let mut sorted: Vec<&Verification> = verifications.iter().collect();
    sorted.sort_by_key(|verification| verification.standing);
    for (index, verification) in sorted.into_iter().enumerate() {
        if index > 0 && options.steps {
            page.gap();
        }
        write(&mut page, verification, options.steps);
    }
    page.finish()
}

/// Writes one signature: one line on what it is, one on where it is, and what stands in its way or all steps.
pub(crate) fn write(page: &mut Page, verification: &Verification, steps: bool) {
    let (sign, word, style) = match verification.standing {
        Standing::Verified => ("✓", "verified", GOOD),
        Standing::Rejected => ("✗", "rejected", ALARM),
        Standing::Unknown => ("?", "cannot be told", WARN),
    };
    page.line(&[
        span(style, format!("{sign} {word}")),
        span(BOLD, format!("  {}", kind(verification))),
        span(PLAIN, whose(verification.signer.as_ref())),
    ]);
    let signed = verification.signed_at.as_deref().map(|at| format!(", signed {at}")).unwrap_or_default();
    page.paragraph(
        &span(PLAIN, "  "),
        DIM,
        &format!("{} from {}{signed}", format_name(verification.format), verification.source),
    );
    for (name, value) in &verification.annotations {
        page.paragraph(&span(PLAIN, "  "), DIM, &format!("{name} = {value}"));
    }
    if steps {
        write_steps(page, verification);
    } else if let Some(step) = verification.obstacle() {
        page.paragraph(&span(PLAIN, "  "), PLAIN, &format!("{}: {}", step.name, step.detail));
        if let Some(advice) = &step.advice {
            page.paragraph(&span(BOLD, "  → "), PLAIN, advice);
        }
    }
}

fn write_steps(page: &mut Page, verification: &Verification) {
    let widest = verification.steps.iter().map(|step| columns(&step.name)).max().unwrap_or(0).min(28);
    for step in &verification.steps {
        let (sign, style) = match step.status {
            StepStatus::Passed => ("✓", GOOD),
            StepStatus::Failed => ("✗", ALARM),
            StepStatus::Unknown => ("?", WARN),
            StepStatus::NotReached => ("·", DIM),
            StepStatus::NotAsked => ("-", DIM),
        };
        let lead = span(style, format!("  {sign} {}", step.name)).padded(widest + 6);
        let told = if step.status == StepStatus::NotReached { "not reached" } else { step.detail.as_str() };
        let plain = if step.status == StepStatus::Passed { PLAIN } else { style };
        page.paragraph(&lead, if matches!(step.status, StepStatus::Failed) { PLAIN } else { plain }, told);
        if let Some(advice) = &step.advice {
            page.paragraph(&span(BOLD, "    → "), PLAIN, advice);
        }
    }
}

/// What it states, in a few words.
fn kind(verification: &Verification) -> String {
    match &verification.statement {
        None => "signature".to_owned(),
        Some(statement) => match statement.predicate_type.as_str() {
            COSIGN_SIGNATURE => "signature".to_owned(),
            predicate => format!("attestation {predicate}"),
        },
    }
}

/// Whose it is; a name that was not proved is not told.
fn whose(signer: Option<&Signer>) -> String {
    match signer {
        None => String::new(),
        Some(Signer::Key { fingerprint, algorithm, name }) => {
            let name = name.as_deref().map(|name| format!("`{name}` ")).unwrap_or_default();
            format!("  by key {name}({algorithm}, {fingerprint})")
        }
        Some(Signer::Keyless { identity, issuer, .. }) => format!("  by {identity} ({issuer})"),
        Some(Signer::Certificate { subject, trust_store, .. }) => format!("  by {subject} ({trust_store})"),
    }
}

fn format_name(format: SignatureFormat) -> &'static str {
    match format {
        SignatureFormat::SigstoreBundle => "Sigstore bundle",
        SignatureFormat::CosignLegacy => "cosign signature",
        SignatureFormat::NotationJws => "Notary Project signature (JWS)",
        SignatureFormat::NotationCose => "Notary Project signature (COSE)",
    }
}
