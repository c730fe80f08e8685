//! The mutation that tells subscribers of a reading, and what its answer means.

use put_many::Failure;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use telemetry::Reading;

/// A subscriber sees what the mutation selects, and nothing else.
const PUBLISH_READING: &str = include_str!("publish_reading.graphql");

/// A mutation, ready to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Mutation {
    body: Vec<u8>,
}

#[derive(Serialize)]
struct Request<'a> {
    query: &'static str,
    variables: Variables<'a>,
}

#[derive(Serialize)]
struct Variables<'a> {
    reading: ReadingInput<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReadingInput<'a> {
    device_id: &'a str,
    sensor_id: &'a str,
    site: &'a str,
    measure: &'static str,
    unit: &'static str,
    value: f64,
    quality: &'static str,
    measured_at: String,
    /// As text: GraphQL's Int has 32 bits.
    sequence: String,
    reading_id: String,
}

impl Mutation {
    /// The mutation that publishes `reading`.
    ///
    /// # Errors
    /// It cannot be written as JSON.
    pub fn publish(reading: &Reading) -> Result<Self, serde_json::Error> {
        let request = Request {
            query: PUBLISH_READING,
            variables: Variables {
                reading: ReadingInput {
                    device_id: reading.device_id(),
                    sensor_id: reading.sensor_id(),
                    site: reading.site(),
                    measure: reading.measure().as_str(),
                    unit: reading.unit().code(),
                    value: reading.value().to_f64(),
                    quality: reading.quality().as_str(),
                    measured_at: reading.measured_at().to_string(),
                    sequence: reading.sequence().to_string(),
                    reading_id: reading.reading_id(),
                },
            },
        };
        serde_json::to_vec(&request).map(|body| Self { body })
    }

    #[cfg(test)]
    pub(crate) fn of_bytes(bytes: usize) -> Self {
        Self {
            body: vec![b' '; bytes],
        }
    }

    /// The request's body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

/// What an answer with this status says: nothing, or what went wrong. GraphQL answers 200 with errors in it.
///
/// # Errors
/// The reading was not published. The failure holds no text of AppSync's: that quotes what was sent.
pub fn published(status: u16, body: &[u8]) -> Result<(), Failure> {
    let answer: Option<Answer> = serde_json::from_slice(body).ok();
    let errors = answer.as_ref().and_then(|answer| answer.errors.as_deref());
    if let Some(error) = errors.and_then(<[_]>::first) {
        return Err(error.failure(status));
    }
    let data = answer.and_then(|answer| answer.data);
    match data.and_then(|data| data.publish_reading) {
        Some(_) if (200..300).contains(&status) => Ok(()),
        _ if (200..300).contains(&status) => {
            Err(Failure::new("NoData", "the answer has neither data nor errors"))
        }
        _ => Err(Failure::new(format!("Http{status}"), "no explanation")),
    }
}

#[derive(Deserialize)]
struct Answer {
    data: Option<Data>,
    errors: Option<Vec<GraphqlError>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    publish_reading: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GraphqlError {
    #[serde(default)]
    error_type: Option<String>,
}

/// Longer is no type of an error.
const ERROR_TYPE_CHARACTERS: usize = 64;

impl GraphqlError {
    fn failure(&self, status: u16) -> Failure {
        let is_name = |name: &&String| {
            let speakable = |byte: u8| byte.is_ascii_alphanumeric() || b":._-".contains(&byte);
            (1..=ERROR_TYPE_CHARACTERS).contains(&name.len()) && name.bytes().all(speakable)
        };
        let code = self.error_type.as_ref().filter(is_name);
        Failure::new(
            code.map_or("GraphqlError", String::as_str),
            format!("AppSync answered {status} with errors"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(status: u16, body: &str, expected: Result<(), &str>) {
        let answer = published(status, body.as_bytes()).map_err(|failure| failure.to_string());
        assert_eq!(answer, expected.map_err(str::to_owned), "{body}");
    }

    #[test]
    fn only_data_without_errors_is_published() {
        check(200, r#"{"data":{"publishReading":{"deviceId":"d-1"}}}"#, Ok(()));
        check(
            200,
            r#"{"data":{"publishReading":{}},"errors":null,"extensions":{}}"#,
            Ok(()),
        );
        check(
            200,
            r#"{"data":{"publishReading":null},"errors":[]}"#,
            Err("NoData: the answer has neither data nor errors"),
        );
        check(200, "", Err("NoData: the answer has neither data nor errors"));
        check(503, "<html>", Err("Http503: no explanation"));
        check(
            500,
            r#"{"data":{"publishReading":{}}}"#,
            Err("Http500: no explanation"),
        );
    }

    #[test]
    fn errors_are_read_whatever_the_status_and_their_text_is_not_repeated() {
        check(
            200,
            r#"{"data":{"publishReading":{}},"errors":[{"errorType":"Unauthorized","message":"secret"}]}"#,
            Err("Unauthorized: AppSync answered 200 with errors"),
        );
        check(
            401,
            r#"{"errors":[{"errorType":"UnauthorizedException","message":"secret"}]}"#,
            Err("UnauthorizedException: AppSync answered 401 with errors"),
        );
        for error_type in [r#""a secret, quoted""#, "null"] {
            check(
                200,
                &format!(r#"{{"data":null,"errors":[{{"errorType":{error_type}}}]}}"#),
                Err("GraphqlError: AppSync answered 200 with errors"),
            );
        }
    }
}
