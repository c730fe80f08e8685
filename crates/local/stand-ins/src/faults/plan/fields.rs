//! A JSON object's fields, read one by one, each error with the field's path.

use std::time::Duration;

use http::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{DEFAULT_FRACTION, DEFAULT_HOLD, InvalidPlan, MAX_HOLD, Period};

/// An object's fields, taken one by one; what is left at the end is unknown.
pub(super) struct Fields {
    path: String,
    map: Map<String, Value>,
}

impl Fields {
    /// The fields of the object at `path`.
    pub(super) fn of(value: Value, path: String) -> Result<Self, InvalidPlan> {
        match value {
            Value::Object(map) => Ok(Self { path, map }),
            _ => Err(invalid(&path, "not an object")),
        }
    }

    /// The field's value; absent and null are one.
    pub(super) fn take<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, InvalidPlan> {
        let value = self.map.remove(name).unwrap_or(Value::Null);
        serde_json::from_value(value).map_err(|error| self.invalid(name, &error.to_string()))
    }

    /// The field's value, which must be there.
    fn required<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, InvalidPlan> {
        self.take(name)?.ok_or_else(|| self.invalid(name, "missing"))
    }

    /// The field as it is, which must be there.
    pub(super) fn take_value(&mut self, name: &str) -> Result<Value, InvalidPlan> {
        self.map.remove(name).ok_or_else(|| self.invalid(name, "missing"))
    }

    /// Refuses what was not taken.
    pub(super) fn end(&self) -> Result<(), InvalidPlan> {
        self.map
            .keys()
            .next()
            .map_or(Ok(()), |name| Err(self.invalid(name, "unknown field")))
    }

    /// The name of an error.
    pub(super) fn code(&mut self) -> Result<String, InvalidPlan> {
        let code: String = self
            .take("code")?
            .ok_or_else(|| self.invalid("code", "missing"))?;
        // It becomes a header.
        if code.is_empty()
            || !code
                .chars()
                .all(|each| each.is_ascii_alphanumeric() || each == '.')
        {
            return Err(self.invalid("code", "not made of letters, digits and dots"));
        }
        Ok(code)
    }

    /// The status of an error.
    pub(super) fn status(&mut self) -> Result<StatusCode, InvalidPlan> {
        let status: u16 = self
            .take("status")?
            .ok_or_else(|| self.invalid("status", "missing"))?;
        let error = StatusCode::from_u16(status)
            .ok()
            .filter(|_| (400..600).contains(&status));
        error.ok_or_else(|| self.invalid("status", "not between 400 and 599"))
    }

    /// The share of entries that fail.
    pub(super) fn fraction(&mut self) -> Result<f64, InvalidPlan> {
        let fraction = self.take("fraction")?.unwrap_or(DEFAULT_FRACTION);
        if fraction > 0.0 && fraction <= 1.0 {
            return Ok(fraction);
        }
        Err(self.invalid("fraction", "not above 0 and up to 1"))
    }

    /// Rounds of calls, of which the first ones are faulty.
    pub(super) fn period(&mut self) -> Result<Option<Period>, InvalidPlan> {
        let Some(value) = self.take::<Value>("period")? else {
            return Ok(None);
        };
        let mut fields = Self::of(value, self.path_of("period"))?;
        let (every, faulty) = (fields.required("every")?, fields.required("faulty")?);
        fields.end()?;
        if faulty > every {
            return Err(fields.invalid("faulty", "above every"));
        }
        Ok(Some(Period { every, faulty }))
    }

    /// How long a client is kept waiting.
    pub(super) fn hold(&mut self) -> Result<Duration, InvalidPlan> {
        let hold = self.take("hold_ms")?.map_or(DEFAULT_HOLD, Duration::from_millis);
        if hold > MAX_HOLD {
            return Err(self.invalid("hold_ms", &format!("above {}", MAX_HOLD.as_millis())));
        }
        Ok(hold)
    }

    /// The path of a field of this object.
    pub(super) fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        }
    }

    /// What is wrong with a field of this object.
    pub(super) fn invalid(&self, name: &str, problem: &str) -> InvalidPlan {
        invalid(&self.path_of(name), problem)
    }
}

/// What is wrong at a path.
pub(super) fn invalid(field: &str, problem: &str) -> InvalidPlan {
    InvalidPlan {
        field: field.to_owned(),
        problem: problem.to_owned(),
    }
}
