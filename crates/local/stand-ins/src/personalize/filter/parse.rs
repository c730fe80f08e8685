//! From a filter's text to its expressions.

use std::collections::BTreeSet;
use std::vec::IntoIter;

use super::condition::{Condition, Values};
use super::token::{Token, TokenKind, tokens};
use super::{Action, Conditions, Expression, InvalidFilter};
use crate::personalize::limits::{FILTER_EXPRESSION_LENGTH, FILTER_FIELDS_MAX, FILTER_NAME_LENGTH_MAX};

/// The one field of interactions that can be filtered by here.
const EVENT_TYPE: &str = "Interactions.EVENT_TYPE";

/// Reads a whole filter.
pub(super) fn filter(expression: &str) -> Result<Vec<Expression>, InvalidFilter> {
    let length = expression.chars().count();
    if !FILTER_EXPRESSION_LENGTH.contains(&length) {
        return Err(invalid("not 1 to 2500 characters", length.max(1)));
    }
    let mut parser = Parser {
        tokens: tokens(expression)?.into_iter().peekable(),
        end: length + 1,
        fields: BTreeSet::new(),
    };
    let mut expressions = vec![parser.expression()?];
    while parser.take_mark('|') {
        expressions.push(parser.expression()?);
    }
    parser.end()?;
    Ok(expressions)
}

struct Parser {
    tokens: std::iter::Peekable<IntoIter<Token>>,
    /// The place behind the last character.
    end: usize,
    fields: BTreeSet<String>,
}

impl Parser {
    fn expression(&mut self) -> Result<Expression, InvalidFilter> {
        let action = if self.take_word("INCLUDE") {
            Action::Include
        } else if self.take_word("EXCLUDE") {
            Action::Exclude
        } else {
            return Err(self.expected("INCLUDE or EXCLUDE"));
        };
        self.expect_word("ItemID")?;
        self.expect_word("WHERE")?;
        let conditions = self.conditions()?;
        Ok(Expression { action, conditions })
    }

    fn conditions(&mut self) -> Result<Conditions, InvalidFilter> {
        let place = self.place();
        let field = self.field()?;
        if field == EVENT_TYPE {
            self.expect_word("IN")?;
            return self.values().map(Conditions::Event);
        }
        let first = self.item(&field, place)?;
        let word = if self.next_is("OR") { "OR" } else { "AND" };
        let mut items = vec![first];
        while self.take_word(word) {
            let place = self.place();
            let field = self.field()?;
            items.push(self.item(&field, place)?);
        }
        Ok(if word == "OR" {
            Conditions::Any(items)
        } else {
            Conditions::All(items)
        })
    }

    fn item(&mut self, field: &str, place: usize) -> Result<Condition, InvalidFilter> {
        let column = field.strip_prefix("Items.").filter(|column| is_column(column));
        let Some(column) = column else {
            return Err(invalid(
                "expected Items.COLUMN, or Interactions.EVENT_TYPE alone",
                place,
            ));
        };
        let negated = self.take_word("NOT");
        if !self.take_word("IN") {
            return Err(self.expected("IN or NOT IN"));
        }
        Ok(Condition {
            column: column.to_owned(),
            negated,
            values: self.values()?,
        })
    }

    /// The next field. A filter may look at so many different ones.
    fn field(&mut self) -> Result<String, InvalidFilter> {
        let place = self.place();
        let Some(TokenKind::Word(field)) = self.next() else {
            return Err(invalid("expected a field", place));
        };
        self.fields.insert(field.clone());
        if self.fields.len() > FILTER_FIELDS_MAX {
            return Err(invalid("more than 5 different fields", place));
        }
        Ok(field)
    }

    fn values(&mut self) -> Result<Values, InvalidFilter> {
        self.expect_mark('(')?;
        let place = self.place();
        let values = match self.next() {
            Some(TokenKind::Parameter(name)) if (1..=FILTER_NAME_LENGTH_MAX).contains(&name.len()) => {
                Values::Parameter(name)
            }
            Some(TokenKind::Text(first)) => Values::Literal(self.more_texts(first)?),
            _ => {
                return Err(invalid(
                    "expected a text in double quotes, or a $PARAMETER",
                    place,
                ));
            }
        };
        self.expect_mark(')')?;
        Ok(values)
    }

    fn more_texts(&mut self, first: String) -> Result<Vec<String>, InvalidFilter> {
        let mut texts = vec![first];
        while self.take_mark(',') {
            let place = self.place();
            let Some(TokenKind::Text(text)) = self.next() else {
                return Err(invalid("expected a text in double quotes", place));
            };
            texts.push(text);
        }
        Ok(texts)
    }

    fn next(&mut self) -> Option<TokenKind> {
        self.tokens.next().map(|token| token.kind)
    }

    fn next_is(&mut self, word: &str) -> bool {
        matches!(self.tokens.peek(), Some(Token { kind: TokenKind::Word(next), .. }) if next == word)
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.next_is(word);
        if found {
            self.tokens.next();
        }
        found
    }

    fn expect_word(&mut self, word: &str) -> Result<(), InvalidFilter> {
        if self.take_word(word) {
            return Ok(());
        }
        Err(self.expected(word))
    }

    fn take_mark(&mut self, mark: char) -> bool {
        let wanted = TokenKind::Mark(mark);
        self.tokens.next_if(|token| token.kind == wanted).is_some()
    }

    fn expect_mark(&mut self, mark: char) -> Result<(), InvalidFilter> {
        if self.take_mark(mark) {
            return Ok(());
        }
        Err(self.expected(&mark.to_string()))
    }

    fn end(&mut self) -> Result<(), InvalidFilter> {
        match self.tokens.peek() {
            None => Ok(()),
            Some(token) => Err(invalid("expected |, or the end", token.place)),
        }
    }

    fn place(&mut self) -> usize {
        self.tokens.peek().map_or(self.end, |token| token.place)
    }

    fn expected(&mut self, what: &str) -> InvalidFilter {
        let place = self.place();
        invalid(&format!("expected {what}"), place)
    }
}

fn is_column(name: &str) -> bool {
    !name.is_empty() && !name.contains('.')
}

fn invalid(problem: &str, place: usize) -> InvalidFilter {
    InvalidFilter {
        problem: problem.to_owned(),
        place,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(values: &[&str]) -> Values {
        Values::Literal(values.iter().map(|value| (*value).to_owned()).collect())
    }

    fn condition(column: &str, negated: bool, values: Values) -> Condition {
        Condition {
            column: column.to_owned(),
            negated,
            values,
        }
    }

    #[test]
    fn an_expression_is_read_whole() {
        let genre = || condition("GENRE", false, Values::Parameter("GENRE".to_owned()));
        let sold_out = || condition("STOCK_L1", true, texts(&["none", "few, left"]));
        let include = |conditions| Expression {
            action: Action::Include,
            conditions,
        };
        let exclude = |conditions| Expression {
            action: Action::Exclude,
            conditions,
        };
        for (text, expected) in [
            (
                "INCLUDE ItemID WHERE Items.GENRE IN ($GENRE)",
                vec![include(Conditions::All(vec![genre()]))],
            ),
            (
                r#"EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")"#,
                vec![exclude(Conditions::Event(texts(&["*"])))],
            ),
            (
                "EXCLUDE\tItemID WHERE Items.GENRE IN ( $GENRE ) AND\nItems.STOCK_L1 NOT IN (\"none\",\"few, left\")",
                vec![exclude(Conditions::All(vec![genre(), sold_out()]))],
            ),
            (
                r#"INCLUDE ItemID WHERE Items.STOCK_L1 NOT IN ("none" , "few, left") OR Items.GENRE IN ($GENRE)|EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ($DONE)"#,
                vec![
                    include(Conditions::Any(vec![sold_out(), genre()])),
                    exclude(Conditions::Event(Values::Parameter("DONE".to_owned()))),
                ],
            ),
        ] {
            assert_eq!(filter(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_filter_is_refused_with_its_place() {
        let of_fields = |count: usize| {
            let items: Vec<_> = (0..count)
                .map(|each| format!(r#"Items.F{each} IN ("a")"#))
                .collect();
            format!("INCLUDE ItemID WHERE {}", items.join(" AND "))
        };
        let of_length = |length: usize| {
            let frame = r#"INCLUDE ItemID WHERE Items.A IN ("")"#;
            frame.replace("\"\"", &format!("\"{}\"", "x".repeat(length - frame.len())))
        };
        let of_name = |length: usize| format!("INCLUDE ItemID WHERE Items.A IN (${})", "n".repeat(length));
        for good in [of_fields(5), of_length(2_500), of_name(50)] {
            assert!(filter(&good).is_ok(), "{good}");
        }
        for (text, problem, place) in [
            ("", "not 1 to 2500 characters", 1),
            (&*of_length(2_501), "not 1 to 2500 characters", 2_501),
            (&*of_fields(6), "more than 5 different fields", 132),
            (
                &*of_name(51),
                "expected a text in double quotes, or a $PARAMETER",
                34,
            ),
            ("include ItemID", "expected INCLUDE or EXCLUDE", 1),
            ("INCLUDE itemId", "expected ItemID", 9),
            ("INCLUDE ItemID", "expected WHERE", 15),
            ("INCLUDE UserID WHERE Users.AGE IN (\"1\")", "expected ItemID", 9),
            ("INCLUDE ItemID WHERE", "expected a field", 21),
            (
                "INCLUDE ItemID WHERE GENRE IN (\"a\")",
                "expected Items.COLUMN, or Interactions.EVENT_TYPE alone",
                22,
            ),
            ("INCLUDE ItemID WHERE Items.A = 1", "expected IN or NOT IN", 30),
            ("INCLUDE ItemID WHERE Items.A IN $A", "expected (", 33),
            (
                "INCLUDE ItemID WHERE Items.A IN ()",
                "expected a text in double quotes, or a $PARAMETER",
                34,
            ),
            (
                "INCLUDE ItemID WHERE Items.A IN ($)",
                "expected a text in double quotes, or a $PARAMETER",
                34,
            ),
            (
                "INCLUDE ItemID WHERE Items.A IN (1)",
                "expected a text in double quotes, or a $PARAMETER",
                34,
            ),
            (
                "INCLUDE ItemID WHERE Items.A IN (\"a)",
                "a text without its closing quote",
                34,
            ),
            ("INCLUDE ItemID WHERE Items.A IN (\"a\" \"b\")", "expected )", 38),
            (
                "INCLUDE ItemID WHERE Items.A IN (\"a\",$B)",
                "expected a text in double quotes",
                38,
            ),
            ("INCLUDE ItemID WHERE Items.A IN ($A,$B)", "expected )", 36),
            (
                "INCLUDE ItemID WHERE Items.A IN ($A) AND Items.B IN ($B) OR Items.C IN ($C)",
                "expected |, or the end",
                58,
            ),
            (
                "INCLUDE ItemID WHERE Items.A IN ($A) AND Interactions.EVENT_TYPE IN (\"*\")",
                "expected Items.COLUMN, or Interactions.EVENT_TYPE alone",
                42,
            ),
            (
                "INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (\"*\") AND Items.A IN ($A)",
                "expected |, or the end",
                55,
            ),
            (
                "INCLUDE ItemID WHERE Interactions.EVENT_TYPE NOT IN (\"*\")",
                "expected IN",
                46,
            ),
            (
                "INCLUDE ItemID WHERE Items.A IN ($A) IF CurrentUser.AGE = 1",
                "expected |, or the end",
                38,
            ),
            (
                "INCLUDE ItemID WHERE Items.A IN ($A) |",
                "expected INCLUDE or EXCLUDE",
                39,
            ),
        ] {
            assert_eq!(filter(text), Err(invalid(problem, place)), "{text}");
        }
    }
}
