//! The query that finds a record's partition keys: a small part of jq 1.6, read exactly.
//!
//! ```text
//! query = "{" entry { "," entry } "}"
//! entry = key [ ":" path ]                      without a path it is .key
//! key   = name | string
//! path  = "." | part { part }                   begins with a dot
//! part  = "." name | "." string | ["."] "[" ( string | number | [number] ":" [number] ) "]"
//! ```
//!
//! <https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning-partitioning-keys.html>,
//! <https://jqlang.org/manual/v1.6/>

mod evaluate;
mod parse;

/// Names of partition keys, and where in a record each is found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct PartitionQuery {
    entries: Vec<(String, Vec<Step>)>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Step {
    Field(String),
    Index(i64),
    Slice(Option<i64>, Option<i64>),
}

impl PartitionQuery {
    pub(crate) fn has_key(&self, name: &str) -> bool {
        self.entries.iter().any(|(key, _)| key == name)
    }
}
