//! Time stamps of stream events.

/// Seconds since the Unix epoch, with a fraction, as milliseconds. `None` for what is no time after the epoch.
pub(crate) fn milliseconds(seconds: f64) -> Option<u64> {
    // An integer below 2^53 is exact in an f64; beyond it lies the year 287396.
    let milliseconds = (seconds * 1000.0).round();
    (0.0..9_007_199_254_740_992.0)
        .contains(&milliseconds)
        .then_some(milliseconds as u64)
}

#[cfg(test)]
mod tests {
    use super::milliseconds;

    #[test]
    fn keeps_the_milliseconds() {
        let cases = [
            (1480641523.477, Some(1480641523477)),
            (0.0, Some(0)),
            (1.0, Some(1000)),
        ];
        for (seconds, expected) in cases {
            assert_eq!(milliseconds(seconds), expected);
        }
    }

    #[test]
    fn refuses_what_is_no_time() {
        for seconds in [-1.0, f64::NAN, f64::INFINITY, 1e300] {
            assert_eq!(milliseconds(seconds), None);
        }
    }
}
