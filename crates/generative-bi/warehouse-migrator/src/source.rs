//! Where files come from: the program itself, or a directory.

use std::path::Path;

use include_dir::{Dir, include_dir};

use crate::file_error::FileError;
use crate::migrations::File;

static SQL: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/sql");

/// The files that this program was built with.
///
/// # Errors
/// One of them is not UTF-8.
pub fn embedded() -> Result<Vec<File>, FileError> {
    let files = SQL.files().map(|file| {
        let name = file.path().to_string_lossy().into_owned();
        match file.contents_utf8() {
            Some(text) => Ok(File {
                name,
                text: text.to_owned(),
            }),
            None => Err(FileError::new(name, "not UTF-8")),
        }
    });
    files.collect()
}

/// The files of a directory. Files that do not end in `.sql` are not looked at.
///
/// # Errors
/// The directory or a file cannot be read, or there is none.
pub fn directory(directory: &Path) -> Result<Vec<File>, FileError> {
    let fault = |error: std::io::Error| FileError::new(directory.display().to_string(), error.to_string());
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        if path.extension().is_some_and(|extension| extension == "sql") {
            files.push(read(&path)?);
        }
    }
    if files.is_empty() {
        return Err(FileError::new(
            directory.display().to_string(),
            "it has no .sql file",
        ));
    }
    Ok(files)
}

fn read(path: &Path) -> Result<File, FileError> {
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(File { name, text }),
        Err(error) => Err(FileError::new(name, error.to_string())),
    }
}
