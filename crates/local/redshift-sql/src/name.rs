//! Names: folded as Redshift folds them, quoted as PostgreSQL needs them.

use sqlparser::ast::{Ident, ObjectName, ObjectNamePart};

use crate::forms::RESERVED_WORDS;
use crate::plan::{QualifiedName, STAGING, Session};
use crate::refusal::{Place, Refusal};

/// The schema of what this crate's SQL calls; no statement may name it.
const SUPPORT_SCHEMA: &str = "redshift";
/// Schemas of the local warehouse's own begin with this.
const RESERVED_PREFIX: &str = "redshift_";
/// PostgreSQL's own catalogue, which answers otherwise than Redshift's.
const CATALOGUES: [&str; 3] = ["pg_catalog", "information_schema", "pg_toast"];

/// Redshift folds the ASCII letters of every name to lower case, quoted or not, unless
/// `enable_case_sensitive_identifier` is on.
/// <https://docs.aws.amazon.com/redshift/latest/dg/r_enable_case_sensitive_identifier.html>
///
/// A reserved word is no name without quotes.
pub(crate) fn folded(ident: &Ident, session: Session, place: Place) -> Result<String, Refusal> {
    not_reserved(ident, place)?;
    Ok(folded_word(ident, session))
}

/// The same for a word that may be a function's too.
pub(crate) fn folded_word(ident: &Ident, session: Session) -> String {
    if session.case_sensitive_identifier && ident.quote_style.is_some() {
        return ident.value.clone();
    }
    ident.value.to_ascii_lowercase()
}

/// A user's name keeps its case in quotes, whatever the session says.
/// <https://docs.aws.amazon.com/redshift/latest/dg/r_enable_case_sensitive_identifier.html>
pub(crate) fn user(ident: &Ident, place: Place) -> Result<String, Refusal> {
    not_reserved(ident, place)?;
    if ident.quote_style.is_some() {
        return Ok(ident.value.clone());
    }
    Ok(ident.value.to_ascii_lowercase())
}

/// A name of a SUPER path. `enable_case_sensitive_super_attribute` is about names without quotes only; one in quotes keeps
/// its case with `enable_case_sensitive_identifier`, whatever the other says.
/// <https://docs.aws.amazon.com/redshift/latest/dg/r_enable_case_sensitive_super_attribute.html>
pub(crate) fn attribute(ident: &Ident, session: Session, place: Place) -> Result<String, Refusal> {
    not_reserved(ident, place)?;
    let keeps_case = match ident.quote_style {
        Some(_) => session.case_sensitive_identifier,
        None => session.case_sensitive_super_attribute,
    };
    if keeps_case {
        return Ok(ident.value.clone());
    }
    Ok(ident.value.to_ascii_lowercase())
}

/// <https://docs.aws.amazon.com/redshift/latest/dg/r_names.html>
fn not_reserved(ident: &Ident, place: Place) -> Result<(), Refusal> {
    let mut words = RESERVED_WORDS.iter();
    match words.find(|word| ident.quote_style.is_none() && ident.value.eq_ignore_ascii_case(word)) {
        None => Ok(()),
        Some(word) => Err(Refusal::not_redshift(
            format!("the reserved word {word} as a name without quotes"),
            place.or_of(ident.span),
        )),
    }
}

/// For PostgreSQL. Always quoted, so that no word of its grammar gets in the way.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A string literal for PostgreSQL, which takes a backslash for itself.
pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A relation's or routine's name, as written and as known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) schema: Option<String>,
    pub(crate) name: String,
}

impl Name {
    /// One part, or a schema and one.
    pub(crate) fn read(name: &ObjectName, session: Session, place: Place) -> Result<Self, Refusal> {
        let mut parts = Vec::new();
        for part in &name.0 {
            match part {
                ObjectNamePart::Identifier(ident) => parts.push(folded(ident, session, place)?),
                ObjectNamePart::Function(_) => {
                    return Err(Refusal::not_listed("a function as a name", place));
                }
            }
        }
        let read = match <[String; 2]>::try_from(parts) {
            Ok([schema, name]) => Self {
                schema: Some(schema),
                name,
            },
            Err(mut parts) => match (parts.pop(), parts.is_empty()) {
                (Some(name), true) => Self { schema: None, name },
                _ => {
                    return Err(Refusal::not_listed(
                        "a name with more parts than schema and name",
                        place,
                    ));
                }
            },
        };
        read.check(place)
    }

    fn check(self, place: Place) -> Result<Self, Refusal> {
        let schema = self.schema.as_deref().unwrap_or_default();
        let is_reserved = schema == SUPPORT_SCHEMA || schema.starts_with(RESERVED_PREFIX);
        if self.name == STAGING || is_reserved {
            return Err(Refusal::not_redshift(
                format!("the reserved name {}", self.rendered()),
                place,
            ));
        }
        if CATALOGUES.contains(&schema) || (schema.is_empty() && self.name.starts_with("pg_")) {
            return Err(Refusal::not_listed("PostgreSQL's catalogue", place));
        }
        if self.name.starts_with('#') {
            return Err(Refusal::not_listed(
                "a temporary table by #: write CREATE TEMP TABLE",
                place,
            ));
        }
        Ok(self)
    }

    pub(crate) fn rendered(&self) -> String {
        match &self.schema {
            None => quoted(&self.name),
            Some(schema) => format!("{}.{}", quoted(schema), quoted(&self.name)),
        }
    }

    pub(crate) fn qualified(&self) -> QualifiedName {
        QualifiedName {
            schema: self.schema.clone().unwrap_or_else(|| "public".to_owned()),
            name: self.name.clone(),
        }
    }
}
