//! The account's mappings, as `ListEventSourceMappings` tells them.

use aws_sdk_lambda::Client;
use aws_sdk_lambda::types::EventSourceMappingConfiguration;

use super::error_text::error_text;
use crate::config::{
    DestinationSettings, FilterSettings, FiltersSettings, MappingSettings, MetricsSettings, OnFailureSettings,
};

/// A mapping as it is listed.
pub(super) struct Listed {
    pub id: String,
    pub disabled: bool,
    pub settings: MappingSettings,
}

/// Every mapping whose source is a stream.
pub(super) async fn list(client: &Client) -> Result<Vec<Listed>, String> {
    let mut listed = Vec::new();
    let mut pages = client.list_event_source_mappings().into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| error_text(&error))?;
        listed.extend(
            page.event_source_mappings
                .unwrap_or_default()
                .into_iter()
                .filter_map(of_a_stream),
        );
    }
    Ok(listed)
}

/// Queues and topics of other kinds have mappings too; they are not ours.
fn of_a_stream(mapping: EventSourceMappingConfiguration) -> Option<Listed> {
    let source = mapping.event_source_arn.as_deref()?;
    let of_a_stream = source.contains(":kinesis:") || source.contains(":dynamodb:");
    let id = mapping.uuid.clone().filter(|_| of_a_stream)?;
    let disabled = mapping
        .state
        .as_deref()
        .is_some_and(|state| state.starts_with("Disabl"));
    Some(Listed {
        id,
        disabled,
        settings: settings(mapping),
    })
}

fn settings(mapping: EventSourceMappingConfiguration) -> MappingSettings {
    let destination = mapping
        .destination_config
        .and_then(|config| config.on_failure?.destination);
    let filters = mapping
        .filter_criteria
        .and_then(|criteria| criteria.filters)
        .unwrap_or_default();
    let filters = filters.into_iter().map(|filter| FilterSettings {
        pattern: filter.pattern.unwrap_or_default(),
    });
    let metrics = mapping
        .metrics_config
        .and_then(|config| config.metrics)
        .unwrap_or_default();
    let response_types = mapping.function_response_types.unwrap_or_default();
    MappingSettings {
        event_source_arn: mapping.event_source_arn.unwrap_or_default(),
        function_arn: mapping.function_arn.unwrap_or_default(),
        batch_size: mapping.batch_size.map(i64::from),
        maximum_batching_window_in_seconds: mapping.maximum_batching_window_in_seconds.map(i64::from),
        parallelization_factor: mapping.parallelization_factor.map(i64::from),
        maximum_retry_attempts: mapping.maximum_retry_attempts.map(i64::from),
        maximum_record_age_in_seconds: mapping.maximum_record_age_in_seconds.map(i64::from),
        bisect_batch_on_function_error: mapping.bisect_batch_on_function_error,
        function_response_types: response_types
            .iter()
            .map(|kind| kind.as_str().to_owned())
            .collect(),
        tumbling_window_in_seconds: mapping.tumbling_window_in_seconds.map(i64::from),
        starting_position: mapping
            .starting_position
            .map(|position| position.as_str().to_owned()),
        starting_position_timestamp: mapping.starting_position_timestamp.map(|at| at.as_secs_f64()),
        destination_config: DestinationSettings {
            on_failure: OnFailureSettings { destination },
        },
        filter_criteria: FiltersSettings {
            filters: filters.collect(),
        },
        metrics_config: MetricsSettings {
            metrics: metrics.iter().map(|kind| kind.as_str().to_owned()).collect(),
        },
    }
}
