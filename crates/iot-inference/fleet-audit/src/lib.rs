//! What a fleet sent, held against where it went.
