//! `CAST`, `::` and `TRY_CAST`.
//!
//! <https://docs.aws.amazon.com/redshift/latest/dg/r_CAST_function.html>

use sqlparser::ast::{CastFormat, CastKind, DataType, Expr};

use super::{Sql, Translator};
use crate::data_type::Kind;
use crate::refusal::Refusal;

impl Translator {
    pub(super) fn cast(
        &mut self,
        kind: &CastKind,
        expr: &Expr,
        data_type: &DataType,
        format: Option<&CastFormat>,
    ) -> Result<Sql, Refusal> {
        if format.is_some() {
            return Err(self.not_redshift("CAST … FORMAT", expr));
        }
        let to = Kind::read(data_type, self.place(expr))?;
        let value = self.expression(expr)?;
        if value.text == "NULL" {
            return Ok(Sql::closed(format!("NULL::{}", to.rendered()), Some(to)));
        }
        match kind {
            CastKind::Cast | CastKind::DoubleColon if value.kind == Some(Kind::Super) => {
                self.super_cast(value.path.as_ref().unwrap_or(&value.text), to, expr)
            }
            CastKind::Cast | CastKind::DoubleColon => Ok(plain(&value, to)),
            CastKind::TryCast => self.tried(&value, to, expr),
            CastKind::SafeCast => Err(self.not_redshift("SAFE_CAST", expr)),
        }
    }

    /// A SUPER value of another type than the wanted one is NULL: casts are lax by default.
    /// <https://docs.aws.amazon.com/redshift/latest/dg/super-configurations.html>
    fn super_cast(&self, value: &str, to: Kind, expr: &Expr) -> Result<Sql, Refusal> {
        let text = match to {
            Kind::Varchar(None) => format!("redshift.text({value})"),
            Kind::Varchar(Some(_)) => return Ok(plain(&Sql::closed(value, None), to)),
            Kind::SmallInt => format!("redshift.whole({value}, -32768, 32767)::smallint"),
            Kind::Integer => format!("redshift.whole({value}, -2147483648, 2147483647)::integer"),
            Kind::BigInt => {
                format!("redshift.whole({value}, -9223372036854775808, 9223372036854775807)::bigint")
            }
            Kind::Decimal { precision, scale } => {
                format!("redshift.exact({value}, {precision}, {scale})::{}", to.rendered())
            }
            Kind::Double => format!("redshift.float({value})"),
            Kind::Boolean => format!("redshift.truth({value})"),
            Kind::Super => format!("redshift.value({value})"),
            Kind::Date | Kind::Timestamp | Kind::TimestampTz => {
                return Err(self.not_listed("a cast of SUPER to a time: cast to VARCHAR first", expr));
            }
            Kind::Real | Kind::Char(_) | Kind::Varbyte(_) => {
                return Err(self.not_listed(
                    "this cast of SUPER: cast to VARCHAR or DOUBLE PRECISION first",
                    expr,
                ));
            }
        };
        Ok(Sql::closed(text, Some(to)))
    }

    /// NULL where the text is none of the type.
    /// <https://docs.aws.amazon.com/redshift/latest/dg/r_TRY_CAST.html>
    fn tried(&self, value: &Sql, to: Kind, expr: &Expr) -> Result<Sql, Refusal> {
        if value.kind.is_some_and(|kind| !kind.is_text()) {
            return Err(self.not_listed("TRY_CAST of what is no VARCHAR", expr));
        }
        let text = as_text(value);
        let tried = match to {
            Kind::SmallInt => format!("redshift.try_whole({text}, -32768, 32767)::smallint"),
            Kind::Integer => format!("redshift.try_whole({text}, -2147483648, 2147483647)::integer"),
            Kind::BigInt => {
                format!("redshift.try_whole({text}, -9223372036854775808, 9223372036854775807)::bigint")
            }
            Kind::Decimal { precision, scale } => {
                format!(
                    "redshift.try_exact({text}, {precision}, {scale})::{}",
                    to.rendered()
                )
            }
            Kind::Date => format!("redshift.try_timestamp({text})::date"),
            Kind::Timestamp => format!("redshift.try_timestamp({text})"),
            _ => return Err(self.not_listed(format!("TRY_CAST to {}", to.rendered()), expr)),
        };
        Ok(Sql::closed(tried, Some(to)))
    }
}

/// A cast of what is no SUPER path.
fn plain(value: &Sql, to: Kind) -> Sql {
    let text = match to {
        Kind::Varchar(None) => format!("{}::varchar", text_operand(value)),
        // Redshift cuts a text to its bytes in a cast, PostgreSQL to its characters.
        Kind::Varchar(Some(length)) | Kind::Char(length) => {
            format!("redshift.cut({}, {length})::{}", as_text(value), to.rendered())
        }
        Kind::Varbyte(_) => format!("redshift.bytes({})", value.text),
        Kind::Super => format!("to_jsonb({})", known_text(value)),
        _ => format!("{}::{}", value.operand(), to.rendered()),
    };
    Sql::closed(text, Some(to))
}

/// Any value as a text. A column may be SUPER or VARBYTE, which `redshift.text` reads as Redshift does.
fn as_text(value: &Sql) -> String {
    match value.kind {
        None => format!("redshift.text({})", value.text),
        Some(kind) if kind.is_text() => value.text.clone(),
        Some(Kind::Varbyte(_)) => format!("redshift.text({})", value.text),
        Some(_) => format!("{}::text", value.operand()),
    }
}

fn text_operand(value: &Sql) -> String {
    match value.kind {
        Some(kind) if !matches!(kind, Kind::Varbyte(_)) => value.operand(),
        _ => as_text(value),
    }
}

/// PostgreSQL needs to be told that a literal is a text.
fn known_text(value: &Sql) -> String {
    match value.kind {
        Some(kind) if kind.is_text() => format!("{}::text", value.operand()),
        _ => value.text.clone(),
    }
}
