//! Any reading, as a strategy.

use proptest::prelude::*;
use telemetry::{Measure, MeasuredAt, Quality, Reading, Sensor, Value};

pub const LAST_MICROSECOND: i64 = 253_402_300_799_999_999;

pub fn measure() -> impl Strategy<Value = Measure> {
    prop::sample::select(Measure::ALL.as_slice())
}

fn sensor() -> impl Strategy<Value = Sensor> {
    let names = (
        "[A-Za-z0-9_:-]{1,128}",
        "[A-Za-z0-9_.:-]{1,128}",
        "[A-Za-z0-9_.:-]{1,128}",
    );
    (names, measure()).prop_map(|((device, sensor, site), measure)| Sensor {
        device_id: device.parse().expect("a device"),
        sensor_id: sensor.parse().expect("a sensor"),
        site: site.parse().expect("a site"),
        measure,
    })
}

/// Values of the measure's range, its ends among them, with any number of digits after the point.
pub fn value(measure: Measure) -> impl Strategy<Value = Value> {
    let range = measure.range();
    let within = (range.least..=range.most, 0_usize..9).prop_filter_map(
        "rounded out of it",
        move |(number, digits)| {
            let text = format!("{number:.digits$}");
            range
                .contains(text.parse().expect("a number"))
                .then(|| text.parse().expect("a value"))
        },
    );
    let ends = prop::sample::select(vec![range.least, range.most]);
    prop_oneof![4 => within, 1 => ends.prop_map(|end| Value::try_from(end).expect("a value"))]
}

pub fn reading() -> impl Strategy<Value = Reading> {
    let moments = prop_oneof![
        0..=LAST_MICROSECOND,
        (0..=LAST_MICROSECOND / 1_000).prop_map(|millis| millis * 1_000),
    ];
    let sequences = prop_oneof![any::<u64>(), Just(0), Just(u64::MAX)];
    let qualities = prop::sample::select(Quality::ALL.as_slice());
    let values = sensor().prop_flat_map(|sensor| (value(sensor.measure), Just(sensor)));
    (values, sequences, qualities, moments).prop_map(|((value, sensor), sequence, quality, micros)| {
        let measured_at = MeasuredAt::from_unix_micros(micros).expect("a moment");
        Reading::new(sensor, sequence, value, quality, measured_at).expect("a reading")
    })
}
