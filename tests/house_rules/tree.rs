//! The files of the repository, as git lists them.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests folder has a parent")
}

/// What a command run at the root prints, or a panic with what it said.
pub fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(root())
        .output()
        .unwrap_or_else(|error| panic!("cannot run {program}: {error}"));
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("the output is text")
}

/// The files that are or may be committed and whose path satisfies `wanted`, relative to the root.
///
/// Panics where there is none: a rule over no files would always hold.
pub fn files(wanted: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let listed = output("git", &["ls-files", "--cached", "--others", "--exclude-standard"]);
    let files: Vec<PathBuf> = listed
        .lines()
        .filter(|path| wanted(path) && root().join(path).is_file())
        .map(PathBuf::from)
        .collect();
    assert!(!files.is_empty(), "no file is held against this rule");
    files
}

/// The text of a file of the repository.
pub fn text(path: &Path) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The folders of the Lambda functions: packages that depend on `lambda_runtime` and build a binary of their own name.
pub fn lambda_crates() -> Vec<PathBuf> {
    files(|path| {
        path.starts_with("crates/") && !path.starts_with("crates/local/") && path.ends_with("Cargo.toml")
    })
    .into_iter()
    .filter(|manifest| text(manifest).contains("\nlambda_runtime"))
    .map(|manifest| manifest.parent().expect("a manifest has a folder").to_path_buf())
    .filter(|folder| root().join(folder).join("src/main.rs").exists())
    .collect()
}
