//! One statement: which it is, and who reads it.

mod access;
mod data;
mod drop;
mod materialized_view;
mod procedure;
mod schema;
mod session;
mod table;
mod upkeep;
mod view;

use sqlparser::ast::{Ident, ObjectName, Statement as Parsed};
use sqlparser::tokenizer::{Token, TokenWithSpan};

use crate::forms::{self, Reads, STATEMENTS};
use crate::name::Name;
use crate::plan::{Plan, Run, Session, Transaction};
use crate::reader::Reader;
use crate::refusal::{Place, Refusal};
use crate::tokens::{START, tokens, with_parameters};
use crate::translate::Translator;

/// Reads one Redshift statement, with or without a semicolon at its end, and says what it becomes. `:name` stands for
/// the parameter of this name, as a string.
///
/// # Errors
///
/// A statement that is not in the list, that Redshift does not know, or that cannot be read; a parameter that the
/// statement does not name, or that is not given. Each says where.
///
/// ```
/// use redshift_sql::{Plan, Session, plan};
///
/// let named = [("day".to_owned(), "2025-03-01".to_owned())];
/// let Plan::Run(run) = plan(
///     "SELECT LISTAGG(note, ',') WITHIN GROUP (ORDER BY line) FROM orders WHERE placed_on = :day::DATE",
///     &Session::default(),
///     &named,
/// )?
/// else {
///     unreachable!()
/// };
/// assert_eq!(
///     run.sql,
///     r#"SELECT string_agg("note"::text, ',' ORDER BY "line") AS "listagg" FROM "orders" WHERE "placed_on" = '2025-03-01'::date"#,
/// );
/// # Ok::<(), redshift_sql::Refusal>(())
/// ```
pub fn plan(sql: &str, session: &Session, parameters: &[(String, String)]) -> Result<Plan, Refusal> {
    let tokens = with_parameters(tokens(sql)?, parameters)?;
    let mut statement = Statement::new(tokens, *session);
    if statement.reader.is_at_end() {
        return Err(Refusal::syntax("there is no statement", START));
    }
    let plan = statement.plan()?;
    statement.reader.end()?;
    Ok(plan)
}

/// A statement that is being read.
struct Statement {
    reader: Reader,
    session: Session,
    start: Place,
    form: &'static forms::Statement,
    /// How many IFs of a procedure's body this is in.
    nested: usize,
}

impl Statement {
    fn new(tokens: Vec<TokenWithSpan>, session: Session) -> Self {
        let reader = Reader::new(tokens);
        let start = reader.place();
        Self {
            reader,
            session,
            start,
            form: &STATEMENTS[0],
            nested: 0,
        }
    }

    fn plan(&mut self) -> Result<Plan, Refusal> {
        self.form = self.known_form()?;
        match self.form.reads {
            Reads::Query | Reads::Insert | Reads::Update | Reads::Delete => self.data(),
            Reads::Merge => self.merge(),
            Reads::Truncate => self.truncate(),
            Reads::CreateSchema => self.create_schema(),
            Reads::CreateExternalSchema => self.create_external_schema(),
            Reads::CreateTable => self.create_table(""),
            Reads::CreateTemporaryTable => self.create_table("TEMPORARY "),
            Reads::CreateView => self.create_view(),
            Reads::CreateMaterializedView => self.create_materialized_view(),
            Reads::CreateProcedure => self.create_procedure(),
            Reads::CreateRole => self.create_role(),
            Reads::CreateUser => self.create_user(),
            Reads::Refresh => self.refresh(),
            Reads::AlterTable => self.alter_table(),
            Reads::AlterUser => self.alter_user(),
            Reads::AlterDefaultPrivileges => self.alter_default_privileges(),
            Reads::DropTable => self.drop_relation("TABLE"),
            Reads::DropView => self.drop_relation("VIEW"),
            Reads::DropMaterializedView => self.drop_materialized_view(),
            Reads::DropSchema => self.drop_schema(),
            Reads::DropProcedure => self.drop_procedure(),
            Reads::DropRole => self.drop_role(),
            Reads::Call => self.call(),
            Reads::Grant => self.grant(),
            Reads::Revoke => self.revoke(),
            Reads::Set => self.set(),
            Reads::Begin => self.transaction(Transaction::Begin),
            Reads::Commit => self.transaction(Transaction::Commit),
            Reads::Rollback => self.transaction(Transaction::Rollback),
            Reads::Lock => self.lock(),
            Reads::Comment => self.comment(),
            Reads::Analyze => self.analyze(),
            Reads::Vacuum => self.vacuum(),
        }
    }

    /// Takes the first words, except those that sqlparser wants to see itself.
    fn known_form(&mut self) -> Result<&'static forms::Statement, Refusal> {
        let begins = |reader: &Reader, words: &[&str]| {
            words
                .iter()
                .enumerate()
                .all(|(nth, word)| reader.nth_is(nth, word))
        };
        if let Some(words) = forms::NOT_REDSHIFT
            .iter()
            .find(|words| begins(&self.reader, words))
        {
            return Err(Refusal::not_redshift(words.join(" "), self.start));
        }
        // A query may begin with a bracket.
        let is_query = self.reader.next_is_mark(&Token::LParen);
        let form = STATEMENTS
            .iter()
            .find(|form| (is_query && form.reads == Reads::Query) || begins(&self.reader, form.words));
        let Some(form) = form else {
            let what = format!("a statement that begins with {}", self.reader.next_word());
            return Err(Refusal::not_listed(what, self.start));
        };
        let is_parsed = matches!(
            form.reads,
            Reads::Query | Reads::Insert | Reads::Update | Reads::Delete
        );
        if !is_parsed {
            self.reader.take(form.words);
        }
        Ok(form)
    }

    fn translator(&self) -> Translator {
        Translator::new(self.session, self.start)
    }

    fn runs(&self, sql: String, translator: Translator) -> Plan {
        Plan::Run(Run {
            sql,
            returns_rows: self.form.reads == Reads::Query,
            relations: translator.relations(),
            kind: self.form.kind,
            alone: self.form.alone,
        })
    }

    /// A statement that touches the relations named.
    fn runs_on(&self, sql: String, relations: &[&Name]) -> Plan {
        let mut translator = self.translator();
        relations.iter().for_each(|name| translator.mention(name));
        self.runs(sql, translator)
    }

    /// A name with or without a schema.
    fn name(&mut self) -> Result<Name, Refusal> {
        let place = self.reader.place();
        let name = self.reader.name()?;
        self.read_name(&name, place)
    }

    fn read_name(&self, name: &ObjectName, place: Place) -> Result<Name, Refusal> {
        Name::read(name, self.session, place)
    }

    /// A name of one part, folded.
    fn word(&mut self) -> Result<String, Refusal> {
        Ok(self.folded_word()?.1)
    }

    fn folded_word(&mut self) -> Result<(Ident, String), Refusal> {
        let place = self.reader.place();
        let ident = self.reader.identifier()?;
        let folded = crate::name::folded(&ident, self.session, place)?;
        Ok((ident, folded))
    }

    fn parsed(&mut self) -> Result<Parsed, Refusal> {
        self.reader.statement()
    }
}
