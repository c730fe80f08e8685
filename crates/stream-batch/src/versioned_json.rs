//! JSON payloads that name the version of their schema.

use std::borrow::Cow;

use serde::Deserialize;

use crate::{Rejection, RejectionKind};

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
        let header: Header<'a> = from_slice(data)?;
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
        from_slice(self.data)
    }
}

fn from_slice<'a, T: Deserialize<'a>>(data: &'a [u8]) -> Result<T, Rejection> {
    let mut deserializer = serde_json::Deserializer::from_slice(data);
    let value = serde_path_to_error::deserialize(&mut deserializer);
    value.map_err(|_| Rejection::new(RejectionKind::MalformedPayload, "not JSON"))
}
