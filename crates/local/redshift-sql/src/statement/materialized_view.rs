//! Materialized views, ordinary ones and those on a stream.
//!
//! <https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-create-sql-command.html>

use sqlparser::ast::{
    Expr, Ident, ObjectName, ObjectNamePart, Query, Select, SetExpr, TableFactor, visit_expressions,
};
use std::ops::ControlFlow;

use super::Statement;
use crate::name::{Name, folded};
use crate::plan::{Plan, StreamingView};
use crate::refusal::Refusal;
use crate::translate::Translator;

/// Columns that only a stream has: by them a streaming view is told from another one.
const OF_STREAMS: [&str; 2] = ["kinesis_data", "approximate_arrival_timestamp"];

impl Statement {
    pub(super) fn create_materialized_view(&mut self) -> Result<Plan, Refusal> {
        let name = self.name()?;
        if self.reader.take(&["BACKUP"]) {
            self.one_of(&["YES", "NO"])?;
        }
        self.table_attributes()?;
        let auto_refresh = self.reader.take(&["AUTO", "REFRESH"]) && self.one_of(&["YES", "NO"])? == "YES";
        self.reader.expect(&["AS"])?;
        let query = self.reader.query()?;
        match streamed(&query) {
            Some((schema, stream)) => self.streaming_view(&name, auto_refresh, &query, schema, stream),
            None => self.ordinary_view(&name, auto_refresh, &query),
        }
    }

    fn ordinary_view(&mut self, name: &Name, auto_refresh: bool, query: &Query) -> Result<Plan, Refusal> {
        let translated = self.translator().query(query)?;
        let create = format!(
            "CREATE MATERIALIZED VIEW {} AS {}",
            name.rendered(),
            translated.sql
        );
        Ok(Plan::CreateMaterializedView {
            name: name.qualified(),
            auto_refresh,
            create,
        })
    }

    fn streaming_view(
        &mut self,
        name: &Name,
        auto_refresh: bool,
        query: &Query,
        schema: &Ident,
        stream: &Ident,
    ) -> Result<Plan, Refusal> {
        let (schema, folded_stream) = (
            folded(schema, self.session, self.start)?,
            folded(stream, self.session, self.start)?,
        );
        if stream.value != folded_stream {
            let what =
                "a stream's name in capitals, unless enable_case_sensitive_identifier is on and it is quoted";
            return Err(Refusal::not_redshift(what, stream.span.start.into()));
        }
        let source = Name {
            schema: Some(schema),
            name: folded_stream,
        };
        let mut translator = Translator::of_stream(self.session, self.start, source.clone());
        let translated = translator.query(query)?;
        let Some(columns) = translated.columns else {
            return Err(Refusal::not_listed(
                "* in a streaming view: name the columns",
                self.start,
            ));
        };
        Ok(Plan::CreateStreamingView(StreamingView {
            name: name.qualified(),
            auto_refresh,
            external_schema: source.schema.unwrap_or_default(),
            stream: stream.value.clone(),
            columns: columns.into_iter().map(|column| column.name).collect(),
            select: translated.sql,
        }))
    }

    /// `REFRESH MATERIALIZED VIEW name`.
    pub(super) fn refresh(&mut self) -> Result<Plan, Refusal> {
        let name = self.name()?;
        if self.reader.next_is("RESTRICT") || self.reader.next_is("CASCADE") {
            return Err(Refusal::not_listed(
                "REFRESH with CASCADE or RESTRICT",
                self.reader.place(),
            ));
        }
        Ok(Plan::Refresh(name.qualified()))
    }

    pub(super) fn drop_materialized_view(&mut self) -> Result<Plan, Refusal> {
        let if_exists = !self.if_exists().is_empty();
        let name = self.name()?;
        if self.reader.next_is("CASCADE") {
            return Err(Refusal::not_listed(
                "DROP MATERIALIZED VIEW … CASCADE",
                self.reader.place(),
            ));
        }
        self.reader.take(&["RESTRICT"]);
        Ok(Plan::DropMaterializedView {
            name: name.qualified(),
            if_exists,
        })
    }
}

/// The schema and the name of the stream that a query reads first, if it is one's.
fn streamed(query: &Query) -> Option<(&Ident, &Ident)> {
    let SetExpr::Select(select) = &*query.body else {
        return None;
    };
    let Select { from, .. } = &**select;
    let TableFactor::Table {
        name: ObjectName(parts),
        ..
    } = &from.first()?.relation
    else {
        return None;
    };
    let [
        ObjectNamePart::Identifier(schema),
        ObjectNamePart::Identifier(stream),
    ] = parts.as_slice()
    else {
        return None;
    };
    let named = visit_expressions(query, |expr| match expr {
        Expr::Identifier(ident) if is_of_stream(ident) => ControlFlow::Break(()),
        Expr::CompoundIdentifier(parts) if parts.last().is_some_and(is_of_stream) => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    named.is_break().then_some((schema, stream))
}

fn is_of_stream(ident: &Ident) -> bool {
    OF_STREAMS
        .iter()
        .any(|name| ident.value.eq_ignore_ascii_case(name))
}
