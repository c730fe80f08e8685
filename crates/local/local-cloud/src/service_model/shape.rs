//! What a model is made of: botocore's JSON, as far as a request needs it.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use regex::Regex;
use serde::Deserialize;

/// A service's model.
#[derive(Debug, Deserialize)]
pub(super) struct Model {
    pub(super) metadata: Metadata,
    pub(super) operations: BTreeMap<String, Operation>,
    pub(super) shapes: BTreeMap<String, Shape>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Metadata {
    /// `json`, `rest-json`, `rest-xml`, `query`, `ec2` or `smithy-rpc-v2-cbor`: the one botocore prefers.
    pub(super) protocol: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Operation {
    pub(super) http: Http,
    pub(super) input: Option<Reference>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Http {
    pub(super) method: String,
    /// `/{Bucket}/{Key+}?uploads`
    #[serde(rename = "requestUri")]
    pub(super) uri: String,
}

/// A shape by its name.
#[derive(Debug, Deserialize)]
pub(super) struct Reference {
    pub(super) shape: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Shape {
    #[serde(rename = "type")]
    pub(super) kind: Kind,
    #[serde(default)]
    pub(super) members: BTreeMap<String, Member>,
    #[serde(default)]
    pub(super) required: Vec<String>,
    /// A list's element.
    pub(super) member: Option<Member>,
    /// A map's key and value.
    pub(super) key: Option<Member>,
    pub(super) value: Option<Member>,
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
    pub(super) pattern: Option<String>,
    #[serde(default, rename = "enum")]
    pub(super) values: Vec<String>,
    /// The member that is the whole body.
    pub(super) payload: Option<String>,
    #[serde(default)]
    pub(super) flattened: bool,
    #[serde(default)]
    pub(super) union: bool,
    #[serde(default)]
    pub(super) document: bool,
    #[serde(default)]
    pub(super) eventstream: bool,
    #[serde(skip)]
    compiled: OnceLock<Option<Regex>>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Structure,
    List,
    Map,
    String,
    Character,
    Blob,
    Integer,
    Long,
    Float,
    Double,
    BigDecimal,
    BigInteger,
    Boolean,
    Timestamp,
}

#[derive(Debug, Deserialize)]
pub(super) struct Member {
    pub(super) shape: String,
    /// Where it is outside the body: `uri`, `querystring`, `header`, `headers`.
    pub(super) location: Option<String>,
    #[serde(rename = "locationName")]
    pub(super) location_name: Option<String>,
    /// A JSON text inside a header.
    #[serde(default)]
    pub(super) jsonvalue: bool,
    #[serde(default)]
    pub(super) flattened: bool,
    #[serde(default, rename = "xmlAttribute")]
    pub(super) xml_attribute: bool,
}

impl Model {
    pub(super) fn shape_of(&self, member: &Member) -> Option<&Shape> {
        self.shapes.get(&member.shape)
    }
}

impl Member {
    /// Its name on the wire.
    pub(super) fn wire_name<'a>(&'a self, name: &'a str) -> &'a str {
        self.location_name.as_deref().unwrap_or(name)
    }
}

impl Shape {
    /// The pattern, if it is one that can be checked: Java's look-arounds and surrogates cannot.
    ///
    /// The services match the whole text, whether or not the pattern has anchors.
    pub(super) fn compiled_pattern(&self) -> Option<&Regex> {
        let compile = || {
            let pattern = self.pattern.as_ref()?;
            Regex::new(&format!("^(?:{pattern})$")).ok()
        };
        self.compiled.get_or_init(compile).as_ref()
    }
}
