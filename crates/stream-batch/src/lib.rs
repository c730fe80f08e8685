//! Decode stream batches, deliver them in lanes, report the one checkpoint: the pure core of a loss-proof stream function.
