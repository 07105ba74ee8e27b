//! Which services sign: as a signing config says (`signing_config.v0.2.json`, `SigningConfig` in
//! <https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_trustroot.proto>), or as a user names them.

use std::collections::BTreeSet;

use reqwest::Url;
use sigstore_verify::trust_root::{ServiceConfiguration, ServiceEndpoint, ServiceSelector};

use crate::inspect::{DocumentError, signing_config};
use crate::service::clean;

/// A transparency log to enter signatures in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogAddress {
    /// Its address, without the path of the API.
    pub url: Url,
    /// The version of Rekor's API that it speaks.
    pub version: LogVersion,
}

/// A version of Rekor's API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogVersion {
    /// `/api/v1`: promises and proofs, with the log's own time.
    V1,
    /// `/api/v2`: proofs; the time has to come from a timestamp authority.
    V2,
}

/// The services that make a signature.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Services {
    /// The certificate authority; needed to sign without a key.
    pub fulcio: Option<Url>,
    /// The transparency logs.
    pub logs: Vec<LogAddress>,
    /// The timestamp authorities, with the path where they answer.
    pub timestamps: Vec<Url>,
}

/// No services can be told from a signing config.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServicesError {
    /// It cannot be read.
    #[error("the signing config cannot be used: {0}")]
    Unreadable(DocumentError),
    /// It wants more of a kind than it names.
    #[error(
        "the signing config wants {wanted} {kind}, and {found} of those it names can be used now: run `boltseal trust update`"
    )]
    TooFew {
        /// Of which kind.
        kind: &'static str,
        /// How many it wants.
        wanted: usize,
        /// How many are valid, by different operators, and of a version that is known.
        found: usize,
    },
    /// It does not say how many it wants.
    #[error("the signing config does not say how many {0} to use")]
    Unspecified(&'static str),
    /// An address is none.
    #[error("`{0}` is not the address of a service: it begins with https://")]
    Address(String),
    /// A log without time, and nobody to tell it.
    #[error("an entry in the log `{0}` tells no time: name a timestamp authority too")]
    NoTime(String),
}

impl Services {
    /// Chooses the services that a signing config names and that are valid at `now` (seconds since 1970).
    ///
    /// # Errors
    /// See [`ServicesError`].
    pub fn choose(config: &[u8], now: i64) -> Result<Self, ServicesError> {
        let config = signing_config(config).map_err(ServicesError::Unreadable)?;
        let now = jiff::Timestamp::from_second(now).unwrap_or_default();
        let one = ServiceConfiguration::default();
        let fulcio = select("certificate authorities", &config.ca_urls, &[1], &one, now)?;
        let logs = select("transparency logs", &config.rekor_tlog_urls, &[1, 2], &config.rekor_tlog_config, now)?;
        let timestamps = select("timestamp authorities", &config.tsa_urls, &[1], &config.tsa_config, now)?;
        let logs = logs.into_iter().map(|it| {
            let version = if it.major_api_version == 1 { LogVersion::V1 } else { LogVersion::V2 };
            Ok(LogAddress { url: address(&it.url)?, version })
        });
        Ok(Self {
            fulcio: fulcio.first().map(|it| address(&it.url)).transpose()?,
            logs: logs.collect::<Result<_, ServicesError>>()?,
            timestamps: timestamps.iter().map(|it| address(&it.url)).collect::<Result<_, _>>()?,
        })
    }

    /// What these services give makes a signature that can be verified later.
    ///
    /// # Errors
    /// [`ServicesError::NoTime`].
    pub fn check(&self) -> Result<(), ServicesError> {
        match self.logs.iter().find(|log| log.version == LogVersion::V2) {
            Some(log) if self.timestamps.is_empty() => Err(ServicesError::NoTime(crate::service::shown(&log.url))),
            _ => Ok(()),
        }
    }
}

/// The address of a service.
///
/// # Errors
/// [`ServicesError::Address`].
pub fn address(text: &str) -> Result<Url, ServicesError> {
    let url: Option<Url> = text.parse().ok();
    url.filter(|url| matches!(url.scheme(), "https" | "http") && url.has_host())
        .ok_or_else(|| ServicesError::Address(clean(text, &[])))
}

/// Of each operator the newest service of the highest version, as many as are wanted.
fn select<'a>(
    kind: &'static str,
    endpoints: &'a [ServiceEndpoint],
    versions: &[u32],
    wanted: &ServiceConfiguration,
    now: jiff::Timestamp,
) -> Result<Vec<&'a ServiceEndpoint>, ServicesError> {
    let usable = |it: &&ServiceEndpoint| versions.contains(&it.major_api_version) && it.valid_for.contains(now);
    let mut usable: Vec<&ServiceEndpoint> = endpoints.iter().filter(usable).collect();
    usable.sort_by_key(|it| std::cmp::Reverse((it.major_api_version, it.valid_for.start)));
    let mut operators = BTreeSet::new();
    // Two without an operator may be by anybody: only their addresses tell them apart.
    usable.retain(|it| operators.insert(it.operator.as_deref().filter(|it| !it.is_empty()).unwrap_or(&it.url)));
    let count = match wanted.selector {
        // None at all is no mistake: not every instance has every kind.
        ServiceSelector::Any => usable.len().min(1),
        ServiceSelector::All => usable.len(),
        ServiceSelector::Exact => wanted.count.unwrap_or(0) as usize,
        _ if endpoints.is_empty() => 0,
        _ => return Err(ServicesError::Unspecified(kind)),
    };
    let none_left = usable.is_empty() && !endpoints.is_empty();
    if usable.len() < count || none_left {
        return Err(ServicesError::TooFew { kind, wanted: count.max(1), found: usable.len() });
    }
    usable.truncate(count);
    Ok(usable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// 2026-06-01.
    const NOW: i64 = 1_780_272_000;

    fn endpoint(url: &str, version: u32, start: &str, end: Option<&str>, operator: &str) -> Value {
        let mut valid = json!({ "start": format!("{start}T00:00:00Z") });
        if let Some(end) = end {
            valid["end"] = json!(format!("{end}T00:00:00Z"));
        }
        json!({"url": url, "majorApiVersion": version, "validFor": valid, "operator": operator})
    }

    fn config(logs: Vec<Value>, selector: Value) -> Vec<u8> {
        json!({
            "mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json",
            "caUrls": [
                endpoint("https://old.example", 1, "2020-01-01", Some("2025-01-01"), "a"),
                endpoint("https://fulcio.example", 1, "2024-01-01", None, "a"),
                endpoint("https://newer.example", 2, "2024-01-01", None, "a"),
            ],
            "rekorTlogUrls": logs,
            "tsaUrls": [endpoint("https://tsa.example/api/v1/timestamp", 1, "2024-01-01", None, "a")],
            "rekorTlogConfig": selector,
            "tsaConfig": {"selector": "ANY"},
        })
        .to_string()
        .into_bytes()
    }

    fn chosen(logs: Vec<Value>, selector: Value) -> Result<Vec<String>, String> {
        let services = Services::choose(&config(logs, selector), NOW).map_err(|error| error.to_string())?;
        assert_eq!(services.fulcio.unwrap().as_str(), "https://fulcio.example/");
        assert_eq!(services.timestamps[0].as_str(), "https://tsa.example/api/v1/timestamp");
        Ok(services.logs.iter().map(|log| format!("{:?} {}", log.version, log.url)).collect())
    }

    #[test]
    fn of_each_operator_the_newest_service_of_the_highest_known_version_is_chosen() {
        let logs = vec![
            endpoint("https://one.example", 1, "2021-01-01", None, "a"),
            endpoint("https://two-2025.example", 2, "2025-01-01", None, "a"),
            endpoint("https://two-2026.example", 2, "2026-01-01", None, "a"),
            endpoint("https://two-2027.example", 2, "2027-01-01", None, "a"),
            endpoint("https://three.example", 3, "2021-01-01", None, "a"),
            endpoint("https://other.example", 1, "2021-01-01", None, "b"),
            endpoint("https://ended.example", 2, "2021-01-01", Some("2022-01-01"), "c"),
        ];
        assert_eq!(chosen(logs.clone(), json!({"selector": "ANY"})).unwrap(), ["V2 https://two-2026.example/"]);
        let both = ["V2 https://two-2026.example/", "V1 https://other.example/"];
        assert_eq!(chosen(logs.clone(), json!({"selector": "ALL"})).unwrap(), both);
        assert_eq!(chosen(logs.clone(), json!({"selector": "EXACT", "count": 2})).unwrap(), both);
        let told = chosen(logs.clone(), json!({"selector": "EXACT", "count": 3})).unwrap_err();
        assert!(told.contains("wants 3 transparency logs, and 2 of those"), "{told}");
        let told = chosen(logs, json!({"selector": "SERVICE_SELECTOR_UNDEFINED"})).unwrap_err();
        assert!(told.contains("does not say how many transparency logs"), "{told}");
    }

    #[test]
    fn services_that_are_all_over_are_missed() {
        let over = vec![endpoint("https://ended.example", 2, "2021-01-01", Some("2022-01-01"), "a")];
        let told = chosen(over, json!({"selector": "ANY"})).unwrap_err();
        assert!(told.contains("wants 1 transparency logs, and 0"), "{told}");
        assert!(chosen(vec![], json!({"selector": "ANY"})).unwrap().is_empty());
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in ["ftp://log.example", "file:///etc/passwd", "log.example", ""] {
            let logs = vec![endpoint(text, 2, "2021-01-01", None, "a")];
            assert!(chosen(logs, json!({"selector": "ANY"})).unwrap_err().contains("not the address"), "{text}");
        }
    }

    #[test]
    fn a_log_without_time_needs_a_timestamp_authority() {
        let log = LogAddress { url: address("https://log.example").unwrap(), version: LogVersion::V2 };
        let mut services = Services { logs: vec![log], ..Services::default() };
        assert!(services.check().unwrap_err().to_string().contains("name a timestamp authority"));
        services.timestamps.push(address("https://tsa.example").unwrap());
        services.check().unwrap();
    }
}
