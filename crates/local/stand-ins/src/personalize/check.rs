//! The checks that a service model's constraints ask for, in the words in which the service reports them.
//!
//! Messages name the member, never its value: values are somebody's behaviour.

use std::ops::RangeInclusive;

use super::error::ApiError;
use super::limits::ARN_LENGTH_MAX;

/// The value, or the refusal of a request that lacks it.
pub(crate) fn required<T>(value: Option<T>, member: &str) -> Result<T, ApiError> {
    value.ok_or_else(|| violation(member, "Member must not be null"))
}

/// Refuses text with a number of characters outside `range`.
pub(crate) fn length(text: &str, range: &RangeInclusive<usize>, member: &str) -> Result<(), ApiError> {
    count(text.chars().count(), range, member)
}

/// Refuses a number of elements, or characters, outside `range`.
pub(crate) fn count(count: usize, range: &RangeInclusive<usize>, member: &str) -> Result<(), ApiError> {
    if count < *range.start() {
        let rule = format!(
            "Member must have length greater than or equal to {}",
            range.start()
        );
        return Err(violation(member, &rule));
    }
    if count > *range.end() {
        let rule = format!("Member must have length less than or equal to {}", range.end());
        return Err(violation(member, &rule));
    }
    Ok(())
}

/// Refuses what does not read `arn:<partition>:personalize:<region>:<account>:<resource>`, or is too long.
pub(crate) fn arn(text: &str, member: &str) -> Result<(), ApiError> {
    length(text, &(0..=ARN_LENGTH_MAX), member)?;
    let mut parts = text.splitn(6, ':');
    let shape = [
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
    ];
    let [
        Some("arn"),
        Some(partition),
        Some("personalize"),
        Some(_),
        Some(_),
        Some(resource),
    ] = shape
    else {
        return Err(violation(member, "Member must be an ARN of Personalize"));
    };
    let partition_fits = !partition.is_empty()
        && partition
            .chars()
            .all(|each| each.is_ascii_lowercase() || each.is_ascii_digit() || each == '-');
    if !partition_fits || resource.is_empty() {
        return Err(violation(member, "Member must be an ARN of Personalize"));
    }
    Ok(())
}

/// Refuses text that is not made of ASCII letters, digits and underscores, at least one.
pub(crate) fn word(text: &str, member: &str) -> Result<(), ApiError> {
    if text.is_empty()
        || !text
            .chars()
            .all(|each| each.is_ascii_alphanumeric() || each == '_')
    {
        return Err(violation(
            member,
            "Member must satisfy regular expression pattern: [A-Za-z0-9_]+",
        ));
    }
    Ok(())
}

/// The refusal of one member, in the service framework's words.
pub(crate) fn violation(member: &str, rule: &str) -> ApiError {
    ApiError::InvalidInput(format!(
        "1 validation error detected: Value at '{member}' failed to satisfy constraint: {rule}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_is_one_of_personalize() {
        for good in [
            "arn:aws:personalize:us-east-1:000000000000:campaign/movies",
            "arn:aws-cn:personalize:cn-north-1:1:dataset/movies/ITEMS",
            "arn:aws:personalize:::x",
        ] {
            assert_eq!(arn(good, "campaignArn"), Ok(()), "{good}");
        }
        for bad in [
            "",
            "campaign/movies",
            "arn:aws:s3:::bucket",
            "arn:AWS:personalize:us-east-1:1:campaign/movies",
            "arn::personalize:us-east-1:1:campaign/movies",
            "arn:aws:personalize:us-east-1:1:",
            "arn:aws:personalize:us-east-1",
        ] {
            assert!(arn(bad, "campaignArn").is_err(), "{bad}");
        }
    }

    #[test]
    fn length_counts_characters_not_bytes() {
        assert_eq!(length("žluťoučký", &(1..=9), "userId"), Ok(()));
        assert!(length("žluťoučký", &(1..=8), "userId").is_err());
    }
}
