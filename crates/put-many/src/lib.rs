//! Bounded, retried, loss-proof writes to batch APIs that can fail in part.
