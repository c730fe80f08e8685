//! Which records make the next batch, and when it is due.

use std::time::Duration;

use super::{Context, Lane, Log, discard};
use crate::batch::Batch;
use crate::event::PAYLOAD_MAX_BYTES;
use crate::progress::Condition;
use crate::window::Window;

impl Lane {
    /// The next batch to try: failed ones first, for the order's sake. What is too old or too large is discarded on
    /// the way.
    pub(super) fn next_batch(&mut self, context: &Context<'_>, log: &mut Log) -> Option<Batch> {
        loop {
            let mut batch = self.again.pop_front().or_else(|| self.gather(context))?;
            discard_too_old(&mut batch, context, log);
            self.fit_payload(&mut batch, context, log);
            if batch.is_final || !batch.records.is_empty() {
                return Some(batch);
            }
        }
    }

    fn gather(&mut self, context: &Context<'_>) -> Option<Batch> {
        if self
            .window
            .as_ref()
            .is_some_and(|window| self.is_over(window, context))
        {
            return Some(Batch::final_invoke());
        }
        let first = self.queue.front()?;
        if self.window.is_none() {
            self.window = context
                .config
                .tumbling_window
                .map(|length| Window::of(first.arrival, length));
        }
        let (count, complete) = self.gathered(context);
        (complete || self.is_due(context)).then(|| Batch::of(self.queue.drain(..count).collect()))
    }

    /// A window is over when a record of a later one is next, or when its time is up and nothing new has come, or when
    /// the shard ends: "when the shard ends, Lambda considers the window closed".
    /// <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html#streams-tumbling-config>
    fn is_over(&self, window: &Window, context: &Context<'_>) -> bool {
        match self.queue.front() {
            Some(record) => !window.holds(record.arrival),
            None => {
                window.overgrown()
                    || context.ended
                    || context.caught_up_at.is_some_and(|at| at >= window.end())
            }
        }
    }

    /// How many records of the queue make a batch, and whether no further one could join them: the batch size is met,
    /// the payload is full, or the next record belongs to a later window.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html#invocation-eventsourcemapping-batching>
    fn gathered(&self, context: &Context<'_>) -> (usize, bool) {
        let mut room = PAYLOAD_MAX_BYTES.saturating_sub(self.envelope(false, context).bytes());
        let mut count = 0;
        for record in &self.queue {
            let fits = record.bytes() <= room || count == 0;
            let of_window = self
                .window
                .as_ref()
                .is_none_or(|window| window.holds(record.arrival));
            if count == context.config.batch_size || !fits || !of_window {
                return (count, true);
            }
            room = room.saturating_sub(record.bytes());
            count += 1;
        }
        (count, count == context.config.batch_size)
    }

    /// Whether an incomplete batch goes out: its batching window or its tumbling window is up, or the shard has ended.
    fn is_due(&self, context: &Context<'_>) -> bool {
        context.ended
            || self
                .gathering_since
                .is_some_and(|since| context.now >= since.plus(context.config.batching_window))
            || self
                .window
                .as_ref()
                .is_some_and(|window| context.now >= window.end())
    }

    /// Batching windows follow each other; those that pass without a record have no effect.
    pub(super) fn skip_empty_batching_windows(&mut self, context: &Context<'_>) {
        let length = context.config.batching_window;
        let since = self.gathering_since.unwrap_or(context.now);
        let idle = context.now.since(since);
        let begun = match length.is_zero() {
            true => Duration::ZERO,
            false => Duration::from_millis((idle.as_millis() % length.as_millis()) as u64),
        };
        self.gathering_since = Some(since.plus(idle - begun));
    }

    /// Leaves for the next batch what the payload cannot take, as when a window's state has grown since the records
    /// were gathered. A record that does not fit alone can never be delivered.
    fn fit_payload(&mut self, batch: &mut Batch, context: &Context<'_>, log: &mut Log) {
        let room = PAYLOAD_MAX_BYTES.saturating_sub(self.envelope(false, context).bytes());
        if let Some(rest) = batch.take_overflow(room) {
            self.again.push_front(rest);
        }
        if batch.records.first().is_some_and(|record| record.bytes() > room) {
            discard(batch, Condition::PayloadSizeExceeded, context, log);
            batch.records.clear();
        }
    }
}

/// A shard's records are in the order of their arrival, so that the old ones come first.
fn discard_too_old(batch: &mut Batch, context: &Context<'_>, log: &mut Log) {
    let maximum = context.config.maximum_record_age;
    let old = batch.records.iter().take_while(|record| {
        let age = context.now.since(record.arrival);
        (context.rules.too_old)(age, maximum)
    });
    let old = old.count();
    if old > 0 {
        let expired = batch.take_first(old);
        discard(
            &batch.with_records(expired),
            Condition::RecordAgeExceeded,
            context,
            log,
        );
    }
}
