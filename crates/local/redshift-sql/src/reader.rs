//! Reading a statement's tokens: words and marks ourselves, queries and expressions with sqlparser.

use sqlparser::ast::{DataType, Expr, Ident, ObjectName, Query, Statement, Visit};
use sqlparser::dialect::{Dialect, Precedence};
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Token, TokenWithSpan};

use crate::depth::{check_tree, too_deep};
use crate::refusal::{Place, Refusal};
use crate::tokens::{DIALECT, START};

/// Words that PostgreSQL has a form for and Redshift has not. sqlparser's dialect has none of them either, so that they
/// come up as syntax errors.
const NOT_REDSHIFT: [&str; 5] = ["FILTER", "LATERAL", "RETURNING", "CONFLICT", "TABLESAMPLE"];

/// What is left of a statement.
pub(crate) struct Reader {
    parser: Parser<'static>,
    end: Place,
}

impl Reader {
    pub(crate) fn new(tokens: Vec<TokenWithSpan>) -> Self {
        Self {
            end: tokens.last().map_or(START, |last| last.span.end.into()),
            parser: Parser::new(&DIALECT).with_tokens_with_locations(tokens),
        }
    }

    /// Where the next token stands.
    pub(crate) fn place(&self) -> Place {
        self.end.or_of(self.parser.peek_token_ref().span)
    }

    pub(crate) fn next_is(&self, word: &str) -> bool {
        self.nth_is(0, word)
    }

    pub(crate) fn nth_is(&self, nth: usize, word: &str) -> bool {
        is_word(&self.parser.peek_nth_token_ref(nth).token, word)
    }

    /// Takes the words if all of them come next.
    pub(crate) fn take(&mut self, words: &[&str]) -> bool {
        let found = words.iter().enumerate().all(|(nth, word)| self.nth_is(nth, word));
        if found {
            words.iter().for_each(|_| self.parser.advance_token());
        }
        found
    }

    pub(crate) fn expect(&mut self, words: &[&str]) -> Result<(), Refusal> {
        if self.take(words) {
            return Ok(());
        }
        Err(self.expected(&words.join(" ")))
    }

    /// Whether `name :=` comes next.
    pub(crate) fn next_is_assignment(&self) -> bool {
        self.parser.peek_nth_token_ref(1).token == Token::Assignment
    }

    pub(crate) fn next_is_mark(&self, mark: &Token) -> bool {
        self.parser.peek_token_ref().token == *mark
    }

    pub(crate) fn take_mark(&mut self, mark: &Token) -> bool {
        self.parser.consume_token(mark)
    }

    pub(crate) fn expect_mark(&mut self, mark: &Token) -> Result<(), Refusal> {
        if self.take_mark(mark) {
            return Ok(());
        }
        Err(self.expected(&mark.to_string()))
    }

    /// A quoted or unquoted name of one part.
    pub(crate) fn identifier(&mut self) -> Result<Ident, Refusal> {
        self.read(|parser| parser.parse_identifier())
    }

    /// A name that may have several parts.
    pub(crate) fn name(&mut self) -> Result<ObjectName, Refusal> {
        self.read(|parser| parser.parse_object_name(false))
    }

    pub(crate) fn query(&mut self) -> Result<Query, Refusal> {
        self.tree(|parser| parser.parse_query()).map(|query| *query)
    }

    pub(crate) fn expression(&mut self) -> Result<Expr, Refusal> {
        self.tree(|parser| parser.parse_expr())
    }

    /// An expression that ends before `NOT NULL`, which sqlparser would read as a test.
    pub(crate) fn default_value(&mut self) -> Result<Expr, Refusal> {
        let is = DIALECT.prec_value(Precedence::Is);
        self.tree(|parser| parser.parse_subexpr(is))
    }

    pub(crate) fn data_type(&mut self) -> Result<DataType, Refusal> {
        self.read(|parser| parser.parse_data_type())
    }

    /// A statement as sqlparser knows it.
    pub(crate) fn statement(&mut self) -> Result<Statement, Refusal> {
        self.tree(|parser| parser.parse_statement())
    }

    /// A string in single quotes.
    pub(crate) fn text(&mut self) -> Result<String, Refusal> {
        let Token::SingleQuotedString(text) = &self.parser.peek_token_ref().token else {
            return Err(self.expected("a string"));
        };
        let text = text.clone();
        self.parser.advance_token();
        Ok(text)
    }

    /// A text in dollar signs, and where its content begins.
    pub(crate) fn dollar_text(&mut self) -> Result<(String, Location), Refusal> {
        let token = self.parser.peek_token_ref();
        let Token::DollarQuotedString(quoted) = &token.token else {
            return Err(self.expected("$$"));
        };
        let tag = quoted.tag.as_deref().unwrap_or_default();
        let mut starts = token.span.start;
        starts.column += tag.chars().count() as u64 + 2;
        let text = quoted.value.clone();
        self.parser.advance_token();
        Ok((text, starts))
    }

    /// A whole number without a sign.
    pub(crate) fn number(&mut self) -> Result<u64, Refusal> {
        self.read(|parser| parser.parse_literal_uint())
    }

    /// Items with commas between them.
    pub(crate) fn list<T>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<T, Refusal>,
    ) -> Result<Vec<T>, Refusal> {
        let mut items = vec![item(self)?];
        while self.take_mark(&Token::Comma) {
            items.push(item(self)?);
        }
        Ok(items)
    }

    /// `(item, item)`.
    pub(crate) fn bracketed<T>(
        &mut self,
        item: impl FnMut(&mut Self) -> Result<T, Refusal>,
    ) -> Result<Vec<T>, Refusal> {
        self.expect_mark(&Token::LParen)?;
        let items = self.list(item)?;
        self.expect_mark(&Token::RParen)?;
        Ok(items)
    }

    /// The end, with or without a semicolon before it.
    pub(crate) fn end(&mut self) -> Result<(), Refusal> {
        while self.take_mark(&Token::SemiColon) {}
        if self.is_at_end() {
            return Ok(());
        }
        Err(self.expected("the end of the statement"))
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.next_is_mark(&Token::EOF)
    }

    /// Says what should have come instead of the next token.
    pub(crate) fn expected(&self, what: &str) -> Refusal {
        self.unexpected(&format!("expected {what}"), self.parser.peek_token_ref())
    }

    /// A syntax error, unless it is about a word that Redshift has no form for.
    fn unexpected(&self, message: &str, token: &TokenWithSpan) -> Refusal {
        let place = self.end.or_of(token.span);
        let before = &self.parser.get_current_token().token;
        match not_redshift(&token.token).or_else(|| not_redshift(before)) {
            Some(word) => Refusal::not_redshift(word, place),
            None => Refusal::syntax(format!("{message}{}", found(&token.token)), place),
        }
    }

    /// The next word in capitals, for a message.
    pub(crate) fn next_word(&self) -> String {
        self.parser.peek_token_ref().token.to_string().to_uppercase()
    }

    /// Reads what is walked later.
    fn tree<T: Visit>(
        &mut self,
        read: impl FnOnce(&mut Parser<'static>) -> Result<T, ParserError>,
    ) -> Result<T, Refusal> {
        let place = self.place();
        let tree = self.read(read)?;
        check_tree(&tree, place)?;
        Ok(tree)
    }

    fn read<T>(
        &mut self,
        read: impl FnOnce(&mut Parser<'static>) -> Result<T, ParserError>,
    ) -> Result<T, Refusal> {
        read(&mut self.parser).map_err(|error| self.unread(&error))
    }

    fn unread(&self, error: &ParserError) -> Refusal {
        let message = match error {
            ParserError::TokenizerError(message) | ParserError::ParserError(message) => message.as_str(),
            ParserError::RecursionLimitExceeded => return too_deep(self.place()),
        };
        // sqlparser may have taken the token that it did not expect. Its message ends with the token's place.
        let taken = self.parser.get_current_token();
        let is_taken = message.ends_with(&taken.span.start.to_string());
        let token = if is_taken {
            taken
        } else {
            self.parser.peek_token_ref()
        };
        // Behind what it expected stands the token itself, which may be a value.
        match message
            .strip_prefix("Expected: ")
            .and_then(|rest| rest.split_once(", found: "))
        {
            Some((expected, _)) => self.unexpected(&format!("expected {expected}"), token),
            None => self.unexpected("this cannot be read", token),
        }
    }
}

fn is_word(token: &Token, wanted: &str) -> bool {
    matches!(token, Token::Word(word) if word.quote_style.is_none() && word.value.eq_ignore_ascii_case(wanted))
}

fn not_redshift(token: &Token) -> Option<&'static str> {
    NOT_REDSHIFT.into_iter().find(|word| is_word(token, word))
}

/// What came instead, unless it is a value.
fn found(token: &Token) -> String {
    match token {
        Token::EOF => ", found the end".to_owned(),
        Token::Word(word) if word.quote_style.is_none() => format!(", found {}", word.value),
        Token::Word(_) => ", found a name".to_owned(),
        Token::Number(..) | Token::SingleQuotedString(_) | Token::DollarQuotedString(_) => {
            ", found a value".to_owned()
        }
        Token::Comma | Token::LParen | Token::RParen | Token::SemiColon | Token::Period => {
            format!(", found {token}")
        }
        _ => String::new(),
    }
}
