//! Form bodies of the query protocol: `Tags.member.1.Key=team`.

use serde_json::{Map, Value};

use super::typed;
use crate::service_model::operation::pairs;
use crate::service_model::shape::{Kind, Member, Model, Shape};

/// The operation's input out of a form.
pub(super) fn input(model: &Model, shape: &Shape, body: &[u8]) -> Value {
    let form = Form {
        model,
        pairs: pairs(&String::from_utf8_lossy(body)).collect(),
    };
    form.structure(shape, "")
}

struct Form<'a> {
    model: &'a Model,
    pairs: Vec<(String, String)>,
}

impl Form<'_> {
    fn value(&self, shape: &Shape, flattened: bool, prefix: &str) -> Option<Value> {
        if !self.has(prefix) {
            return None;
        }
        Some(match shape.kind {
            Kind::Structure => self.structure(shape, prefix),
            Kind::List => self.list(shape, flattened, prefix)?,
            Kind::Map => self.map(shape, flattened, prefix),
            kind => typed(kind, self.text(prefix)?),
        })
    }

    fn structure(&self, shape: &Shape, prefix: &str) -> Value {
        let fields = shape.members.iter().filter_map(|(name, member)| {
            let value = self.member(member, &below(prefix, member.wire_name(name)))?;
            Some((name.clone(), value))
        });
        Value::Object(fields.collect())
    }

    fn member(&self, member: &Member, prefix: &str) -> Option<Value> {
        let shape = self.model.shape_of(member)?;
        self.value(shape, shape.flattened || member.flattened, prefix)
    }

    /// An empty list is sent as `Tags=`.
    fn list(&self, shape: &Shape, flattened: bool, prefix: &str) -> Option<Value> {
        let element = shape.member.as_ref()?;
        let prefix = if flattened {
            prefix.to_owned()
        } else {
            below(prefix, element.wire_name("member"))
        };
        Some(
            self.numbered(&prefix, |prefix| self.member(element, prefix))
                .collect(),
        )
    }

    fn map(&self, shape: &Shape, flattened: bool, prefix: &str) -> Value {
        let (Some(key), Some(value)) = (&shape.key, &shape.value) else {
            return Value::Null;
        };
        let prefix = if flattened {
            prefix.to_owned()
        } else {
            below(prefix, "entry")
        };
        let entries = self.numbered(&prefix, |entry| {
            let key = self.text(&below(entry, key.wire_name("key")))?;
            let value = self.member(value, &below(entry, value.wire_name("value")))?;
            Some((key.to_owned(), value))
        });
        Value::Object(entries.collect::<Map<_, _>>())
    }

    fn numbered<T>(&self, prefix: &str, item: impl Fn(&str) -> Option<T>) -> impl Iterator<Item = T> {
        (1..)
            .map(move |number| format!("{prefix}.{number}"))
            .map_while(move |prefix| item(&prefix))
    }

    fn text(&self, name: &str) -> Option<&str> {
        let pair = self.pairs.iter().find(|(key, _)| key == name)?;
        Some(&pair.1)
    }

    fn has(&self, prefix: &str) -> bool {
        let starts = |key: &str| {
            key.strip_prefix(prefix)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.pairs.iter().any(|(key, _)| starts(key))
    }
}

fn below(prefix: &str, name: &str) -> String {
    if prefix.is_empty() {
        name.to_owned()
    } else {
        format!("{prefix}.{name}")
    }
}
