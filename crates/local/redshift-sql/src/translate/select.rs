//! SELECT.

use sqlparser::ast::{
    Distinct, Expr, Function, GroupByExpr, Ident, ObjectName, ObjectNamePart, OrderBy, OrderByKind, Select,
    SelectFlavor, SelectItem, SelectItemQualifiedWildcardKind, Value, ValueWithSpan,
    WildcardAdditionalOptions,
};

use super::scope::{Column, Relation};
use super::{Sql, Translated, Translator, commas};
use crate::name::{Name, quoted};
use crate::refusal::Refusal;

/// What the rewriting of QUALIFY calls the inner query and its test.
const QUALIFIED: &str = "redshift_qualified";

/// A select list.
#[derive(Default)]
struct List {
    items: Vec<String>,
    /// Known, unless a `*` stands for a table's.
    columns: Vec<Column>,
    has_unknown: bool,
    /// What QUALIFY may call by the alias.
    aliases: Vec<(String, Sql)>,
}

impl Translator {
    pub(super) fn select(
        &mut self,
        select: &Select,
        order_by: Option<&OrderBy>,
    ) -> Result<Translated, Refusal> {
        self.scopes.enter();
        let done = self.select_here(select, order_by);
        self.scopes.leave();
        done
    }

    fn select_here(&mut self, select: &Select, order_by: Option<&OrderBy>) -> Result<Translated, Refusal> {
        self.only_listed_clauses(select)?;
        let from = self.from(&select.from)?;
        let list = self.list_of(&select.projection)?;
        let distinct = match &select.distinct {
            None | Some(Distinct::All) => "",
            Some(Distinct::Distinct) => "DISTINCT ",
            Some(Distinct::On(_)) => return Err(self.not_redshift("DISTINCT ON", select)),
        };
        let filter = self.filters(select)?;
        let columns = Some(list.columns.clone()).filter(|_| !list.has_unknown);
        if let Some(qualify) = &select.qualify {
            let inner = format!("{from}{filter}");
            return self.qualified(list, distinct, &inner, qualify, order_by);
        }
        let order = order_by
            .map(|order| self.order(order))
            .transpose()?
            .unwrap_or_default();
        let sql = format!("SELECT {distinct}{}{from}{filter}{order}", commas(list.items));
        Ok(Translated { sql, columns })
    }

    /// Clauses that are not named here are refused.
    fn only_listed_clauses(&self, select: &Select) -> Result<(), Refusal> {
        let Select {
            select_token: _,
            optimizer_hints,
            distinct,
            select_modifiers: None,
            top: None,
            top_before_distinct: false,
            projection: _,
            exclude: None,
            into,
            from,
            lateral_views,
            prewhere: None,
            selection: _,
            connect_by,
            group_by,
            cluster_by,
            distribute_by,
            sort_by,
            having: _,
            named_window,
            qualify,
            window_before_qualify: _,
            value_table_mode: None,
            flavor: SelectFlavor::Standard,
        } = select
        else {
            return Err(self.not_listed("TOP, EXCLUDE or another clause of SELECT", select));
        };
        if into.is_some() {
            return Err(self.not_listed("SELECT INTO outside a procedure: write CREATE TABLE … AS", select));
        }
        if !lateral_views.is_empty()
            || !cluster_by.is_empty()
            || !distribute_by.is_empty()
            || !sort_by.is_empty()
        {
            return Err(self.not_redshift("a clause of Hive's", select));
        }
        if !optimizer_hints.is_empty() || !connect_by.is_empty() || !named_window.is_empty() {
            return Err(self.not_listed("a hint, CONNECT BY or WINDOW", select));
        }
        let grouped = !matches!(group_by, GroupByExpr::Expressions(columns, _) if columns.is_empty());
        if self.stream.is_some() && (grouped || qualify.is_some() || distinct.is_some() || from.len() != 1) {
            return Err(self.not_redshift(
                "GROUP BY, DISTINCT, QUALIFY or a join in a streaming view",
                select,
            ));
        }
        Ok(())
    }

    fn filters(&mut self, select: &Select) -> Result<String, Refusal> {
        let mut text = String::new();
        if let Some(selection) = &select.selection {
            text.push_str(&format!(" WHERE {}", self.scalar(selection)?.text));
        }
        match &select.group_by {
            GroupByExpr::All(_) => return Err(self.not_listed("GROUP BY ALL", select)),
            GroupByExpr::Expressions(_, modifiers) if !modifiers.is_empty() => {
                return Err(self.not_listed("GROUP BY … WITH", select));
            }
            GroupByExpr::Expressions(columns, _) if columns.is_empty() => {}
            GroupByExpr::Expressions(columns, _) => {
                let columns: Result<Vec<Sql>, Refusal> =
                    columns.iter().map(|each| self.scalar(each)).collect();
                text.push_str(&format!(
                    " GROUP BY {}",
                    commas(columns?.into_iter().map(|each| each.text))
                ));
            }
        }
        if let Some(having) = &select.having {
            text.push_str(&format!(" HAVING {}", self.scalar(having)?.text));
        }
        Ok(text)
    }

    /// PostgreSQL has no QUALIFY: the test becomes a column of an inner query, and the outer one's WHERE.
    /// <https://docs.aws.amazon.com/redshift/latest/dg/r_QUALIFY_clause.html>
    fn qualified(
        &mut self,
        list: List,
        distinct: &str,
        inner: &str,
        qualify: &Expr,
        order_by: Option<&OrderBy>,
    ) -> Result<Translated, Refusal> {
        if list.has_unknown {
            return Err(self.not_listed("* beside QUALIFY: name the columns", qualify));
        }
        self.aliases = list.aliases;
        let test = self.scalar(qualify);
        self.aliases.clear();
        let test = test?.text;
        let names: Vec<String> = list.columns.iter().map(|column| quoted(&column.name)).collect();
        let order = order_by
            .map(|order| self.outer_order(order, &list.columns))
            .transpose()?
            .unwrap_or_default();
        let sql = format!(
            "SELECT {distinct}{} FROM (SELECT {}, {test} AS \"{QUALIFIED}\"{inner}) AS \"{QUALIFIED}\" \
             WHERE \"{QUALIFIED}\".\"{QUALIFIED}\"{order}",
            commas(names),
            commas(list.items)
        );
        Ok(Translated {
            sql,
            columns: Some(list.columns),
        })
    }

    /// Behind QUALIFY only the columns of the answer are left to order by.
    fn outer_order(&mut self, order: &OrderBy, columns: &[Column]) -> Result<String, Refusal> {
        let OrderByKind::Expressions(expressions) = &order.kind else {
            return Err(self.not_listed("ORDER BY ALL", order));
        };
        for each in expressions {
            let is_column = match &each.expr {
                Expr::Identifier(ident) => {
                    let name = self.folded(ident)?;
                    columns.iter().any(|column| column.name == name)
                }
                Expr::Value(ValueWithSpan {
                    value: Value::Number(..),
                    ..
                }) => true,
                _ => false,
            };
            if !is_column {
                return Err(
                    self.not_listed("ORDER BY behind QUALIFY of what is no column of the answer", each)
                );
            }
        }
        self.order(order)
    }

    fn list_of(&mut self, projection: &[SelectItem]) -> Result<List, Refusal> {
        let mut list = List::default();
        for item in projection {
            match item {
                SelectItem::UnnamedExpr(expr) => self.item(&mut list, expr, None)?,
                SelectItem::ExprWithAlias { expr, alias } => self.item(&mut list, expr, Some(alias))?,
                SelectItem::Wildcard(options) => {
                    self.plain_wildcard(options)?;
                    let relations = self.scopes.here().to_vec();
                    self.wildcard(&mut list, "*".to_owned(), &relations);
                }
                SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), options) => {
                    self.plain_wildcard(options)?;
                    let (text, relation) = self.wildcard_of(name)?;
                    self.wildcard(&mut list, text, &[relation]);
                }
                SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::Expr(_), _)
                | SelectItem::ExprWithAliases { .. } => {
                    return Err(self.not_redshift("this item of a select list", item));
                }
            }
        }
        Ok(list)
    }

    fn item(&mut self, list: &mut List, expr: &Expr, alias: Option<&Ident>) -> Result<(), Refusal> {
        let value = self.expression(expr)?;
        if alias.is_some_and(|alias| alias.quote_style == Some('\'')) {
            return Err(self.not_redshift("a string as an alias", expr));
        }
        let name = match alias {
            None => self.output_name(expr),
            Some(alias) => self.folded(alias)?,
        };
        let is_plain = alias.is_none() && matches!(expr, Expr::Identifier(_) | Expr::CompoundIdentifier(_));
        let text = if is_plain && value.text.ends_with(&quoted(&name)) {
            value.text.clone()
        } else {
            format!("{} AS {}", value.text, quoted(&name))
        };
        list.items.push(text);
        list.columns.push(Column {
            name: name.clone(),
            kind: value.kind,
        });
        if alias.is_some() {
            let bracketed = Sql::closed(value.operand(), value.kind);
            list.aliases.push((name, bracketed));
        }
        Ok(())
    }

    fn wildcard(&self, list: &mut List, text: String, relations: &[Relation]) {
        list.items.push(text);
        for relation in relations {
            match &relation.columns {
                Some(columns) => list.columns.extend(columns.iter().cloned()),
                None => list.has_unknown = true,
            }
        }
    }

    fn wildcard_of(&self, name: &ObjectName) -> Result<(String, Relation), Refusal> {
        let read = Name::read(name, self.session, self.place(name))?;
        let known = match &read.schema {
            None => self.scopes.by_alias(&read.name),
            Some(schema) => self.scopes.by_name(schema, &read.name),
        };
        match known {
            Some(relation) => Ok((format!("{}.*", read.rendered()), relation.clone())),
            None => Err(self.not_listed(format!("{name}.*, of no relation of the FROM clause"), name)),
        }
    }

    fn plain_wildcard(&self, options: &WildcardAdditionalOptions) -> Result<(), Refusal> {
        match options {
            WildcardAdditionalOptions {
                wildcard_token: _,
                opt_ilike: None,
                opt_exclude: None,
                opt_except: None,
                opt_replace: None,
                opt_rename: None,
                opt_alias: None,
            } => Ok(()),
            _ => Err(self.not_listed("* with EXCLUDE or the like", options)),
        }
    }

    /// What the column is called without an alias. PostgreSQL would name it after the rewritten expression.
    fn output_name(&self, expr: &Expr) -> String {
        match expr {
            Expr::Identifier(ident) => self.folded_word(ident),
            Expr::CompoundIdentifier(parts) => parts
                .last()
                .map(|part| self.folded_word(part))
                .unwrap_or_default(),
            Expr::Cast { expr, .. } | Expr::Nested(expr) => self.output_name(expr),
            Expr::Function(Function { name, .. }) => match name.0.last() {
                Some(ObjectNamePart::Identifier(ident)) => self.folded_word(ident),
                _ => "?column?".to_owned(),
            },
            Expr::Case { .. } => "case".to_owned(),
            Expr::Extract { .. } => "date_part".to_owned(),
            Expr::Ceil { .. } => "ceil".to_owned(),
            Expr::Floor { .. } => "floor".to_owned(),
            Expr::Substring { .. } => "substring".to_owned(),
            Expr::Trim { .. } => "btrim".to_owned(),
            Expr::Position { .. } => "strpos".to_owned(),
            _ => "?column?".to_owned(),
        }
    }
}
