//! The JSON Schemas (draft 4) of the two bodies: the models of API Gateway.

use jsonschema::Validator;

/// The body of `POST /interactions`.
pub const INTERACTION: &str = include_str!("../schema/interaction.schema.json");
/// The body of `POST /interactions/batch`.
pub const INTERACTION_BATCH: &str = include_str!("../schema/interaction-batch.schema.json");

/// A schema of this crate is none: the crate is broken.
#[derive(Debug, thiserror::Error)]
#[error("schema of the {name}: {reason}")]
pub struct SchemaError {
    name: &'static str,
    reason: String,
}

pub(crate) fn compile(name: &'static str, text: &str) -> Result<Validator, SchemaError> {
    let broken = |reason: String| SchemaError { name, reason };
    let schema = serde_json::from_str(text).map_err(|error| broken(error.to_string()))?;
    jsonschema::draft4::new(&schema).map_err(|error| broken(error.to_string()))
}
