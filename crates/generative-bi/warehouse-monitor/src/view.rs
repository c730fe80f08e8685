//! Which views are looked at.

use std::fmt;
use std::str::FromStr;

/// Bytes of a schema's or a view's name.
/// <https://docs.aws.amazon.com/redshift/latest/dg/r_names.html>
pub const NAME_BYTES: usize = 127;

/// A streaming view's name, as `schema.view`. Its parts are names that need no quotes, so that they are themselves within
/// quotes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ViewName {
    schema: String,
    view: String,
}

impl ViewName {
    /// The schema's name.
    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// The view's name without its schema.
    pub fn view(&self) -> &str {
        &self.view
    }
}

impl fmt::Display for ViewName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.schema, self.view)
    }
}

/// A text is no list of views.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a list of views, such as ingest.order_changes")]
pub struct NotViews;

impl FromStr for ViewName {
    type Err = NotViews;

    fn from_str(text: &str) -> Result<Self, NotViews> {
        match text.split_once('.') {
            Some((schema, view)) if is_name(schema) && is_name(view) => Ok(Self {
                schema: schema.to_owned(),
                view: view.to_owned(),
            }),
            _ => Err(NotViews),
        }
    }
}

/// Redshift folds names to lower case, also within quotes.
fn is_name(name: &str) -> bool {
    let begins_well = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    let valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    begins_well && name.len() <= NAME_BYTES && name.chars().all(valid)
}

/// The views to look at: at least one, none twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamingViews(Vec<ViewName>);

impl StreamingViews {
    /// The views, in the order in which they were given.
    pub fn as_slice(&self) -> &[ViewName] {
        &self.0
    }
}

/// `schema.view,schema.view`.
impl FromStr for StreamingViews {
    type Err = NotViews;

    fn from_str(text: &str) -> Result<Self, NotViews> {
        let mut views: Vec<ViewName> = Vec::new();
        for name in text.split(',') {
            let view: ViewName = name.trim().parse()?;
            if views.contains(&view) {
                return Err(NotViews);
            }
            views.push(view);
        }
        Ok(Self(views))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_in_its_order() {
        let views: StreamingViews = "ingest.order_changes, iot.readings_1".parse().expect("valid");
        let names: Vec<_> = views.as_slice().iter().map(ToString::to_string).collect();
        assert_eq!(names, ["ingest.order_changes", "iot.readings_1"]);
        assert_eq!(
            (views.as_slice()[0].schema(), views.as_slice()[0].view()),
            ("ingest", "order_changes")
        );
    }

    #[test]
    fn what_could_become_sql_is_refused() {
        for text in [
            "", ",", "a", "a.", ".b", "a.b.c", "a.b,", "a.b,a.b", "A.b", "a.\"b", "a.b c", "a.1b", "a.b;c",
            "a.é",
        ] {
            assert_eq!(text.parse::<StreamingViews>(), Err(NotViews), "{text}");
        }
    }

    #[test]
    fn a_name_has_a_limit() {
        for (length, valid) in [(NAME_BYTES, true), (NAME_BYTES + 1, false)] {
            let text = format!("a.{}", "v".repeat(length));
            assert_eq!(text.parse::<ViewName>().is_ok(), valid, "{length}");
        }
    }
}
