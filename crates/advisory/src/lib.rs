//! The advisory database: parsing advisories, the index file, and matching.
