//! Functions that are rewritten argument by argument.

use sqlparser::ast::{Expr, Value, ValueWithSpan};

use super::expression::{common, date_part};
use super::function::{Call, answer};
use super::{Sql, Translator, texts};
use crate::data_type::Kind;
use crate::forms::{FORMAT_MARKS, FORMATS, PARTS, Rewrite, UNITS, unit};
use crate::refusal::Refusal;

impl Translator {
    pub(super) fn rewritten(&mut self, call: &Call<'_>, rewrite: Rewrite) -> Result<Sql, Refusal> {
        let kind = answer(call.form.answers, &[]);
        let text = match rewrite {
            Rewrite::DateAdd | Rewrite::DateDiff | Rewrite::DatePart | Rewrite::DateTrunc => {
                return self.of_dates(call, rewrite);
            }
            Rewrite::Average => return self.average(call),
            Rewrite::Decode => return self.decode(call),
            Rewrite::Nvl2 => return self.nvl2(call),
            Rewrite::CharIndex => {
                let arguments = self.arguments(call)?;
                let reversed = arguments.into_iter().rev().collect();
                format!("strpos({})", texts(reversed))
            }
            Rewrite::LastDay => {
                let arguments = self.arguments(call)?;
                format!("redshift.last_day({}::timestamp)", operands(&arguments))
            }
            Rewrite::FromVarbyte | Rewrite::ToVarbyte => return self.of_bytes(call, rewrite),
            Rewrite::ListAgg => return self.list(call),
            Rewrite::RatioToReport => {
                return Err(self.not_redshift("ratio_to_report without OVER", call.whole));
            }
            Rewrite::Sha2 => self.sha2(call)?,
            Rewrite::ToChar => self.formatted(call)?,
        };
        Ok(Sql::closed(text, kind))
    }

    fn of_dates(&mut self, call: &Call<'_>, rewrite: Rewrite) -> Result<Sql, Refusal> {
        let name = call.form.name;
        let Some((first, rest)) = call.arguments.split_first() else {
            return Err(self.not_listed(format!("{name} without its unit"), call.whole));
        };
        let known = if rewrite == Rewrite::DatePart {
            PARTS
        } else {
            UNITS
        };
        let unit = unit_name(first).and_then(|name| unit(&name, known));
        // Whether a week begins on Sunday or on Monday is not documented for DATEDIFF.
        let unit = unit.filter(|unit| (rewrite, *unit) != (Rewrite::DateDiff, "week"));
        let Some(unit) = unit else {
            return Err(self.not_listed(format!("this unit of {name}"), *first));
        };
        let values: Result<Vec<Sql>, Refusal> = rest.iter().map(|each| self.scalar(each)).collect();
        let values = values?;
        let kind = answer(call.form.answers, &[]);
        let text = match (rewrite, values.as_slice()) {
            (Rewrite::DatePart, [value]) => return Ok(date_part(unit, value)),
            (Rewrite::DateTrunc, [value]) => format!("date_trunc('{unit}', {}::timestamp)", value.operand()),
            (Rewrite::DateAdd, [number, value]) => {
                format!(
                    "redshift.dateadd('{unit}', {}, {}::timestamp)",
                    number.text,
                    value.operand()
                )
            }
            (_, [from, to]) => {
                format!(
                    "redshift.datediff('{unit}', {}::timestamp, {}::timestamp)",
                    from.operand(),
                    to.operand()
                )
            }
            _ => return Err(self.not_listed(format!("this form of {name}"), call.whole)),
        };
        Ok(Sql::closed(text, kind))
    }

    /// Redshift cuts the mean of whole numbers and of decimals in ways that are its own.
    /// <https://docs.aws.amazon.com/redshift/latest/dg/r_AVG.html>
    pub(super) fn average(&mut self, call: &Call<'_>) -> Result<Sql, Refusal> {
        let arguments = self.arguments(call)?;
        if !arguments.iter().all(|each| each.kind.is_some_and(Kind::is_float)) {
            let what = "AVG of what is not seen to be a float: cast it to DOUBLE PRECISION";
            return Err(self.not_listed(what, call.whole));
        }
        let distinct = if call.distinct { "DISTINCT " } else { "" };
        Ok(Sql::closed(
            format!("avg({distinct}{})", texts(arguments)),
            Some(Kind::Double),
        ))
    }

    /// NULL is equal to NULL here.
    /// <https://docs.aws.amazon.com/redshift/latest/dg/r_DECODE_expression.html>
    fn decode(&mut self, call: &Call<'_>) -> Result<Sql, Refusal> {
        let arguments = self.arguments(call)?;
        let Some((value, rest)) = arguments.split_first() else {
            return Err(self.not_listed("DECODE of nothing", call.whole));
        };
        let mut results = Vec::new();
        let mut text = "CASE".to_owned();
        let mut pairs = rest.chunks_exact(2);
        for pair in &mut pairs {
            if let [search, result] = pair {
                let same = format!("{} IS NOT DISTINCT FROM {}", value.operand(), search.operand());
                text.push_str(&format!(" WHEN {same} THEN {}", result.text));
                results.push(result.clone());
            }
        }
        if let [otherwise] = pairs.remainder() {
            text.push_str(&format!(" ELSE {}", otherwise.text));
            results.push(otherwise.clone());
        }
        Ok(Sql::closed(format!("{text} END"), common(&results)))
    }

    fn nvl2(&mut self, call: &Call<'_>) -> Result<Sql, Refusal> {
        let arguments = self.arguments(call)?;
        let [value, some, none] = arguments.as_slice() else {
            return Err(self.not_listed("this form of NVL2", call.whole));
        };
        let kind = common(&[some.clone(), none.clone()]);
        let text = format!(
            "CASE WHEN {} IS NOT NULL THEN {} ELSE {} END",
            value.operand(),
            some.text,
            none.text
        );
        Ok(Sql::closed(text, kind))
    }

    fn of_bytes(&mut self, call: &Call<'_>, rewrite: Rewrite) -> Result<Sql, Refusal> {
        let [value, format] = call.arguments.as_slice() else {
            return Err(self.not_listed(format!("this form of {}", call.form.name), call.whole));
        };
        let value = self.scalar(value)?.text;
        let text = match (rewrite, string(format).map(str::to_lowercase).as_deref()) {
            (Rewrite::FromVarbyte, Some("utf8" | "utf-8")) => format!("convert_from({value}, 'UTF8')"),
            (Rewrite::FromVarbyte, Some("hex")) => format!("encode({value}, 'hex')"),
            (Rewrite::ToVarbyte, Some("utf8" | "utf-8")) => format!("convert_to({value}, 'UTF8')"),
            (Rewrite::ToVarbyte, Some("hex")) => format!("decode({value}, 'hex')"),
            _ => return Err(self.not_listed(format!("this format of {}", call.form.name), *format)),
        };
        Ok(Sql::closed(text, answer(call.form.answers, &[])))
    }

    fn list(&mut self, call: &Call<'_>) -> Result<Sql, Refusal> {
        let arguments = self.arguments(call)?;
        let (value, separator) = match arguments.as_slice() {
            [value] => (value, "''"),
            [value, separator] => (value, separator.text.as_str()),
            _ => return Err(self.not_listed("this form of LISTAGG", call.whole)),
        };
        let distinct = if call.distinct { "DISTINCT " } else { "" };
        let order = self.order_by(call.within_group)?;
        let listed = format!("{}::text", value.operand());
        if call.distinct && !order.is_empty() && order != format!(" ORDER BY {}", value.text) {
            let what = "LISTAGG(DISTINCT …) in another order than that of its values";
            return Err(self.not_listed(what, call.whole));
        }
        // PostgreSQL wants to see the very expression again.
        let order = if call.distinct && !order.is_empty() {
            format!(" ORDER BY {listed}")
        } else {
            order
        };
        let text = format!("string_agg({distinct}{listed}, {separator}{order})");
        Ok(Sql::closed(text, Some(Kind::Varchar(None))))
    }

    fn sha2(&mut self, call: &Call<'_>) -> Result<String, Refusal> {
        let [value, bits] = call.arguments.as_slice() else {
            return Err(self.not_listed("this form of SHA2", call.whole));
        };
        let function = match number(bits) {
            Some("256") => "sha256",
            Some("512") => "sha512",
            _ => return Err(self.not_listed("SHA2 of these bits", *bits)),
        };
        let value = self.scalar(value)?.text;
        Ok(format!("encode({function}(convert_to({value}, 'UTF8')), 'hex')"))
    }

    /// Only formats that both sides read alike.
    fn formatted(&mut self, call: &Call<'_>) -> Result<String, Refusal> {
        let [value, format] = call.arguments.as_slice() else {
            return Err(self.not_listed("this form of TO_CHAR", call.whole));
        };
        let known = string(format).filter(|format| is_format(format));
        let Some(known) = known else {
            return Err(self.not_listed("this format of TO_CHAR", *format));
        };
        let value = self.scalar(value)?.operand();
        Ok(format!("to_char({value}::timestamp, '{known}')"))
    }
}

fn operands(values: &[Sql]) -> String {
    super::commas(values.iter().map(Sql::operand))
}

/// A unit is written as a name or as a string.
fn unit_name(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Identifier(ident) => Some(ident.value.clone()),
        other => string(other).map(str::to_owned),
    }
}

fn string(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Value(ValueWithSpan {
            value: Value::SingleQuotedString(text),
            ..
        }) => Some(text),
        _ => None,
    }
}

fn number(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Value(ValueWithSpan {
            value: Value::Number(number, false),
            ..
        }) => Some(number),
        _ => None,
    }
}

fn is_format(format: &str) -> bool {
    let mut rest = format;
    while !rest.is_empty() {
        let part = FORMATS.iter().find_map(|part| rest.strip_prefix(part));
        match part.or_else(|| rest.strip_prefix(FORMAT_MARKS)) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    true
}
