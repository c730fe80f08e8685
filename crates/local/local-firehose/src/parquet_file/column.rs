//! A column of a Glue table.

use crate::limits::DECIMAL_DIGITS;

/// A column: its name, in lower case as Hive has it, and its type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: Kind,
}

/// The types that are converted here.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    String,
    Double,
    Float,
    Int,
    BigInt,
    Boolean,
    Decimal { precision: u32, scale: u32 },
    Timestamp,
}

/// A type that is not converted here.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct UnknownType;

impl Column {
    pub(crate) fn parse(name: &str, kind: &str) -> Result<Self, UnknownType> {
        Ok(Self {
            name: name.to_lowercase(),
            kind: Kind::parse(&kind.trim().to_lowercase())?,
        })
    }
}

impl Kind {
    fn parse(text: &str) -> Result<Self, UnknownType> {
        match text {
            "string" => Ok(Self::String),
            "double" => Ok(Self::Double),
            "float" => Ok(Self::Float),
            "int" | "integer" => Ok(Self::Int),
            "bigint" => Ok(Self::BigInt),
            "boolean" => Ok(Self::Boolean),
            "timestamp" => Ok(Self::Timestamp),
            _ => Self::decimal(text).ok_or(UnknownType),
        }
    }

    fn decimal(text: &str) -> Option<Self> {
        let digits = text.strip_prefix("decimal(")?.strip_suffix(')')?;
        let (precision, scale) = digits.split_once(',')?;
        let precision = precision.trim().parse().ok()?;
        let scale = scale.trim().parse().ok()?;
        let fits = (1..=DECIMAL_DIGITS).contains(&precision) && scale <= precision;
        fits.then_some(Self::Decimal { precision, scale })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_known_or_refused() {
        let kind = |text: &str| Column::parse("A", text).map(|column| column.kind);
        assert_eq!(kind("String"), Ok(Kind::String));
        assert_eq!(
            kind("decimal(38, 38)"),
            Ok(Kind::Decimal {
                precision: 38,
                scale: 38
            })
        );
        for text in [
            "decimal(39,0)",
            "decimal(0,0)",
            "decimal(2,3)",
            "decimal",
            "date",
            "struct<a:int>",
            "varchar(5)",
        ] {
            assert_eq!(kind(text), Err(UnknownType), "{text}");
        }
        assert_eq!(Column::parse("MeasuredAt", "string").unwrap().name, "measuredat");
    }
}
