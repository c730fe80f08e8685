//! Views.

use sqlparser::tokenizer::Token;

use super::Statement;
use crate::plan::Plan;
use crate::refusal::Refusal;

impl Statement {
    /// `CREATE [OR REPLACE] VIEW name [(columns)] AS query [WITH NO SCHEMA BINDING]`. Without a binding Redshift looks
    /// the relations up at every query, by their full names; PostgreSQL always binds.
    pub(super) fn create_view(&mut self) -> Result<Plan, Refusal> {
        let name = self.name()?;
        let columns = if self.reader.next_is_mark(&Token::LParen) {
            self.reader.bracketed(|reader| reader.name())?
        } else {
            Vec::new()
        };
        self.reader.expect(&["AS"])?;
        let query = self.reader.query()?;
        let is_unbound = self.reader.take(&["WITH", "NO", "SCHEMA", "BINDING"]);
        let mut translator = self.translator();
        translator.mention(&name);
        let columns = translator.column_list(&columns)?;
        let query = translator.query(&query)?.sql;
        if is_unbound && translator.reads_bare_name {
            let what = "a name without its schema in a view WITH NO SCHEMA BINDING";
            return Err(Refusal::not_redshift(what, self.start));
        }
        let head = self.form.words.join(" ");
        Ok(self.runs(
            format!("{head} {}{columns} AS {query}", name.rendered()),
            translator,
        ))
    }
}
