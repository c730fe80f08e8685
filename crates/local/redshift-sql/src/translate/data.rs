//! INSERT, UPDATE, DELETE, and the clauses of MERGE.

use sqlparser::ast::{
    Assignment, AssignmentTarget, BinaryOperator, Delete, Expr, FromTable, Insert, ObjectName, Query,
    SetExpr, TableFactor, TableObject, TableWithJoins, Update, UpdateTableFromKind,
};

use super::scope::Relation;
use super::{Translator, commas};
use crate::name::Name;
use crate::refusal::Refusal;

impl Translator {
    pub(crate) fn insert(&mut self, insert: &Insert) -> Result<String, Refusal> {
        let Insert {
            insert_token: _,
            optimizer_hints,
            or: None,
            ignore: false,
            into: true,
            table: TableObject::TableName(table),
            table_alias: None,
            columns,
            by_name: false,
            overwrite: false,
            source: Some(source),
            assignments,
            partitioned: None,
            after_columns,
            overriding: None,
            has_table_keyword: false,
            on: None,
            returning: None,
            output: None,
            replace_into: false,
            priority: None,
            insert_alias: None,
            settings: None,
            format_clause: None,
            multi_table_insert_type: None,
            multi_table_into_clauses: _,
            multi_table_when_clauses: _,
            multi_table_else_clause: None,
        } = insert
        else {
            return Err(self.unlisted_insert(insert));
        };
        if !optimizer_hints.is_empty() || !assignments.is_empty() || !after_columns.is_empty() {
            return Err(self.not_redshift("this form of INSERT", &**source));
        }
        let target = self.relation(table)?;
        let columns: Result<Vec<String>, Refusal> = columns.iter().map(|each| self.bare(each)).collect();
        let columns = Some(commas(columns?)).filter(|columns| !columns.is_empty());
        let columns = columns.map(|columns| format!(" ({columns})")).unwrap_or_default();
        Ok(format!(
            "INSERT INTO {}{columns} {}",
            target.rendered(),
            self.inserted(source)?
        ))
    }

    fn unlisted_insert(&self, insert: &Insert) -> Refusal {
        let form = match insert {
            Insert { on: Some(_), .. } => "ON CONFLICT",
            Insert {
                returning: Some(_), ..
            } => "RETURNING",
            Insert {
                overriding: Some(_), ..
            } => "OVERRIDING",
            Insert {
                table_alias: Some(_), ..
            } => "an alias for the table of INSERT",
            Insert { source: None, .. } => return Refusal::not_listed("INSERT … DEFAULT VALUES", self.start),
            _ => "this form of INSERT",
        };
        Refusal::not_redshift(form, self.start)
    }

    fn inserted(&mut self, source: &Query) -> Result<String, Refusal> {
        let Query {
            with: None,
            body,
            order_by: None,
            limit_clause: None,
            fetch: None,
            locks,
            for_clause: None,
            settings: None,
            format_clause: None,
            pipe_operators,
        } = source
        else {
            return Ok(self.query(source)?.sql);
        };
        match &**body {
            SetExpr::Values(values) if locks.is_empty() && pipe_operators.is_empty() => self.values(values),
            _ => Ok(self.query(source)?.sql),
        }
    }

    pub(crate) fn update(&mut self, update: &Update) -> Result<String, Refusal> {
        self.scopes.enter();
        let done = self.update_here(update);
        self.scopes.leave();
        done
    }

    fn update_here(&mut self, update: &Update) -> Result<String, Refusal> {
        let Update {
            update_token: _,
            optimizer_hints,
            table,
            on_cluster: None,
            assignments,
            from,
            selection,
            returning: None,
            output: None,
            or: None,
            order_by,
            limit: None,
            settings: None,
        } = update
        else {
            return Err(Refusal::not_redshift(
                "RETURNING, LIMIT or the like in UPDATE",
                self.start,
            ));
        };
        if !optimizer_hints.is_empty() || !order_by.is_empty() || !table.joins.is_empty() {
            return Err(Refusal::not_redshift("this form of UPDATE", self.start));
        }
        let target = self.joined_tables(table)?;
        let from = match from {
            None => String::new(),
            Some(UpdateTableFromKind::AfterSet(from)) => self.from(from)?,
            Some(UpdateTableFromKind::BeforeSet(_)) => {
                return Err(Refusal::not_redshift("FROM before SET", self.start));
            }
        };
        let assignments = self.assignments(assignments)?;
        let filter = self.filter(selection.as_ref())?;
        Ok(format!("UPDATE {target} SET {assignments}{from}{filter}"))
    }

    fn assignments(&mut self, assignments: &[Assignment]) -> Result<String, Refusal> {
        let mut texts = Vec::new();
        for Assignment { target, value } in assignments {
            let AssignmentTarget::ColumnName(column) = target else {
                return Err(self.not_redshift("an assignment to several columns", value));
            };
            texts.push(self.assignment(column, value)?);
        }
        Ok(commas(texts))
    }

    /// `column = value`.
    pub(crate) fn assignment(&mut self, column: &ObjectName, value: &Expr) -> Result<String, Refusal> {
        let is_default = matches!(value, Expr::Identifier(ident)
            if ident.quote_style.is_none() && ident.value.eq_ignore_ascii_case("default"));
        let text = if is_default {
            "DEFAULT".to_owned()
        } else {
            self.expression(value)?.text
        };
        Ok(format!("{} = {text}", self.bare(column)?))
    }

    pub(crate) fn filter(&mut self, selection: Option<&Expr>) -> Result<String, Refusal> {
        match selection {
            None => Ok(String::new()),
            Some(selection) => Ok(format!(" WHERE {}", self.scalar(selection)?.text)),
        }
    }

    pub(crate) fn delete(&mut self, delete: &Delete) -> Result<String, Refusal> {
        self.scopes.enter();
        let done = self.delete_here(delete);
        self.scopes.leave();
        done
    }

    fn delete_here(&mut self, delete: &Delete) -> Result<String, Refusal> {
        let Delete {
            delete_token: _,
            optimizer_hints,
            tables,
            from,
            on_cluster: None,
            using,
            selection,
            returning: None,
            output: None,
            order_by,
            limit: None,
            settings: None,
        } = delete
        else {
            return Err(Refusal::not_redshift(
                "RETURNING, LIMIT or the like in DELETE",
                self.start,
            ));
        };
        if !optimizer_hints.is_empty() || !tables.is_empty() || !order_by.is_empty() {
            return Err(Refusal::not_redshift("this form of DELETE", self.start));
        }
        let FromTable::WithFromKeyword(from) = from else {
            return Err(Refusal::not_listed("DELETE without FROM", self.start));
        };
        let target = match from.as_slice() {
            [
                TableWithJoins {
                    relation: relation @ TableFactor::Table { alias: None, .. },
                    joins,
                },
            ] if joins.is_empty() => self.joined_tables(&TableWithJoins {
                relation: relation.clone(),
                joins: Vec::new(),
            })?,
            _ => {
                return Err(Refusal::not_redshift(
                    "DELETE from anything but one table without alias",
                    self.start,
                ));
            }
        };
        let using = match using {
            None => String::new(),
            Some(using) => {
                let tables: Result<Vec<String>, Refusal> =
                    using.iter().map(|each| self.joined_tables(each)).collect();
                format!(" USING {}", commas(tables?))
            }
        };
        let filter = self.filter(selection.as_ref())?;
        Ok(format!("DELETE FROM {target}{using}{filter}"))
    }

    /// Brings the two tables of MERGE into scope.
    pub(crate) fn merging(&mut self, target: &Name, source: &Name, alias: Option<String>) {
        self.scopes.enter();
        self.mention(target);
        self.mention(source);
        let relation = |name: &Name| Relation {
            alias: name.name.clone(),
            schema: name.schema.clone(),
            columns: None,
        };
        self.scopes.add(relation(target));
        self.scopes.add(match alias {
            None => relation(source),
            Some(alias) => Relation {
                alias,
                schema: None,
                columns: None,
            },
        });
    }

    pub(crate) fn merged(&mut self) {
        self.scopes.leave();
    }

    /// Equal columns, joined with AND.
    /// <https://docs.aws.amazon.com/redshift/latest/dg/r_MERGE.html>
    pub(crate) fn match_condition(&mut self, on: &Expr) -> Result<String, Refusal> {
        self.only_equal_columns(on)?;
        Ok(self.scalar(on)?.text)
    }

    fn only_equal_columns(&self, on: &Expr) -> Result<(), Refusal> {
        match on {
            Expr::Nested(inner) => self.only_equal_columns(inner),
            Expr::BinaryOp {
                left,
                op: BinaryOperator::And,
                right,
            } => {
                self.only_equal_columns(left)?;
                self.only_equal_columns(right)
            }
            Expr::BinaryOp {
                left,
                op: BinaryOperator::Eq,
                right,
            } if is_column(left) && is_column(right) => Ok(()),
            other => Err(self.not_redshift("MERGE ON anything but equal columns", other)),
        }
    }

    /// ` (column, …)`, or nothing.
    pub(crate) fn column_list(&self, columns: &[ObjectName]) -> Result<String, Refusal> {
        let columns: Result<Vec<String>, Refusal> = columns.iter().map(|each| self.bare(each)).collect();
        let columns = commas(columns?);
        Ok(if columns.is_empty() {
            columns
        } else {
            format!(" ({columns})")
        })
    }
}

fn is_column(expr: &Expr) -> bool {
    match expr {
        Expr::Identifier(_) | Expr::CompoundIdentifier(_) => true,
        Expr::Nested(inner) => is_column(inner),
        _ => false,
    }
}
