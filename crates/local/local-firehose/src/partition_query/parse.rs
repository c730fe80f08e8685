//! Reads a query. What is not understood is refused by its place.

use std::fmt;

use super::{PartitionQuery, Step};

/// A query that uses more of jq than is known here, or is none.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct InvalidQuery {
    expected: &'static str,
    at: usize,
}

impl fmt::Display for InvalidQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { expected, at } = self;
        write!(
            f,
            "expected {expected} at character {at}: of jq only objects of paths, indices and slices are known here"
        )
    }
}

impl PartitionQuery {
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidQuery> {
        let mut reader = Reader {
            characters: text.chars().collect(),
            at: 0,
        };
        let entries = reader.object()?;
        if reader.peek().is_some() {
            return Err(reader.expected("the end"));
        }
        Ok(Self { entries })
    }
}

struct Reader {
    characters: Vec<char>,
    at: usize,
}

impl Reader {
    fn object(&mut self) -> Result<Vec<(String, Vec<Step>)>, InvalidQuery> {
        self.take('{', "'{'")?;
        let mut entries: Vec<(String, Vec<Step>)> = Vec::new();
        loop {
            let key = self.key()?;
            let path = if self.accept(':') {
                self.path()?
            } else {
                vec![Step::Field(key.clone())]
            };
            // The last one of a name counts.
            entries.retain(|(name, _)| *name != key);
            entries.push((key, path));
            if !self.accept(',') {
                break;
            }
        }
        self.take('}', "',' or '}'")?;
        Ok(entries)
    }

    fn key(&mut self) -> Result<String, InvalidQuery> {
        match self.peek() {
            Some('"') => self.string(),
            _ => self.name().ok_or_else(|| self.expected("a key")),
        }
    }

    fn path(&mut self) -> Result<Vec<Step>, InvalidQuery> {
        self.take('.', "a path")?;
        let mut steps = Vec::new();
        match self.here() {
            Some('[') => {}
            Some('"') => steps.push(Step::Field(self.string()?)),
            _ => match self.name() {
                Some(name) => steps.push(Step::Field(name)),
                None => return Ok(steps),
            },
        }
        loop {
            if self.accept('[') {
                steps.push(self.bracket()?);
            } else if self.accept('.') {
                steps.push(self.after_dot()?);
            } else {
                return Ok(steps);
            }
        }
    }

    fn after_dot(&mut self) -> Result<Step, InvalidQuery> {
        match self.here() {
            Some('[') => {
                self.at += 1;
                self.bracket()
            }
            Some('"') => self.string().map(Step::Field),
            _ => self
                .name()
                .map(Step::Field)
                .ok_or_else(|| self.expected("a field")),
        }
    }

    fn bracket(&mut self) -> Result<Step, InvalidQuery> {
        if self.peek() == Some('"') {
            let name = self.string()?;
            self.take(']', "']'")?;
            return Ok(Step::Field(name));
        }
        let from = self.number()?;
        if self.accept(':') {
            let to = self.number()?;
            if from.is_none() && to.is_none() {
                return Err(self.expected("a number"));
            }
            self.take(']', "a number or ']'")?;
            return Ok(Step::Slice(from, to));
        }
        let index = from.ok_or_else(|| self.expected("a string, an index or a slice"))?;
        self.take(']', "']' or ':'")?;
        Ok(Step::Index(index))
    }

    fn number(&mut self) -> Result<Option<i64>, InvalidQuery> {
        let negative = self.accept('-');
        self.peek();
        let start = self.at;
        while self.here().is_some_and(|character| character.is_ascii_digit()) {
            self.at += 1;
        }
        if start == self.at {
            return if negative {
                Err(self.expected("a number"))
            } else {
                Ok(None)
            };
        }
        let digits: String = self.characters.iter().take(self.at).skip(start).collect();
        // jq's numbers are doubles; none that is an index needs more digits than these.
        let number: i32 = digits.parse().map_err(|_| self.expected("a smaller number"))?;
        let number = i64::from(number);
        Ok(Some(if negative { -number } else { number }))
    }

    fn name(&mut self) -> Option<String> {
        let start = self.at;
        let begins = |character: char| character.is_ascii_alphabetic() || character == '_';
        if !self.here().is_some_and(begins) {
            return None;
        }
        while self
            .here()
            .is_some_and(|character| begins(character) || character.is_ascii_digit())
        {
            self.at += 1;
        }
        Some(self.characters.iter().take(self.at).skip(start).collect())
    }

    /// A string without interpolation.
    fn string(&mut self) -> Result<String, InvalidQuery> {
        self.peek();
        let start = self.at;
        self.at += 1;
        loop {
            match self.here() {
                None => return Err(self.expected("'\"'")),
                Some('"') => break,
                Some('\\') => self.at += 2,
                Some(_) => self.at += 1,
            }
        }
        self.at += 1;
        let literal: String = self.characters.iter().take(self.at).skip(start).collect();
        serde_json::from_str(&literal).map_err(|_| InvalidQuery {
            expected: "a plain string",
            at: start + 1,
        })
    }

    fn take(&mut self, wanted: char, expected: &'static str) -> Result<(), InvalidQuery> {
        if self.accept(wanted) {
            return Ok(());
        }
        Err(self.expected(expected))
    }

    fn accept(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += 1;
            if wanted != '.' {
                self.peek();
            }
        }
        found
    }

    /// Passes over blanks.
    fn peek(&mut self) -> Option<char> {
        while self
            .here()
            .is_some_and(|character| character.is_ascii_whitespace())
        {
            self.at += 1;
        }
        self.here()
    }

    fn here(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    fn expected(&self, expected: &'static str) -> InvalidQuery {
        InvalidQuery {
            expected,
            at: self.at + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, &[Step])]) {
        let query = PartitionQuery::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let entries: Vec<_> = query
            .entries
            .iter()
            .map(|(key, steps)| (key.as_str(), steps.as_slice()))
            .collect();
        assert_eq!(entries, expected, "{text}");
    }

    fn field(name: &str) -> Step {
        Step::Field(name.to_owned())
    }

    #[test]
    fn objects_of_paths_are_read() {
        check(
            "{day:.measuredAt[0:10],site:.site}",
            &[
                ("day", &[field("measuredAt"), Step::Slice(Some(0), Some(10))]),
                ("site", &[field("site")]),
            ],
        );
        check(
            r#" { "a b" : . "x" , c : .d.e [ -1 ] , f } "#.replace(". \"x\"", ".\"x\"").as_str(),
            &[
                ("a b", &[field("x")]),
                ("c", &[field("d"), field("e"), Step::Index(-1)]),
                ("f", &[field("f")]),
            ],
        );
        check(
            r#"{a:.["x"].["y"][2:],b:.[:-1],c:.}"#,
            &[
                ("a", &[field("x"), field("y"), Step::Slice(Some(2), None)]),
                ("b", &[Step::Slice(None, Some(-1))]),
                ("c", &[]),
            ],
        );
        check("{a:.x,a:.y}", &[("a", &[field("y")])]);
    }

    #[test]
    fn more_of_jq_is_refused_by_its_place() {
        for (text, at) in [
            ("", 1),
            (".site", 1),
            ("{}", 2),
            ("{a:.b|ascii_downcase}", 6),
            ("{a:.b//\"x\"}", 6),
            ("{a:(.b)}", 4),
            ("{a:.b?}", 6),
            ("{a:.b[]}", 7),
            ("{a:.b[:]}", 8),
            ("{a:.b[1.5]}", 8),
            ("{a:..}", 5),
            ("{a:$x}", 4),
            ("{a:.b,}", 7),
            ("{a:.b} | .", 8),
            ("{a:\"x\"}", 4),
            (r#"{a:."\(1)"}"#, 5),
            ("{a:.\"x}", 8),
            ("{a:.b[99999999999]}", 18),
        ] {
            match PartitionQuery::parse(text) {
                Err(error) => assert_eq!(error.at, at, "{text}: {error}"),
                Ok(query) => panic!("{text}: {query:?}"),
            }
        }
    }
}
