//! What is verified and what is not.
