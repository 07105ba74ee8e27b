//! What is read as a public key, and what is not.
