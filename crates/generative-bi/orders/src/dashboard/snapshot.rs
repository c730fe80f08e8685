//! What the dashboard's queries answer.

use std::time::Duration;

use time::OffsetDateTime;

use crate::freshness::{NEWEST_ARRIVAL, age};
use crate::model::Decimal;
use crate::warehouse::{Field, Table, Warehouse, WarehouseError, number, show};

// Whatever came into the table: a value of a wrong type is NULL, and has no place in a chart.

const YEARS: &str = "SELECT order_year, SUM(revenue)::DECIMAL(18,2) AS sales FROM bi.order_lines \
    WHERE order_year IS NOT NULL AND revenue IS NOT NULL GROUP BY order_year ORDER BY order_year";

const MONTHS: &str = "SELECT order_month, SUM(revenue)::DECIMAL(18,2) AS sales FROM bi.order_lines \
    WHERE order_month IS NOT NULL AND revenue IS NOT NULL GROUP BY order_month ORDER BY order_month";

const REGIONS: &str = "SELECT region, SUM(revenue)::DECIMAL(18,2) AS sales FROM bi.order_lines \
    WHERE region IS NOT NULL AND revenue IS NOT NULL GROUP BY region ORDER BY sales DESC, region";

const REGION_YEARS: &str = "SELECT region, order_year, SUM(revenue)::DECIMAL(18,2) AS sales FROM bi.order_lines \
    WHERE region IS NOT NULL AND order_year IS NOT NULL AND revenue IS NOT NULL \
    GROUP BY region, order_year ORDER BY region, order_year";

const PRODUCTS: &str = "SELECT product_name, SUM(revenue)::DECIMAL(18,2) AS sales FROM bi.daily_sales \
    WHERE product_name IS NOT NULL AND revenue IS NOT NULL \
    GROUP BY product_id, product_name ORDER BY sales DESC, product_id LIMIT 10";

/// What the dashboard shows, at one time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapshot {
    /// Sales of each year.
    pub years: Vec<(String, Decimal)>,
    /// Sales of each month, by its first day.
    pub months: Vec<(String, Decimal)>,
    /// Sales of each region, the highest first.
    pub regions: Vec<(String, Decimal)>,
    /// By which rate each region's last year is more than the one before.
    pub growth: Vec<(String, Option<Decimal>)>,
    /// Sales of the ten products with the highest.
    pub products: Vec<(String, Decimal)>,
    /// How long ago the newest change arrived.
    pub newest: Option<Duration>,
}

/// Asks all that the dashboard shows.
///
/// # Errors
/// The warehouse does not answer, or with something else.
pub async fn take(warehouse: &impl Warehouse) -> Result<Snapshot, WarehouseError> {
    let regions_by_year = rows(warehouse, REGION_YEARS, by_two).await?;
    Ok(Snapshot {
        years: rows(warehouse, YEARS, by_one).await?,
        months: rows(warehouse, MONTHS, by_one).await?,
        regions: rows(warehouse, REGIONS, by_one).await?,
        growth: growth_by_region(&regions_by_year),
        products: rows(warehouse, PRODUCTS, by_one).await?,
        newest: age(&warehouse.query(NEWEST_ARRIVAL).await?, OffsetDateTime::now_utc()),
    })
}

async fn rows<T>(
    warehouse: &impl Warehouse,
    sql: &str,
    row: impl Fn(&[Field]) -> Option<T>,
) -> Result<Vec<T>, WarehouseError> {
    let table: Table = warehouse.query(sql).await?;
    let rows: Option<Vec<T>> = table.rows.iter().map(|fields| row(fields)).collect();
    rows.ok_or_else(|| WarehouseError::new(sql, "a row has another shape"))
}

fn by_one(row: &[Field]) -> Option<(String, Decimal)> {
    let [key, value] = row else { return None };
    Some((show(key), number(value)?))
}

fn by_two(row: &[Field]) -> Option<(String, i64, Decimal)> {
    let [region, Field::Long(year), value] = row else {
        return None;
    };
    Some((show(region), *year, number(value)?))
}

/// The growth of each region over the last two years that any region has.
fn growth_by_region(rows: &[(String, i64, Decimal)]) -> Vec<(String, Option<Decimal>)> {
    let last = rows.iter().map(|(_, year, _)| *year).max();
    let of = |region: &str, of_year: Option<i64>| {
        let found = rows
            .iter()
            .find(|(name, year, _)| name == region && Some(*year) == of_year);
        found.map(|(_, _, sales)| *sales)
    };
    let mut regions: Vec<&str> = rows.iter().map(|(region, _, _)| region.as_str()).collect();
    regions.dedup();
    let growth_of = |region: &str| {
        let before = of(region, last.map(|year| year - 1))?;
        growth(before, of(region, last)?)
    };
    regions
        .into_iter()
        .map(|region| (region.to_owned(), growth_of(region)))
        .collect()
}

/// By which rate `now` is more than `before`; nothing on nothing.
pub(super) fn growth(before: Decimal, now: Decimal) -> Option<Decimal> {
    let (before, now) = (before.units_at(2)?, now.units_at(2)?);
    Decimal::quotient(now - before, before, 4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{FakeWarehouse, table, text};

    #[tokio::test]
    async fn a_snapshot_holds_what_the_queries_answer() {
        let of_region = |region: &str, year, sales: &str| vec![text(region), Field::Long(year), text(sales)];
        let sales = |key: Field| table(&["key", "sales"], vec![vec![key, text("2.00")]]);
        let warehouse = FakeWarehouse::answering([
            table(
                &["region", "order_year", "sales"],
                vec![
                    of_region("Asia Pacific", 2025, "9.00"),
                    of_region("Europe", 2023, "4.00"),
                    of_region("Europe", 2024, "4.00"),
                    of_region("Europe", 2025, "5.00"),
                ],
            ),
            sales(Field::Long(2025)),
            sales(text("2025-01-01")),
            sales(text("Europe")),
            sales(text("Tent")),
            table(&["arrived_at"], vec![vec![Field::Null]]),
        ]);
        let snapshot = take(&warehouse).await.unwrap();
        let two = Decimal::new(2, 0);
        assert_eq!(snapshot.years, [("2025".to_owned(), two)]);
        assert_eq!(snapshot.months, [("2025-01-01".to_owned(), two)]);
        assert_eq!(snapshot.regions, [("Europe".to_owned(), two)]);
        assert_eq!(snapshot.products, [("Tent".to_owned(), two)]);
        let growth = [
            ("Asia Pacific".to_owned(), None),
            ("Europe".to_owned(), "0.25".parse().ok()),
        ];
        assert_eq!(snapshot.growth, growth);
        assert_eq!(snapshot.newest, None);
    }

    #[tokio::test]
    async fn an_answer_of_another_shape_names_the_query() {
        let warehouse = FakeWarehouse::answering([table(&["a"], vec![vec![text("x")]])]);
        let error = take(&warehouse).await.unwrap_err().to_string();
        assert!(error.starts_with("SELECT region, order_year"), "{error}");
        assert!(error.ends_with("a row has another shape"), "{error}");
    }
}
