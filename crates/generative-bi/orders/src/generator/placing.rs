//! The orders as they come in.

use fastrand::Rng;
use time::{Date, Month};

use super::catalogue::{CATEGORIES, CHANNELS, FIRST_YEAR, HOURS, REGIONS, WEEKDAYS, product_id};
use super::catalogue::{DISCOUNTS, NOTES, TAGS};
use super::weighted;
use crate::model::{Cents, Channel, Discount, OrderKey, OrderLine, PlacedAt, Status};

/// How many lines an order has: one, two, ….
const LINES: [u32; 4] = [50, 28, 14, 8];

/// One customer for so many order lines, about.
const LINES_PER_CUSTOMER: usize = 5;

/// One line in so many is of a size that a framework contract has: a high price and nearly all of it off.
const ONE_HUGE_IN: u32 = 250;

/// The time to live of a line that has one: ten years, so that no table forgets it during a demo.
const TIME_TO_LIVE_SECONDS: i64 = 10 * 365 * 24 * 60 * 60;

/// As many order lines as asked for, in the order of time.
pub(super) fn place(lines: usize, rng: &mut Rng) -> Vec<OrderLine> {
    let mut orders = Vec::new();
    let mut count = 0;
    while count < lines {
        let of_order = (weighted::place(rng, &LINES) + 1).min(lines - count);
        orders.push((Head::new(lines, rng), of_order));
        count += of_order;
    }
    orders.sort_by_key(|(head, _)| head.placed_at);
    let mut placed = Vec::with_capacity(lines);
    for (number, (head, of_order)) in orders.iter().enumerate() {
        let order_id = format!("o-{:06}", number + 1);
        placed.extend((1..=*of_order).map(|line| head.line(&order_id, line, rng)));
    }
    placed
}

/// What the lines of an order have in common.
struct Head {
    customer_id: String,
    region: &'static str,
    channel: Channel,
    placed_at: PlacedAt,
}

impl Head {
    fn new(lines: usize, rng: &mut Rng) -> Self {
        let years = REGIONS[0].1.len();
        let weights: Vec<u32> = REGIONS.iter().flat_map(|(_, weights)| *weights).collect();
        let place = weighted::place(rng, &weights);
        let (region, year) = (REGIONS[place / years].0, place % years);
        let channel = weighted::choice(rng, CHANNELS.map(|(channel, weights)| (channel, weights[year])));
        // Every year some customers are new, and those of the years before go on.
        let customers = (lines / LINES_PER_CUSTOMER).max(1) * (year + 1) / years;
        Self {
            customer_id: format!("c-{:05}", rng.usize(0..customers.max(1)) + 1),
            region,
            channel,
            placed_at: placed_at(year, rng),
        }
    }

    fn line(&self, order_id: &str, line: usize, rng: &mut Rng) -> OrderLine {
        let month = usize::from(u8::from(self.placed_at.month().month())) - 1;
        let weights = CATEGORIES.map(|category| category.weight * category.season[month]);
        let category = weighted::place(rng, &weights);
        let product = rng.usize(0..CATEGORIES[category].products.len());
        let (product_name, price) = CATEGORIES[category].products[product];
        let (unit_price, discount) = price_and_discount(price, rng);
        let mut line = OrderLine {
            key: OrderKey {
                order_id: order_id.to_owned(),
                line: u32::try_from(line).unwrap_or(u32::MAX),
            },
            customer_id: self.customer_id.clone(),
            product_id: product_id(category, product),
            product_name: product_name.to_owned(),
            category: CATEGORIES[category].name.to_owned(),
            region: self.region.to_owned(),
            channel: self.channel,
            status: Status::Placed,
            quantity: weighted::choice(rng, [(1, 50), (2, 22), (3, 9), (4, 6), (6, 6), (8, 4), (12, 3)]),
            unit_price,
            discount,
            amount: Cents::ZERO,
            placed_at: self.placed_at,
            tags: TAGS
                .into_iter()
                .filter(|_| rng.u32(0..12) == 0)
                .map(str::to_owned)
                .collect(),
            note: (rng.u32(0..3) == 0).then(|| NOTES[rng.usize(0..NOTES.len())].to_owned()),
            expires_at: (rng.u32(0..10) == 0).then(|| self.placed_at.unix_seconds() + TIME_TO_LIVE_SECONDS),
        };
        line.price();
        line
    }
}

fn placed_at(year: usize, rng: &mut Rng) -> PlacedAt {
    let months: [u32; 12] = std::array::from_fn(|month| {
        CATEGORIES
            .iter()
            .map(|category| category.weight * category.season[month])
            .sum()
    });
    let month = Month::January.nth_next(u8::try_from(weighted::place(rng, &months)).unwrap_or_default());
    let year = FIRST_YEAR + i32::try_from(year).unwrap_or_default();
    let days: Vec<Date> = (1..=month.length(year))
        .filter_map(|day| Date::from_calendar_date(year, month, day).ok())
        .collect();
    let weights: Vec<u32> = days
        .iter()
        .map(|day| WEEKDAYS[usize::from(day.weekday().number_days_from_monday())])
        .collect();
    let hour = u32::try_from(weighted::place(rng, &HOURS)).unwrap_or_default();
    let day = days[weighted::place(rng, &weights)];
    PlacedAt::on(day, hour * 3_600 + rng.u32(0..3_600))
}

/// A price up to a tenth off the list's, to the cent.
fn price_and_discount(price: u32, rng: &mut Rng) -> (Cents, Discount) {
    if rng.u32(0..ONE_HUGE_IN) == 0 {
        let price = Cents::new(price * 100 + rng.u32(0..100));
        return (price, Discount::new(9_870 + rng.u32(0..30)));
    }
    let price = price * (900 + rng.u32(0..=200)) / 1_000;
    (Cents::new(price), Discount::new(weighted::choice(rng, DISCOUNTS)))
}
