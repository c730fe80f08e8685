//! Hit rate at 10 of the recommender, beside popularity's.

fn main() {}
