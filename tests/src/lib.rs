//! Integration tests of the pipelines on the local cloud.
