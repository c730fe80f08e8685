//! A mapping's settings as the API writes them, and their check.

use std::time::Duration;

use serde::Deserialize;

use super::*;
use crate::filter::{FILTER_PATTERN_MAX_CHARS, FILTERS_MAX, Pattern};

/// The fields of `CreateEventSourceMapping` that concern streams, in the API's names, units and JSON. A field that is
/// absent has the API's default.
/// <https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html>
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct MappingSettings {
    /// The stream's ARN or, for enhanced fan-out, the consumer's.
    pub event_source_arn: String,
    /// The function's ARN, with an alias or a version where one is meant.
    pub function_arn: String,
    /// Records in a batch.
    pub batch_size: Option<i64>,
    /// Seconds to gather records for.
    pub maximum_batching_window_in_seconds: Option<i64>,
    /// Batches of a shard at a time.
    pub parallelization_factor: Option<i64>,
    /// Retries of a failed batch, -1 for no limit.
    pub maximum_retry_attempts: Option<i64>,
    /// Seconds after which a record is discarded, -1 for never.
    pub maximum_record_age_in_seconds: Option<i64>,
    /// Whether a failed batch is split.
    pub bisect_batch_on_function_error: Option<bool>,
    /// `ReportBatchItemFailures`, or nothing.
    pub function_response_types: Vec<String>,
    /// Length of a tumbling window in seconds, 0 for none.
    pub tumbling_window_in_seconds: Option<i64>,
    /// `TRIM_HORIZON`, `LATEST` or `AT_TIMESTAMP`.
    pub starting_position: Option<String>,
    /// Unix seconds; only with `AT_TIMESTAMP`.
    pub starting_position_timestamp: Option<f64>,
    /// Where the reports on discarded batches go.
    pub destination_config: DestinationSettings,
    /// What is let through.
    pub filter_criteria: FiltersSettings,
    /// Which metrics are emitted.
    pub metrics_config: MetricsSettings,
}

/// `DestinationConfig`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DestinationSettings {
    /// `OnFailure`.
    pub on_failure: OnFailureSettings,
}

/// `DestinationConfig.OnFailure`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct OnFailureSettings {
    /// The ARN of a queue, a topic or a bucket.
    pub destination: Option<String>,
}

/// `FilterCriteria`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct FiltersSettings {
    /// A record passes if one of them matches.
    pub filters: Vec<FilterSettings>,
}

/// One of `FilterCriteria.Filters`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct FilterSettings {
    /// A pattern, as a JSON document in a string.
    pub pattern: String,
}

/// `MetricsConfig`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct MetricsSettings {
    /// `EventCount`, or nothing.
    pub metrics: Vec<String>,
}

impl MappingSettings {
    /// The settings of a mapping that reads everything, and nothing else set.
    pub fn new(event_source_arn: impl Into<String>, function_arn: impl Into<String>) -> Self {
        Self {
            event_source_arn: event_source_arn.into(),
            function_arn: function_arn.into(),
            starting_position: Some("TRIM_HORIZON".to_owned()),
            ..Self::default()
        }
    }

    /// Checks every field against its documented range.
    ///
    /// # Errors
    /// All the fields that are out of it, by name.
    pub fn validate(&self) -> Result<MappingConfig, ConfigErrors> {
        let mut check = Check::default();
        let source = check.take("EventSourceArn", Source::parse(&self.event_source_arn));
        let starting_position = check.take("StartingPosition", self.starting_position(source.as_ref()));
        let on_failure = self
            .destination_config
            .on_failure
            .destination
            .as_deref()
            .filter(|arn| !arn.is_empty());
        let on_failure = on_failure.map(OnFailureDestination::parse).transpose();
        let config = Parts {
            batch_size: check.range(
                "BatchSize",
                self.batch_size,
                BATCH_SIZE_DEFAULT,
                1,
                BATCH_SIZE_MAX,
            ),
            batching_window: check.range(
                "MaximumBatchingWindowInSeconds",
                self.maximum_batching_window_in_seconds,
                0,
                0,
                BATCHING_WINDOW_MAX_SECONDS,
            ),
            parallelization_factor: check.range(
                "ParallelizationFactor",
                self.parallelization_factor,
                1,
                1,
                PARALLELIZATION_FACTOR_MAX,
            ),
            tumbling_window: check.range(
                "TumblingWindowInSeconds",
                self.tumbling_window_in_seconds,
                0,
                0,
                TUMBLING_WINDOW_MAX_SECONDS,
            ),
            retries: check.unless_unlimited(
                "MaximumRetryAttempts",
                self.maximum_retry_attempts,
                0,
                RETRY_ATTEMPTS_MAX,
            ),
            age: check.unless_unlimited(
                "MaximumRecordAgeInSeconds",
                self.maximum_record_age_in_seconds,
                RECORD_AGE_MIN_SECONDS,
                RECORD_AGE_MAX_SECONDS,
            ),
            report: check.flag(
                "FunctionResponseTypes",
                &self.function_response_types,
                "ReportBatchItemFailures",
            ),
            metrics: check.flag("MetricsConfig", &self.metrics_config.metrics, "EventCount"),
            filters: check.filters(&self.filter_criteria.filters),
            on_failure: check.take("DestinationConfig", on_failure).flatten(),
        };
        if self.function_arn.is_empty() {
            check.refuse("FunctionArn", "is missing");
        }
        match (source, starting_position) {
            (Some(source), Some(starting)) if check.errors.is_empty() => {
                Ok(self.assemble(source, starting, config))
            }
            _ => Err(ConfigErrors(check.errors)),
        }
    }

    fn starting_position(&self, source: Option<&Source>) -> Result<StartingPosition, String> {
        let dynamodb = source.is_some_and(|source| source.kind() == StreamKind::DynamoDb);
        match (
            self.starting_position.as_deref(),
            self.starting_position_timestamp,
        ) {
            (Some("TRIM_HORIZON"), None) => Ok(StartingPosition::TrimHorizon),
            (Some("LATEST"), None) => Ok(StartingPosition::Latest),
            (Some("AT_TIMESTAMP"), _) if dynamodb => {
                Err("AT_TIMESTAMP is not for DynamoDB streams".to_owned())
            }
            (Some("AT_TIMESTAMP"), Some(seconds)) => at_timestamp(seconds),
            (Some("AT_TIMESTAMP"), None) => Err("AT_TIMESTAMP needs StartingPositionTimestamp".to_owned()),
            (Some("TRIM_HORIZON" | "LATEST"), Some(_)) => {
                Err("StartingPositionTimestamp is only for AT_TIMESTAMP".to_owned())
            }
            (Some(other), _) => Err(format!("{other:?} is not TRIM_HORIZON, LATEST or AT_TIMESTAMP")),
            (None, _) => Err("is missing".to_owned()),
        }
    }

    fn assemble(&self, source: Source, starting_position: StartingPosition, parts: Parts) -> MappingConfig {
        let pacing = Pacing::documented(source.kind());
        let invoke_identity_arn = format!("arn:aws:iam::{}:role/unknown", source.account());
        MappingConfig {
            source,
            function_arn: self.function_arn.clone(),
            invoke_identity_arn,
            batch_size: usize_of(parts.batch_size),
            batching_window: seconds(parts.batching_window),
            parallelization_factor: usize_of(parts.parallelization_factor),
            maximum_retry_attempts: parts.retries.and_then(|retries| u32::try_from(retries).ok()),
            maximum_record_age: parts.age.map(seconds),
            bisect: self.bisect_batch_on_function_error.unwrap_or(false),
            report_batch_item_failures: parts.report,
            tumbling_window: Some(parts.tumbling_window)
                .filter(|length| *length > 0)
                .map(seconds),
            starting_position,
            on_failure: parts.on_failure,
            filters: FilterCriteria::new(parts.filters),
            event_count_metrics: parts.metrics,
            pacing,
        }
    }
}

fn at_timestamp(seconds: f64) -> Result<StartingPosition, String> {
    if !(0.0..1e12).contains(&seconds) {
        return Err(format!(
            "StartingPositionTimestamp: {seconds} is not in Unix seconds"
        ));
    }
    Ok(StartingPosition::AtTimestamp(Timestamp::from_millis(
        (seconds * 1e3).round() as u64,
    )))
}

fn seconds(count: i64) -> Duration {
    Duration::from_secs(count.unsigned_abs())
}

fn usize_of(count: i64) -> usize {
    usize::try_from(count).unwrap_or_default()
}

/// Fields within their ranges.
struct Parts {
    batch_size: i64,
    batching_window: i64,
    parallelization_factor: i64,
    tumbling_window: i64,
    retries: Option<i64>,
    age: Option<i64>,
    report: bool,
    metrics: bool,
    filters: Vec<Pattern>,
    on_failure: Option<OnFailureDestination>,
}

/// Collects what is wrong, so that everything is told at once.
#[derive(Default)]
struct Check {
    errors: Vec<FieldError>,
}

impl Check {
    fn refuse(&mut self, field: &'static str, reason: impl ToString) {
        self.errors.push(FieldError {
            field,
            reason: reason.to_string(),
        });
    }

    fn take<T, E: ToString>(&mut self, field: &'static str, value: Result<T, E>) -> Option<T> {
        value.map_err(|reason| self.refuse(field, reason)).ok()
    }

    fn range(&mut self, field: &'static str, value: Option<i64>, default: i64, least: i64, most: i64) -> i64 {
        let value = value.unwrap_or(default);
        if !(least..=most).contains(&value) {
            self.refuse(field, format!("{value} is not from {least} to {most}"));
        }
        value
    }

    fn unless_unlimited(
        &mut self,
        field: &'static str,
        value: Option<i64>,
        least: i64,
        most: i64,
    ) -> Option<i64> {
        let value = value.filter(|value| *value != UNLIMITED)?;
        if !(least..=most).contains(&value) {
            self.refuse(
                field,
                format!("{value} is neither {UNLIMITED} nor from {least} to {most}"),
            );
        }
        Some(value)
    }

    fn flag(&mut self, field: &'static str, values: &[String], known: &str) -> bool {
        for unknown in values.iter().filter(|value| *value != known) {
            self.refuse(field, format!("{unknown:?} is not {known}"));
        }
        values.iter().any(|value| value == known)
    }

    fn filters(&mut self, filters: &[FilterSettings]) -> Vec<Pattern> {
        const FIELD: &str = "FilterCriteria";
        if filters.len() > FILTERS_MAX {
            self.refuse(
                FIELD,
                format!("{} filters are more than {FILTERS_MAX}", filters.len()),
            );
        }
        let mut patterns = Vec::new();
        for FilterSettings { pattern } in filters {
            if pattern.chars().count() > FILTER_PATTERN_MAX_CHARS {
                self.refuse(
                    FIELD,
                    format!("a pattern is longer than {FILTER_PATTERN_MAX_CHARS} characters"),
                );
            }
            patterns.extend(self.take(FIELD, Pattern::parse(pattern)));
        }
        patterns
    }
}
