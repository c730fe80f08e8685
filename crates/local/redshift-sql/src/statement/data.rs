//! Statements that read and write rows.

use sqlparser::ast::{Expr, ObjectName, Statement as Parsed};
use sqlparser::tokenizer::Token;

use super::Statement;
use crate::forms::Reads;
use crate::name::{Name, quoted};
use crate::plan::Plan;
use crate::refusal::Refusal;
use crate::translate::{Translator, commas};

impl Statement {
    /// What sqlparser reads as a whole.
    pub(super) fn data(&mut self) -> Result<Plan, Refusal> {
        let mut translator = self.translator();
        if self.form.reads == Reads::Query {
            let query = self.reader.query()?;
            let sql = translator.query(&query)?.sql;
            return Ok(self.runs(sql, translator));
        }
        let sql = match self.parsed()? {
            Parsed::Insert(insert) => translator.insert(&insert)?,
            Parsed::Update(update) => translator.update(&update)?,
            Parsed::Delete(delete) => translator.delete(&delete)?,
            _ => {
                return Err(Refusal::not_listed(
                    format!("this form of {}", self.form.kind),
                    self.start,
                ));
            }
        };
        Ok(self.runs(sql, translator))
    }

    /// `TRUNCATE [TABLE] name`.
    pub(super) fn truncate(&mut self) -> Result<Plan, Refusal> {
        self.reader.take(&["TABLE"]);
        let name = self.name()?;
        if self.reader.next_is_mark(&Token::Comma) {
            return Err(Refusal::not_redshift(
                "TRUNCATE of several tables",
                self.reader.place(),
            ));
        }
        Ok(self.runs_on(format!("TRUNCATE TABLE {}", name.rendered()), &[&name]))
    }

    /// Redshift's MERGE: a table as the source, equal columns, one action for what matches and one for what does not.
    /// <https://docs.aws.amazon.com/redshift/latest/dg/r_MERGE.html>
    pub(super) fn merge(&mut self) -> Result<Plan, Refusal> {
        let mut translator = self.translator();
        let target = self.name()?;
        if !self.reader.next_is("USING") {
            return Err(Refusal::not_redshift(
                "an alias for the target of MERGE",
                self.reader.place(),
            ));
        }
        self.reader.expect(&["USING"])?;
        if self.reader.next_is_mark(&Token::LParen) {
            return Err(Refusal::not_redshift(
                "MERGE from a subquery: the source is a table",
                self.reader.place(),
            ));
        }
        let source = self.name()?;
        let alias = self.merge_alias()?;
        self.reader.expect(&["ON"])?;
        let on = self.reader.expression()?;
        translator.merging(&target, &source, alias.clone());
        let on = translator.match_condition(&on)?;
        if self.reader.take(&["REMOVE", "DUPLICATES"]) {
            return Err(Refusal::not_listed("MERGE … REMOVE DUPLICATES", self.start));
        }
        let matched = self.when_matched(&mut translator)?;
        let not_matched = self.when_not_matched(&mut translator)?;
        translator.merged();
        let source = named(&source, alias.as_deref());
        let sql = format!(
            "MERGE INTO {} USING {source} ON {on} WHEN MATCHED THEN {matched} WHEN NOT MATCHED THEN {not_matched}",
            target.rendered()
        );
        Ok(self.runs(sql, translator))
    }

    fn merge_alias(&mut self) -> Result<Option<String>, Refusal> {
        if !self.reader.take(&["AS"]) && self.reader.next_is("ON") {
            return Ok(None);
        }
        self.word().map(Some)
    }

    fn when_matched(&mut self, translator: &mut Translator) -> Result<String, Refusal> {
        self.reader.expect(&["WHEN", "MATCHED"])?;
        self.no_condition()?;
        if self.reader.take(&["DELETE"]) {
            return Ok("DELETE".to_owned());
        }
        self.reader.expect(&["UPDATE", "SET"])?;
        let assignments = self.reader.list(|reader| {
            let column = reader.name()?;
            reader.expect_mark(&Token::Eq)?;
            Ok((column, reader.expression()?))
        })?;
        let texts: Result<Vec<String>, Refusal> = assignments
            .iter()
            .map(|(column, value)| translator.assignment(column, value))
            .collect();
        Ok(format!("UPDATE SET {}", commas(texts?)))
    }

    fn when_not_matched(&mut self, translator: &mut Translator) -> Result<String, Refusal> {
        if !self.reader.next_is("WHEN") {
            return Err(Refusal::not_redshift(
                "MERGE without WHEN NOT MATCHED",
                self.reader.place(),
            ));
        }
        self.reader.expect(&["WHEN", "NOT", "MATCHED"])?;
        self.no_condition()?;
        self.reader.expect(&["INSERT"])?;
        let columns: Vec<ObjectName> = match self.reader.next_is("VALUES") {
            true => Vec::new(),
            false => self.reader.bracketed(|reader| reader.name())?,
        };
        self.reader.expect(&["VALUES"])?;
        let values: Vec<Expr> = self.reader.bracketed(|reader| reader.expression())?;
        let values: Result<Vec<String>, Refusal> = values
            .iter()
            .map(|value| Ok(translator.expression(value)?.text))
            .collect();
        Ok(format!(
            "INSERT{} VALUES ({})",
            translator.column_list(&columns)?,
            commas(values?)
        ))
    }

    fn no_condition(&mut self) -> Result<(), Refusal> {
        if self.reader.next_is("AND") {
            return Err(Refusal::not_redshift(
                "WHEN [NOT] MATCHED AND …",
                self.reader.place(),
            ));
        }
        if self.reader.next_is("BY") {
            return Err(Refusal::not_redshift(
                "WHEN NOT MATCHED BY …",
                self.reader.place(),
            ));
        }
        self.reader.expect(&["THEN"])
    }
}

fn named(name: &Name, alias: Option<&str>) -> String {
    match alias {
        None => name.rendered(),
        Some(alias) => format!("{} AS {}", name.rendered(), quoted(alias)),
    }
}
