//! LOCK, COMMENT, ANALYZE and VACUUM.

use sqlparser::tokenizer::Token;

use super::Statement;
use crate::name::{Name, literal, quoted};
use crate::plan::Plan;
use crate::refusal::Refusal;
use crate::translate::commas;

impl Statement {
    /// `LOCK [TABLE] name, …`: exclusive on both sides.
    /// <https://docs.aws.amazon.com/redshift/latest/dg/r_LOCK.html>
    pub(super) fn lock(&mut self) -> Result<Plan, Refusal> {
        self.reader.take(&["TABLE"]);
        let (place, session) = (self.reader.place(), self.session);
        let names = self
            .reader
            .list(|reader| Name::read(&reader.name()?, session, place))?;
        if self.reader.next_is("IN") {
            return Err(Refusal::not_redshift("LOCK … IN a mode", self.reader.place()));
        }
        let sql = format!("LOCK TABLE {}", commas(names.iter().map(Name::rendered)));
        Ok(self.runs_on(sql, &names.iter().collect::<Vec<_>>()))
    }

    /// `COMMENT ON TABLE|VIEW|SCHEMA name IS 'text'`.
    pub(super) fn comment(&mut self) -> Result<Plan, Refusal> {
        let what = self.one_of(&["TABLE", "VIEW", "SCHEMA", "COLUMN"])?;
        let (name, relations) = match what {
            "SCHEMA" => (quoted(&self.schema_name()?), None),
            "COLUMN" => return Err(Refusal::not_listed("COMMENT ON COLUMN", self.start)),
            _ => {
                let name = self.name()?;
                (name.rendered(), Some(name))
            }
        };
        self.reader.expect(&["IS"])?;
        let text = if self.reader.take(&["NULL"]) {
            "NULL".to_owned()
        } else {
            literal(&self.reader.text()?)
        };
        let relations: Vec<&Name> = relations.iter().collect();
        Ok(self.runs_on(format!("COMMENT ON {what} {name} IS {text}"), &relations))
    }

    /// `ANALYZE [name]`.
    pub(super) fn analyze(&mut self) -> Result<Plan, Refusal> {
        if self.reader.next_is("COMPRESSION") || self.reader.next_is("VERBOSE") {
            return Err(Refusal::not_listed("this form of ANALYZE", self.reader.place()));
        }
        self.of_one_table("ANALYZE")
    }

    /// `VACUUM [FULL | SORT ONLY | DELETE ONLY | REINDEX | RECLUSTER] [name [TO n PERCENT] [BOOST]]`: all of them the
    /// same to PostgreSQL.
    pub(super) fn vacuum(&mut self) -> Result<Plan, Refusal> {
        let kinds: [&[&str]; 4] = [&["FULL"], &["SORT", "ONLY"], &["DELETE", "ONLY"], &["RECLUSTER"]];
        let _ = kinds.iter().any(|words| self.reader.take(words));
        let plan = self.of_one_table("VACUUM")?;
        if self.reader.take(&["TO"]) {
            self.reader.number()?;
            self.reader.expect(&["PERCENT"])?;
        }
        self.reader.take(&["BOOST"]);
        Ok(plan)
    }

    fn of_one_table(&mut self, word: &str) -> Result<Plan, Refusal> {
        if self.reader.is_at_end() || self.reader.next_is_mark(&Token::SemiColon) {
            return Ok(self.runs_on(word.to_owned(), &[]));
        }
        let name = self.name()?;
        Ok(self.runs_on(format!("{word} {}", name.rendered()), &[&name]))
    }
}
