#![doc = include_str!("../README.md")]

mod athena_views;
mod clients;
mod cloud;
mod deploy;
mod directories;
mod doors;
mod emulator;
mod endpoint;
mod error;
mod iot_core;
mod iot_inference;
mod mappings;
mod migrations;
mod native_capture;
mod options;
mod process;
mod readiness;
mod service_model;
pub mod up;
mod warehouse;

pub use self::cloud::LocalCloud;
pub use self::doors::DoorUrls;
pub use self::endpoint::RequestCount;
pub use self::error::Error;
pub use self::iot_core::DeviceCredentials;
pub use self::options::{ChangeCapture, Emulator, Options, Pattern};
pub use self::service_model::Violation;

/// The region in which everything is.
pub const REGION: &str = "us-east-1";
/// The account to which everything belongs.
pub const ACCOUNT: &str = "000000000000";
/// Both halves of the one access key. Nobody checks a signature.
pub const ACCESS_KEY: &str = "test";
