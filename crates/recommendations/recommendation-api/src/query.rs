//! The query parameters of a request, taken one by one; what nobody takes is refused.

use std::collections::BTreeMap;

use crate::given::{Given, GivenList, Named};
use crate::invalid::{Field, Invalid};

/// Decoded query parameters by name, each with its values in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query(BTreeMap<String, Vec<String>>);

impl Query {
    /// These parameters; of a name that comes again every value counts.
    pub fn new(parameters: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut all: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (name, value) in parameters {
            all.entry(name).or_default().push(value);
        }
        Self(all)
    }

    /// Takes a parameter that is given once at most.
    ///
    /// # Errors
    /// It is given twice.
    pub fn take(&mut self, name: &str) -> Result<Option<Given>, Invalid> {
        let values = self.0.remove(name);
        let value = values.map(|values| once(Field::query(name), values));
        value.transpose()
    }

    /// Takes a parameter that is a list with commas between.
    ///
    /// # Errors
    /// It is given twice.
    pub fn take_list(&mut self, name: &str) -> Result<Option<GivenList>, Invalid> {
        let list = self.take(name)?.map(|Given { field, text }| GivenList {
            texts: text
                .split(',')
                .map(|part| given(&field, part.to_owned()))
                .collect(),
            field,
        });
        Ok(list)
    }

    /// Takes every parameter whose name begins with `prefix`, and has another name after it.
    pub fn take_named(&mut self, prefix: &str) -> Vec<Named<GivenList>> {
        let taken = self.0.extract_if(.., |name, _| name.starts_with(prefix));
        taken
            .map(|(name, values)| {
                let field = Field::query(&name);
                let texts = values.into_iter().map(|value| given(&field, value)).collect();
                Named {
                    name: name[prefix.len()..].to_owned(),
                    value: GivenList {
                        field: field.clone(),
                        texts,
                    },
                    field,
                }
            })
            .collect()
    }

    /// As [`take_named`](Self::take_named), of parameters that are given once at most.
    ///
    /// # Errors
    /// One is given twice.
    pub fn take_named_once(&mut self, prefix: &str) -> Result<Vec<Named<Given>>, Invalid> {
        let named = self.take_named(prefix).into_iter();
        named
            .map(|Named { field, name, value }| {
                let values = value.texts.into_iter().map(|given| given.text).collect();
                let value = once(field.clone(), values)?;
                Ok(Named { field, name, value })
            })
            .collect()
    }

    /// Ends the taking.
    ///
    /// # Errors
    /// A parameter is left, which nothing knows.
    pub fn end(self) -> Result<(), Invalid> {
        match self.0.into_keys().next() {
            Some(name) => Err(Field::query(name).invalid("unknown parameter")),
            None => Ok(()),
        }
    }
}

fn given(field: &Field, text: String) -> Given {
    let field = field.clone();
    Given { field, text }
}

fn once(field: Field, mut values: Vec<String>) -> Result<Given, Invalid> {
    let text = values.pop().unwrap_or_default();
    if values.is_empty() {
        Ok(Given { field, text })
    } else {
        Err(field.invalid("given more than once"))
    }
}
