//! A value against its shape.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::Problem;
use super::shape::{Kind, Model, Shape};

/// How many problems of one request are told. A bad batch has the same one a thousand times.
const MOST: usize = 10;

/// Everything in a value that is against the shape; at most [`MOST`].
pub(super) fn value(model: &Model, shape: &Shape, value: &Value) -> Vec<Problem> {
    let mut check = Check {
        model,
        problems: Vec::new(),
    };
    check.value(shape, value, "");
    check.problems
}

/// The pattern of a Kinesis sequence number.
const SEQUENCE_NUMBER: &str = r"^(0|([1-9]\d{0,128}))$";

/// The emulator pads its sequence numbers with zeros, as AWS does not, and a client hands them back as they came. That is
/// no fault of the client's, so the padding is not looked at.
fn as_aws_writes_it<'a>(shape: &Shape, text: &'a str) -> &'a str {
    if shape.pattern.as_deref() == Some(SEQUENCE_NUMBER) {
        let zeros = text.bytes().take_while(|byte| *byte == b'0').count();
        text.get(zeros.min(text.len().saturating_sub(1))..)
            .unwrap_or(text)
    } else {
        text
    }
}

struct Check<'a> {
    model: &'a Model,
    problems: Vec<Problem>,
}

impl Check<'_> {
    fn value(&mut self, shape: &Shape, value: &Value, path: &str) {
        if shape.document || shape.eventstream || self.problems.len() >= MOST {
            return;
        }
        match (shape.kind, value) {
            (Kind::Structure, Value::Object(fields)) => self.structure(shape, fields, path),
            (Kind::List, Value::Array(items)) => self.list(shape, items, path),
            (Kind::Map, Value::Object(entries)) => self.map(shape, entries, path),
            (Kind::String | Kind::Character, Value::String(text)) => self.text(shape, text, path),
            (Kind::Blob, Value::String(base64)) => self.blob(shape, base64, path),
            (Kind::Integer | Kind::Long | Kind::BigInteger, Value::Number(number)) => {
                if number.as_f64().is_some_and(|number| number.fract() != 0.0) {
                    self.report(path, "is not a whole number");
                }
                self.range(shape, number.as_f64(), path);
            }
            (Kind::Float | Kind::Double | Kind::BigDecimal, Value::Number(number)) => {
                self.range(shape, number.as_f64(), path);
            }
            // JSON has no word for these three.
            (Kind::Float | Kind::Double, Value::String(text))
                if matches!(text.as_str(), "NaN" | "Infinity" | "-Infinity") => {}
            (Kind::Boolean, Value::Bool(_)) | (Kind::Timestamp, Value::Number(_) | Value::String(_)) => {}
            (kind, _) => self.report(
                path,
                format!("is not of type {}", format!("{kind:?}").to_lowercase()),
            ),
        }
    }

    fn structure(&mut self, shape: &Shape, fields: &Map<String, Value>, path: &str) {
        let given = |name: &str| fields.get(name).is_some_and(|value| !value.is_null());
        for name in &shape.required {
            if !given(name) {
                self.report(&below(path, name), "is required");
            }
        }
        if shape.union && shape.members.keys().filter(|name| given(name)).count() != 1 {
            self.report(path, "must have exactly one of its members");
        }
        for (name, member) in &shape.members {
            if let (Some(value), Some(shape)) = (fields.get(name), self.model.shape_of(member))
                && !value.is_null()
            {
                self.value(shape, value, &below(path, name));
            }
        }
    }

    fn list(&mut self, shape: &Shape, items: &[Value], path: &str) {
        self.length(shape, items.len(), "elements", path);
        let Some(element) = shape
            .member
            .as_ref()
            .and_then(|member| self.model.shape_of(member))
        else {
            return;
        };
        for (index, item) in items.iter().enumerate() {
            if !item.is_null() {
                self.value(element, item, &format!("{path}[{index}]"));
            }
        }
    }

    fn map(&mut self, shape: &Shape, entries: &Map<String, Value>, path: &str) {
        self.length(shape, entries.len(), "entries", path);
        let key_shape = shape.key.as_ref().and_then(|key| self.model.shape_of(key));
        let value_shape = shape.value.as_ref().and_then(|value| self.model.shape_of(value));
        // A key may be data: it is not named.
        for (key, value) in entries {
            if let Some(key_shape) = key_shape {
                self.text(key_shape, key, &below(path, "(key)"));
            }
            if let Some(value_shape) = value_shape
                && !value.is_null()
            {
                self.value(value_shape, value, &below(path, "(value)"));
            }
        }
    }

    fn text(&mut self, shape: &Shape, text: &str, path: &str) {
        self.length(shape, text.chars().count(), "characters", path);
        if shape
            .compiled_pattern()
            .is_some_and(|pattern| !pattern.is_match(as_aws_writes_it(shape, text)))
        {
            self.report(
                path,
                format!("does not match {}", shape.pattern.as_deref().unwrap_or_default()),
            );
        }
        if !shape.values.is_empty() && !shape.values.iter().any(|value| value == text) {
            self.report(path, "is none of the allowed values");
        }
    }

    fn blob(&mut self, shape: &Shape, base64: &str, path: &str) {
        match STANDARD.decode(base64) {
            Ok(bytes) => self.length(shape, bytes.len(), "bytes", path),
            Err(_) => self.report(path, "is not base64"),
        }
    }

    fn length(&mut self, shape: &Shape, length: usize, unit: &str, path: &str) {
        // Lengths are far below 2^53.
        #[allow(clippy::cast_precision_loss)]
        let exact = length as f64;
        if shape.min.is_some_and(|min| exact < min) || shape.max.is_some_and(|max| exact > max) {
            self.report(path, format!("has {length} {unit}, allowed is {}", bounds(shape)));
        }
    }

    fn range(&mut self, shape: &Shape, number: Option<f64>, path: &str) {
        let Some(number) = number else { return };
        if shape.min.is_some_and(|min| number < min) || shape.max.is_some_and(|max| number > max) {
            self.report(path, format!("is out of its range, allowed is {}", bounds(shape)));
        }
    }

    fn report(&mut self, path: &str, problem: impl Into<String>) {
        if self.problems.len() < MOST {
            self.problems.push(Problem::new(path, problem));
        }
    }
}

fn below(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn bounds(shape: &Shape) -> String {
    match (shape.min, shape.max) {
        (Some(min), Some(max)) => format!("{min} to {max}"),
        (Some(min), None) => format!("{min} and more"),
        (None, Some(max)) => format!("at most {max}"),
        (None, None) => "anything".to_owned(),
    }
}
