//! FROM: tables, subqueries and joins.

use sqlparser::ast::{
    Join, JoinConstraint, JoinOperator, ObjectName, ObjectNamePart, Query, TableAlias, TableFactor,
    TableWithJoins,
};

use super::scope::{Column, Relation};
use super::{Translator, commas};
use crate::data_type::Kind;
use crate::name::{Name, quoted};
use crate::plan::{STAGING, STREAM_COLUMNS};
use crate::refusal::Refusal;

impl Translator {
    /// ` FROM …`, or nothing.
    pub(super) fn from(&mut self, from: &[TableWithJoins]) -> Result<String, Refusal> {
        if from.is_empty() {
            return Ok(String::new());
        }
        let tables: Result<Vec<String>, Refusal> =
            from.iter().map(|table| self.joined_tables(table)).collect();
        Ok(format!(" FROM {}", commas(tables?)))
    }

    pub(super) fn joined_tables(&mut self, tables: &TableWithJoins) -> Result<String, Refusal> {
        let mut text = self.table(&tables.relation)?;
        for join in &tables.joins {
            text.push_str(&self.join(join)?);
        }
        Ok(text)
    }

    fn join(&mut self, join: &Join) -> Result<String, Refusal> {
        let (word, constraint) = match &join.join_operator {
            JoinOperator::Join(constraint) | JoinOperator::Inner(constraint) => ("INNER JOIN", constraint),
            JoinOperator::Left(constraint) | JoinOperator::LeftOuter(constraint) => ("LEFT JOIN", constraint),
            JoinOperator::Right(constraint) | JoinOperator::RightOuter(constraint) => {
                ("RIGHT JOIN", constraint)
            }
            JoinOperator::FullOuter(constraint) => ("FULL JOIN", constraint),
            JoinOperator::CrossJoin(constraint) => ("CROSS JOIN", constraint),
            JoinOperator::Semi(_)
            | JoinOperator::LeftSemi(_)
            | JoinOperator::RightSemi(_)
            | JoinOperator::Anti(_)
            | JoinOperator::LeftAnti(_)
            | JoinOperator::RightAnti(_)
            | JoinOperator::CrossApply
            | JoinOperator::OuterApply
            | JoinOperator::AsOf { .. }
            | JoinOperator::StraightJoin(_)
            | JoinOperator::ArrayJoin
            | JoinOperator::LeftArrayJoin
            | JoinOperator::InnerArrayJoin => return Err(self.not_redshift("this kind of join", join)),
        };
        if join.global || self.stream.is_some() {
            return Err(self.not_redshift("a join here", join));
        }
        let table = self.table(&join.relation)?;
        let constraint = match constraint {
            JoinConstraint::None if word == "CROSS JOIN" => String::new(),
            JoinConstraint::On(test) if word != "CROSS JOIN" => format!(" ON {}", self.scalar(test)?.text),
            JoinConstraint::Using(columns) if word != "CROSS JOIN" => {
                let columns: Result<Vec<String>, Refusal> =
                    columns.iter().map(|each| self.bare(each)).collect();
                format!(" USING ({})", commas(columns?))
            }
            JoinConstraint::Natural => return Err(self.not_listed("NATURAL JOIN: write USING", join)),
            JoinConstraint::UsingAlias(..) => return Err(self.not_redshift("USING … AS", join)),
            JoinConstraint::None | JoinConstraint::On(_) | JoinConstraint::Using(_) => {
                return Err(self.not_redshift("this condition of a join", join));
            }
        };
        Ok(format!(" {word} {table}{constraint}"))
    }

    /// A column's name alone.
    pub(super) fn bare(&self, name: &ObjectName) -> Result<String, Refusal> {
        match name.0.as_slice() {
            [ObjectNamePart::Identifier(ident)] => Ok(quoted(&self.folded(ident)?)),
            _ => Err(self.not_redshift(format!("{name} where only a column's name may stand"), name)),
        }
    }

    fn table(&mut self, factor: &TableFactor) -> Result<String, Refusal> {
        match factor {
            TableFactor::Table {
                name,
                alias,
                args: None,
                with_hints,
                version: None,
                with_ordinality: false,
                partitions,
                json_path: None,
                sample: None,
                index_directives,
                inheritance: None,
            } if with_hints.is_empty() && partitions.is_empty() && index_directives.is_empty() => {
                self.named_table(name, alias.as_ref())
            }
            TableFactor::Table { args: Some(_), .. } => Err(self.not_redshift("a function in FROM", factor)),
            TableFactor::Table { sample: Some(_), .. } => Err(self.not_redshift("TABLESAMPLE", factor)),
            TableFactor::Table { .. } => {
                Err(self.not_listed("a table with more than a name and an alias", factor))
            }
            TableFactor::Derived {
                lateral: false,
                subquery,
                alias: Some(alias),
                sample: None,
            } => self.derived(subquery, alias),
            TableFactor::Derived {
                lateral: false,
                alias: None,
                ..
            } => Err(self.not_listed("a subquery in FROM without an alias", factor)),
            TableFactor::NestedJoin {
                table_with_joins,
                alias: None,
            } => Ok(format!(
                "({})",
                self.deeper(|this| this.joined_tables(table_with_joins))?
            )),
            TableFactor::Derived { .. } => Err(self.not_redshift("LATERAL", factor)),
            TableFactor::TableFunction { .. }
            | TableFactor::Function { .. }
            | TableFactor::UNNEST { .. }
            | TableFactor::JsonTable { .. }
            | TableFactor::OpenJsonTable { .. }
            | TableFactor::MatchRecognize { .. }
            | TableFactor::XmlTable { .. }
            | TableFactor::SemanticView { .. } => Err(self.not_redshift("a function in FROM", factor)),
            TableFactor::NestedJoin { alias: Some(_), .. } => {
                Err(self.not_redshift("an alias for joined tables", factor))
            }
            TableFactor::Pivot { .. } | TableFactor::Unpivot { .. } | TableFactor::UnpivotExpr { .. } => {
                Err(self.not_listed("PIVOT or UNPIVOT", factor))
            }
        }
    }

    fn named_table(&mut self, name: &ObjectName, alias: Option<&TableAlias>) -> Result<String, Refusal> {
        let read = Name::read(name, self.session, self.place(name));
        if self.stream.is_some() {
            return self.staged(alias, name);
        }
        let read = read?;
        let from_with = read
            .schema
            .is_none()
            .then(|| self.scopes.query(&read.name))
            .flatten();
        if from_with.is_none() {
            self.reads_bare_name |= read.schema.is_none();
            self.mention(&read);
        }
        let columns = from_with.flatten();
        let Some(alias) = alias else {
            let text = read.rendered();
            self.scopes.add(Relation {
                alias: read.name,
                schema: read.schema,
                columns,
            });
            return Ok(text);
        };
        let (alias, names, columns) = self.aliased(alias, columns)?;
        let text = format!("{} AS {}{names}", read.rendered(), quoted(&alias));
        self.scopes.add(Relation {
            alias,
            schema: None,
            columns,
        });
        Ok(text)
    }

    /// The stream of a streaming view: the records of one refresh stand in its place.
    fn staged(&mut self, alias: Option<&TableAlias>, name: &ObjectName) -> Result<String, Refusal> {
        let Some(stream) = self.stream.clone() else {
            return Err(self.not_listed("no stream", name));
        };
        let alias = match alias {
            None => stream.name,
            Some(alias) if alias.columns.is_empty() => self.folded(&alias.name)?,
            Some(_) => return Err(self.not_listed("names for a stream's columns", name)),
        };
        let kinds = [
            Kind::Timestamp,
            Kind::Varchar(None),
            Kind::Varchar(None),
            Kind::Varchar(None),
            Kind::Timestamp,
        ];
        let kinds = kinds.into_iter().chain([Kind::Varbyte(None)]);
        let columns = STREAM_COLUMNS.iter().zip(kinds);
        let columns = columns.map(|((name, _), kind)| Column {
            name: (*name).to_owned(),
            kind: Some(kind),
        });
        let text = format!("{} AS {}", quoted(STAGING), quoted(&alias));
        self.scopes.add(Relation {
            alias,
            schema: stream.schema,
            columns: Some(columns.collect()),
        });
        Ok(text)
    }

    fn derived(&mut self, query: &Query, alias: &TableAlias) -> Result<String, Refusal> {
        let query = self.subquery(query)?;
        let (alias, names, columns) = self.aliased(alias, query.columns)?;
        let text = format!("({}) AS {}{names}", query.sql, quoted(&alias));
        self.scopes.add(Relation {
            alias,
            schema: None,
            columns,
        });
        Ok(text)
    }

    /// An alias, the column names in brackets behind it, and what the columns are under these names.
    pub(super) fn aliased(
        &self,
        alias: &TableAlias,
        columns: Option<Vec<Column>>,
    ) -> Result<(String, String, Option<Vec<Column>>), Refusal> {
        let TableAlias {
            explicit: _,
            name,
            columns: names,
            at: None,
        } = alias
        else {
            return Err(self.not_listed("AT behind an alias", alias));
        };
        if name.quote_style == Some('\'') {
            return Err(self.not_redshift("a string as an alias", alias));
        }
        if names.iter().any(|each| each.data_type.is_some()) {
            return Err(self.not_redshift("types behind an alias", alias));
        }
        let names: Result<Vec<String>, Refusal> = names.iter().map(|each| self.folded(&each.name)).collect();
        let (name, names) = (self.folded(name)?, names?);
        if names.is_empty() {
            return Ok((name, String::new(), columns));
        }
        let text = format!(" ({})", commas(names.iter().map(|name| quoted(name))));
        let renamed = columns
            .filter(|columns| columns.len() == names.len())
            .map(|columns| {
                let both = names.into_iter().zip(columns);
                both.map(|(name, column)| Column {
                    name,
                    kind: column.kind,
                })
                .collect()
            });
        Ok((name, text, renamed))
    }
}
