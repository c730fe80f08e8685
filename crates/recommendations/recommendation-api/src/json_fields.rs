//! The members of a JSON object, taken one by one, so that a refusal names the member; what nobody takes is refused.

use serde_json::{Map, Value};

use crate::given::{Given, GivenList, Named};
use crate::invalid::{Field, Invalid};

/// Members that are left. `null` is a value like others, and of the wrong type everywhere.
#[derive(Debug)]
pub struct JsonFields(Map<String, Value>);

impl JsonFields {
    /// The members of a body.
    ///
    /// # Errors
    /// It is no JSON, or no object.
    pub fn parse(body: &str) -> Result<Self, Invalid> {
        match serde_json::from_str(body) {
            Ok(Value::Object(members)) => Ok(Self(members)),
            Ok(_) => Err(Field::body("").invalid("not a JSON object")),
            Err(error) => {
                // serde_json's own text may quote what it did not expect.
                let (line, column) = (error.line(), error.column());
                let fault = format!("not JSON at line {line}, column {column}");
                Err(Field::body("").invalid(fault))
            }
        }
    }

    /// Whether there is such a member, of whatever type.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Takes a text.
    ///
    /// # Errors
    /// It is of another type.
    pub fn text(&mut self, name: &str) -> Result<Option<Given>, Invalid> {
        let taken = self.take(name);
        taken.map(|(field, value)| text(field, value)).transpose()
    }

    /// Takes a list of texts.
    ///
    /// # Errors
    /// It is of another type.
    pub fn texts(&mut self, name: &str) -> Result<Option<GivenList>, Invalid> {
        match self.take(name) {
            None => Ok(None),
            Some((field, Value::Array(values))) => texts(field, values).map(Some),
            Some((field, _)) => Err(field.invalid("not a list")),
        }
    }

    /// Takes an object of texts.
    ///
    /// # Errors
    /// It is of another type.
    pub fn named_texts(&mut self, name: &str) -> Result<Vec<Named<Given>>, Invalid> {
        let members = self.members(name)?.into_iter();
        members
            .map(|Named { field, name, value }| {
                let value = text(field.clone(), value)?;
                Ok(Named { field, name, value })
            })
            .collect()
    }

    /// Takes an object of which every member is a text, or a list of texts.
    ///
    /// # Errors
    /// It is of another type.
    pub fn named_lists(&mut self, name: &str) -> Result<Vec<Named<GivenList>>, Invalid> {
        let members = self.members(name)?.into_iter();
        members
            .map(|Named { field, name, value }| {
                let value = one_or_many(field.clone(), value)?;
                Ok(Named { field, name, value })
            })
            .collect()
    }

    /// Ends the taking.
    ///
    /// # Errors
    /// A member is left, which nothing knows.
    pub fn end(self) -> Result<(), Invalid> {
        match self.0.into_iter().next() {
            Some((name, _)) => Err(Field::body(name).invalid("unknown member")),
            None => Ok(()),
        }
    }

    fn take(&mut self, name: &str) -> Option<(Field, Value)> {
        let value = self.0.remove(name)?;
        Some((Field::body(name), value))
    }

    fn members(&mut self, name: &str) -> Result<Vec<Named<Value>>, Invalid> {
        let members = match self.take(name) {
            None => Map::new(),
            Some((_, Value::Object(members))) => members,
            Some((field, _)) => return Err(field.invalid("not an object")),
        };
        let named = members.into_iter().map(|(member, value)| Named {
            field: Field::body(format!("{name}.{member}")),
            name: member,
            value,
        });
        Ok(named.collect())
    }
}

fn text(field: Field, value: Value) -> Result<Given, Invalid> {
    match value {
        Value::String(text) => Ok(Given { field, text }),
        _ => Err(field.invalid("not a text")),
    }
}

fn texts(field: Field, values: Vec<Value>) -> Result<GivenList, Invalid> {
    let values = values.into_iter().enumerate();
    let texts = values.map(|(index, value)| text(field.element(index), value));
    Ok(GivenList {
        texts: texts.collect::<Result<_, _>>()?,
        field,
    })
}

fn one_or_many(field: Field, value: Value) -> Result<GivenList, Invalid> {
    match value {
        Value::Array(values) => texts(field, values),
        Value::String(_) => {
            let texts = vec![text(field.clone(), value)?];
            Ok(GivenList { field, texts })
        }
        _ => Err(field.invalid("neither a text nor a list of texts")),
    }
}
