//! The stand-in by its wire: every operation and limit, as an SDK would meet them.

mod datasets;
mod harness;
mod put_events;
mod ranking;
mod recommendations;
mod state;
