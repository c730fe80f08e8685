//! Procedures in PL/pgSQL.
//!
//! <https://docs.aws.amazon.com/redshift/latest/dg/c_PLpgSQL-structure.html>

use sqlparser::ast::{Expr, Query, Select, SelectInto, SetExpr, Statement as Parsed};
use sqlparser::tokenizer::Token;

use super::Statement;
use crate::data_type::Kind;
use crate::depth::too_deep;
use crate::forms::Reads;
use crate::name::{folded, quoted};
use crate::plan::{Plan, QualifiedName};
use crate::reader::Reader;
use crate::refusal::Refusal;
use crate::tokens::body_tokens;
use crate::translate::commas;

/// How many IFs may be inside one another.
const NESTED_MAX: usize = 20;
/// The dollar quote around a body. No body of the list can hold it.
const QUOTE: &str = "$redshift$";

impl Statement {
    /// `CREATE [OR REPLACE] PROCEDURE name(arguments) LANGUAGE plpgsql AS $$ … $$`.
    pub(super) fn create_procedure(&mut self) -> Result<Plan, Refusal> {
        let name = self.name()?;
        let arguments = self.procedure_arguments()?;
        if self.reader.next_is("NONATOMIC") {
            return Err(Refusal::not_listed("a NONATOMIC procedure", self.reader.place()));
        }
        let mut language = self.reader.take(&["LANGUAGE", "PLPGSQL"]);
        let mut security = self.security();
        self.reader.expect(&["AS"])?;
        let place = self.reader.place();
        let (body, starts) = self.reader.dollar_text()?;
        language |= self.reader.take(&["LANGUAGE", "PLPGSQL"]);
        if security.is_empty() {
            security = self.security();
        }
        if !language {
            return Err(self.reader.expected("LANGUAGE plpgsql"));
        }
        if body.contains(QUOTE) {
            return Err(Refusal::not_listed(format!("{QUOTE} in a procedure"), place));
        }
        let reader = Reader::new(body_tokens(&body, starts)?);
        let mut block = Statement {
            reader,
            session: self.session,
            start: self.start,
            form: self.form,
            nested: 0,
        };
        let mut relations = Vec::new();
        let body = block.block(&mut relations)?;
        block.reader.end()?;
        let head = self.form.words.join(" ");
        let sql = format!(
            "{head} {}({arguments}) LANGUAGE plpgsql{security} AS {QUOTE}{body}{QUOTE}",
            name.rendered()
        );
        let mut translator = self.translator();
        translator.mention_all(relations);
        Ok(self.runs(sql, translator))
    }

    fn security(&mut self) -> &'static str {
        if self.reader.take(&["SECURITY", "DEFINER"]) {
            return " SECURITY DEFINER";
        }
        self.reader.take(&["SECURITY", "INVOKER"]);
        ""
    }

    /// `(name [IN] type, …)`.
    fn procedure_arguments(&mut self) -> Result<String, Refusal> {
        self.reader.expect_mark(&Token::LParen)?;
        let mut arguments = Vec::new();
        while !self.reader.take_mark(&Token::RParen) {
            if !arguments.is_empty() {
                self.reader.expect_mark(&Token::Comma)?;
            }
            let name = self.word()?;
            if self.reader.next_is("OUT") || self.reader.next_is("INOUT") {
                return Err(Refusal::not_listed(
                    "an argument that goes out",
                    self.reader.place(),
                ));
            }
            self.reader.take(&["IN"]);
            arguments.push(format!("{} {}", quoted(&name), self.kind()?.rendered()));
        }
        Ok(commas(arguments))
    }

    /// `(type, …)`, without its brackets.
    pub(super) fn argument_types(&mut self) -> Result<String, Refusal> {
        self.reader.expect_mark(&Token::LParen)?;
        let mut types = Vec::new();
        while !self.reader.take_mark(&Token::RParen) {
            if !types.is_empty() {
                self.reader.expect_mark(&Token::Comma)?;
            }
            types.push(self.kind()?.rendered());
        }
        Ok(commas(types))
    }

    fn kind(&mut self) -> Result<Kind, Refusal> {
        let place = self.reader.place();
        Kind::read(&self.reader.data_type()?, place)
    }

    /// `[DECLARE …] BEGIN … END`.
    fn block(&mut self, relations: &mut Vec<QualifiedName>) -> Result<String, Refusal> {
        let mut text = String::new();
        if self.reader.take(&["DECLARE"]) {
            text.push_str("DECLARE\n");
            while !self.reader.next_is("BEGIN") {
                text.push_str(&self.declaration()?);
            }
        }
        self.reader.expect(&["BEGIN"])?;
        text.push_str("BEGIN\n");
        while !self.reader.next_is("END") {
            text.push_str(&self.body_statement(relations)?);
        }
        self.reader.expect(&["END"])?;
        text.push_str("END;\n");
        Ok(format!("\n{text}"))
    }

    fn declaration(&mut self) -> Result<String, Refusal> {
        let name = quoted(&self.word()?);
        let kind = self.kind()?.rendered();
        let value = if self.reader.take_mark(&Token::Assignment) {
            let value = self.reader.expression()?;
            format!(" := {}", self.translator().expression(&value)?.text)
        } else {
            String::new()
        };
        self.reader.expect_mark(&Token::SemiColon)?;
        Ok(format!("{name} {kind}{value};\n"))
    }

    /// A statement of the body, and the semicolon behind it.
    fn body_statement(&mut self, relations: &mut Vec<QualifiedName>) -> Result<String, Refusal> {
        if self.reader.is_at_end() {
            return Err(self.reader.expected("END"));
        }
        let text = if self.reader.take(&["IF"]) {
            self.condition(relations)?
        } else if self.reader.take(&["RAISE"]) {
            self.raise()?
        } else if self.reader.take(&["GET", "DIAGNOSTICS"]) {
            self.diagnostics()?
        } else if self.reader.next_is_assignment() {
            let name = quoted(&self.word()?);
            self.reader.expect_mark(&Token::Assignment)?;
            format!("{name} := {}", self.value(relations)?)
        } else {
            self.inner_statement(relations)?
        };
        self.reader.expect_mark(&Token::SemiColon)?;
        Ok(format!("{text};\n"))
    }

    fn value(&mut self, relations: &mut Vec<QualifiedName>) -> Result<String, Refusal> {
        let value: Expr = self.reader.expression()?;
        let mut translator = self.translator();
        let text = translator.expression(&value)?.text;
        add(relations, translator.relations());
        Ok(text)
    }

    /// `IF … THEN … [ELSIF … THEN …] [ELSE …] END IF`.
    fn condition(&mut self, relations: &mut Vec<QualifiedName>) -> Result<String, Refusal> {
        if self.nested == NESTED_MAX {
            return Err(too_deep(self.reader.place()));
        }
        self.nested += 1;
        let mut text = format!("IF {} THEN\n", self.value(relations)?);
        self.reader.expect(&["THEN"])?;
        while !self.reader.take(&["END", "IF"]) {
            if self.reader.take(&["ELSIF"]) {
                text.push_str(&format!("ELSIF {} THEN\n", self.value(relations)?));
                self.reader.expect(&["THEN"])?;
            } else if self.reader.take(&["ELSE"]) {
                text.push_str("ELSE\n");
            } else {
                text.push_str(&self.body_statement(relations)?);
            }
        }
        self.nested -= 1;
        text.push_str("END IF");
        Ok(text)
    }

    /// `RAISE INFO|NOTICE|WARNING|EXCEPTION 'text with %', values`.
    fn raise(&mut self) -> Result<String, Refusal> {
        let level = self.one_of(&["INFO", "NOTICE", "WARNING", "EXCEPTION", "LOG", "DEBUG"])?;
        let mut text = format!("RAISE {level} {}", crate::name::literal(&self.reader.text()?));
        while self.reader.take_mark(&Token::Comma) {
            text.push_str(&format!(", {}", self.value(&mut Vec::new())?));
        }
        Ok(text)
    }

    /// `GET DIAGNOSTICS name := ROW_COUNT`.
    fn diagnostics(&mut self) -> Result<String, Refusal> {
        let name = quoted(&self.word()?);
        if !self.reader.take_mark(&Token::Assignment) {
            self.reader.expect_mark(&Token::Eq)?;
        }
        self.reader.expect(&["ROW_COUNT"])?;
        Ok(format!("GET DIAGNOSTICS {name} = ROW_COUNT"))
    }

    /// A statement that stands in a script too.
    fn inner_statement(&mut self, relations: &mut Vec<QualifiedName>) -> Result<String, Refusal> {
        self.start = self.reader.place();
        self.form = self.known_form()?;
        let plan = match self.form.reads {
            Reads::Query => return self.select_into(relations),
            Reads::Insert | Reads::Update | Reads::Delete => self.data()?,
            Reads::Merge => self.merge()?,
            Reads::CreateTemporaryTable => self.create_table("TEMPORARY ")?,
            Reads::CreateTable => self.create_table("")?,
            Reads::DropTable => self.drop_relation("TABLE")?,
            Reads::Call => self.call()?,
            Reads::Lock => self.lock()?,
            Reads::Analyze => self.analyze()?,
            Reads::Truncate => {
                let what = "TRUNCATE in a procedure, where it commits: write DELETE";
                return Err(Refusal::not_listed(what, self.start));
            }
            _ => {
                return Err(Refusal::not_listed(
                    format!("{} in a procedure", self.form.kind),
                    self.start,
                ));
            }
        };
        match plan {
            Plan::Run(run) => {
                add(relations, run.relations);
                Ok(run.sql)
            }
            _ => Err(Refusal::not_listed(
                format!("{} in a procedure", self.form.kind),
                self.start,
            )),
        }
    }

    /// `SELECT … INTO variable FROM …`.
    fn select_into(&mut self, relations: &mut Vec<QualifiedName>) -> Result<String, Refusal> {
        let mut query: Query = match self.parsed()? {
            Parsed::Query(query) => *query,
            _ => return Err(Refusal::not_listed("this query", self.start)),
        };
        let into = match &mut *query.body {
            SetExpr::Select(select) => self.take_variables(select)?,
            _ => None,
        };
        let Some(into) = into else {
            let what = "a query in a procedure whose answer goes nowhere: write SELECT … INTO variable";
            return Err(Refusal::not_redshift(what, self.start));
        };
        let mut translator = self.translator();
        let sql = translator.query(&query)?.sql;
        add(relations, translator.relations());
        // PL/pgSQL takes INTO at the end of a query too.
        Ok(format!("{sql} INTO {into}"))
    }

    /// Takes INTO out of the tree.
    fn take_variables(&self, select: &mut Select) -> Result<Option<String>, Refusal> {
        let Some(SelectInto {
            temporary: false,
            unlogged: false,
            table: false,
            targets,
        }) = select.into.take()
        else {
            return Ok(None);
        };
        let mut names = Vec::new();
        for target in targets {
            let Expr::Identifier(ident) = target else {
                return Err(Refusal::not_listed("INTO what is no variable", self.start));
            };
            names.push(quoted(&folded(&ident, self.session, self.start)?));
        }
        Ok(Some(commas(names)))
    }

    /// `CALL name(values)`.
    pub(super) fn call(&mut self) -> Result<Plan, Refusal> {
        let name = self.name()?;
        self.reader.expect_mark(&Token::LParen)?;
        let mut values = Vec::new();
        let mut translator = self.translator();
        while !self.reader.take_mark(&Token::RParen) {
            if !values.is_empty() {
                self.reader.expect_mark(&Token::Comma)?;
            }
            let value = self.reader.expression()?;
            values.push(translator.expression(&value)?.text);
        }
        Ok(self.runs(
            format!("CALL {}({})", name.rendered(), commas(values)),
            translator,
        ))
    }
}

fn add(relations: &mut Vec<QualifiedName>, more: Vec<QualifiedName>) {
    for name in more {
        if !relations.contains(&name) {
            relations.push(name);
        }
    }
}
