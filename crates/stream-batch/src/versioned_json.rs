//! JSON payloads that name the version of their schema.

use std::borrow::Cow;

use serde::Deserialize;

use crate::{Rejection, RejectionKind, json_error};

/// Parses `data` as the JSON of a `T`, if its `schemaVersion` is among `supported`.
///
/// # Errors
/// The rejection names the field; it holds nothing of the payload.
pub fn parse<'a, T: Deserialize<'a>>(data: &'a [u8], supported: &[u64]) -> Result<T, Rejection> {
    VersionedJson::open(data, supported)?.parse()
}

/// A JSON object whose `schemaVersion` has been checked and whose other fields are not parsed yet.
#[derive(Clone, Debug)]
pub struct VersionedJson<'a> {
    data: &'a [u8],
    schema_version: u64,
    type_name: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Header<'a> {
    schema_version: Option<u64>,
    #[serde(default, borrow, rename = "type")]
    type_name: Option<Cow<'a, str>>,
}

impl<'a> VersionedJson<'a> {
    /// Reads the `schemaVersion` and, where it has one, the `type` of the JSON object `data`.
    ///
    /// # Errors
    /// `data` is no JSON object, or its version is missing or not among `supported`.
    pub fn open(data: &'a [u8], supported: &[u64]) -> Result<Self, Rejection> {
        let header: Header<'a> = from_object(data)?;
        let unsupported = |reason| Rejection::new(RejectionKind::UnsupportedSchemaVersion, reason);
        let Some(schema_version) = header.schema_version else {
            return Err(unsupported("field schemaVersion: missing".to_owned()));
        };
        if !supported.contains(&schema_version) {
            return Err(unsupported(format!(
                "field schemaVersion: {schema_version} is not among {supported:?}"
            )));
        }
        Ok(Self {
            data,
            schema_version,
            type_name: header.type_name,
        })
    }

    /// The version, one of the supported.
    pub fn schema_version(&self) -> u64 {
        self.schema_version
    }

    /// The field `type`, by which a stream with several kinds of records tells them apart.
    pub fn type_name(&self) -> Option<&str> {
        self.type_name.as_deref()
    }

    /// Parses the whole object.
    ///
    /// # Errors
    /// A field is missing or has the wrong type; the rejection names it.
    pub fn parse<T: Deserialize<'a>>(&self) -> Result<T, Rejection> {
        from_object(self.data)
    }
}

fn from_object<'a, T: Deserialize<'a>>(data: &'a [u8]) -> Result<T, Rejection> {
    // serde reads a struct from an array too, by position: a shape that no producer means.
    if data.trim_ascii_start().first() == Some(&b'[') {
        return Err(Rejection::new(
            RejectionKind::MalformedPayload,
            "not a JSON object",
        ));
    }
    json_error::from_slice(data).map_err(|reason| Rejection::new(RejectionKind::MalformedPayload, reason))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::{VersionedJson, parse};
    use crate::RejectionKind::{self, MalformedPayload, UnsupportedSchemaVersion};

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Click<'a> {
        item_id: &'a str,
        #[serde(default)]
        value: Option<f64>,
    }

    #[track_caller]
    fn check(data: &str, kind: RejectionKind, reason: &str) {
        let rejection = parse::<Click<'_>>(data.as_bytes(), &[1, 2]).unwrap_err();
        assert_eq!(
            (rejection.kind, rejection.reason.as_str(), rejection.attempts),
            (kind, reason, 0)
        );
    }

    #[test]
    fn parses_a_supported_version_and_ignores_unknown_fields() {
        let click = parse(br#"{"schemaVersion":2,"itemId":"31","new":{}}"#, &[1, 2]);
        assert_eq!(
            click,
            Ok(Click {
                item_id: "31",
                value: None
            })
        );
    }

    #[test]
    fn tells_types_apart_before_parsing_them() {
        let json = VersionedJson::open(br#"{"schemaVersion":1,"type":"click","itemId":"31"}"#, &[1]).unwrap();
        assert_eq!((json.schema_version(), json.type_name()), (1, Some("click")));
        assert_eq!(
            json.parse(),
            Ok(Click {
                item_id: "31",
                value: None
            })
        );
    }

    #[test]
    fn refuses_a_missing_or_unknown_version() {
        check(
            r#"{"itemId":"31"}"#,
            UnsupportedSchemaVersion,
            "field schemaVersion: missing",
        );
        check(
            r#"{"schemaVersion":null}"#,
            UnsupportedSchemaVersion,
            "field schemaVersion: missing",
        );
        check(
            r#"{"schemaVersion":3}"#,
            UnsupportedSchemaVersion,
            "field schemaVersion: 3 is not among [1, 2]",
        );
        check(
            r#"{"schemaVersion":"1"}"#,
            MalformedPayload,
            "field schemaVersion: expected u64",
        );
    }

    #[test]
    fn names_the_field_that_is_wrong() {
        check(
            r#"{"schemaVersion":1}"#,
            MalformedPayload,
            "field itemId: missing",
        );
        check(
            r#"{"schemaVersion":1,"itemId":"31","value":"x"}"#,
            MalformedPayload,
            "field value: expected f64",
        );
        check(
            r#"{"schemaVersion":1,"type":7}"#,
            MalformedPayload,
            "field type: expected a string",
        );
    }

    #[test]
    fn refuses_what_is_no_json_object() {
        check("", MalformedPayload, "not JSON (line 1, column 0)");
        check("\u{1}binary", MalformedPayload, "not JSON (line 1, column 1)");
        check(r#" [1,"click"]"#, MalformedPayload, "not a JSON object");
        check(
            "null",
            MalformedPayload,
            "field (the whole): expected struct Header",
        );
    }
}
