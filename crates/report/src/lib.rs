//! Reports: table, JSON, SARIF, CycloneDX and SPDX, and ignore files.
