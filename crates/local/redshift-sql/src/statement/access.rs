//! GRANT, REVOKE and default privileges.
//!
//! <https://docs.aws.amazon.com/redshift/latest/dg/r_GRANT.html>

use super::Statement;
use crate::name::{Name, quoted};
use crate::plan::Plan;
use crate::refusal::Refusal;
use crate::translate::commas;

/// What may be granted, on both sides.
const PRIVILEGES: [&str; 11] = [
    "SELECT",
    "INSERT",
    "UPDATE",
    "DELETE",
    "TRUNCATE",
    "REFERENCES",
    "USAGE",
    "CREATE",
    "EXECUTE",
    "TEMPORARY",
    "TEMP",
];
/// Redshift's own, which PostgreSQL leaves to the owner.
const OWNERS: [&str; 2] = ["DROP", "ALTER"];

impl Statement {
    pub(super) fn grant(&mut self) -> Result<Plan, Refusal> {
        if self.reader.take(&["ROLE"]) {
            return self.of_role("GRANT", "TO");
        }
        let privileges = self.privileges()?;
        self.reader.expect(&["ON"])?;
        let (object, relations) = self.object()?;
        self.reader.expect(&["TO"])?;
        let grantees = self.grantees()?;
        let option = if self.reader.take(&["WITH", "GRANT", "OPTION"]) {
            " WITH GRANT OPTION"
        } else {
            ""
        };
        let sql = format!("GRANT {privileges} ON {object} TO {grantees}{option}");
        Ok(self.runs_on(sql, &relations.iter().collect::<Vec<_>>()))
    }

    pub(super) fn revoke(&mut self) -> Result<Plan, Refusal> {
        if self.reader.take(&["ROLE"]) {
            return self.of_role("REVOKE", "FROM");
        }
        let option = if self.reader.take(&["GRANT", "OPTION", "FOR"]) {
            "GRANT OPTION FOR "
        } else {
            ""
        };
        let privileges = self.privileges()?;
        self.reader.expect(&["ON"])?;
        let (object, relations) = self.object()?;
        self.reader.expect(&["FROM"])?;
        let grantees = self.grantees()?;
        self.reader.take(&["RESTRICT"]);
        let sql = format!("REVOKE {option}{privileges} ON {object} FROM {grantees}");
        Ok(self.runs_on(sql, &relations.iter().collect::<Vec<_>>()))
    }

    /// `GRANT ROLE r TO { user | ROLE r }`: PostgreSQL has roles only.
    fn of_role(&mut self, verb: &str, to: &str) -> Result<Plan, Refusal> {
        let session = self.session;
        let roles = self.reader.list(|reader| {
            let place = reader.place();
            crate::name::folded(&reader.identifier()?, session, place)
        })?;
        self.reader.expect(&[to])?;
        let grantees = self.grantees()?;
        let roles = commas(roles.iter().map(|role| quoted(role)));
        Ok(self.runs_on(format!("{verb} {roles} {to} {grantees}"), &[]))
    }

    fn privileges(&mut self) -> Result<String, Refusal> {
        if self.reader.take(&["ALL"]) {
            self.reader.take(&["PRIVILEGES"]);
            return Ok("ALL PRIVILEGES".to_owned());
        }
        let privileges = self.reader.list(|reader| {
            if let Some(own) = OWNERS.iter().find(|word| reader.next_is(word)) {
                return Err(Refusal::not_listed(format!("a grant of {own}"), reader.place()));
            }
            match PRIVILEGES.iter().find(|word| reader.take(&[word])) {
                Some(word) => Ok((*word).to_owned()),
                None => Err(reader.expected("a privilege")),
            }
        })?;
        Ok(commas(privileges))
    }

    fn object(&mut self) -> Result<(String, Vec<Name>), Refusal> {
        if self.reader.take(&["ALL", "TABLES", "IN", "SCHEMA"]) {
            return Ok((format!("ALL TABLES IN SCHEMA {}", self.schemas()?), Vec::new()));
        }
        if self.reader.take(&["SCHEMA"]) {
            return Ok((format!("SCHEMA {}", self.schemas()?), Vec::new()));
        }
        if self.reader.take(&["DATABASE"]) {
            return Ok((format!("DATABASE {}", quoted(&self.word()?)), Vec::new()));
        }
        if self.reader.take(&["PROCEDURE"]) {
            let name = self.name()?;
            let types = self.argument_types()?;
            return Ok((format!("PROCEDURE {}({types})", name.rendered()), Vec::new()));
        }
        for other in ["FUNCTION", "LANGUAGE", "ALL", "MODEL", "DATASHARE"] {
            if self.reader.next_is(other) {
                return Err(Refusal::not_listed(
                    format!("a grant on {other}"),
                    self.reader.place(),
                ));
            }
        }
        self.reader.take(&["TABLE"]);
        let (place, session) = (self.reader.place(), self.session);
        let names = self
            .reader
            .list(|reader| Name::read(&reader.name()?, session, place))?;
        Ok((
            format!("TABLE {}", commas(names.iter().map(Name::rendered))),
            names,
        ))
    }

    fn schemas(&mut self) -> Result<String, Refusal> {
        let mut schemas = vec![quoted(&self.schema_name()?)];
        while self.reader.take_mark(&sqlparser::tokenizer::Token::Comma) {
            schemas.push(quoted(&self.schema_name()?));
        }
        Ok(commas(schemas))
    }

    /// Users, roles and PUBLIC.
    fn grantees(&mut self) -> Result<String, Refusal> {
        let mut grantees = vec![self.grantee()?];
        while self.reader.take_mark(&sqlparser::tokenizer::Token::Comma) {
            grantees.push(self.grantee()?);
        }
        Ok(commas(grantees))
    }

    fn grantee(&mut self) -> Result<String, Refusal> {
        if self.reader.take(&["PUBLIC"]) {
            return Ok("PUBLIC".to_owned());
        }
        if self.reader.next_is("GROUP") {
            return Err(Refusal::not_listed("a GROUP: use a role", self.reader.place()));
        }
        if self.reader.take(&["ROLE"]) {
            return Ok(quoted(&self.word()?));
        }
        Ok(quoted(&self.user()?))
    }

    /// `ALTER DEFAULT PRIVILEGES [FOR USER name] [IN SCHEMA name] { GRANT | REVOKE } … ON TABLES …`.
    /// <https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_DEFAULT_PRIVILEGES.html>
    pub(super) fn alter_default_privileges(&mut self) -> Result<Plan, Refusal> {
        let mut sql = "ALTER DEFAULT PRIVILEGES".to_owned();
        if self.reader.take(&["FOR", "USER"]) {
            sql.push_str(&format!(" FOR ROLE {}", quoted(&self.user()?)));
        }
        if self.reader.take(&["IN", "SCHEMA"]) {
            sql.push_str(&format!(" IN SCHEMA {}", self.schemas()?));
        }
        let (verb, to) = match self.one_of(&["GRANT", "REVOKE"])? {
            "GRANT" => ("GRANT", "TO"),
            _ => ("REVOKE", "FROM"),
        };
        let privileges = self.privileges()?;
        self.reader.expect(&["ON"])?;
        self.reader.expect(&["TABLES"])?;
        self.reader.expect(&[to])?;
        let grantees = self.grantees()?;
        Ok(self.runs_on(
            format!("{sql} {verb} {privileges} ON TABLES {to} {grantees}"),
            &[],
        ))
    }
}
