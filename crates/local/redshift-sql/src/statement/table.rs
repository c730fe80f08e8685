//! Tables.

use sqlparser::tokenizer::Token;

use super::Statement;
use crate::data_type::Kind;
use crate::name::{Name, quoted};
use crate::plan::Plan;
use crate::refusal::Refusal;
use crate::translate::commas;

/// How a column may be stored. PostgreSQL stores it as it likes.
/// <https://docs.aws.amazon.com/redshift/latest/dg/c_Compression_encodings.html>
const ENCODINGS: [&str; 14] = [
    "AUTO",
    "AZ64",
    "BYTEDICT",
    "DELTA",
    "DELTA32K",
    "LZO",
    "MOSTLY8",
    "MOSTLY16",
    "MOSTLY32",
    "RAW",
    "RUNLENGTH",
    "TEXT255",
    "TEXT32K",
    "ZSTD",
];
const STYLES: [&str; 4] = ["AUTO", "EVEN", "KEY", "ALL"];

/// The parts of `CREATE TABLE (…)`.
#[derive(Default)]
struct Definition {
    columns: Vec<Column>,
    likes: Vec<String>,
    /// Columns of the primary key, which may not be NULL.
    keys: Vec<String>,
    sources: Vec<Name>,
}

struct Column {
    name: String,
    kind: Kind,
    is_required: bool,
    default: Option<String>,
}

impl Statement {
    /// <https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_NEW.html>
    pub(super) fn create_table(&mut self, temporary: &str) -> Result<Plan, Refusal> {
        let exists = self.if_not_exists();
        let name = self.name()?;
        if self.reader.next_is_mark(&Token::LParen) {
            return self.create_defined(&format!("CREATE {temporary}TABLE {exists}"), &name);
        }
        self.table_attributes()?;
        self.reader.expect(&["AS"])?;
        if !exists.is_empty() {
            return Err(Refusal::not_redshift(
                "CREATE TABLE IF NOT EXISTS … AS",
                self.start,
            ));
        }
        let query = self.reader.query()?;
        let mut translator = self.translator();
        translator.mention(&name);
        let query = translator.query(&query)?.sql;
        Ok(self.runs(
            format!("CREATE {temporary}TABLE {} AS {query}", name.rendered()),
            translator,
        ))
    }

    fn create_defined(&mut self, head: &str, name: &Name) -> Result<Plan, Refusal> {
        let mut definition = Definition::default();
        self.reader.expect_mark(&Token::LParen)?;
        loop {
            self.definition(&mut definition)?;
            if !self.reader.take_mark(&Token::Comma) {
                break;
            }
        }
        self.reader.expect_mark(&Token::RParen)?;
        self.table_attributes()?;
        if self.reader.next_is("AS") {
            return Err(Refusal::not_listed(
                "CREATE TABLE (columns) AS",
                self.reader.place(),
            ));
        }
        let sql = format!("{head}{} ({})", name.rendered(), commas(definition.rendered()));
        let mut touched = vec![name];
        touched.extend(&definition.sources);
        Ok(self.runs_on(sql, &touched))
    }

    fn definition(&mut self, definition: &mut Definition) -> Result<(), Refusal> {
        if self.reader.take(&["LIKE"]) {
            let source = self.name()?;
            let defaults = if self.reader.take(&["INCLUDING", "DEFAULTS"]) {
                " INCLUDING DEFAULTS"
            } else {
                ""
            };
            definition
                .likes
                .push(format!("LIKE {}{defaults}", source.rendered()));
            definition.sources.push(source);
            return Ok(());
        }
        if self.reader.take(&["PRIMARY", "KEY"]) {
            definition.keys.extend(self.columns()?);
            return Ok(());
        }
        if self.reader.take(&["UNIQUE"]) {
            return self.columns().map(drop);
        }
        if self.reader.take(&["FOREIGN", "KEY"]) {
            self.columns()?;
            self.reader.expect(&["REFERENCES"])?;
            return self.references();
        }
        let column = self.column(definition)?;
        definition.columns.push(column);
        Ok(())
    }

    fn column(&mut self, definition: &mut Definition) -> Result<Column, Refusal> {
        let name = self.word()?;
        let place = self.reader.place();
        let kind = Kind::read(&self.reader.data_type()?, place)?.of_column();
        let mut column = Column {
            name,
            kind,
            is_required: false,
            default: None,
        };
        loop {
            if self.reader.take(&["NOT", "NULL"]) {
                column.is_required = true;
            } else if self.reader.take(&["DEFAULT"]) {
                let default = self.reader.default_value()?;
                column.default = Some(self.translator().expression(&default)?.text);
            } else if self.reader.take(&["ENCODE"]) {
                self.one_of(&ENCODINGS)?;
            } else if self.reader.take(&["PRIMARY", "KEY"]) {
                definition.keys.push(column.name.clone());
            } else if self.reader.take(&["REFERENCES"]) {
                self.references()?;
            } else if self.reader.next_is("IDENTITY") || self.reader.next_is("GENERATED") {
                return Err(Refusal::not_listed("an IDENTITY column", self.reader.place()));
            } else if self.reader.next_is("CHECK") || self.reader.next_is("CONSTRAINT") {
                return Err(Refusal::not_redshift(
                    self.reader.next_word(),
                    self.reader.place(),
                ));
            } else if !self.taken_without_effect() {
                return Ok(column);
            }
        }
    }

    fn taken_without_effect(&mut self) -> bool {
        let words = ["NULL", "UNIQUE", "DISTKEY", "SORTKEY"];
        words.iter().any(|word| self.reader.take(&[word]))
    }

    /// A foreign key is information for the planner only.
    fn references(&mut self) -> Result<(), Refusal> {
        self.name()?;
        if self.reader.next_is_mark(&Token::LParen) {
            self.columns()?;
        }
        Ok(())
    }

    /// Where rows lie, and in which order: nothing that an answer depends on.
    pub(super) fn table_attributes(&mut self) -> Result<(), Refusal> {
        loop {
            if self.reader.take(&["BACKUP"]) {
                self.one_of(&["YES", "NO"])?;
            } else if self.reader.take(&["DISTSTYLE"]) {
                self.one_of(&STYLES)?;
            } else if self.key_with_columns() {
                self.columns()?;
            } else if self.reader.take(&["SORTKEY"]) {
                if !self.reader.take(&["AUTO"]) {
                    self.columns()?;
                }
            } else if self.reader.take(&["ENCODE"]) {
                self.one_of(&["AUTO"])?;
            } else {
                return Ok(());
            }
        }
    }

    fn key_with_columns(&mut self) -> bool {
        let keys: [&[&str]; 3] = [
            &["DISTKEY"],
            &["COMPOUND", "SORTKEY"],
            &["INTERLEAVED", "SORTKEY"],
        ];
        keys.iter().any(|words| self.reader.take(words))
    }

    pub(super) fn one_of(&mut self, words: &[&'static str]) -> Result<&'static str, Refusal> {
        match words.iter().find(|word| self.reader.next_is(word)) {
            Some(word) => {
                self.reader.take(&[word]);
                Ok(word)
            }
            None => Err(self.reader.expected(&words.join(" or "))),
        }
    }

    fn columns(&mut self) -> Result<Vec<String>, Refusal> {
        let session = self.session;
        self.reader.bracketed(|reader| {
            let place = reader.place();
            crate::name::folded(&reader.identifier()?, session, place)
        })
    }

    /// `ALTER TABLE … APPEND FROM`, `ADD COLUMN`, `RENAME TO`.
    pub(super) fn alter_table(&mut self) -> Result<Plan, Refusal> {
        let target = self.name()?;
        if self.reader.take(&["APPEND", "FROM"]) {
            return self.append_from(&target);
        }
        if self.reader.take(&["RENAME", "TO"]) {
            let name = quoted(&self.word()?);
            let sql = format!("ALTER TABLE {} RENAME TO {name}", target.rendered());
            return Ok(self.runs_on(sql, &[&target]));
        }
        if self.reader.take(&["ADD", "COLUMN"]) || self.reader.take(&["ADD"]) {
            let place = self.reader.place();
            let mut definition = Definition::default();
            let column = self.column(&mut definition)?;
            if !definition.keys.is_empty() {
                return Err(Refusal::not_redshift("a primary key of an added column", place));
            }
            if column.is_required && column.default.is_none() {
                return Err(Refusal::not_redshift(
                    "an added column that is NOT NULL without DEFAULT",
                    place,
                ));
            }
            let sql = format!(
                "ALTER TABLE {} ADD COLUMN {}",
                target.rendered(),
                column.rendered(false)
            );
            return Ok(self.runs_on(sql, &[&target]));
        }
        Err(Refusal::not_listed(
            "this form of ALTER TABLE",
            self.reader.place(),
        ))
    }

    /// Not inside a transaction block, where either table is a view, or of a table to itself.
    /// <https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_TABLE_APPEND.html>
    fn append_from(&mut self, target: &Name) -> Result<Plan, Refusal> {
        let source = self.name()?;
        let (mut fill_target, mut ignore_extra) = (false, false);
        if self.reader.take(&["IGNOREEXTRA"]) {
            ignore_extra = true;
        } else if self.reader.take(&["FILLTARGET"]) {
            fill_target = true;
        }
        if self.reader.next_is("IGNOREEXTRA") || self.reader.next_is("FILLTARGET") {
            return Err(Refusal::not_redshift(
                "IGNOREEXTRA and FILLTARGET together",
                self.reader.place(),
            ));
        }
        Ok(Plan::AppendFrom {
            target: target.qualified(),
            source: source.qualified(),
            fill_target,
            ignore_extra,
        })
    }
}

impl Definition {
    fn rendered(&self) -> Vec<String> {
        let columns = self.columns.iter();
        let columns = columns.map(|column| column.rendered(self.keys.contains(&column.name)));
        self.likes.iter().cloned().chain(columns).collect()
    }
}

impl Column {
    /// A key is not enforced, as in Redshift, except that it is not NULL. A text's length counts bytes.
    fn rendered(&self, is_key: bool) -> String {
        let name = quoted(&self.name);
        let mut text = format!("{name} {}", self.kind.rendered());
        if let Some(default) = &self.default {
            text.push_str(&format!(" DEFAULT {default}"));
        }
        if self.is_required || is_key {
            text.push_str(" NOT NULL");
        }
        if let Kind::Varchar(Some(length)) | Kind::Varbyte(Some(length)) = self.kind {
            text.push_str(&format!(" CHECK (octet_length({name}) <= {length})"));
        }
        text
    }
}
