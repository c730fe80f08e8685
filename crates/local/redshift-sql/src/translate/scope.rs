//! Which relations a name can mean.

use crate::data_type::Kind;

/// A column of a query's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: Option<Kind>,
}

/// A relation of a FROM clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Relation {
    /// The alias, or the name.
    pub(crate) alias: String,
    /// The schema, where no alias hides it.
    pub(crate) schema: Option<String>,
    /// What is known of a query. A table's columns are not known here.
    pub(crate) columns: Option<Vec<Column>>,
}

impl Relation {
    fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().flatten().find(|column| column.name == name)
    }
}

/// `WITH` queries and relations, the outermost first.
#[derive(Debug, Default)]
pub(super) struct Scopes {
    queries: Vec<(String, Option<Vec<Column>>)>,
    levels: Vec<Vec<Relation>>,
}

impl Scopes {
    pub(super) fn queries_len(&self) -> usize {
        self.queries.len()
    }

    pub(super) fn add_query(&mut self, name: String, columns: Option<Vec<Column>>) {
        self.queries.push((name, columns));
    }

    pub(super) fn forget_queries(&mut self, length: usize) {
        self.queries.truncate(length);
    }

    /// The columns of a `WITH` query of this name.
    pub(super) fn query(&self, name: &str) -> Option<Option<Vec<Column>>> {
        let mut queries = self.queries.iter().rev();
        queries
            .find(|(known, _)| known == name)
            .map(|(_, columns)| columns.clone())
    }

    pub(super) fn enter(&mut self) {
        self.levels.push(Vec::new());
    }

    pub(super) fn add(&mut self, relation: Relation) {
        if let Some(level) = self.levels.last_mut() {
            level.push(relation);
        }
    }

    pub(super) fn leave(&mut self) {
        self.levels.pop();
    }

    /// The relations of the innermost FROM clause.
    pub(super) fn here(&self) -> &[Relation] {
        self.levels.last().map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn by_alias(&self, alias: &str) -> Option<&Relation> {
        self.all().find(|relation| relation.alias == alias)
    }

    pub(super) fn by_name(&self, schema: &str, name: &str) -> Option<&Relation> {
        self.all()
            .find(|relation| relation.schema.as_deref() == Some(schema) && relation.alias == name)
    }

    /// The type of a column that no relation is named with: known only where it can be no other's.
    pub(super) fn kind(&self, column: &str) -> Option<Kind> {
        for level in self.levels.iter().rev() {
            let mut having = level.iter().filter_map(|relation| relation.column(column));
            match (having.next(), having.next()) {
                (Some(only), None) if level.iter().all(|relation| relation.columns.is_some()) => {
                    return only.kind;
                }
                (None, _) if level.iter().all(|relation| relation.columns.is_some()) => {}
                _ => return None,
            }
        }
        None
    }

    fn all(&self) -> impl Iterator<Item = &Relation> {
        self.levels.iter().rev().flatten()
    }
}

/// The type of a relation's column.
pub(super) fn kind_of(relation: &Relation, column: &str) -> Option<Kind> {
    relation.column(column).and_then(|column| column.kind)
}
