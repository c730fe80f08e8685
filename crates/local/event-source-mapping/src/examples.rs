//! The documentation's examples.
