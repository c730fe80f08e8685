//! What `put_many` promises, against an API that answers as it is told.

mod calls;
mod failures;
mod fake_api;
mod order;
mod properties;
mod time;
