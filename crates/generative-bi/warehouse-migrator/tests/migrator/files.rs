//! Files for a test, in memory.

use warehouse_migrator::migrations::{File, Migrations};
use warehouse_migrator::parameters::Parameters;

pub const ALONE: &str = "-- one statement at a time\n";

pub fn file(version: usize, text: &str) -> File {
    File {
        name: format!("V{version:03}__f{version}.sql"),
        text: text.to_owned(),
    }
}

pub fn files(texts: &[&str]) -> Vec<File> {
    (1..)
        .zip(texts)
        .map(|(version, text)| file(version, text))
        .collect()
}

pub fn migrations(texts: &[&str]) -> Migrations {
    Migrations::parse(&files(texts), &Parameters::default()).expect("valid files")
}
