//! Rows of one record's JSON.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::Conversion;
use super::cell::Cell;
use crate::failed_record::Failure;

/// An object's members in their order, each value as it was written: no digit is lost.
struct Object<'a> {
    members: Vec<(String, &'a RawValue)>,
}

pub(super) fn rows(record: &[u8], conversion: &Conversion) -> Result<Vec<Vec<Cell>>, Failure> {
    let objects = serde_json::Deserializer::from_slice(record).into_iter::<Object<'_>>();
    let rows = objects
        .map(|object| {
            let object = object.map_err(|error| {
                let reason = format!(
                    "no JSON object at line {}, column {}",
                    error.line(),
                    error.column()
                );
                Failure::conversion("DataFormatConversion.ParseError", reason)
            })?;
            row(&object, conversion)
        })
        .collect::<Result<Vec<_>, _>>()?;
    if rows.is_empty() {
        return Err(Failure::conversion(
            "DataFormatConversion.ParseError",
            "no JSON object",
        ));
    }
    Ok(rows)
}

fn row(object: &Object<'_>, conversion: &Conversion) -> Result<Vec<Cell>, Failure> {
    let mut row: Vec<Cell> = conversion.columns.iter().map(|_| Cell::Null).collect();
    for (key, value) in &object.members {
        let key = if conversion.case_insensitive {
            key.to_lowercase()
        } else {
            key.clone()
        };
        // Other members have no column. The last one of a name counts.
        let columns = conversion.columns.iter().zip(&mut row);
        for (column, cell) in columns.filter(|(column, _)| column.name == key) {
            *cell = Cell::read(column.kind, value.get()).map_err(|reason| {
                let reason = format!("column {}: {reason}", column.name);
                Failure::conversion("DataFormatConversion.MalformedData", reason)
            })?;
        }
    }
    Ok(row)
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Object<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Object { members })
    }
}
