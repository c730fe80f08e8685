//! What happens to a batch that failed: split, tried again, or given up.

use std::time::Duration;

use super::{Context, Lane, Log, discard};
use crate::batch::{Batch, Failure};
use crate::progress::{Condition, Progress};

impl Lane {
    /// The whole batch failed. "If your invocation fails and `BisectBatchOnFunctionError` is turned on, the batch is
    /// bisected regardless of your `ReportBatchItemFailures` setting."
    /// <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html#streams-batchfailurereporting-bisect>
    pub(super) fn on_failure(
        &mut self,
        mut batch: Batch,
        failure: Failure,
        context: &Context<'_>,
        log: &mut Log,
    ) {
        record_failure(&mut batch, failure, context, log);
        if batch.is_final {
            // "If invocation is unsuccessful, your Lambda function suspends further processing until a successful
            // invocation."
            return self.try_again(batch, context, log);
        }
        match batch.records.len() {
            size if context.config.bisect && size > 1 => self.bisect(batch, context, log),
            _ => self.retry(batch, context, log),
        }
    }

    /// The batch failed from its first record on; what came before is acknowledged. "When a partial batch success
    /// response is received and both `BisectBatchOnFunctionError` and `ReportBatchItemFailures` are turned on, the
    /// batch is bisected at the returned sequence number and Lambda retries only the remaining records."
    /// <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html#streams-batchfailurereporting-bisect>
    ///
    /// Without bisect the remaining records use up a retry. Whether their count starts again after such progress is
    /// not documented; here it does not.
    pub(super) fn on_partial_failure(&mut self, mut batch: Batch, context: &Context<'_>, log: &mut Log) {
        record_failure(&mut batch, Failure::Reported, context, log);
        if context.config.bisect {
            batch.retries = (context.rules.retries_after_split)(batch.retries);
            self.again.push_front(batch);
        } else {
            self.retry(batch, context, log);
        }
    }

    /// Splits a batch in half. Its parts are tried without a wait: only a batch that cannot be split any more waits.
    fn bisect(&mut self, mut batch: Batch, context: &Context<'_>, log: &mut Log) {
        batch.retries = (context.rules.retries_after_split)(batch.retries);
        let records = std::mem::take(&mut batch.records);
        let at = (context.rules.halfway)(records.len()).min(records.len());
        let parts = (context.rules.split)(records, at).map(|records| batch.with_records(records));
        if let [Some(first), Some(second)] = [parts[0].first(), parts[1].first()] {
            log.progress.push(Progress::Split {
                shard: context.shard.clone(),
                first: first.clone(),
                at: second.clone(),
                sizes: [parts[0].records.len(), parts[1].records.len()],
            });
        }
        for part in parts.into_iter().rev().filter(|part| !part.records.is_empty()) {
            self.again.push_front(part);
        }
    }

    fn retry(&mut self, mut batch: Batch, context: &Context<'_>, log: &mut Log) {
        if !(context.rules.may_retry)(batch.retries, context.config.maximum_retry_attempts) {
            return discard(&batch, Condition::RetryAttemptsExhausted, context, log);
        }
        batch.retries += 1;
        self.try_again(batch, context, log);
    }

    /// Puts a batch back, to be tried after a wait.
    pub(super) fn try_again(&mut self, mut batch: Batch, context: &Context<'_>, log: &mut Log) {
        batch.failures += 1;
        let after: Duration = context.config.pacing.backoff(batch.failures);
        self.ready_at = context.now.plus(after);
        log.progress.push(Progress::Retried {
            shard: context.shard.clone(),
            first: batch.first().cloned(),
            records: batch.records.len(),
            retries: batch.retries,
            after,
        });
        self.again.push_front(batch);
    }
}

fn record_failure(batch: &mut Batch, failure: Failure, context: &Context<'_>, log: &mut Log) {
    log.progress.push(Progress::Failed {
        shard: context.shard.clone(),
        records: batch.records.len(),
        failure: Some(failure.clone()),
    });
    batch.last_failure = Some(failure);
}
