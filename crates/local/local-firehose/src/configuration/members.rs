//! Members of a JSON object, leniently: what CloudFormation passes on may have numbers and booleans as text.

use serde_json::Value;

#[derive(Clone, Copy)]
pub(super) struct Members<'a> {
    object: &'a Value,
}

impl<'a> Members<'a> {
    pub(super) const fn of(object: &'a Value) -> Self {
        Self { object }
    }

    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        self.object.get(name)?.as_str()
    }

    pub(super) fn number(&self, name: &str) -> Option<u64> {
        let value = self.object.get(name)?;
        value.as_u64().or_else(|| value.as_str()?.parse().ok())
    }

    pub(super) fn flag(&self, name: &str, default: bool) -> bool {
        match self.object.get(name) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::String(flag)) => flag.eq_ignore_ascii_case("true"),
            _ => default,
        }
    }

    pub(super) fn value(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name)
    }

    pub(super) fn within(&self, name: &str) -> Option<Self> {
        let object = self.object.get(name).filter(|value| value.is_object())?;
        Some(Self { object })
    }

    pub(super) fn list(&self, name: &str) -> impl Iterator<Item = Self> + use<'a> {
        let list = self.object.get(name).and_then(Value::as_array);
        list.into_iter().flatten().map(|object| Self { object })
    }

    /// Refuses another value than those; none is as good.
    pub(super) fn refuse_unless(&self, name: &str, known: &[&str]) -> Result<(), String> {
        match self.text(name) {
            Some(value) if !value.is_empty() && !known.contains(&value) => {
                Err(format!("{name}: {value} is not known here"))
            }
            _ => Ok(()),
        }
    }
}
