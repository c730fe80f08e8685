//! Queries: WITH, set operations, ORDER BY and LIMIT around SELECT.

use sqlparser::ast::{
    CteAsMaterialized, Expr, LimitClause, Offset, OrderBy, OrderByExpr, OrderByKind, OrderByOptions,
    OrderBySort, Query, SetExpr, SetOperator, SetQuantifier, Value, ValueWithSpan, Values, With,
};

use super::scope::Column;
use super::{Sql, Translator, commas, texts};
use crate::data_type::Kind;
use crate::name::quoted;
use crate::refusal::Refusal;

/// A query for PostgreSQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Translated {
    pub(crate) sql: String,
    /// What is known of its columns: nothing where a `*` over a table is among them.
    pub(crate) columns: Option<Vec<Column>>,
}

impl Translated {
    /// The type of a query that answers with one column.
    pub(super) fn only_kind(&self) -> Option<Kind> {
        match self.columns.as_deref() {
            Some([only]) => only.kind,
            _ => None,
        }
    }
}

impl Translator {
    /// A query of the list.
    pub(crate) fn query(&mut self, query: &Query) -> Result<Translated, Refusal> {
        let known = self.scopes.queries_len();
        let aliases = std::mem::take(&mut self.aliases);
        let done = self.deeper(|this| this.query_here(query));
        self.scopes.forget_queries(known);
        self.aliases = aliases;
        done
    }

    /// A query inside a statement.
    pub(super) fn subquery(&mut self, query: &Query) -> Result<Translated, Refusal> {
        if self.stream.is_some() {
            return Err(self.not_redshift("a subquery in a streaming view", query));
        }
        self.query(query)
    }

    fn query_here(&mut self, query: &Query) -> Result<Translated, Refusal> {
        let Query {
            with,
            body,
            order_by,
            limit_clause,
            fetch: None,
            locks,
            for_clause: None,
            settings: None,
            format_clause: None,
            pipe_operators,
        } = query
        else {
            return Err(self.not_redshift("FETCH, FOR, SETTINGS or FORMAT after a query", query));
        };
        if !locks.is_empty() || !pipe_operators.is_empty() {
            return Err(self.not_redshift("FOR UPDATE or pipes after a query", query));
        }
        let is_streaming = self.stream.is_some();
        if is_streaming && (with.is_some() || order_by.is_some() || limit_clause.is_some()) {
            return Err(self.not_redshift("WITH, ORDER BY or LIMIT in a streaming view", query));
        }
        let with = with
            .as_ref()
            .map(|with| self.with(with))
            .transpose()?
            .unwrap_or_default();
        let body = self.body(body, order_by.as_ref())?;
        let limit = limit_clause
            .as_ref()
            .map(|limit| self.limit(limit))
            .transpose()?
            .unwrap_or_default();
        Ok(Translated {
            sql: format!("{with}{}{limit}", body.sql),
            columns: body.columns,
        })
    }

    fn with(&mut self, with: &With) -> Result<String, Refusal> {
        if with.recursive {
            return Err(self.not_listed("WITH RECURSIVE", with));
        }
        let mut texts = Vec::new();
        for cte in &with.cte_tables {
            if cte.from.is_some() || cte.materialized.is_some() {
                let how = cte
                    .materialized
                    .as_ref()
                    .map(CteAsMaterialized::to_string)
                    .unwrap_or_default();
                return Err(self.not_redshift(format!("AS {how} in WITH"), cte));
            }
            let query = self.query(&cte.query)?;
            let (name, names, columns) = self.aliased(&cte.alias, query.columns)?;
            texts.push(format!("{}{names} AS ({})", quoted(&name), query.sql));
            self.scopes.add_query(name, columns);
        }
        Ok(format!("WITH {} ", commas(texts)))
    }

    fn body(&mut self, body: &SetExpr, order_by: Option<&OrderBy>) -> Result<Translated, Refusal> {
        if let SetExpr::Select(select) = body {
            return self.select(select, order_by);
        }
        let mut body = self.set(body)?;
        // A set's rows can be ordered by names and places of its columns only.
        self.scopes.enter();
        let order = order_by.map(|order| self.order(order)).transpose();
        self.scopes.leave();
        body.sql.push_str(&order?.unwrap_or_default());
        Ok(body)
    }

    fn set(&mut self, body: &SetExpr) -> Result<Translated, Refusal> {
        self.deeper(|this| this.set_here(body))
    }

    fn set_here(&mut self, body: &SetExpr) -> Result<Translated, Refusal> {
        match body {
            SetExpr::Select(select) => self.select(select, None),
            SetExpr::Query(query) => {
                let query = self.query(query)?;
                Ok(Translated {
                    sql: format!("({})", query.sql),
                    columns: query.columns,
                })
            }
            SetExpr::SetOperation {
                left,
                op,
                set_quantifier,
                right,
            } => self.set_operation(left, *op, *set_quantifier, right),
            SetExpr::Values(_) => Err(self.not_redshift("VALUES outside INSERT", body)),
            SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_) => {
                Err(self.not_redshift("a writing statement inside a query", body))
            }
            SetExpr::Table(_) => Err(self.not_redshift("TABLE as a query", body)),
        }
    }

    fn set_operation(
        &mut self,
        left: &SetExpr,
        op: SetOperator,
        quantifier: SetQuantifier,
        right: &SetExpr,
    ) -> Result<Translated, Refusal> {
        if self.stream.is_some() {
            return Err(Refusal::not_redshift("UNION in a streaming view", self.start));
        }
        let word = match (op, quantifier) {
            (SetOperator::Union, SetQuantifier::All) => "UNION ALL",
            (SetOperator::Union, SetQuantifier::None | SetQuantifier::Distinct) => "UNION",
            (SetOperator::Except | SetOperator::Minus, SetQuantifier::None) => "EXCEPT",
            (SetOperator::Intersect, SetQuantifier::None) => "INTERSECT",
            _ => return Err(Refusal::not_redshift(format!("{op} {quantifier}"), self.start)),
        };
        let (a, b) = (self.set(left)?, self.set(right)?);
        let right_side = match right {
            SetExpr::SetOperation { .. } => format!("({})", b.sql),
            _ => b.sql,
        };
        let columns = a.columns.zip(b.columns).and_then(|(a, b)| same(a, &b));
        Ok(Translated {
            sql: format!("{} {word} {right_side}", a.sql),
            columns,
        })
    }

    pub(super) fn order(&mut self, order: &OrderBy) -> Result<String, Refusal> {
        match order {
            OrderBy {
                kind: OrderByKind::Expressions(expressions),
                interpolate: None,
            } => self.order_by(expressions),
            OrderBy {
                kind: OrderByKind::All(_),
                ..
            }
            | OrderBy {
                interpolate: Some(_), ..
            } => Err(self.not_listed("this form of ORDER BY", order)),
        }
    }

    /// ` ORDER BY …`, or nothing. Both sides put NULL last, and first in descending order.
    pub(super) fn order_by(&mut self, expressions: &[OrderByExpr]) -> Result<String, Refusal> {
        if expressions.is_empty() {
            return Ok(String::new());
        }
        let mut parts = Vec::new();
        for each in expressions {
            let OrderByExpr {
                expr,
                options: OrderByOptions { sort, nulls_first },
                with_fill: None,
            } = each
            else {
                return Err(self.not_listed("WITH FILL", each));
            };
            let sort = match sort {
                None => "",
                Some(OrderBySort::Asc) => " ASC",
                Some(OrderBySort::Desc) => " DESC",
                Some(OrderBySort::Using(_)) => return Err(self.not_redshift("ORDER BY … USING", each)),
            };
            let nulls = match nulls_first {
                None => "",
                Some(true) => " NULLS FIRST",
                Some(false) => " NULLS LAST",
            };
            parts.push(format!("{}{sort}{nulls}", self.scalar(expr)?.text));
        }
        Ok(format!(" ORDER BY {}", commas(parts)))
    }

    fn limit(&mut self, limit: &LimitClause) -> Result<String, Refusal> {
        let LimitClause::LimitOffset {
            limit: rows,
            offset,
            limit_by,
        } = limit
        else {
            return Err(self.not_redshift("LIMIT with a comma", limit));
        };
        if !limit_by.is_empty() {
            return Err(self.not_redshift("LIMIT … BY", limit));
        }
        let mut text = String::new();
        if let Some(rows) = rows {
            text.push_str(&format!(" LIMIT {}", self.rows(rows)?));
        }
        if let Some(Offset { value, .. }) = offset {
            text.push_str(&format!(" OFFSET {}", self.rows(value)?));
        }
        Ok(text)
    }

    fn rows(&self, rows: &Expr) -> Result<String, Refusal> {
        match rows {
            Expr::Value(ValueWithSpan {
                value: Value::Number(rows, false),
                ..
            }) => Ok(rows.clone()),
            // LIMIT ALL is read as no limit, and a NULL here too.
            other => Err(self.not_listed("LIMIT or OFFSET of what is no number", other)),
        }
    }

    /// `VALUES (…), (…)`, of INSERT.
    pub(super) fn values(&mut self, values: &Values) -> Result<String, Refusal> {
        let mut rows = Vec::new();
        for row in &values.rows {
            let mut cells: Vec<Sql> = Vec::new();
            for cell in &row.content {
                cells.push(match cell {
                    Expr::Identifier(ident) if is_default(ident) => Sql::closed("DEFAULT", None),
                    cell => self.expression(cell)?,
                });
            }
            rows.push(format!("({})", texts(cells)));
        }
        Ok(format!("VALUES {}", commas(rows)))
    }
}

fn is_default(ident: &sqlparser::ast::Ident) -> bool {
    ident.quote_style.is_none() && ident.value.eq_ignore_ascii_case("default")
}

/// The columns of a set: the first side's names, and types where both sides have the same.
fn same(a: Vec<Column>, b: &[Column]) -> Option<Vec<Column>> {
    if a.len() != b.len() {
        return None;
    }
    let both = a.into_iter().zip(b);
    Some(
        both.map(|(a, b)| Column {
            kind: a.kind.filter(|_| a.kind == b.kind),
            name: a.name,
        })
        .collect(),
    )
}
