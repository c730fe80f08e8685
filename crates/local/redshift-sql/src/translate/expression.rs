//! Expressions.

use sqlparser::ast::{
    BinaryOperator, CaseWhen, CeilFloorKind, DateTimeField, Expr, InTarget, Interval, TrimWhereField,
    TypedString, UnaryOperator, Value, ValueWithSpan,
};

use super::{Rank, Sql, Translator, texts};
use crate::data_type::Kind;
use crate::forms::{PARTS, UNITS, unit};
use crate::name::literal;
use crate::refusal::Refusal;

const BOOLEAN: Option<Kind> = Some(Kind::Boolean);
const TEXT: Option<Kind> = Some(Kind::Varchar(None));
const INTEGER: Option<Kind> = Some(Kind::Integer);

impl Translator {
    /// An expression of the list.
    pub(crate) fn expression(&mut self, expr: &Expr) -> Result<Sql, Refusal> {
        self.deeper(|this| this.expression_here(expr))
    }

    fn expression_here(&mut self, expr: &Expr) -> Result<Sql, Refusal> {
        match expr {
            Expr::Identifier(ident) => self.identifier(ident),
            Expr::CompoundIdentifier(parts) => self.compound(parts),
            Expr::CompoundFieldAccess { root, access_chain } => self.access(root, access_chain),
            Expr::JsonAccess { value, path } => self.json_access(value, path),
            Expr::Value(value) => self.value(value),
            Expr::Nested(inner) => self.expression(inner),
            Expr::IsNull(value) => self.tested(value, "IS NULL"),
            Expr::IsNotNull(value) => self.tested(value, "IS NOT NULL"),
            Expr::IsTrue(value) => self.tested_truth(value, "IS TRUE"),
            Expr::IsNotTrue(value) => self.tested_truth(value, "IS NOT TRUE"),
            Expr::IsFalse(value) => self.tested_truth(value, "IS FALSE"),
            Expr::IsNotFalse(value) => self.tested_truth(value, "IS NOT FALSE"),
            Expr::IsUnknown(value) => self.tested_truth(value, "IS UNKNOWN"),
            Expr::IsNotUnknown(value) => self.tested_truth(value, "IS NOT UNKNOWN"),
            Expr::In {
                expr,
                target,
                negated,
                global: false,
            } => self.is_in(expr, target, *negated),
            Expr::Between {
                expr,
                negated,
                low,
                high,
            } => self.between(expr, *negated, low, high),
            Expr::BinaryOp { left, op, right } => self.binary(left, op, right),
            Expr::UnaryOp { op, expr } => self.unary(*op, expr),
            Expr::Like {
                negated,
                any: false,
                expr,
                pattern,
                escape_char,
            } => self.like("LIKE", *negated, expr, pattern, escape_char.as_deref()),
            Expr::ILike {
                negated,
                any: false,
                expr,
                pattern,
                escape_char,
            } => self.like("ILIKE", *negated, expr, pattern, escape_char.as_deref()),
            Expr::Cast {
                kind,
                expr,
                data_type,
                format,
            } => self.cast(kind, expr, data_type, format.as_ref()),
            Expr::Extract { field, expr, .. } => self.extract(field, expr),
            Expr::Ceil { expr, field } => self.rounded("ceil", expr, field),
            Expr::Floor { expr, field } => self.rounded("floor", expr, field),
            Expr::Position { expr, r#in } => self.position(expr, r#in),
            Expr::Substring {
                expr,
                substring_from,
                substring_for,
                ..
            } => self.substring(expr, substring_from.as_deref(), substring_for.as_deref()),
            Expr::Trim {
                trim_where,
                trim_what,
                expr,
                trim_characters: None,
            } => self.trim(trim_where.as_ref(), trim_what.as_deref(), expr),
            Expr::TypedString(typed) => self.typed_string(typed),
            Expr::Interval(interval) => self.interval(interval),
            Expr::Function(function) => self.function(function),
            Expr::Case {
                operand,
                conditions,
                else_result,
                ..
            } => self.case(operand.as_deref(), conditions, else_result.as_deref()),
            Expr::Exists { subquery, negated } => {
                let query = self.subquery(subquery)?.sql;
                Ok(Sql::closed(format!("{}EXISTS ({query})", not(*negated)), BOOLEAN))
            }
            Expr::Subquery(subquery) => {
                let query = self.subquery(subquery)?;
                Ok(Sql::closed(format!("({})", query.sql), query.only_kind()))
            }
            Expr::In { global: true, .. }
            | Expr::Like { any: true, .. }
            | Expr::ILike { any: true, .. }
            | Expr::Trim {
                trim_characters: Some(_),
                ..
            }
            | Expr::IsJson { .. }
            | Expr::IsNormalized { .. }
            | Expr::IsDistinctFrom(..)
            | Expr::IsNotDistinctFrom(..)
            | Expr::Array(_)
            | Expr::Overlay { .. }
            | Expr::AnyOp { .. }
            | Expr::AllOp { .. }
            | Expr::RLike { .. }
            | Expr::MemberOf(_)
            | Expr::MatchAgainst { .. }
            | Expr::Lambda(_)
            | Expr::Map(_)
            | Expr::Dictionary(_)
            | Expr::Struct { .. }
            | Expr::Named { .. }
            | Expr::SimilarTo { .. }
            | Expr::Convert { .. }
            | Expr::AtTimeZone { .. }
            | Expr::Collate { .. }
            | Expr::Prefixed { .. }
            | Expr::GroupingSets(_)
            | Expr::Cube(_)
            | Expr::Rollup(_)
            | Expr::Tuple(_)
            | Expr::Wildcard(_)
            | Expr::QualifiedWildcard(..)
            | Expr::OuterJoin(_)
            | Expr::Prior(_) => Err(self.unlisted(expr)),
        }
    }

    /// Says which form it is, and whether Redshift has it.
    fn unlisted(&self, expr: &Expr) -> Refusal {
        match expr {
            Expr::IsDistinctFrom(..) | Expr::IsNotDistinctFrom(..) => {
                self.not_redshift("IS DISTINCT FROM", expr)
            }
            Expr::Array(_) => self.not_redshift("an array", expr),
            Expr::AnyOp { .. } | Expr::AllOp { .. } => self.not_redshift("ANY or ALL", expr),
            Expr::IsJson { .. } => self.not_redshift("IS JSON", expr),
            Expr::IsNormalized { .. } => self.not_redshift("IS NORMALIZED", expr),
            Expr::Overlay { .. } => self.not_redshift("OVERLAY", expr),
            Expr::Wildcard(_) | Expr::QualifiedWildcard(..) => self.not_redshift("* here", expr),
            Expr::SimilarTo { .. } => self.not_listed("SIMILAR TO", expr),
            Expr::Convert { .. } => self.not_listed("CONVERT: write CAST", expr),
            Expr::AtTimeZone { .. } => self.not_listed("AT TIME ZONE", expr),
            Expr::Collate { .. } => self.not_listed("COLLATE", expr),
            Expr::Prefixed { .. } => self.not_listed("a literal with a prefix", expr),
            Expr::GroupingSets(_) | Expr::Cube(_) | Expr::Rollup(_) => {
                self.not_listed("GROUPING SETS, CUBE or ROLLUP", expr)
            }
            Expr::Tuple(_) => self.not_listed("a row of values", expr),
            Expr::OuterJoin(_) => self.not_listed("the join operator (+)", expr),
            Expr::Prior(_) => self.not_listed("CONNECT BY", expr),
            _ => self.not_redshift("this expression of another dialect", expr),
        }
    }

    /// An expression that Redshift would not choose a type for at run time.
    pub(super) fn scalar(&mut self, expr: &Expr) -> Result<Sql, Refusal> {
        let value = self.expression(expr)?;
        self.typed(&value, expr)?;
        Ok(value)
    }

    fn value(&self, value: &ValueWithSpan) -> Result<Sql, Refusal> {
        match &value.value {
            Value::Number(number, false) => Ok(Sql::closed(number.clone(), number_kind(number))),
            Value::SingleQuotedString(text) if text.contains('\0') => {
                Err(self.not_listed("a string with the character NUL", value))
            }
            Value::SingleQuotedString(text) => Ok(Sql::closed(literal(text), TEXT)),
            Value::Boolean(truth) => Ok(Sql::closed(truth.to_string(), BOOLEAN)),
            Value::Null => Ok(Sql::closed("NULL", None)),
            Value::Placeholder(_) => {
                Err(self.not_redshift("a parameter by number: the Data API's have names", value))
            }
            _ => Err(self.not_listed("this literal", value)),
        }
    }

    /// NULL tests are for SUPER values too: a path that leads nowhere is NULL, and so is JSON's null.
    fn tested(&mut self, expr: &Expr, test: &str) -> Result<Sql, Refusal> {
        let value = self.expression(expr)?;
        Ok(Sql::test(format!("{} {test}", value.tested())))
    }

    fn tested_truth(&mut self, expr: &Expr, test: &str) -> Result<Sql, Refusal> {
        let value = self.scalar(expr)?;
        Ok(Sql::test(format!("{} {test}", value.tested())))
    }

    fn is_in(&mut self, expr: &Expr, target: &InTarget, negated: bool) -> Result<Sql, Refusal> {
        let value = self.scalar(expr)?.tested();
        let list = match target {
            InTarget::List(list) => {
                let list: Result<Vec<_>, _> = list.iter().map(|each| self.scalar(each)).collect();
                texts(list?)
            }
            InTarget::Subquery(query) => self.subquery(query)?.sql,
            InTarget::Unnest(_) => return Err(self.not_redshift("IN UNNEST", expr)),
            InTarget::Table { .. } => return Err(self.not_redshift("IN a table", expr)),
        };
        Ok(Sql::test(format!("{value} {}IN ({list})", not(negated))))
    }

    fn between(&mut self, expr: &Expr, negated: bool, low: &Expr, high: &Expr) -> Result<Sql, Refusal> {
        let (value, low, high) = (self.scalar(expr)?, self.scalar(low)?, self.scalar(high)?);
        let text = format!(
            "{} {}BETWEEN {} AND {}",
            value.tested(),
            not(negated),
            low.tested(),
            high.tested()
        );
        Ok(Sql::test(text))
    }

    fn binary(&mut self, left: &Expr, op: &BinaryOperator, right: &Expr) -> Result<Sql, Refusal> {
        match op {
            BinaryOperator::And | BinaryOperator::Or => self.joined(left, op, right, BOOLEAN, Rank::Logic),
            BinaryOperator::StringConcat => self.joined(left, op, right, TEXT, Rank::Arithmetic),
            BinaryOperator::Plus
            | BinaryOperator::Minus
            | BinaryOperator::Multiply
            | BinaryOperator::Divide
            | BinaryOperator::Modulo => self.arithmetic(left, op, right),
            BinaryOperator::Gt
            | BinaryOperator::Lt
            | BinaryOperator::GtEq
            | BinaryOperator::LtEq
            | BinaryOperator::Eq
            | BinaryOperator::NotEq => {
                let (a, b) = (self.scalar(left)?, self.scalar(right)?);
                Ok(Sql::test(format!("{} {op} {}", a.tested(), b.tested())))
            }
            other => Err(self.unlisted_operator(other, left)),
        }
    }

    /// A chain of one operator that is the same from either end needs no brackets.
    fn joined(
        &mut self,
        left: &Expr,
        op: &BinaryOperator,
        right: &Expr,
        kind: Option<Kind>,
        rank: Rank,
    ) -> Result<Sql, Refusal> {
        let same = matches!(left, Expr::BinaryOp { op: inner, .. } if inner == op);
        let (a, b) = (self.scalar(left)?, self.scalar(right)?);
        let a = if same { a.text } else { a.within(rank) };
        Ok(Sql::new(format!("{a} {op} {}", b.within(rank)), kind, rank))
    }

    fn unlisted_operator(&self, op: &BinaryOperator, left: &Expr) -> Refusal {
        match op {
            BinaryOperator::PGRegexMatch
            | BinaryOperator::PGRegexIMatch
            | BinaryOperator::PGRegexNotMatch
            | BinaryOperator::PGRegexNotIMatch
            | BinaryOperator::PGLikeMatch
            | BinaryOperator::PGILikeMatch
            | BinaryOperator::PGNotLikeMatch
            | BinaryOperator::PGNotILikeMatch
            | BinaryOperator::BitwiseAnd
            | BinaryOperator::BitwiseOr
            | BinaryOperator::BitwiseXor
            | BinaryOperator::PGBitwiseXor
            | BinaryOperator::PGBitwiseShiftLeft
            | BinaryOperator::PGBitwiseShiftRight
            | BinaryOperator::PGExp
            | BinaryOperator::Overlaps => self.not_listed(format!("the operator {op}"), left),
            other => self.not_redshift(format!("the operator {other}"), left),
        }
    }

    fn unary(&mut self, op: UnaryOperator, expr: &Expr) -> Result<Sql, Refusal> {
        let value = self.scalar(expr)?;
        match op {
            UnaryOperator::Minus => Ok(Sql::arithmetic(format!("- {}", value.operand()), value.kind)),
            UnaryOperator::Plus => Ok(value),
            UnaryOperator::Not => Ok(Sql::test(format!("NOT {}", value.operand()))),
            other => Err(self.not_listed(format!("the operator {other}"), expr)),
        }
    }

    fn like(
        &mut self,
        op: &str,
        negated: bool,
        expr: &Expr,
        pattern: &Expr,
        escape: Option<&Expr>,
    ) -> Result<Sql, Refusal> {
        let (value, pattern) = (self.scalar(expr)?, self.scalar(pattern)?);
        let escape = match escape {
            None => String::new(),
            Some(escape) => format!(" ESCAPE {}", self.scalar(escape)?.operand()),
        };
        let text = format!(
            "{} {}{op} {}{escape}",
            value.tested(),
            not(negated),
            pattern.tested()
        );
        Ok(Sql::test(text))
    }

    fn extract(&mut self, field: &DateTimeField, expr: &Expr) -> Result<Sql, Refusal> {
        let field = field.to_string();
        let name = field.trim_matches('\'');
        let Some(part) = unit(name, PARTS) else {
            return Err(self.not_listed(format!("EXTRACT of {name}"), expr));
        };
        let value = self.scalar(expr)?;
        Ok(date_part(part, &value))
    }

    fn rounded(&mut self, function: &str, expr: &Expr, field: &CeilFloorKind) -> Result<Sql, Refusal> {
        if *field != CeilFloorKind::DateTimeField(DateTimeField::NoDateTime) {
            return Err(self.not_redshift(format!("{function} to a field"), expr));
        }
        let value = self.scalar(expr)?;
        Ok(Sql::closed(format!("{function}({})", value.text), None))
    }

    fn position(&mut self, part: &Expr, whole: &Expr) -> Result<Sql, Refusal> {
        let (part, whole) = (self.scalar(part)?, self.scalar(whole)?);
        Ok(Sql::closed(
            format!("strpos({}, {})", whole.text, part.text),
            INTEGER,
        ))
    }

    fn substring(&mut self, expr: &Expr, from: Option<&Expr>, length: Option<&Expr>) -> Result<Sql, Refusal> {
        let Some(from) = from else {
            return Err(self.not_redshift("SUBSTRING without a beginning", expr));
        };
        let mut arguments = vec![self.scalar(expr)?, self.scalar(from)?];
        if let Some(length) = length {
            arguments.push(self.scalar(length)?);
        }
        Ok(Sql::closed(format!("substr({})", texts(arguments)), TEXT))
    }

    fn trim(
        &mut self,
        side: Option<&TrimWhereField>,
        what: Option<&Expr>,
        expr: &Expr,
    ) -> Result<Sql, Refusal> {
        let function = match side {
            None | Some(TrimWhereField::Both) => "btrim",
            Some(TrimWhereField::Leading) => "ltrim",
            Some(TrimWhereField::Trailing) => "rtrim",
        };
        let mut arguments = vec![self.scalar(expr)?];
        if let Some(what) = what {
            arguments.push(self.scalar(what)?);
        }
        Ok(Sql::closed(format!("{function}({})", texts(arguments)), TEXT))
    }

    /// `DATE '2025-03-01'`.
    fn typed_string(&mut self, typed: &TypedString) -> Result<Sql, Refusal> {
        let kind = Kind::read(&typed.data_type, self.place(&typed.value))?;
        let word = match kind {
            Kind::Date => "DATE",
            Kind::Timestamp => "TIMESTAMP",
            Kind::TimestampTz => "TIMESTAMPTZ",
            _ => return Err(self.not_listed("a literal of this type: write CAST", &typed.value)),
        };
        let value = self.value(&typed.value)?;
        Ok(Sql::closed(format!("{word} {}", value.text), Some(kind)))
    }

    /// `INTERVAL '7 days'`, `INTERVAL '7' DAY`: a number and a unit.
    fn interval(&mut self, interval: &Interval) -> Result<Sql, Refusal> {
        let Interval {
            value,
            leading_field,
            leading_precision: None,
            last_field: None,
            fractional_seconds_precision: None,
        } = interval
        else {
            return Err(self.not_listed("an interval of several fields", &*interval.value));
        };
        let text = match &**value {
            Expr::Value(ValueWithSpan {
                value: Value::SingleQuotedString(text),
                ..
            }) => text.clone(),
            other => return Err(self.not_redshift("an interval that is no string", other)),
        };
        let field = leading_field.as_ref().map(ToString::to_string);
        let words: Vec<&str> = text.split_whitespace().chain(field.as_deref()).collect();
        match words.as_slice() {
            [number, name] if number.parse::<i64>().is_ok() => match unit(name, UNITS) {
                // PostgreSQL has no quarters in an interval.
                Some("quarter") | None => Err(self.not_listed("an interval of this unit", &**value)),
                Some(unit) => Ok(Sql::closed(format!("INTERVAL '{number} {unit}'"), None)),
            },
            _ => Err(self.not_listed("an interval that is not a whole number and a unit", &**value)),
        }
    }

    fn case(
        &mut self,
        operand: Option<&Expr>,
        conditions: &[CaseWhen],
        otherwise: Option<&Expr>,
    ) -> Result<Sql, Refusal> {
        let mut text = "CASE".to_owned();
        let mut results = Vec::new();
        if let Some(operand) = operand {
            text.push_str(&format!(" {}", self.scalar(operand)?.operand()));
        }
        for CaseWhen { condition, result } in conditions {
            let (condition, result) = (self.scalar(condition)?, self.expression(result)?);
            text.push_str(&format!(" WHEN {} THEN {}", condition.text, result.text));
            results.push(result);
        }
        if let Some(otherwise) = otherwise {
            let result = self.expression(otherwise)?;
            text.push_str(&format!(" ELSE {}", result.text));
            results.push(result);
        }
        text.push_str(" END");
        Ok(Sql::closed(text, common(&results)))
    }
}

/// A part of a time, without the fraction that PostgreSQL's has.
pub(super) fn date_part(part: &str, value: &Sql) -> Sql {
    let kind = if part == "epoch" {
        Kind::BigInt
    } else {
        Kind::Integer
    };
    let text = format!(
        "redshift.date_part('{part}', {}::timestamp)::{}",
        value.operand(),
        kind.rendered()
    );
    Sql::closed(text, Some(kind))
}

/// The type of all that are no NULL, if it is one.
pub(super) fn common(values: &[Sql]) -> Option<Kind> {
    let mut kinds = values
        .iter()
        .filter(|value| value.text != "NULL")
        .map(|value| value.kind);
    let first = kinds.next()?;
    kinds.all(|kind| kind == first).then_some(first)?
}

pub(super) fn not(negated: bool) -> &'static str {
    if negated { "NOT " } else { "" }
}

fn number_kind(number: &str) -> Option<Kind> {
    if number.contains(['e', 'E']) {
        return None;
    }
    match number.split_once('.') {
        None if number.parse::<i32>().is_ok() => Some(Kind::Integer),
        None if number.parse::<i64>().is_ok() => Some(Kind::BigInt),
        None => Some(Kind::Decimal {
            precision: number.len() as u64,
            scale: 0,
        }),
        Some((whole, fraction)) => {
            let scale = fraction.len() as u64;
            let whole = whole.trim_start_matches('0').len() as u64;
            Some(Kind::Decimal {
                precision: (whole + scale).max(1),
                scale,
            })
        }
    }
}
