//! The dashboard's queries, as tables and charts of text.

mod chart;
mod screen;
mod snapshot;
mod text;

use std::time::Duration;

pub use screen::Screen;
pub use snapshot::{Snapshot, take};

use crate::model::Decimal;
use chart::{bars, columns, sparkline};
use text::{cut, grouped, percent};

/// Letters of a line, at most.
pub const WIDTH: usize = 100;

/// Letters of a month: `2025-01`.
const MONTH: usize = 7;

/// The whole dashboard, in lines of at most `width` letters.
pub fn render(snapshot: &Snapshot, width: usize) -> String {
    let panels = [
        headline(snapshot, width),
        panel("Sales by month", &months(snapshot, width)),
        panel("Sales by region", &bars(&snapshot.regions, width)),
        panel("Growth by region", &growth(snapshot, width)),
        panel("Top products", &bars(&snapshot.products, width)),
    ];
    panels.join("\n")
}

/// What changed between two looks at the dashboard.
pub fn changes(before: &Snapshot, after: &Snapshot, width: usize) -> String {
    let all = vec!["all".to_owned(), grouped(total(before)), grouped(total(after))];
    let region = |(region, now): &(String, Decimal)| {
        let then = before.regions.iter().find(|(name, _)| name == region);
        let then = then.map_or_else(|| "-".to_owned(), |(_, sales)| grouped(*sales));
        vec![region.clone(), then, grouped(*now)]
    };
    let rows: Vec<_> = std::iter::once(all)
        .chain(after.regions.iter().map(region))
        .collect();
    columns(&["sales", "before", "now"], &rows, width)
}

fn total(snapshot: &Snapshot) -> Decimal {
    let cents = snapshot.regions.iter().filter_map(|(_, sales)| sales.units_at(2));
    Decimal::new(cents.sum(), 2)
}

fn panel(title: &str, body: &str) -> String {
    let body = if body.is_empty() { "  (nothing yet)" } else { body };
    format!("{title}\n{body}\n")
}

fn headline(snapshot: &Snapshot, width: usize) -> String {
    let sales = match snapshot.years.last() {
        Some((year, sales)) => format!(
            "Sales {year}: {}{}",
            grouped(*sales),
            on_the_year_before(snapshot)
        ),
        None => "Sales: nothing yet".to_owned(),
    };
    let freshness = match snapshot.newest {
        Some(age) => format!("The newest change arrived {} ago", seconds(age)),
        None => "Nothing has arrived yet".to_owned(),
    };
    format!("{}\n{}\n", cut(&sales, width), cut(&freshness, width))
}

fn on_the_year_before(snapshot: &Snapshot) -> String {
    match snapshot.years.as_slice() {
        [.., (before, then), (_, now)] => format!(", {} on {before}", percent(snapshot::growth(*then, *now))),
        _ => String::new(),
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

/// The months that fit between the first and the last, which stand beside them.
fn months(snapshot: &Snapshot, width: usize) -> String {
    let month = |day: &str| day.chars().take(MONTH).collect::<String>();
    let room = width.saturating_sub("  ".len() + 2 * (MONTH + 1));
    let shown = &snapshot.months[snapshot.months.len().saturating_sub(room)..];
    let ([(first, _), ..], [.., (last, _)]) = (shown, shown) else {
        return String::new();
    };
    let sales: Vec<_> = shown.iter().map(|(_, sales)| *sales).collect();
    format!("  {} {} {}", month(first), sparkline(&sales), month(last))
}

fn growth(snapshot: &Snapshot, width: usize) -> String {
    let rows: Vec<Vec<String>> = snapshot
        .growth
        .iter()
        .map(|(region, rate)| vec![region.clone(), percent(*rate)])
        .collect();
    match rows.is_empty() {
        true => String::new(),
        false => columns(&["region", "on the year before"], &rows, width),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dashboard::text::width_of;

    fn named(names: &[(&str, &str)]) -> Vec<(String, Decimal)> {
        names
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.parse().unwrap()))
            .collect()
    }

    fn snapshot() -> Snapshot {
        Snapshot {
            years: named(&[("2024", "1000.00"), ("2025", "1234567.50")]),
            months: named(&[
                ("2025-01-01", "1.00"),
                ("2025-02-01", "8.00"),
                ("2025-03-01", "4.00"),
            ]),
            regions: named(&[("Europe", "300.00"), ("Asia Pacific", "150.00")]),
            growth: vec![
                ("Europe".to_owned(), "-0.1250".parse().ok()),
                ("Asia Pacific".to_owned(), None),
            ],
            products: named(&[("Origami paper 折り紙", "90.00"), ("Tent", "0.00")]),
            newest: Some(Duration::from_millis(1_240)),
        }
    }

    #[test]
    fn the_dashboard_has_its_panels() {
        let shown = render(&snapshot(), 60);
        let expected = "\
Sales 2025: 1,234,567.50, +123356.75 % on 2024
The newest change arrived 1.2 s ago

Sales by month
  2025-01 ▁█▄ 2025-03

Sales by region
  Europe        █████████████████████████████████████ 300.00
  Asia Pacific  ███████████████████                   150.00

Growth by region
  region        on the year before
  Europe                  -12.50 %
  Asia Pacific                   -

Top products
  Origami paper 折り紙  ██████████████████████████████ 90.00
  Tent                                                  0.00
";
        assert_eq!(shown, expected);
    }

    #[test]
    fn no_chart_is_wider_than_asked_for() {
        let mut long = snapshot();
        long.months = (0..200).map(|_| long.months[0].clone()).collect();
        for width in [30, 60, 100] {
            for line in render(&long, width).lines() {
                assert!(width_of(line) <= width, "{width}: {line}");
            }
        }
    }

    #[test]
    fn an_empty_warehouse_has_a_dashboard_too() {
        let shown = render(&Snapshot::default(), 60);
        assert!(
            shown.starts_with("Sales: nothing yet\nNothing has arrived yet\n"),
            "{shown}"
        );
        assert_eq!(shown.matches("(nothing yet)").count(), 4);
    }

    #[test]
    fn changes_stand_beside_what_was() {
        let before = Snapshot {
            regions: named(&[("Europe", "100.50")]),
            ..Snapshot::default()
        };
        let expected = "  sales         before     now
  all           100.50  450.00
  Europe        100.50  300.00
  Asia Pacific       -  150.00";
        assert_eq!(changes(&before, &snapshot(), 60), expected);
    }
}
