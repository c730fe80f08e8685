#![doc = include_str!("../README.md")]

mod api;
mod configuration;
mod emulator;
mod failed_record;
pub mod limits;
mod object_name;
mod parquet_file;
mod partition_query;
mod prefix;
mod stand_in;
mod stream;

pub use self::stand_in::{LocalFirehose, Settings, Undelivered};
