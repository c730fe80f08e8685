//! The SQL is built into the program: a file that comes or goes must build it anew.
#![allow(clippy::print_stdout, reason = "that is how a build script talks to cargo")]

fn main() {
    println!("cargo::rerun-if-changed=sql");
}
