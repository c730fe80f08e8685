//! Columns, and paths into SUPER values.
//!
//! <https://docs.aws.amazon.com/redshift/latest/dg/query-super.html>

use sqlparser::ast::{
    AccessExpr, Expr, Ident, JsonPath, JsonPathElem, Spanned, Subscript, Value, ValueWithSpan,
};

use super::scope::kind_of;
use super::{Sql, Translator};
use crate::data_type::Kind;
use crate::name::{attribute, literal, quoted};
use crate::refusal::Refusal;

impl Translator {
    /// `column`, or what QUALIFY means by it.
    pub(super) fn column(&self, ident: &Ident) -> Result<Sql, Refusal> {
        let name = self.folded(ident)?;
        if let Some((_, meant)) = self.aliases.iter().find(|(alias, _)| *alias == name) {
            return Ok(meant.clone());
        }
        Ok(Sql::closed(quoted(&name), self.scopes.kind(&name)))
    }

    /// `relation.column`, `column.attribute` and the like. A first name that a relation of the FROM clause has means
    /// that relation; any other is a column.
    pub(super) fn compound(&self, parts: &[Ident]) -> Result<Sql, Refusal> {
        let (column, attributes) = self.split_path(parts)?;
        let steps: Result<Vec<Step>, Refusal> = attributes.iter().map(|part| self.attribute(part)).collect();
        Ok(walked(column, &steps?))
    }

    /// A path with a bracket in it, as sqlparser reads it in most places.
    pub(super) fn json_access(&self, root: &Expr, path: &JsonPath) -> Result<Sql, Refusal> {
        let mut steps = Vec::new();
        for element in &path.path {
            steps.push(match element {
                JsonPathElem::Dot { key, quoted: false } if !steps.is_empty() => {
                    self.attribute(&Ident::new(key))?
                }
                JsonPathElem::Dot { key, quoted: true } if !steps.is_empty() => {
                    self.attribute(&Ident::with_quote('"', key))?
                }
                JsonPathElem::Bracket { key } => self.index(key)?,
                JsonPathElem::Dot { .. } | JsonPathElem::ColonBracket { .. } => {
                    return Err(self.not_redshift("a path behind a colon", root));
                }
            });
        }
        self.rooted(root, steps)
    }

    /// The same, as it reads it behind brackets.
    pub(super) fn access(&self, root: &Expr, chain: &[AccessExpr]) -> Result<Sql, Refusal> {
        let steps: Result<Vec<Step>, Refusal> = chain.iter().map(|access| self.step(access, root)).collect();
        self.rooted(root, steps?)
    }

    fn rooted(&self, root: &Expr, more: Vec<Step>) -> Result<Sql, Refusal> {
        let parts = match root {
            Expr::Identifier(ident) => std::slice::from_ref(ident),
            Expr::CompoundIdentifier(parts) => parts,
            other => return Err(self.not_listed("a path into an expression: only a column has paths", other)),
        };
        let (column, attributes) = self.split_path(parts)?;
        let steps: Result<Vec<Step>, Refusal> = attributes
            .iter()
            .map(|part| self.attribute(part))
            .chain(more.into_iter().map(Ok))
            .collect();
        Ok(walked(column, &steps?))
    }

    fn split_path<'a>(&self, parts: &'a [Ident]) -> Result<(Sql, &'a [Ident]), Refusal> {
        let folded: Result<Vec<String>, Refusal> = parts.iter().map(|part| self.folded(part)).collect();
        let folded = folded?;
        let named = |names: &[String]| {
            names
                .iter()
                .map(|name| quoted(name))
                .collect::<Vec<_>>()
                .join(".")
        };
        let (relation, length) = match folded.as_slice() {
            [alias, _, ..] if self.scopes.by_alias(alias).is_some() => (self.scopes.by_alias(alias), 2),
            [schema, name, _, ..] if self.scopes.by_name(schema, name).is_some() => {
                (self.scopes.by_name(schema, name), 3)
            }
            _ => (None, 1),
        };
        let (names, attributes) = (
            folded.get(..length).unwrap_or_default(),
            parts.get(length..).unwrap_or_default(),
        );
        let column = names.last().map(String::as_str).unwrap_or_default();
        let kind = match relation {
            Some(relation) => kind_of(relation, column),
            None => self.scopes.kind(column),
        };
        Ok((Sql::closed(named(names), kind), attributes))
    }

    fn attribute(&self, ident: &Ident) -> Result<Step, Refusal> {
        Ok(Step::Attribute(attribute(ident, self.session, self.start)?))
    }

    fn step(&self, access: &AccessExpr, root: &Expr) -> Result<Step, Refusal> {
        match access {
            AccessExpr::Dot(Expr::Identifier(ident)) => self.attribute(ident),
            AccessExpr::Dot(other) => Err(self.not_listed("this step of a path", other)),
            AccessExpr::Subscript(Subscript::Index { index }) => self.index(index),
            AccessExpr::Subscript(Subscript::Slice { .. }) => {
                Err(self.not_redshift("a slice of an array", root))
            }
        }
    }

    /// An array's place, from 0.
    fn index(&self, index: &Expr) -> Result<Step, Refusal> {
        if let Expr::Value(ValueWithSpan {
            value: Value::Number(number, false),
            ..
        }) = index
            && let Ok(index) = number.parse()
        {
            return Ok(Step::Index(index));
        }
        Err(self.not_listed("an array's index that is no whole number", index))
    }

    /// Refuses a SUPER value where Redshift would choose a type at run time.
    pub(super) fn typed(&self, value: &Sql, part: &impl Spanned) -> Result<(), Refusal> {
        if value.kind == Some(Kind::Super) {
            return Err(self.not_listed("a SUPER value here: cast it first", part));
        }
        Ok(())
    }
}

/// A step into a SUPER value.
enum Step {
    Attribute(String),
    Index(u32),
}

/// Lax, as Redshift is by default: a step that leads nowhere is NULL. So is JSON's null.
fn walked(column: Sql, steps: &[Step]) -> Sql {
    if steps.is_empty() {
        return column;
    }
    let mut path = column.text;
    for step in steps {
        match step {
            Step::Attribute(name) => path.push_str(&format!(" -> {}", literal(name))),
            Step::Index(index) => path.push_str(&format!(" -> {index}")),
        }
    }
    let value = Sql::closed(format!("redshift.value({path})"), Some(Kind::Super));
    Sql {
        path: Some(path),
        ..value
    }
}
