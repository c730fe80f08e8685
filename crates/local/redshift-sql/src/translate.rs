//! From a Redshift tree to PostgreSQL's text. Every tree is matched exhaustively: a form that is not in the list is
//! refused, and one that a new sqlparser brings does not compile until somebody decides about it.

mod arithmetic;
mod cast;
mod data;
mod expression;
mod from;
mod function;
mod path;
mod query;
mod rewrite;
mod scope;
mod select;
mod window;

use sqlparser::ast::{Ident, ObjectName, Spanned};

use crate::data_type::Kind;
use crate::depth::too_deep;
use crate::name::{self, Name};
use crate::plan::{QualifiedName, Session};
use crate::refusal::{Place, Refusal};

pub(crate) use query::Translated;
use scope::Scopes;

/// How many steps down the walk may go, through expressions, queries and sets.
const DEPTH_MAX: usize = 128;

/// The state of a walk.
#[derive(Debug)]
pub(crate) struct Translator {
    pub(crate) session: Session,
    /// Where the statement begins: the place of what has none of its own.
    start: Place,
    scopes: Scopes,
    relations: Vec<QualifiedName>,
    /// Whether a relation was read whose name has no schema.
    pub(crate) reads_bare_name: bool,
    depth: usize,
    /// The only relation that may be read, and what to read instead.
    stream: Option<Name>,
    /// Names that stand for an expression of the select list, while QUALIFY is read.
    aliases: Vec<(String, Sql)>,
}

/// A piece of PostgreSQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sql {
    pub(crate) text: String,
    /// Its type, where the expression shows it.
    pub(crate) kind: Option<Kind>,
    rank: Rank,
    /// A path as a cast takes it: a cast makes NULL of JSON's null itself.
    path: Option<String>,
}

/// What holds a piece together, the tightest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// A name, a literal, a call, brackets.
    Closed,
    /// Arithmetic, and the joining of texts.
    Arithmetic,
    /// A comparison or another test, and NOT.
    Test,
    /// AND, OR.
    Logic,
}

impl Sql {
    fn new(text: impl Into<String>, kind: Option<Kind>, rank: Rank) -> Self {
        Self {
            text: text.into(),
            kind,
            rank,
            path: None,
        }
    }

    fn closed(text: impl Into<String>, kind: Option<Kind>) -> Self {
        Self::new(text, kind, Rank::Closed)
    }

    fn arithmetic(text: impl Into<String>, kind: Option<Kind>) -> Self {
        Self::new(text, kind, Rank::Arithmetic)
    }

    fn test(text: impl Into<String>) -> Self {
        Self::new(text, Some(Kind::Boolean), Rank::Test)
    }

    /// With brackets around it if any operator could tear it apart.
    fn operand(&self) -> String {
        self.within(Rank::Arithmetic)
    }

    /// With brackets around it if an operator of this rank could tear it apart.
    fn within(&self, rank: Rank) -> String {
        if self.rank < rank {
            self.text.clone()
        } else {
            format!("({})", self.text)
        }
    }

    /// For either side of a test.
    fn tested(&self) -> String {
        self.within(Rank::Test)
    }
}

impl Translator {
    pub(crate) fn new(session: Session, start: Place) -> Self {
        Self {
            session,
            start,
            scopes: Scopes::default(),
            relations: Vec::new(),
            reads_bare_name: false,
            depth: 0,
            stream: None,
            aliases: Vec::new(),
        }
    }

    /// A translator that lets a query read nothing but this stream.
    pub(crate) fn of_stream(session: Session, start: Place, stream: Name) -> Self {
        Self {
            stream: Some(stream),
            ..Self::new(session, start)
        }
    }

    /// What was read or written, in the order of its first mention.
    pub(crate) fn relations(self) -> Vec<QualifiedName> {
        self.relations
    }

    pub(crate) fn mention(&mut self, name: &Name) {
        self.mention_all([name.qualified()]);
    }

    pub(crate) fn mention_all(&mut self, names: impl IntoIterator<Item = QualifiedName>) {
        for name in names {
            if !self.relations.contains(&name) {
                self.relations.push(name);
            }
        }
    }

    pub(crate) fn folded(&self, ident: &Ident) -> Result<String, Refusal> {
        name::folded(ident, self.session, self.start)
    }

    /// Folds what may be a function's name too.
    fn folded_word(&self, ident: &Ident) -> String {
        name::folded_word(ident, self.session)
    }

    /// A relation that is no `WITH` query's.
    fn relation(&mut self, name: &ObjectName) -> Result<Name, Refusal> {
        let name = Name::read(name, self.session, self.place(name))?;
        self.mention(&name);
        Ok(name)
    }

    fn place(&self, part: &impl Spanned) -> Place {
        self.start.or_of(part.span())
    }

    fn not_redshift(&self, what: impl std::fmt::Display, part: &impl Spanned) -> Refusal {
        Refusal::not_redshift(what, self.place(part))
    }

    fn not_listed(&self, what: impl std::fmt::Display, part: &impl Spanned) -> Refusal {
        Refusal::not_listed(what, self.place(part))
    }

    /// Runs a step one level down.
    fn deeper<T>(&mut self, step: impl FnOnce(&mut Self) -> Result<T, Refusal>) -> Result<T, Refusal> {
        if self.depth == DEPTH_MAX {
            return Err(too_deep(self.start));
        }
        self.depth += 1;
        let done = step(self);
        self.depth -= 1;
        done
    }
}

/// Texts with commas between them.
pub(crate) fn commas(texts: impl IntoIterator<Item = String>) -> String {
    texts.into_iter().collect::<Vec<_>>().join(", ")
}

fn texts(list: Vec<Sql>) -> String {
    commas(list.into_iter().map(|each| each.text))
}
