//! The dashboard while changes flow.

use std::cell::Cell;
use std::time::Duration;

use tokio::time::sleep;

use crate::dashboard::{Screen, WIDTH, render, take};
use crate::warehouse::{Warehouse, WarehouseError};
use crate::writing::SoFar;

/// How often the dashboard is drawn.
const REDRAW: Duration = Duration::from_millis(500);

/// Draws the dashboard again and again until `done`, if the screen can be redrawn.
pub(super) async fn watch(
    warehouse: &impl Warehouse,
    screen: &mut Screen,
    so_far: &SoFar,
    done: &Cell<bool>,
) -> Result<(), WarehouseError> {
    if !screen.is_live() {
        return Ok(());
    }
    let progress = || format!("  written {} of {} changes", so_far.written(), so_far.total());
    while !done.get() {
        let snapshot = take(warehouse).await?;
        screen.redraw(&format!("{}\n{}", render(&snapshot, WIDTH), progress()));
        sleep(REDRAW).await;
    }
    screen.finish(&progress());
    Ok(())
}
