//! The operating system that an image is built on.

use serde::{Deserialize, Serialize};

/// What `os-release(5)` and its neighbours say of a file system.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OperatingSystem {
    /// `ID`, lower case: `debian`, `alpine`, `rhel`, `wolfi`.
    pub id: String,
    /// `ID_LIKE`, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub id_like: Vec<String>,
    /// `VERSION_ID`: `12`, `3.19.1`, `9.4`; absent on rolling releases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// `VERSION_CODENAME`: `bookworm`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codename: Option<String>,
    /// `PRETTY_NAME`, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pretty_name: Option<String>,
    /// The release that package repositories are configured for, where a file says so and differs from
    /// `VERSION_ID` (`/etc/apk/repositories` on Alpine: `3.19`, `edge`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository_release: Option<String>,
    /// The last day of the vendor's security support, `YYYY-MM-DD`, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_of_life: Option<String>,
}

impl OperatingSystem {
    /// The name to show: `PRETTY_NAME`, else id and version.
    pub fn display_name(&self) -> String {
        match (&self.pretty_name, &self.version) {
            (Some(name), _) => name.clone(),
            (None, Some(version)) => format!("{} {version}", self.id),
            (None, None) => self.id.clone(),
        }
    }

    /// Security support had ended before `today` (`YYYY-MM-DD`); `None` where the date is not known.
    pub fn is_end_of_life(&self, today: &str) -> Option<bool> {
        self.end_of_life.as_deref().map(|last_day| last_day < today)
    }
}
