//! The door itself: a body and a caller in, entries of a Kinesis call out.

use jsonschema::Validator;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::caller::Caller;
use crate::limits::BODY_BYTES;
use crate::refusal::Refusal;
use crate::schema::{self, SchemaError};

/// The version of the record format that `put-events-forwarder` reads.
pub const SCHEMA_VERSION: u64 = 1;

/// Holds bodies to the schemas, and makes records of them.
#[derive(Debug)]
pub struct Collector {
    interaction: Validator,
    batch: Validator,
}

/// One record to put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The session: its records stay in order, as far as their calls are.
    pub partition_key: String,
    /// The record's JSON, not encoded further.
    pub data: Vec<u8>,
}

impl Collector {
    /// Compiles the schemas. Once is enough: bodies are checked through a shared reference.
    ///
    /// # Errors
    /// This crate's schemas are broken.
    pub fn new() -> Result<Self, SchemaError> {
        Ok(Self {
            interaction: schema::compile("interaction", schema::INTERACTION)?,
            batch: schema::compile("batch", schema::INTERACTION_BATCH)?,
        })
    }

    /// The record of a `POST /interactions` with this body.
    ///
    /// # Errors
    /// The body is not JSON, or not what the schema accepts.
    pub fn put_record(&self, body: &[u8], caller: &Caller) -> Result<Entry, Refusal> {
        let interaction = accepted(&self.interaction, body)?;
        entry(&interaction, caller)
    }

    /// The records of a `POST /interactions/batch` with this body, in its order.
    ///
    /// # Errors
    /// As [`Self::put_record`]. One bad interaction refuses the batch: a client is told before anything was put.
    pub fn put_records(&self, body: &[u8], caller: &Caller) -> Result<Vec<Entry>, Refusal> {
        let batch = accepted(&self.batch, body)?;
        let interactions = batch.get("interactions").and_then(Value::as_array);
        let interactions = interactions.into_iter().flatten();
        interactions
            .map(|interaction| entry(interaction, caller))
            .collect()
    }
}

fn accepted(schema: &Validator, body: &[u8]) -> Result<Value, Refusal> {
    if body.len() > BODY_BYTES {
        return Err(Refusal::TooLarge);
    }
    let body = serde_json::from_slice(body)?;
    match schema.validate(&body) {
        Ok(()) => Ok(body),
        Err(error) => Err(Refusal::from(&error)),
    }
}

/// A record as the stream has it: the body's fields under the token's ids. No name can be there twice, since the schema
/// knows none of ours.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    schema_version: u64,
    r#type: &'static str,
    session_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<&'a str>,
    #[serde(flatten)]
    interaction: &'a Map<String, Value>,
}

fn entry(interaction: &Value, caller: &Caller) -> Result<Entry, Refusal> {
    let interaction = interaction.as_object().ok_or(Refusal::not_an_object())?;
    let record = Record {
        schema_version: SCHEMA_VERSION,
        r#type: "interaction",
        session_id: caller.session_id(),
        user_id: caller.user_id(),
        interaction,
    };
    Ok(Entry {
        partition_key: caller.session_id().to_owned(),
        data: serde_json::to_vec(&record)?,
    })
}
