//! How to ask further.

use std::fmt;

use crate::config::Stack;
use crate::truth::SensorKey;

/// Commands to copy, about one sensor.
#[derive(Debug, Clone, Copy)]
pub struct Explanation<'a> {
    /// The stack.
    pub stack: &'a Stack,
    /// Its region.
    pub region: &'a str,
    /// The endpoint of a local cloud.
    pub endpoint: Option<&'a str>,
    /// The sensor.
    pub sensor: &'a SensorKey,
    /// A day on which it measured, as 2026-11-25.
    pub day: &'a str,
}

impl fmt::Display for Explanation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stack, day, .. } = self;
        let (device, sensor) = self.sensor;
        let aws = match self.endpoint {
            Some(endpoint) => format!("aws --endpoint-url {endpoint} --region {}", self.region),
            None => format!("aws --region {}", self.region),
        };
        let archive = &stack.archive;
        writeln!(
            f,
            "  # the latest state, the history, the archive, the dead letters"
        )?;
        writeln!(
            f,
            r#"  {aws} dynamodb get-item --table-name {} --key '{{"deviceId":{{"S":"{device}"}},"sensorId":{{"S":"{sensor}"}}}}'"#,
            stack.latest_table
        )?;
        writeln!(
            f,
            r#"  {aws} dynamodb query --table-name {} --no-scan-index-forward --max-items 5 --key-condition-expression 'sensor = :s' --expression-attribute-values '{{":s":{{"S":"{device}#{sensor}"}}}}'"#,
            stack.history_table
        )?;
        writeln!(
            f,
            r#"  {aws} athena start-query-execution --work-group {} --query-execution-context Database={} --query-string "SELECT measure, count(*), avg(value) FROM {} WHERE day = '{day}' GROUP BY measure""#,
            archive.workgroup, archive.database, archive.view
        )?;
        write!(f, "  {aws} s3 ls --recursive s3://{}/", stack.state_dead_letters)?;
        self.graphql(f)
    }
}

impl Explanation<'_> {
    fn graphql(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(url) = &self.stack.graphql_url else {
            return Ok(());
        };
        let (device, sensor) = self.sensor;
        let query = format!(
            r#"{{ latestReading(deviceId: \"{device}\", sensorId: \"{sensor}\") {{ value unit measuredAt }} }}"#
        );
        write!(
            f,
            "\n  # by GraphQL, as an app asks\n  curl -s '{url}' --aws-sigv4 'aws:amz:{}:appsync' --user \
             \"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY\" -H \"x-amz-security-token: $AWS_SESSION_TOKEN\" \
             -H 'content-type: application/json' -d '{{\"query\":\"{query}\"}}'",
            self.region
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::ArchiveNames;
    use crate::reconciliation::ArchiveSource;

    fn stack() -> Stack {
        Stack {
            stream: "stream".to_owned(),
            latest_table: "latest".to_owned(),
            history_table: "history".to_owned(),
            state_dead_letters: "letters".to_owned(),
            archive_dead_letters: None,
            archive_source: ArchiveSource::Stream,
            archive_bucket: "archive".to_owned(),
            archive: ArchiveNames {
                workgroup: "work".to_owned(),
                database: "db".to_owned(),
                table: "reading_lines".to_owned(),
                view: "readings".to_owned(),
            },
            empty_buckets: Vec::new(),
            graphql_url: Some("http://localhost/graphql".to_owned()),
        }
    }

    #[test]
    fn every_command_names_the_endpoint_and_the_sensor() {
        let (stack, sensor) = (stack(), ("d-1".to_owned(), "t-1".to_owned()));
        let mut explanation = Explanation {
            stack: &stack,
            region: "us-east-1",
            endpoint: Some("http://127.0.0.1:4566"),
            sensor: &sensor,
            day: "2026-11-25",
        };
        let text = explanation.to_string();
        let commands = |text: &str| text.lines().filter(|line| line.starts_with("  aws ")).count();
        assert_eq!(commands(&text), 4);
        assert_eq!(text.matches("--endpoint-url http://127.0.0.1:4566 ").count(), 4);
        assert!(
            text.contains(r#""deviceId":{"S":"d-1"},"sensorId":{"S":"t-1"}"#),
            "{text}"
        );
        let body = text
            .split("-d '")
            .nth(1)
            .and_then(|rest| rest.strip_suffix('\''))
            .unwrap();
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(
            body["query"],
            r#"{ latestReading(deviceId: "d-1", sensorId: "t-1") { value unit measuredAt } }"#
        );
        explanation.endpoint = None;
        assert!(!explanation.to_string().contains("--endpoint-url"));
    }
}
