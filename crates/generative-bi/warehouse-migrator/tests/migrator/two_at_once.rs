//! Two migrators at once.

use proptest::prelude::*;
use tokio::join;

use crate::applying::migrated;
use crate::data_api::FakeWarehouse;

proptest! {
    #[test]
    fn two_migrators_apply_a_transaction_once(files in 1..5_usize, looks in 0..4_usize) {
        let texts: Vec<String> = (0..files).map(|file| format!("A{file}; B{file}")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let warehouse = FakeWarehouse::default();
        warehouse.runs_for(looks);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let (one, other) = runtime.expect("a runtime").block_on(async {
            join!(migrated(&warehouse, &texts, "one"), migrated(&warehouse, &texts, "other"))
        });
        let expected: Vec<_> = (0..files).flat_map(|file| [format!("A{file}"), format!("B{file}")]).collect();
        prop_assert_eq!(warehouse.ran(), expected);
        prop_assert_eq!(one.newest, other.newest);
        let mut applied: Vec<_> = one.applied.into_iter().chain(other.applied).collect();
        applied.sort();
        prop_assert_eq!(applied.len(), files);
    }
}
