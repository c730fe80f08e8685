//! A request's members as one JSON value, wherever the protocol puts them. Blobs are base64 in it, as in JSON bodies.

mod body;
mod form;
mod xml;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Request, header};
use serde_json::{Map, Value};

use super::Problem;
use super::operation::{Found, pairs};
use super::shape::{Kind, Member, Model, Shape};

/// Gathers what the operation was given.
pub(super) fn gather(
    model: &Model,
    found: &Found<'_>,
    shape: &Shape,
    request: &Request<Bytes>,
) -> Result<Value, Problem> {
    match model.metadata.protocol.as_str() {
        "rest-json" | "rest-xml" => rest(model, found, shape, request),
        // ec2's flattening is another one; none of the patterns calls it.
        "ec2" => Ok(Value::Null),
        _ if is_form(request) => Ok(form::input(model, shape, request.body())),
        _ => body::decoded(request).map(|value| body::by_member_name(model, shape, value)),
    }
}

fn is_form(request: &Request<Bytes>) -> bool {
    content_type(request).starts_with("application/x-www-form-urlencoded")
}

fn content_type(request: &Request<Bytes>) -> &str {
    let value = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    value.unwrap_or_default()
}

/// Path, query and headers by each member's location, the rest out of the body.
fn rest(model: &Model, found: &Found<'_>, shape: &Shape, request: &Request<Bytes>) -> Result<Value, Problem> {
    let query: Vec<_> = pairs(request.uri().query().unwrap_or_default()).collect();
    let mut input = rest_body(model, shape, request)?;
    for (name, member) in &shape.members {
        let wire_name = member.wire_name(name);
        let value = match member.location.as_deref() {
            Some("uri") => found
                .labels
                .get(wire_name)
                .and_then(|text| scalar(model, member, text)),
            Some("querystring") => in_query(model, member, wire_name, &query),
            Some("header") => in_header(model, member, wire_name, request),
            Some("headers") => with_prefix(wire_name, request),
            _ => continue,
        };
        input.insert(name.clone(), value.unwrap_or(Value::Null));
    }
    Ok(Value::Object(input))
}

fn rest_body(model: &Model, shape: &Shape, request: &Request<Bytes>) -> Result<Map<String, Value>, Problem> {
    let bytes = request.body();
    let payload = shape
        .payload
        .as_ref()
        .and_then(|name| Some((name, shape.members.get(name)?)));
    let Some((name, member)) = payload else {
        let in_body = shape.members.values().any(|member| member.location.is_none());
        let value = match model.metadata.protocol.as_str() {
            _ if bytes.is_empty() || !in_body => Value::Null,
            "rest-xml" => xml::input(model, shape, bytes)?,
            _ => body::by_member_name(model, shape, body::decoded(request)?),
        };
        return match value {
            Value::Object(fields) => Ok(fields),
            Value::Null => Ok(Map::new()),
            _ => Err(Problem::new("", "has a body that is no object")),
        };
    };
    let Some(shape) = model.shape_of(member) else {
        return Ok(Map::new());
    };
    let value = match shape.kind {
        // An empty blob is a value: an object of no bytes.
        Kind::Blob => Value::String(STANDARD.encode(bytes)),
        _ if bytes.is_empty() => Value::Null,
        Kind::String => Value::String(String::from_utf8_lossy(bytes).into_owned()),
        _ if model.metadata.protocol == "rest-xml" => xml::input(model, shape, bytes)?,
        _ => body::by_member_name(model, shape, body::decoded(request)?),
    };
    Ok(Map::from_iter([(name.clone(), value)]))
}

fn in_query(model: &Model, member: &Member, wire_name: &str, query: &[(String, String)]) -> Option<Value> {
    let shape = model.shape_of(member)?;
    let mut given = query
        .iter()
        .filter(|(key, _)| key == wire_name)
        .map(|(_, value)| value);
    match (shape.kind, &shape.member) {
        (Kind::List, Some(element)) => {
            let items: Vec<_> = given.filter_map(|text| scalar(model, element, text)).collect();
            (!items.is_empty()).then_some(Value::Array(items))
        }
        // A map takes what no other member does, which cannot be told from a mistake.
        (Kind::Map, _) => None,
        _ => scalar(model, member, given.next()?),
    }
}

fn in_header(model: &Model, member: &Member, wire_name: &str, request: &Request<Bytes>) -> Option<Value> {
    let text = request.headers().get(wire_name)?.to_str().ok()?;
    let shape = model.shape_of(member)?;
    match (shape.kind, &shape.member) {
        (Kind::List, Some(element)) => {
            let items = text
                .split(',')
                .filter_map(|text| scalar(model, element, text.trim()));
            Some(Value::Array(items.collect()))
        }
        // JSON in base64: any value is good.
        _ if member.jsonvalue => None,
        _ => scalar(model, member, text),
    }
}

fn with_prefix(prefix: &str, request: &Request<Bytes>) -> Option<Value> {
    let prefix = prefix.to_lowercase();
    let entries: Map<_, _> = request
        .headers()
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().strip_prefix(&prefix)?, value.to_str().ok()?)))
        .map(|(name, value)| (name.to_owned(), Value::from(value)))
        .collect();
    (!entries.is_empty()).then_some(Value::Object(entries))
}

fn scalar(model: &Model, member: &Member, text: &str) -> Option<Value> {
    Some(typed(model.shape_of(member)?.kind, text))
}

/// A text as the type that the shape wants. What is none of that type stays text, and is found out by that.
fn typed(kind: Kind, text: &str) -> Value {
    let number = || serde_json::from_str(text).ok().map(Value::Number);
    let value = match kind {
        Kind::Boolean => text.parse().ok().map(Value::Bool),
        Kind::Integer | Kind::Long | Kind::BigInteger | Kind::Float | Kind::Double | Kind::BigDecimal => {
            number()
        }
        _ => None,
    };
    value.unwrap_or_else(|| Value::String(text.to_owned()))
}
