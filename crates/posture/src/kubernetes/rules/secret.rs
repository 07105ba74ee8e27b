//! Secrets in environments, ConfigMaps and manifests (BS-K260–279).

pub(super) mod object;
pub(super) mod pod;

const GOOD_PRACTICES: &str = "https://kubernetes.io/docs/concepts/security/secrets-good-practices/";
