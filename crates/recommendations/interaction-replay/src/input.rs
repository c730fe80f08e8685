//! What is replayed: ratings from a file, or clicks that are made up.

mod clicks;
mod ratings;
mod titles;

use std::collections::{HashMap, HashSet};
use std::path::Path;

pub use clicks::{CLICKS, TASTES, clicks};
pub use ratings::{BadLine, InputError, parse_ratings};
pub use titles::parse_titles;

use crate::interaction::Interaction;

/// Interactions in the order of time, and what is known of their items.
#[derive(Debug, Default)]
pub struct Input {
    /// In the order of time; those of one second in the order of the file.
    pub interactions: Vec<Interaction>,
    /// Titles of items, as far as there are any.
    pub titles: HashMap<String, String>,
    /// Lines that were skipped, in the order of the file.
    pub bad_lines: Vec<BadLine>,
    /// Lines that say what an earlier one said.
    pub repeated_lines: usize,
}

impl Input {
    /// Reads ratings from a file with MovieLens' columns, and titles from a `movies.csv` beside it.
    ///
    /// With `strict` the first bad line is an error; without, bad lines are skipped and listed.
    ///
    /// # Errors
    /// A file cannot be read, its header is another, it has no rating, or, with `strict`, a line is bad.
    pub fn read(path: &Path, strict: bool) -> Result<Self, InputError> {
        let mut input = parse_ratings(&path.display().to_string(), open(path)?, strict)?;
        let titles = path.with_file_name("movies.csv");
        if titles.exists() {
            input.titles = parse_titles(&titles.display().to_string(), open(&titles)?)?;
        }
        Ok(input)
    }

    /// An input of these interactions, those that are there twice taken once.
    pub fn of(mut interactions: Vec<Interaction>) -> Self {
        let given = interactions.len();
        let mut seen = HashSet::new();
        interactions.retain(|interaction| seen.insert(interaction.event_id()));
        interactions.sort_by_key(|interaction| interaction.at);
        Self {
            repeated_lines: given - interactions.len(),
            interactions,
            ..Self::default()
        }
    }

    /// The item's title, or its id where it has none.
    pub fn title<'a>(&'a self, item: &'a str) -> &'a str {
        self.titles.get(item).map_or(item, String::as_str)
    }
}

fn open(path: &Path) -> Result<std::fs::File, InputError> {
    std::fs::File::open(path).map_err(|error| InputError::Unreadable {
        file: path.display().to_string(),
        reason: error.to_string(),
    })
}
