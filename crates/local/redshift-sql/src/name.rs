//! Names: folded as Redshift folds them, quoted as PostgreSQL needs them.

use sqlparser::ast::{Ident, ObjectName, ObjectNamePart};

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
pub(crate) fn folded(ident: &Ident, session: Session) -> String {
    if session.case_sensitive_identifier && ident.quote_style.is_some() {
        return ident.value.clone();
    }
    ident.value.to_ascii_lowercase()
}

/// A user's name keeps its case in quotes, whatever the session says.
/// <https://docs.aws.amazon.com/redshift/latest/dg/r_enable_case_sensitive_identifier.html>
pub(crate) fn user(ident: &Ident) -> String {
    if ident.quote_style.is_some() {
        return ident.value.clone();
    }
    ident.value.to_ascii_lowercase()
}

/// A name of a SUPER path. In quotes it keeps its case with either setting on, without them with the SUPER one.
/// <https://docs.aws.amazon.com/redshift/latest/dg/r_enable_case_sensitive_super_attribute.html>
pub(crate) fn attribute(ident: &Ident, session: Session) -> String {
    let quoted = ident.quote_style.is_some() && session.case_sensitive_identifier;
    if quoted || session.case_sensitive_super_attribute {
        return ident.value.clone();
    }
    ident.value.to_ascii_lowercase()
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
                ObjectNamePart::Identifier(ident) => parts.push(folded(ident, session)),
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
