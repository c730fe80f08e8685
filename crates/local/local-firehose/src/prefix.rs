//! Prefixes of objects: text with `!{namespace:value}` in it.
//! <https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html>

mod timestamp;

use time::OffsetDateTime;

use self::timestamp::Pattern;
use crate::limits::RANDOM_STRING_CHARACTERS;

/// What a prefix becomes when it names no time: `YYYY/MM/dd/HH/` behind it.
const DEFAULT_TIME: &str = "yyyy/MM/dd/HH/";

/// A prefix whose expressions are known.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Prefix {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Text(String),
    Timestamp(Pattern),
    PartitionKey(String),
    ErrorOutputType,
    RandomString,
}

/// What a prefix is evaluated with.
pub(crate) struct Values<'a> {
    /// When the oldest record of the object arrived.
    pub(crate) at: OffsetDateTime,
    /// In the order of [`Prefix::partition_keys`].
    pub(crate) partition: &'a [String],
    pub(crate) error_output_type: &'a str,
}

impl Prefix {
    /// The prefix of data.
    pub(crate) fn of_data(text: &str) -> Result<Self, String> {
        let prefix = Self::parse(text)?;
        if prefix.parts.contains(&Part::ErrorOutputType) {
            return Err("has error-output-type, which is for errors".to_owned());
        }
        prefix.with_default_time()
    }

    /// The prefix of errors. Without one of its own it is the type behind the prefix of data.
    pub(crate) fn of_errors(text: &str, data: &str) -> Result<Self, String> {
        if text.is_empty() {
            if data.contains("!{") {
                return Err("is missing, and Prefix has expressions".to_owned());
            }
            return Self::parse(&format!(
                "{data}!{{firehose:error-output-type}}/!{{timestamp:{DEFAULT_TIME}}}"
            ));
        }
        let prefix = Self::parse(text)?;
        if prefix.partition_keys().next().is_some() {
            return Err("has partition keys, which an error may lack".to_owned());
        }
        if data.contains("!{") && !prefix.parts.contains(&Part::ErrorOutputType) {
            return Err("lacks error-output-type, and Prefix has expressions".to_owned());
        }
        Ok(prefix)
    }

    /// The names of the partition keys in it, each as often as it is there.
    pub(crate) fn partition_keys(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::PartitionKey(name) => Some(name.as_str()),
            _ => None,
        })
    }

    pub(crate) fn evaluate(&self, values: &Values<'_>) -> String {
        let mut partition = values.partition.iter();
        let mut evaluated = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => evaluated.push_str(text),
                Part::Timestamp(pattern) => pattern.write(values.at, &mut evaluated),
                Part::PartitionKey(_) => evaluated.extend(partition.next().map(String::as_str)),
                Part::ErrorOutputType => evaluated.push_str(values.error_output_type),
                Part::RandomString => {
                    evaluated.extend((0..RANDOM_STRING_CHARACTERS).map(|_| fastrand::alphanumeric()));
                }
            }
        }
        evaluated
    }

    fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, expression)) = rest.split_once("!{") {
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            let (expression, behind) = expression
                .split_once('}')
                .ok_or("has an expression without its end")?;
            parts.push(Part::parse(expression)?);
            rest = behind;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Ok(Self { parts })
    }

    fn with_default_time(mut self) -> Result<Self, String> {
        let plain = self.parts.iter().all(|part| matches!(part, Part::Text(_)));
        if plain {
            self.parts.push(Part::Timestamp(Pattern::parse(DEFAULT_TIME)?));
        }
        Ok(self)
    }
}

impl Part {
    fn parse(expression: &str) -> Result<Self, String> {
        let unknown = || format!("has the expression !{{{expression}}}, which is not known here");
        match expression.split_once(':').ok_or_else(unknown)? {
            ("timestamp", pattern) => Pattern::parse(pattern).map(Self::Timestamp),
            ("partitionKeyFromQuery", name) if !name.is_empty() => Ok(Self::PartitionKey(name.to_owned())),
            ("firehose", "error-output-type") => Ok(Self::ErrorOutputType),
            ("firehose", "random-string") => Ok(Self::RandomString),
            _ => Err(unknown()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evaluated(prefix: &Prefix, partition: &[&str]) -> String {
        let partition: Vec<_> = partition.iter().map(|value| (*value).to_owned()).collect();
        prefix.evaluate(&Values {
            at: OffsetDateTime::from_unix_timestamp(1_795_568_524).unwrap(),
            partition: &partition,
            error_output_type: "processing-failed",
        })
    }

    #[test]
    fn expressions_are_evaluated() {
        for (text, partition, expected) in [
            ("", &[][..], "2026/11/25/01/"),
            ("raw/", &[], "raw/2026/11/25/01/"),
            ("raw/!{timestamp:yyyy'-'MM-dd}/", &[], "raw/2026-11-25/"),
            (
                "r/day=!{partitionKeyFromQuery:day}/site=!{partitionKeyFromQuery:site}/",
                &["2026-11-25", "hamburg"],
                "r/day=2026-11-25/site=hamburg/",
            ),
        ] {
            assert_eq!(
                evaluated(&Prefix::of_data(text).unwrap(), partition),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn every_random_string_is_another_one_of_eleven_characters() {
        let prefix = Prefix::of_data("!{firehose:random-string}/!{firehose:random-string}").unwrap();
        let text = evaluated(&prefix, &[]);
        let (one, other) = text.split_once('/').unwrap();
        assert_eq!((one.len(), other.len()), (11, 11));
        assert_ne!(one, other);
    }

    #[test]
    fn errors_have_a_prefix_of_their_own() {
        let errors =
            |text: &str, data: &str| Prefix::of_errors(text, data).map(|prefix| evaluated(&prefix, &[]));
        assert_eq!(
            errors(
                "e/!{firehose:error-output-type}/day=!{timestamp:yyyy-MM-dd}/",
                "d/!{timestamp:yyyy}/"
            )
            .unwrap(),
            "e/processing-failed/day=2026-11-25/"
        );
        assert_eq!(errors("", "d/").unwrap(), "d/processing-failed/2026/11/25/01/");
        assert_eq!(errors("e/", "d/").unwrap(), "e/");
        assert!(errors("", "!{timestamp:yyyy}/").unwrap_err().contains("missing"));
        assert!(
            errors("e/", "!{timestamp:yyyy}/")
                .unwrap_err()
                .contains("error-output-type")
        );
        assert!(
            errors("!{partitionKeyFromQuery:a}/", "")
                .unwrap_err()
                .contains("partition keys")
        );
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for text in [
            "!{partitionKeyFromLambda:a}",
            "!{partitionKeyFromQuery:}",
            "!{firehose:error-output-type}",
            "!{firehose:other}",
            "!{timestamp:EEE}",
            "!{timestamp}",
            "!{timestamp:yyyy",
        ] {
            assert!(Prefix::of_data(text).is_err(), "{text}");
        }
    }
}
