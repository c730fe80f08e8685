//! Redshift's types, and what PostgreSQL calls them.

use sqlparser::ast::{CharacterLength, DataType, ExactNumberInfo, TimezoneInfo, TypeModifier};

use crate::refusal::{Place, Refusal};

/// The most digits of a DECIMAL. <https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric_types201.html>
pub(crate) const DECIMAL_PRECISION_MAX: u64 = 38;
/// The most digits behind its point. <https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric_types201.html>
pub(crate) const DECIMAL_SCALE_MAX: u64 = 37;
/// The most bytes of a VARCHAR. <https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html>
pub(crate) const VARCHAR_BYTES_MAX: u64 = 65_535;
/// The bytes of a column's VARCHAR without a length.
/// <https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html>
pub(crate) const VARCHAR_BYTES_DEFAULT: u64 = 256;
/// The most bytes of a CHAR. <https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html>
pub(crate) const CHAR_BYTES_MAX: u64 = 4_096;
/// The most bytes of a VARBYTE. <https://docs.aws.amazon.com/redshift/latest/dg/r_VARBYTE_type.html>
pub(crate) const VARBYTE_BYTES_MAX: u64 = 16_777_216;

/// A type, as far as an expression shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    SmallInt,
    Integer,
    BigInt,
    Decimal {
        precision: u64,
        scale: u64,
    },
    Real,
    Double,
    Boolean,
    Char(u64),
    /// Without a length where the expression decides it.
    Varchar(Option<u64>),
    Date,
    Timestamp,
    TimestampTz,
    Super,
    Varbyte(Option<u64>),
}

impl Kind {
    /// Reads a type out of the list.
    pub(crate) fn read(data_type: &DataType, place: Place) -> Result<Self, Refusal> {
        let listed = match data_type {
            DataType::SmallInt(None) | DataType::Int2(None) => Self::SmallInt,
            DataType::Integer(None) | DataType::Int(None) | DataType::Int4(None) => Self::Integer,
            DataType::BigInt(None) | DataType::Int8(None) => Self::BigInt,
            DataType::Decimal(info) | DataType::Numeric(info) => decimal(*info, place)?,
            DataType::Real | DataType::Float4 => Self::Real,
            DataType::DoublePrecision | DataType::Float8 | DataType::Float(ExactNumberInfo::None) => {
                Self::Double
            }
            DataType::Boolean | DataType::Bool => Self::Boolean,
            DataType::Char(length) | DataType::Character(length) => {
                Self::Char(bytes(length.as_ref(), CHAR_BYTES_MAX, place)?.unwrap_or(1))
            }
            DataType::Varchar(length) | DataType::CharacterVarying(length) => {
                Self::Varchar(bytes(length.as_ref(), VARCHAR_BYTES_MAX, place)?)
            }
            DataType::Date => Self::Date,
            DataType::Timestamp(None, TimezoneInfo::None | TimezoneInfo::WithoutTimeZone) => Self::Timestamp,
            DataType::Timestamp(None, TimezoneInfo::Tz | TimezoneInfo::WithTimeZone) => Self::TimestampTz,
            DataType::Custom(name, modifiers) => return custom(&name.to_string(), modifiers, place),
            other => return Err(unlisted(other, place)),
        };
        Ok(listed)
    }

    /// The type in PostgreSQL.
    pub(crate) fn rendered(self) -> String {
        match self {
            Self::SmallInt => "smallint".to_owned(),
            Self::Integer => "integer".to_owned(),
            Self::BigInt => "bigint".to_owned(),
            Self::Decimal { precision, scale } => format!("numeric({precision},{scale})"),
            Self::Real => "real".to_owned(),
            Self::Double => "double precision".to_owned(),
            Self::Boolean => "boolean".to_owned(),
            Self::Char(length) => format!("char({length})"),
            Self::Varchar(None) => "varchar".to_owned(),
            Self::Varchar(Some(length)) => format!("varchar({length})"),
            Self::Date => "date".to_owned(),
            Self::Timestamp => "timestamp".to_owned(),
            Self::TimestampTz => "timestamptz".to_owned(),
            Self::Super => "jsonb".to_owned(),
            Self::Varbyte(_) => "bytea".to_owned(),
        }
    }

    /// As a column has it, which needs a length.
    pub(crate) fn of_column(self) -> Self {
        match self {
            Self::Varchar(None) => Self::Varchar(Some(VARCHAR_BYTES_DEFAULT)),
            other => other,
        }
    }

    /// Digits and digits behind the point, where the type is an exact number.
    /// <https://docs.aws.amazon.com/redshift/latest/dg/r_numeric_computations201.html>
    pub(crate) fn digits(self) -> Option<(u64, u64)> {
        match self {
            Self::SmallInt => Some((5, 0)),
            Self::Integer => Some((10, 0)),
            Self::BigInt => Some((19, 0)),
            Self::Decimal { precision, scale } => Some((precision, scale)),
            _ => None,
        }
    }

    pub(crate) fn is_whole(self) -> bool {
        matches!(self, Self::SmallInt | Self::Integer | Self::BigInt)
    }

    pub(crate) fn is_float(self) -> bool {
        matches!(self, Self::Real | Self::Double)
    }

    pub(crate) fn is_text(self) -> bool {
        matches!(self, Self::Char(_) | Self::Varchar(_))
    }
}

fn decimal(info: ExactNumberInfo, place: Place) -> Result<Kind, Refusal> {
    let (precision, scale) = match info {
        ExactNumberInfo::None => (18, 0),
        ExactNumberInfo::Precision(precision) => (precision, 0),
        ExactNumberInfo::PrecisionAndScale(precision, scale) => {
            let scale = u64::try_from(scale);
            (
                precision,
                scale.map_err(|_| Refusal::not_redshift("a negative scale", place))?,
            )
        }
    };
    let fits = (1..=DECIMAL_PRECISION_MAX).contains(&precision);
    if !fits || scale > precision.min(DECIMAL_SCALE_MAX) {
        return Err(Refusal::not_redshift(
            format!("DECIMAL({precision},{scale})"),
            place,
        ));
    }
    Ok(Kind::Decimal { precision, scale })
}

fn bytes(length: Option<&CharacterLength>, max: u64, place: Place) -> Result<Option<u64>, Refusal> {
    match length {
        None => Ok(None),
        Some(CharacterLength::Max) => Ok(Some(max)),
        Some(CharacterLength::IntegerLength { length, unit: None }) if (1..=max).contains(length) => {
            Ok(Some(*length))
        }
        Some(CharacterLength::IntegerLength { length, unit }) => {
            let unit = unit.map(|unit| format!(" {unit}")).unwrap_or_default();
            Err(Refusal::not_redshift(
                format!("a length of {length}{unit}"),
                place,
            ))
        }
    }
}

/// The types that sqlparser has no word for.
fn custom(name: &str, modifiers: &[TypeModifier], place: Place) -> Result<Kind, Refusal> {
    match (&*name.to_uppercase(), modifiers) {
        ("SUPER", []) => Ok(Kind::Super),
        ("VARBYTE", []) => Ok(Kind::Varbyte(None)),
        ("VARBYTE", [TypeModifier::Number(length, false)]) => match length.parse() {
            Ok(length) if (1..=VARBYTE_BYTES_MAX).contains(&length) => Ok(Kind::Varbyte(Some(length))),
            _ => Err(Refusal::not_redshift(format!("a length of {length}"), place)),
        },
        ("SERIAL" | "BIGSERIAL" | "SMALLSERIAL", _) => {
            Err(Refusal::not_redshift(format!("the type {name}"), place))
        }
        _ => Err(Refusal::not_listed(format!("the type {name}"), place)),
    }
}

fn unlisted(data_type: &DataType, place: Place) -> Refusal {
    match data_type {
        DataType::Text => {
            Refusal::not_listed("the type TEXT, 256 bytes in Redshift: write VARCHAR(n)", place)
        }
        DataType::Array(_)
        | DataType::JSON
        | DataType::JSONB
        | DataType::Uuid
        | DataType::Bytea
        | DataType::Bit(_)
        | DataType::BitVarying(_)
        | DataType::TsVector
        | DataType::TsQuery
        | DataType::Regclass => Refusal::not_redshift(format!("the type {data_type}"), place),
        _ => Refusal::not_listed(format!("the type {data_type}"), place),
    }
}
