//! The pattern of `sentAt` accepts the dates that exist, and no others.

use proptest::prelude::*;
use serde_json::json;

use crate::support::{take, with};

fn is_taken(text: &str) -> bool {
    take(&with("sentAt", json!(text))).is_ok()
}

fn days(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    }
}

#[test]
fn february_has_a_29th_in_the_leap_years() {
    for year in 0..=10_000 {
        let in_range = (1_971..=8_999).contains(&year);
        assert_eq!(
            is_taken(&format!("{year:04}-02-28T00:00:00Z")),
            in_range,
            "{year}"
        );
        assert_eq!(
            is_taken(&format!("{year:04}-02-29T00:00:00Z")),
            in_range && days(year, 2) == 29,
            "{year}"
        );
    }
}

#[test]
fn every_day_of_a_year() {
    for year in [2_000, 2_026, 2_100] {
        for month in 0..=13 {
            for day in 0..=32 {
                let exists = (1..=days(year, month)).contains(&day);
                assert_eq!(is_taken(&format!("{year}-{month:02}-{day:02}T12:00:00Z")), exists);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_time_is_taken_if_it_exists(
        (year, month, day) in (1_960..9_100_u32, 0..15_u32, 0..34_u32),
        (hour, minute, second) in (0..26_u32, 0..62_u32, 0..62_u32),
        fraction in "|\\.|\\.[0-9]{1,11}",
        (sign, offset_hour, offset_minute) in ("[-+]", 0..26_u32, 0..62_u32),
        zulu: bool,
    ) {
        let offset = if zulu { "Z".to_owned() } else { format!("{sign}{offset_hour:02}:{offset_minute:02}") };
        let text = format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}{offset}");
        let exists = (1_971..=8_999).contains(&year)
            && (1..=days(year, month)).contains(&day)
            && hour < 24 && minute < 60 && second < 60
            && (fraction.is_empty() || (2..=10).contains(&fraction.len()))
            && (zulu || (offset_hour < 24 && offset_minute < 60));
        prop_assert_eq!(is_taken(&text), exists, "{}", text);
    }

    #[test]
    fn nothing_may_be_added_to_a_time(before in "[ -~\n\r\u{85}\u{2028}0T+]{0,2}", after in "[ -~\n\r\u{85}\u{2028}0Z]{0,2}") {
        let text = format!("{before}2026-01-31T12:00:00Z{after}");
        prop_assert_eq!(is_taken(&text), before.is_empty() && after.is_empty(), "{}", text);
    }
}
