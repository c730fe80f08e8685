#![doc = include_str!("../README.md")]

pub mod faults;
mod mix;
pub mod personalize;
pub mod recommender;
