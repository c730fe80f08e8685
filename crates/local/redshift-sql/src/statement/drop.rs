//! DROP of tables, views, schemas and procedures.

use super::Statement;
use crate::name::quoted;
use crate::plan::Plan;
use crate::refusal::Refusal;
use crate::translate::commas;

impl Statement {
    /// `DROP TABLE|VIEW [IF EXISTS] name, … [CASCADE|RESTRICT]`.
    pub(super) fn drop_relation(&mut self, what: &str) -> Result<Plan, Refusal> {
        let exists = self.if_exists();
        let (place, session) = (self.reader.place(), self.session);
        let names = self
            .reader
            .list(|reader| crate::name::Name::read(&reader.name()?, session, place))?;
        let cascade = self.cascade();
        let sql = format!(
            "DROP {what} {exists}{}{cascade}",
            commas(names.iter().map(|name| name.rendered()))
        );
        Ok(self.runs_on(sql, &names.iter().collect::<Vec<_>>()))
    }

    pub(super) fn drop_schema(&mut self) -> Result<Plan, Refusal> {
        let exists = self.if_exists();
        let name = quoted(&self.schema_name()?);
        let cascade = self.cascade();
        Ok(self.runs_on(format!("DROP SCHEMA {exists}{name}{cascade}"), &[]))
    }

    /// `DROP PROCEDURE name(types)`.
    pub(super) fn drop_procedure(&mut self) -> Result<Plan, Refusal> {
        if self.reader.next_is("IF") {
            return Err(Refusal::not_redshift(
                "DROP PROCEDURE IF EXISTS",
                self.reader.place(),
            ));
        }
        let name = self.name()?;
        let types = self.argument_types()?;
        Ok(self.runs_on(format!("DROP PROCEDURE {}({types})", name.rendered()), &[]))
    }

    fn cascade(&mut self) -> &'static str {
        if self.reader.take(&["CASCADE"]) {
            return " CASCADE";
        }
        self.reader.take(&["RESTRICT"]);
        ""
    }
}
