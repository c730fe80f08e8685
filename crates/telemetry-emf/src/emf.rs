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
}

/// One value with its name and unit.
pub(crate) struct Metric {
    pub name: &'static str,
    pub unit: Unit,
    pub value: u64,
}

/// The units in use, spelled as CloudWatch spells them.
#[derive(Clone, Copy, Serialize)]
pub(crate) enum Unit {
    Count,
    Milliseconds,
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
        for metric in &self.metrics {
            members.insert(metric.name.to_owned(), json!(metric.value));
        }
        format!("{}\n", Value::Object(members))
    }

    fn metadata(&self) -> Value {
        // A clock before 1970 is a clock that is not set.
        let since_1970 = self.written_at.duration_since(UNIX_EPOCH).unwrap_or_default();
        let definitions: Vec<_> = self
            .metrics
            .iter()
            .map(|metric| json!({ "Name": metric.name, "Unit": metric.unit }))
            .collect();
        json!({
            "Timestamp": since_1970.as_millis() as u64,
            "CloudWatchMetrics": [{
                "Namespace": self.source.namespace,
                "Dimensions": [DIMENSIONS],
                "Metrics": definitions,
            }],
        })
    }
}
