//! Settings of a session: Redshift's own, and those that PostgreSQL has too.

use crate::failure::Failure;

/// Where names without a schema are looked for. The system views that the stand-in provides come last.
pub(crate) const SEARCH_PATH: &str = "SET search_path TO \"$user\", public, redshift_catalog";

/// What a setting does.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    /// How names in a SUPER path are read.
    CaseSensitiveSuperAttribute(bool),
    /// How quoted names are read.
    CaseSensitiveIdentifier(bool),
    /// The statement that sets it in PostgreSQL.
    OfPostgres(String),
    /// Redshift takes it; here it changes nothing.
    WithoutEffect,
}

impl Setting {
    pub(crate) fn read(name: &str, value: &str) -> Result<Self, Failure> {
        match name {
            "enable_case_sensitive_super_attribute" => {
                boolean(name, value).map(Self::CaseSensitiveSuperAttribute)
            }
            "enable_case_sensitive_identifier" => boolean(name, value).map(Self::CaseSensitiveIdentifier),
            "search_path" => Ok(Self::OfPostgres(format!(
                "SET search_path TO {}, redshift_catalog",
                names(value)
            ))),
            "timezone" | "statement_timeout" | "datestyle" | "extra_float_digits" => {
                let value = value.replace('\'', "''");
                Ok(Self::OfPostgres(format!("SET {name} TO '{value}'")))
            }
            _ => Ok(Self::WithoutEffect),
        }
    }
}

fn boolean(name: &str, value: &str) -> Result<bool, Failure> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "on" | "1" | "yes" | "t" => Ok(true),
        "false" | "off" | "0" | "no" | "f" => Ok(false),
        _ => Err(Failure::error(format!(
            "parameter \"{name}\" requires a Boolean value"
        ))),
    }
}

/// A list of schemas, each in quotes.
fn names(value: &str) -> String {
    let names = value.split(',').map(|name| name.trim().trim_matches(['"', '\'']));
    let quoted: Vec<_> = names.map(crate::connection::quoted).collect();
    quoted.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_ours_or_postgresqls_or_without_effect() {
        let read = |name, value| Setting::read(name, value).unwrap();
        assert_eq!(
            read("enable_case_sensitive_super_attribute", "TRUE"),
            Setting::CaseSensitiveSuperAttribute(true)
        );
        assert_eq!(
            read("enable_case_sensitive_identifier", "off"),
            Setting::CaseSensitiveIdentifier(false)
        );
        assert_eq!(
            read("search_path", "warehouse, \"bi\""),
            Setting::OfPostgres("SET search_path TO \"warehouse\", \"bi\", redshift_catalog".to_owned())
        );
        assert_eq!(read("query_group", "x"), Setting::WithoutEffect);
        assert!(Setting::read("enable_case_sensitive_identifier", "maybe").is_err());
    }
}
