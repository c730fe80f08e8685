//! What the warehouse says about a refresh.

/// Whether a refresh with this status brought the view up to the stream, or found it there. A quiet stream says `Refresh
/// successfully updated MV incrementally. Stream returned no new data`.
/// <https://docs.aws.amazon.com/redshift/latest/dg/r_SVL_MV_REFRESH_STATUS.html>
pub fn is_success(status: &str) -> bool {
    let status = status.trim_start();
    SUCCESSES.iter().any(|beginning| status.starts_with(beginning))
}

/// What a refresh that did its work begins with. All others failed, were skipped or were aborted.
const SUCCESSES: [&str; 3] = [
    "Refresh successfully",
    "Refresh partially updated",
    "MV was already updated",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn successes_are_told_from_the_rest() {
        for (status, success) in [
            ("Refresh successfully updated MV incrementally", true),
            (
                "Refresh successfully updated MV incrementally. Stream returned no new data.",
                true,
            ),
            (
                "Refresh successfully updated MV incrementally. Some stream records were skipped.",
                true,
            ),
            ("Refresh successfully recomputed MV from scratch", true),
            (
                "Refresh partially updated MV incrementally up to an active transaction",
                true,
            ),
            ("MV was already updated", true),
            ("Refresh failed. MV was not found", false),
            ("Refresh failed due to an internal error", false),
            ("Auto refresh aborted due to a user workload", false),
            (
                "Cascade refresh skipped because materialized view a.b was not refreshed.",
                false,
            ),
            ("", false),
        ] {
            assert_eq!(is_success(status), success, "{status}");
        }
    }
}
