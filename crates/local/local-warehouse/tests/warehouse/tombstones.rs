//! The repository's SQL: deleted items stay away, raw changes go only when the state holds them, and two changes in one
//! microsecond have one order.

use std::time::{Duration, SystemTime};

use orders::generator::{Size, generate};
use orders::model::{OrderKey, OrderLine, Status};
use orders::truth::Truth;
use orders::warehouse::{Field, Warehouse as _, count};

use crate::captures::{Captured, forwarded, native};
use crate::installed::{Installed, STREAM};

const SHARD: &str = "shard-1";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// When something happened, in microseconds since 1970.
const MICROS: u64 = 1_767_225_600_000_000;

/// A line that somebody ordered, under another key and with another status.
fn line(order_id: &str, status: Status) -> OrderLine {
    let history = generate(Size {
        changes: 1,
        items: 1,
        seed: 7,
    });
    let key = OrderKey {
        order_id: order_id.to_owned(),
        line: 1,
    };
    OrderLine {
        key,
        status,
        ..history.truth.lines().next().unwrap().clone()
    }
}

/// An item that is placed, shipped and deleted: the record of each change, by each capture.
fn lives() -> [Vec<Vec<u8>>; 2] {
    let of = |order_id: &str| {
        let (placed, shipped) = (line(order_id, Status::Placed), line(order_id, Status::Shipped));
        [
            Captured::new("INSERT", &placed.key, Some(&placed)),
            Captured::new("MODIFY", &placed.key, Some(&shipped)),
            Captured::new("REMOVE", &placed.key, None),
        ]
    };
    let natively = of("o-native").into_iter().zip(1..).map(|(change, place)| {
        let record = native(&change, MICROS + place, &format!("native-{place}"));
        record.to_string().into_bytes()
    });
    [forwarded(&of("o-forwarded")), natively.collect()]
}

impl Installed {
    /// Puts records that arrived so long ago, and reads them.
    async fn take(&self, age: Duration, records: impl IntoIterator<Item = &Vec<u8>>) {
        for record in records {
            let arrival = SystemTime::now() - age;
            let streams = &self.warehouse.streams;
            streams.put_at(arrival, STREAM, SHARD, record.clone());
        }
        self.refresh().await;
    }

    async fn counts(&self, of: &str) -> u64 {
        count(self, &format!("SELECT COUNT(*) FROM {of}")).await.unwrap()
    }

    async fn is_empty(&self) {
        assert_eq!(self.report(&Truth::default()).await.differences(), 0);
    }
}

const RAW: &str = "ingest.order_changes";
const UNUSABLE: &str = "warehouse.unusable_order_changes";

#[tokio::test]
async fn a_deleted_item_stays_away_after_a_fold_and_after_a_prune() {
    let installed = Installed::over(&[SHARD]).await;
    let lives = lives();
    let before_deletion = || lives.iter().flat_map(|life| &life[..2]);
    let useless = [b"no JSON".to_vec(), b"17".to_vec()];
    installed.take(8 * DAY, lives.iter().flatten()).await;
    installed.take(8 * DAY, &useless).await;
    installed.is_empty().await;

    installed.prune().await;
    assert_eq!(
        installed.counts(RAW).await,
        8,
        "nothing is folded, and nothing goes"
    );
    installed.fold().await;
    installed.take(Duration::ZERO, before_deletion()).await;
    installed.is_empty().await;
    installed.fold().await;
    installed.is_empty().await;

    installed.prune().await;
    assert_eq!(
        installed.counts(RAW).await,
        6,
        "the last week stays, and what is in no state"
    );
    assert_eq!(installed.counts(UNUSABLE).await, 2);
    installed.is_empty().await;
    installed.take(8 * DAY, before_deletion()).await;
    installed.is_empty().await;
    installed.fold().await;
    installed.is_empty().await;
    installed.prune().await;
    assert_eq!(
        installed.counts(RAW).await,
        6,
        "a version older than the state's goes too"
    );
    assert_eq!(
        installed.counts("warehouse.order_state").await,
        2,
        "the tombstones"
    );
}

#[tokio::test]
async fn a_deleted_item_comes_back_by_a_newer_change_alone() {
    let installed = Installed::over(&[SHARD]).await;
    let [_, life] = lives();
    installed.take(8 * DAY, &life).await;
    installed.fold().await;
    installed.prune().await;
    let again = line("o-native", Status::Placed);
    let change = Captured::new("INSERT", &again.key, Some(&again));
    let record = native(&change, MICROS + 4, "native-4").to_string().into_bytes();
    let truth: Truth = [again].into_iter().collect();
    installed.take(8 * DAY, [&life[0], &record, &life[2]]).await;
    // It is old, and in no state: only the raw changes have it.
    installed.prune().await;
    assert_eq!(
        installed.report(&truth).await.to_string(),
        "1 items compared, 0 differences"
    );
    installed.fold().await;
    assert_eq!(
        installed.report(&truth).await.to_string(),
        "1 items compared, 0 differences"
    );
}

/// Of changes within one microsecond the kind decides, then the event's id.
#[tokio::test]
async fn changes_in_one_microsecond_have_one_order() {
    let installed = Installed::over(&[SHARD]).await;
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    let of = |name: &str, number: usize, deleted: bool| {
        let key = format!("{name}-{number}");
        let [placed, shipped, delivered] =
            [Status::Placed, Status::Shipped, Status::Delivered].map(|status| line(&key, status));
        let last = if deleted {
            ("REMOVE", "a", None)
        } else {
            ("MODIFY", "a", Some(&delivered))
        };
        [
            ("INSERT", "z", Some(&placed)),
            ("MODIFY", "b", Some(&shipped)),
            last,
        ]
        .map(|(name, id, line)| {
            let change = Captured::new(name, &placed.key, line);
            native(&change, MICROS, id).to_string().into_bytes()
        })
    };
    // In every order of arrival, each in a piece of its own, with a fold behind every other.
    for piece in 0..3 {
        let records: Vec<_> = orders
            .iter()
            .enumerate()
            .flat_map(|(number, order)| {
                let [kept, deleted] =
                    [("kept", false), ("deleted", true)].map(|(name, is)| of(name, number, is));
                [kept[order[piece]].clone(), deleted[order[piece]].clone()]
            })
            .collect();
        installed.take(Duration::ZERO, &records).await;
        if piece != 1 {
            installed.fold().await;
        }
    }
    let found = installed
        .query("SELECT order_id, status FROM warehouse.current_orders ORDER BY order_id")
        .await
        .unwrap();
    let expected: Vec<_> = (0..orders.len())
        .map(|number| {
            ["kept-".to_owned() + &number.to_string(), "SHIPPED".to_owned()]
                .map(Field::Text)
                .to_vec()
        })
        .collect();
    assert_eq!(found.rows, expected);
}
