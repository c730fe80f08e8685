#![doc = include_str!("../README.md")]

mod aws_access;
mod environment;
mod http;

pub use aws_access::{ATTEMPT_TIMEOUT, AwsAccess, CONNECT_TIMEOUT};
pub use environment::{Environment, EnvironmentError, Problem, Reported};
