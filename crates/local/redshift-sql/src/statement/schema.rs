//! Schemas.

use sqlparser::ast::ObjectName;

use super::Statement;
use crate::name::quoted;
use crate::plan::Plan;
use crate::refusal::Refusal;

impl Statement {
    /// `CREATE SCHEMA [IF NOT EXISTS] name`.
    pub(super) fn create_schema(&mut self) -> Result<Plan, Refusal> {
        let exists = self.if_not_exists();
        let name = self.schema_name()?;
        if self.reader.next_is("AUTHORIZATION") || self.reader.next_is("QUOTA") {
            return Err(Refusal::not_listed(
                "CREATE SCHEMA with an owner or a quota",
                self.reader.place(),
            ));
        }
        Ok(self.runs_on(format!("CREATE SCHEMA {exists}{}", quoted(&name)), &[]))
    }

    /// `CREATE EXTERNAL SCHEMA [IF NOT EXISTS] name FROM KINESIS IAM_ROLE { default | 'arn' }`.
    /// <https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_EXTERNAL_SCHEMA.html>
    pub(super) fn create_external_schema(&mut self) -> Result<Plan, Refusal> {
        let if_not_exists = !self.if_not_exists().is_empty();
        let name = self.schema_name()?;
        if !self.reader.take(&["FROM", "KINESIS"]) {
            return Err(Refusal::not_listed(
                "an external schema from anything but KINESIS",
                self.reader.place(),
            ));
        }
        self.reader.expect(&["IAM_ROLE"])?;
        let iam_role = if self.reader.take(&["DEFAULT"]) {
            "default".to_owned()
        } else {
            self.reader.text()?
        };
        Ok(Plan::CreateExternalSchema {
            name,
            if_not_exists,
            iam_role,
        })
    }

    /// A schema's name, checked as that of a relation in it.
    pub(super) fn schema_name(&mut self) -> Result<String, Refusal> {
        let place = self.reader.place();
        let (ident, folded) = self.folded_word()?;
        let member = ObjectName::from(vec![ident, sqlparser::ast::Ident::new("member")]);
        self.read_name(&member, place)?;
        Ok(folded)
    }

    pub(super) fn if_not_exists(&mut self) -> &'static str {
        if self.reader.take(&["IF", "NOT", "EXISTS"]) {
            "IF NOT EXISTS "
        } else {
            ""
        }
    }

    pub(super) fn if_exists(&mut self) -> &'static str {
        if self.reader.take(&["IF", "EXISTS"]) {
            "IF EXISTS "
        } else {
            ""
        }
    }
}
