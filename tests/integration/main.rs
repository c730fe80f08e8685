//! The pipelines with their real binaries on the local cloud: what was sent is counted, by id, in what the sinks hold.
//!
//! Every test starts a cloud of its own. They run one after the other, since each wants the whole machine.

mod commands;
mod faults;
mod harness;
mod outages;
mod real_data;
mod resharding;
