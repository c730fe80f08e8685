//! CloudWatch's embedded metric format: a log line that CloudWatch turns into metrics.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;
use serde_json::{Map, Value, json};

/// Where metrics come from: the namespace, and the two dimensions that every alarm must name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricsSource {
    /// The CloudWatch namespace.
    pub namespace: String,
    /// The dimension `ServiceName`: the duty, the same in every deployment.
    pub service: String,
    /// The dimension `FunctionName`: the deployed function.
    pub function: String,
}

/// One line of metrics.
pub(crate) struct Document<'source> {
    pub source: &'source MetricsSource,
    pub written_at: SystemTime,
    pub metrics: Vec<Metric>,
    /// Some of the metrics once more, under a third dimension.
    pub breakdown: Option<Breakdown<'source>>,
}

/// One value with its name and unit.
pub(crate) struct Metric {
    pub name: &'static str,
    pub unit: Unit,
    pub value: u64,
}

/// Which metrics are told apart by a dimension of their own, beside the two that all have.
pub(crate) struct Breakdown<'value> {
    pub dimension: &'static str,
    pub value: &'value str,
    pub metrics: &'static [&'static str],
}

/// The units in use, spelled as CloudWatch spells them.
#[derive(Clone, Copy, Serialize)]
pub(crate) enum Unit {
    Count,
    Milliseconds,
    Seconds,
}

const DIMENSIONS: [&str; 2] = ["ServiceName", "FunctionName"];

impl Document<'_> {
    /// The document on one line, its line feed included.
    pub(crate) fn line(&self) -> String {
        let mut members = Map::new();
        members.insert("_aws".to_owned(), self.metadata());
        let dimensions = [&self.source.service, &self.source.function];
        for (name, value) in DIMENSIONS.iter().zip(dimensions) {
            members.insert((*name).to_owned(), json!(value));
        }
        if let Some(breakdown) = &self.breakdown {
            members.insert(breakdown.dimension.to_owned(), json!(breakdown.value));
        }
        for metric in &self.metrics {
            members.insert(metric.name.to_owned(), json!(metric.value));
        }
        format!("{}\n", Value::Object(members))
    }

    fn metadata(&self) -> Value {
        // A clock before 1970 is a clock that is not set.
        let since_1970 = self.written_at.duration_since(UNIX_EPOCH).unwrap_or_default();
        let mut directives = vec![self.directive(&DIMENSIONS, |_| true)];
        if let Some(Breakdown {
            dimension, metrics, ..
        }) = &self.breakdown
        {
            let dimensions = [DIMENSIONS[0], DIMENSIONS[1], dimension];
            directives.push(self.directive(&dimensions, |metric| metrics.contains(&metric.name)));
        }
        json!({
            "Timestamp": since_1970.as_millis() as u64,
            "CloudWatchMetrics": directives,
        })
    }

    /// Metrics under one set of dimensions.
    fn directive(&self, dimensions: &[&str], among: impl Fn(&Metric) -> bool) -> Value {
        let metrics = self.metrics.iter().filter(|metric| among(metric));
        let definitions: Vec<_> = metrics
            .map(|metric| json!({ "Name": metric.name, "Unit": metric.unit }))
            .collect();
        json!({
            "Namespace": self.source.namespace,
            "Dimensions": [dimensions],
            "Metrics": definitions,
        })
    }
}
