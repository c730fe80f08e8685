//! Replays interactions onto the stream and shows what became of each of them.
