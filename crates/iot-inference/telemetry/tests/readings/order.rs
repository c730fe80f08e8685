//! Which of two readings is newer.

use proptest::prelude::*;

use crate::support::reading;

proptest! {
    #[test]
    fn time_comes_first_and_the_count_second(one in reading(), two in reading()) {
        let key = |reading: &telemetry::Reading| (reading.measured_at().fixed_width(), reading.sequence());
        prop_assert_eq!(one.is_newer_than(&two), key(&one) > key(&two));
        prop_assert!(!one.is_newer_than(&one));
    }
}
