//! The types of arithmetic, and division, whose result depends on them.
//!
//! <https://docs.aws.amazon.com/redshift/latest/dg/r_numeric_computations201.html>

use sqlparser::ast::{BinaryOperator, Expr};

use super::{Sql, Translator};
use crate::data_type::{DECIMAL_PRECISION_MAX, DECIMAL_SCALE_MAX, Kind};
use crate::refusal::Refusal;

/// The fewest digits behind the point of a quotient of decimals.
const QUOTIENT_SCALE_MIN: u64 = 4;

impl Translator {
    pub(super) fn arithmetic(
        &mut self,
        left: &Expr,
        op: &BinaryOperator,
        right: &Expr,
    ) -> Result<Sql, Refusal> {
        let (a, b) = (self.expression(left)?, self.expression(right)?);
        self.typed(&a, left)?;
        self.typed(&b, right)?;
        if *op == BinaryOperator::Divide {
            return self.quotient(&a, &b, left);
        }
        let kind = match (a.kind, b.kind) {
            (Some(a), Some(b)) => combined(op, a, b),
            _ => None,
        };
        Ok(Sql::arithmetic(
            format!("{} {op} {}", a.operand(), b.operand()),
            kind,
        ))
    }

    /// PostgreSQL keeps other digits of a quotient of decimals than Redshift, so both types must be seen.
    fn quotient(&self, a: &Sql, b: &Sql, left: &Expr) -> Result<Sql, Refusal> {
        let (Some(kind_a), Some(kind_b)) = (a.kind, b.kind) else {
            let what = "a division of values whose types are not seen: cast both sides";
            return Err(self.not_listed(what, left));
        };
        let plain = format!("{} / {}", a.operand(), b.operand());
        if kind_a.is_float() || kind_b.is_float() {
            return Ok(Sql::arithmetic(plain, Some(Kind::Double)));
        }
        let (Some((p1, s1)), Some((p2, s2))) = (kind_a.digits(), kind_b.digits()) else {
            return Err(self.not_redshift("a division of what is no number", left));
        };
        if kind_a.is_whole() && kind_b.is_whole() {
            return Ok(Sql::arithmetic(plain, Some(wider(kind_a, kind_b))));
        }
        let scale = QUOTIENT_SCALE_MIN.max((s1 + p2 + 1).saturating_sub(s2));
        let precision = p1 - s1 + s2 + scale;
        if precision > DECIMAL_PRECISION_MAX || scale > DECIMAL_SCALE_MAX {
            let what = format!("a division with {precision} digits, over 38: cast to fewer digits first");
            return Err(self.not_listed(what, left));
        }
        let divide = format!("redshift.divide({}, {}, {scale})", a.text, b.text);
        Ok(Sql::closed(divide, Some(Kind::Decimal { precision, scale })))
    }
}

fn combined(op: &BinaryOperator, a: Kind, b: Kind) -> Option<Kind> {
    if a.is_float() || b.is_float() {
        return Some(Kind::Double);
    }
    if a.is_whole() && b.is_whole() {
        return Some(wider(a, b));
    }
    let ((p1, s1), (p2, s2)) = (a.digits()?, b.digits()?);
    let (precision, scale) = match op {
        BinaryOperator::Plus | BinaryOperator::Minus => {
            let scale = s1.max(s2);
            ((p1 - s1).max(p2 - s2) + 1 + scale, scale)
        }
        BinaryOperator::Multiply => (p1 + p2 + 1, s1 + s2),
        _ => return None,
    };
    let kind = Kind::Decimal {
        precision: precision.min(DECIMAL_PRECISION_MAX),
        scale,
    };
    Some(kind).filter(|_| scale <= DECIMAL_SCALE_MAX)
}

fn wider(a: Kind, b: Kind) -> Kind {
    let rank = |kind: Kind| kind.digits();
    if rank(a) >= rank(b) { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn decimal(precision: u64, scale: u64) -> Kind {
        Kind::Decimal { precision, scale }
    }

    #[test]
    fn a_result_has_the_digits_that_redshift_documents() {
        use BinaryOperator::{Multiply, Plus};
        for (op, a, b, expected) in [
            (Plus, decimal(8, 2), decimal(8, 2), decimal(9, 2)),
            (Plus, decimal(8, 4), Kind::Integer, decimal(15, 4)),
            (Multiply, decimal(8, 2), decimal(8, 2), decimal(17, 4)),
            (Multiply, decimal(30, 2), decimal(30, 2), decimal(38, 4)),
            (Multiply, Kind::SmallInt, Kind::BigInt, Kind::BigInt),
            (Plus, Kind::Real, decimal(8, 2), Kind::Double),
        ] {
            assert_eq!(combined(&op, a, b), Some(expected), "{a:?} {op} {b:?}");
        }
    }
}
