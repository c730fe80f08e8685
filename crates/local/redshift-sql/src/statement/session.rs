//! Settings, transactions, users and roles.

use sqlparser::tokenizer::Token;

use super::Statement;
use crate::forms::{SETTINGS, Takes};
use crate::name::{quoted, user};
use crate::plan::{Plan, Transaction};
use crate::refusal::Refusal;

impl Statement {
    /// `SET name { TO | = } value`.
    pub(super) fn set(&mut self) -> Result<Plan, Refusal> {
        let (name, value) = self.setting()?;
        Ok(Plan::Set { name, value })
    }

    fn setting(&mut self) -> Result<(String, String), Refusal> {
        let place = self.reader.place();
        let name = self.reader.identifier()?.value.to_lowercase();
        let Some((_, takes)) = SETTINGS.iter().find(|(known, _)| *known == name) else {
            return Err(Refusal::not_listed(format!("the setting {name}"), place));
        };
        if !self.reader.take_mark(&Token::Eq) {
            self.reader.expect(&["TO"])?;
        }
        let value = match takes {
            Takes::Boolean => self.truth()?,
            Takes::Number => self.reader.number()?.to_string(),
            Takes::Text => self.reader.text()?,
        };
        Ok((name, value))
    }

    fn truth(&mut self) -> Result<String, Refusal> {
        let place = self.reader.place();
        let word = self.reader.next_word();
        let truth = match word.trim_matches('\'') {
            "TRUE" | "ON" => "true",
            "FALSE" | "OFF" => "false",
            _ => return Err(Refusal::syntax("expected TRUE, FALSE, ON or OFF", place)),
        };
        if self.reader.text().is_err() {
            self.reader.identifier()?;
        }
        Ok(truth.to_owned())
    }

    /// `BEGIN [WORK | TRANSACTION]` and the like.
    pub(super) fn transaction(&mut self, transaction: Transaction) -> Result<Plan, Refusal> {
        let _ = self.reader.take(&["WORK"]) || self.reader.take(&["TRANSACTION"]);
        if self.reader.next_is("ISOLATION") || self.reader.next_is("READ") {
            return Err(Refusal::not_listed("a transaction's mode", self.reader.place()));
        }
        if self.reader.next_is("TO") {
            return Err(Refusal::not_redshift("ROLLBACK TO", self.reader.place()));
        }
        Ok(Plan::Transaction(transaction))
    }

    pub(super) fn create_role(&mut self) -> Result<Plan, Refusal> {
        let role = self.word()?;
        Ok(self.runs_on(format!("CREATE ROLE {}", quoted(&role)), &[]))
    }

    pub(super) fn drop_role(&mut self) -> Result<Plan, Refusal> {
        let role = self.word()?;
        if self.reader.next_is("FORCE") {
            return Err(Refusal::not_listed("DROP ROLE … FORCE", self.reader.place()));
        }
        self.reader.take(&["RESTRICT"]);
        Ok(self.runs_on(format!("DROP ROLE {}", quoted(&role)), &[]))
    }

    /// `CREATE USER name PASSWORD DISABLE [SYSLOG ACCESS …]`: users of ours come by IAM only.
    pub(super) fn create_user(&mut self) -> Result<Plan, Refusal> {
        let name = self.user()?;
        self.reader.take(&["WITH"]);
        if !self.reader.take(&["PASSWORD", "DISABLE"]) {
            return Err(Refusal::not_listed(
                "a user with a password: PASSWORD DISABLE",
                self.reader.place(),
            ));
        }
        if self.reader.take(&["SYSLOG", "ACCESS"]) {
            self.one_of(&["RESTRICTED", "UNRESTRICTED"])?;
        }
        Ok(Plan::CreateUser { name })
    }

    /// `ALTER USER name SET setting TO value`.
    pub(super) fn alter_user(&mut self) -> Result<Plan, Refusal> {
        let user = self.user()?;
        if !self.reader.take(&["SET"]) {
            return Err(Refusal::not_listed("ALTER USER without SET", self.reader.place()));
        }
        let (name, value) = self.setting()?;
        Ok(Plan::AlterUserSet { user, name, value })
    }

    pub(super) fn user(&mut self) -> Result<String, Refusal> {
        let place = self.reader.place();
        user(&self.reader.identifier()?, place)
    }
}
