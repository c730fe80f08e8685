//! Small truths for the tests of the other modules.

use std::cell::RefCell;
use std::collections::VecDeque;

use crate::model::{Cents, Channel, Discount, OrderKey, OrderLine, Status};
use crate::warehouse::{Field, Table, Warehouse, WarehouseError};

/// Two pieces at 10.00, ordered on the web in Europe, delivered.
pub fn line(order: &str, line: u32) -> OrderLine {
    let mut made = OrderLine {
        key: OrderKey {
            order_id: order.to_owned(),
            line,
        },
        customer_id: "c-1".to_owned(),
        product_id: "p-101".to_owned(),
        product_name: "Tent".to_owned(),
        category: "Outdoor".to_owned(),
        region: "Europe".to_owned(),
        channel: Channel::Web,
        status: Status::Delivered,
        quantity: 2,
        unit_price: Cents::new(1_000),
        discount: Discount::NONE,
        amount: Cents::ZERO,
        placed_at: "2025-03-01T12:34:56Z".parse().unwrap(),
        tags: Default::default(),
        note: None,
        expires_at: None,
    };
    made.price();
    made
}

/// Lines o-1, o-2, …, each made of [`line`] by one of `changes`.
pub fn lines(changes: &[&dyn Fn(&mut OrderLine)]) -> Vec<OrderLine> {
    let made = changes.iter().enumerate().map(|(number, change)| {
        let mut made = line(&format!("o-{}", number + 1), 1);
        change(&mut made);
        made
    });
    made.collect()
}

/// Sets the amount itself, whatever quantity and price are.
pub fn worth(line: &mut OrderLine, cents: u32) {
    line.amount = Cents::new(cents);
}

/// Sets product id, name and category.
pub fn of_product(line: &mut OrderLine, id: &str, name: &str, category: &str) {
    line.product_id = id.to_owned();
    line.product_name = name.to_owned();
    line.category = category.to_owned();
}

/// Sets the day.
pub fn placed_on(line: &mut OrderLine, day: &str) {
    line.placed_at = format!("{day}T10:00:00Z").parse().unwrap();
}

/// A warehouse that answers as it is told.
pub struct FakeWarehouse {
    answers: RefCell<VecDeque<Table>>,
    asked: RefCell<Vec<String>>,
}

impl FakeWarehouse {
    /// Answers with these tables, one after the other.
    pub fn answering(answers: impl IntoIterator<Item = Table>) -> Self {
        Self {
            answers: RefCell::new(answers.into_iter().collect()),
            asked: RefCell::default(),
        }
    }

    /// Answers with these counts.
    pub fn counting(counts: impl IntoIterator<Item = i64>) -> Self {
        Self::answering(
            counts
                .into_iter()
                .map(|count| table(&["count"], vec![vec![Field::Long(count)]])),
        )
    }

    /// What it was asked.
    pub fn asked(&self) -> Vec<String> {
        self.asked.borrow().clone()
    }
}

impl Warehouse for FakeWarehouse {
    async fn query(&self, sql: &str) -> Result<Table, WarehouseError> {
        self.asked.borrow_mut().push(sql.to_owned());
        let answer = self.answers.borrow_mut().pop_front();
        answer.ok_or_else(|| WarehouseError::new(sql, "no answer was prepared"))
    }

    async fn run(&self, sql: &str) -> Result<(), WarehouseError> {
        self.query(sql).await.map(drop)
    }
}

/// A table with these columns.
pub fn table(columns: &[&str], rows: Vec<Vec<Field>>) -> Table {
    let columns = columns.iter().map(|name| (*name).to_owned()).collect();
    Table { columns, rows }
}

/// A field of text.
pub fn text(text: &str) -> Field {
    Field::Text(text.to_owned())
}
