//! JSON and CBOR bodies.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Request;
use serde_json::{Map, Number, Value};

use crate::service_model::Problem;
use crate::service_model::shape::{Kind, Model, Shape};

/// The body as JSON; an empty one is an empty object.
pub(super) fn decoded(request: &Request<Bytes>) -> Result<Value, Problem> {
    let body = request.body();
    if body.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    if super::content_type(request).contains("cbor") {
        let value: Result<ciborium::Value, _> = ciborium::from_reader(body.as_ref());
        return value
            .map(json)
            .map_err(|_| Problem::new("", "has a body that is not CBOR"));
    }
    serde_json::from_slice(body).map_err(|_| Problem::new("", "has a body that is not JSON"))
}

fn json(value: ciborium::Value) -> Value {
    match value {
        ciborium::Value::Integer(number) => {
            let number = i128::from(number);
            i64::try_from(number).map_or_else(|_| number.to_string().into(), Value::from)
        }
        ciborium::Value::Bytes(bytes) => Value::String(STANDARD.encode(bytes)),
        ciborium::Value::Float(number) => Number::from_f64(number).map_or(Value::Null, Value::Number),
        ciborium::Value::Text(text) => Value::String(text),
        ciborium::Value::Bool(flag) => Value::Bool(flag),
        // Tag 1 is a timestamp, the only one that AWS sends.
        ciborium::Value::Tag(_, value) => json(*value),
        ciborium::Value::Array(items) => items.into_iter().map(json).collect(),
        ciborium::Value::Map(entries) => entries
            .into_iter()
            .filter_map(|(key, value)| Some((key.into_text().ok()?, json(value))))
            .collect(),
        _ => Value::Null,
    }
}

/// The same value with the members called as the model calls them, not as the wire does.
pub(super) fn by_member_name(model: &Model, shape: &Shape, value: Value) -> Value {
    let element = |member: &Option<_>| member.as_ref().and_then(|member| model.shape_of(member));
    match (shape.kind, value) {
        (Kind::Structure, Value::Object(mut fields)) => {
            let named = shape.members.iter().filter_map(|(name, member)| {
                let value = fields.remove(member.wire_name(name))?;
                let value = match model.shape_of(member) {
                    Some(shape) => by_member_name(model, shape, value),
                    None => value,
                };
                Some((name.clone(), value))
            });
            Value::Object(named.collect())
        }
        (Kind::List, Value::Array(items)) => match element(&shape.member) {
            Some(shape) => items
                .into_iter()
                .map(|item| by_member_name(model, shape, item))
                .collect(),
            None => Value::Array(items),
        },
        (Kind::Map, Value::Object(entries)) => match element(&shape.value) {
            Some(shape) => {
                let entries = entries.into_iter();
                entries
                    .map(|(key, value)| (key, by_member_name(model, shape, value)))
                    .collect()
            }
            None => Value::Object(entries),
        },
        (_, value) => value,
    }
}
