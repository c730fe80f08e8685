//! The name of an object: `<evaluated prefix><suffix>`.
//! <https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html>

use time::OffsetDateTime;

/// What follows the prefix: the stream's name and version, the time, something random, the extension.
pub(crate) fn suffix(stream: &str, version: &str, at: OffsetDateTime, extension: &str) -> String {
    format!(
        "{stream}-{version}-{:04}-{:02}-{:02}-{:02}-{:02}-{:02}-{}{extension}",
        at.year(),
        u8::from(at.month()),
        at.day(),
        at.hour(),
        at.minute(),
        at.second(),
        uuid(),
    )
}

/// A random UUID, version 4. <https://www.rfc-editor.org/rfc/rfc9562#section-5.4>
pub(crate) fn uuid() -> String {
    const VERSION: u128 = 0xf << 76;
    const VARIANT: u128 = 0x3 << 62;
    let bits = fastrand::u128(..) & !VERSION & !VARIANT | 0x4 << 76 | 0x2 << 62;
    let digits = format!("{bits:032x}");
    let [a, b, c, d, e] =
        [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| digits.get(part).unwrap_or_default());
    format!("{a}-{b}-{c}-{d}-{e}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_the_streams_version_the_time_and_a_uuid() {
        let at = OffsetDateTime::from_unix_timestamp(1_795_568_524).unwrap();
        let name = suffix("readings", "3", at, ".parquet");
        let uuid = name
            .strip_prefix("readings-3-2026-11-25-01-02-04-")
            .and_then(|rest| rest.strip_suffix(".parquet"))
            .unwrap();
        assert_eq!(uuid.len(), 36);
        assert_eq!(uuid.as_bytes()[14], b'4');
        assert!(b"89ab".contains(&uuid.as_bytes()[19]), "{uuid}");
    }
}
