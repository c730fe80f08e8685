//! What was sent against what each hop has: reading by reading, payload by payload, sensor by sensor.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use crate::archived_reading::ArchivedReading;
use crate::hops::Hops;
use crate::letter::Letter;
use crate::on_stream::OnStream;
use crate::stored_reading::StoredReading;
use crate::truth::{SensorKey, SentReading, Truth};

/// Differences that are printed; the others are counted.
const PRINTED: usize = 20;

/// Who brings readings from the stream into the archive.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ArchiveSource {
    /// `firehose-writer`: what is no reading becomes a dead letter before the archive.
    #[default]
    Writer,
    /// Firehose itself: what is no reading may be in the archive under a reading's id, or under the error prefix. Only
    /// that each reading is there can be told.
    Stream,
}

/// What counts as right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rules {
    /// A device was killed and not started again: the stream may have what the truth does not tell. All other hops must
    /// have it too.
    pub killed: bool,
    /// Who fills the archive.
    pub archive_source: ArchiveSource,
    /// What the stream took before this moment, in microseconds since 1970, may have expired in the history.
    pub history_since: Option<i64>,
}

/// What each hop has.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// The stream.
    pub stream: OnStream,
    /// Items of the history.
    pub history: Vec<StoredReading>,
    /// Items of the latest state.
    pub latest: Vec<StoredReading>,
    /// Rows of the archive's view.
    pub archive: Vec<ArchivedReading>,
    /// How many lines the archive has of each reading id.
    pub archive_lines: BTreeMap<String, usize>,
    /// What `sensor-state-writer` rejected.
    pub state_letters: Vec<Letter>,
    /// What `firehose-writer` rejected.
    pub archive_letters: Vec<Letter>,
    /// What is where nothing should be: the place, and the object's key.
    pub strays: Vec<(&'static str, String)>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// What was counted.
    pub hops: Hops,
    /// What does not add up: nothing, if all is well.
    pub differences: Vec<Difference>,
}

/// Something that does not add up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The reading's id, the payload's hash, the sensor, or the object.
    pub subject: Subject,
    /// What is wrong.
    pub faults: Vec<String>,
    /// What each hop has.
    pub hops: String,
}

/// What a difference is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A reading, by its id.
    Reading(String),
    /// A payload that is no reading, by its SHA-256 in hex.
    Garbage(String),
    /// The latest state of a sensor.
    Latest(SensorKey),
    /// An object where none should be: the place, and the key.
    Object(&'static str, String),
}

/// Holds what was sent against what each hop has.
pub fn reconcile(truth: &Truth, found: &Found, rules: Rules) -> Report {
    let expected = Expected::of(truth, &found.stream, rules);
    let mut differences = readings(truth, found, &expected, rules);
    differences.extend(garbage(truth, found, rules));
    differences.extend(latest_states(found, &expected));
    differences.extend(strays(found, rules));
    let sensors = expected.newest().len();
    Report {
        hops: Hops::of(truth, found, sensors, rules.archive_source),
        differences,
    }
}

/// The readings that must be everywhere.
struct Expected<'a> {
    readings: BTreeMap<&'a str, &'a SentReading>,
}

impl<'a> Expected<'a> {
    fn of(truth: &'a Truth, stream: &'a OnStream, rules: Rules) -> Self {
        let told = truth
            .readings()
            .iter()
            .map(|(id, sent)| (id.as_str(), &sent.what));
        let untold = stream.readings().iter().filter(|_| rules.killed);
        let untold = untold.map(|(id, delivered)| (id.as_str(), &delivered.reading));
        // What is told wins over what is on the stream.
        Self {
            readings: untold.chain(told).collect(),
        }
    }

    fn newest(&self) -> BTreeMap<&'a SensorKey, &'a SentReading> {
        let mut newest: BTreeMap<&SensorKey, &SentReading> = BTreeMap::new();
        for reading in self.readings.values() {
            let known = newest.entry(&reading.sensor).or_insert(reading);
            if reading.version > known.version {
                *known = reading;
            }
        }
        newest
    }
}

/// What there is of one reading, hop by hop.
#[derive(Default)]
struct Presence<'a> {
    history: Vec<&'a StoredReading>,
    archive: Vec<&'a ArchivedReading>,
}

fn presences(found: &Found) -> HashMap<&str, Presence<'_>> {
    let mut presences: HashMap<&str, Presence<'_>> = HashMap::new();
    for stored in &found.history {
        presences
            .entry(&stored.reading_id)
            .or_default()
            .history
            .push(stored);
    }
    for archived in &found.archive {
        presences
            .entry(&archived.reading_id)
            .or_default()
            .archive
            .push(archived);
    }
    presences
}

fn readings(truth: &Truth, found: &Found, expected: &Expected<'_>, rules: Rules) -> Vec<Difference> {
    let (presences, nothing) = (presences(found), Presence::default());
    let mut ids: BTreeSet<&str> = presences.keys().copied().collect();
    ids.extend(expected.readings.keys());
    ids.extend(found.stream.readings().keys().map(String::as_str));
    ids.extend(found.archive_lines.keys().map(String::as_str));
    let differences = ids.into_iter().map(|id| {
        let one = OneReading {
            acknowledged: truth.readings().get(id).map_or(0, |sent| sent.times),
            expected: expected.readings.get(id).copied(),
            delivered: found.stream.readings().get(id),
            there: presences.get(id).unwrap_or(&nothing),
            lines: found.archive_lines.get(id).copied().unwrap_or_default(),
            rules,
        };
        Difference {
            subject: Subject::Reading(id.to_owned()),
            faults: one.faults(),
            hops: one.to_string(),
        }
    });
    differences
        .filter(|difference| !difference.faults.is_empty())
        .collect()
}

struct OneReading<'a> {
    acknowledged: usize,
    expected: Option<&'a SentReading>,
    delivered: Option<&'a crate::on_stream::Delivered>,
    there: &'a Presence<'a>,
    lines: usize,
    rules: Rules,
}

impl OneReading<'_> {
    fn faults(&self) -> Vec<String> {
        let Some(expected) = self.expected else {
            return self.of_nobody();
        };
        let faults = [
            self.on_the_stream(expected),
            self.in_the_history(expected),
            self.in_the_archive(expected),
        ];
        faults.into_iter().flatten().map(str::to_owned).collect()
    }

    /// What was never sent is a difference, but where garbage may have got into the archive under its id.
    fn of_nobody(&self) -> Vec<String> {
        let elsewhere = self.delivered.is_some() || !self.there.history.is_empty();
        match self.rules.archive_source {
            ArchiveSource::Stream if !elsewhere => Vec::new(),
            _ => vec!["not in the truth".to_owned()],
        }
    }

    fn on_the_stream(&self, expected: &SentReading) -> Option<&'static str> {
        match self.delivered {
            None => Some("missing on the stream"),
            Some(delivered) if delivered.times < self.acknowledged => {
                Some("less often on the stream than acknowledged")
            }
            Some(delivered) if delivered.contradicted || delivered.reading != *expected => {
                Some("another reading on the stream")
            }
            Some(_) => None,
        }
    }

    fn in_the_history(&self, expected: &SentReading) -> Option<&'static str> {
        match self.there.history[..] {
            [] if self.may_have_expired() => None,
            [] => Some("missing in the history"),
            [stored] if stored.is(expected) => None,
            [_] => Some("another reading in the history"),
            _ => Some("more than once in the history"),
        }
    }

    fn may_have_expired(&self) -> bool {
        let arrived_at = self.delivered.and_then(|delivered| delivered.last_arrived_at);
        match (arrived_at, self.rules.history_since) {
            (Some(arrived_at), Some(since)) => arrived_at < since,
            _ => false,
        }
    }

    fn in_the_archive(&self, expected: &SentReading) -> Option<&'static str> {
        let deliveries = self.delivered.map_or(0, |delivered| delivered.times);
        let right = |archived: &ArchivedReading| {
            self.rules.archive_source == ArchiveSource::Stream || archived.is(expected)
        };
        match self.there.archive[..] {
            [] => Some("missing in the archive"),
            [archived] if !right(archived) => Some("another reading in the archive"),
            [_] if self.lines < deliveries => {
                Some("fewer lines in the archive than deliveries by the stream")
            }
            [_] => None,
            _ => Some("more than once in the archive's view"),
        }
    }
}

impl fmt::Display for OneReading<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sent, stream) = (
            self.acknowledged,
            self.delivered.map_or(0, |delivered| delivered.times),
        );
        let (history, archive) = (self.there.history.len(), self.there.archive.len());
        let lines = self.lines;
        write!(
            f,
            "sent {sent}, stream {stream}, history {history}, archive {archive} of {lines} lines"
        )
    }
}

/// How many records of each payload the letters are about.
fn by_payload(letters: &[Letter]) -> BTreeMap<&str, BTreeSet<&Record>> {
    let mut records: BTreeMap<&str, BTreeSet<_>> = BTreeMap::new();
    for letter in letters {
        records.entry(&letter.sha256).or_default().insert(&letter.record);
    }
    records
}

type Record = (Option<String>, String, Option<u32>);

fn garbage(truth: &Truth, found: &Found, rules: Rules) -> Vec<Difference> {
    let state = by_payload(&found.state_letters);
    let archive = by_payload(&found.archive_letters);
    let mut hashes: BTreeSet<&str> = truth.garbage().keys().map(String::as_str).collect();
    hashes.extend(found.stream.garbage().keys().map(String::as_str));
    hashes.extend(state.keys().chain(archive.keys()));
    let records =
        |letters: &BTreeMap<&str, BTreeSet<&Record>>, hash| letters.get(hash).map_or(0, BTreeSet::len);
    let differences = hashes.into_iter().map(|hash| {
        let acknowledged = truth.garbage().get(hash).copied().unwrap_or_default();
        let streamed = found.stream.garbage().get(hash).copied().unwrap_or_default();
        let (by_state, by_archive) = (records(&state, hash), records(&archive, hash));
        let archive_wanted = match rules.archive_source {
            ArchiveSource::Writer => streamed,
            ArchiveSource::Stream => by_archive,
        };
        let known = acknowledged > 0 || (rules.killed && streamed > 0);
        let checks = [
            (known, "not in the truth"),
            (streamed >= acknowledged, "less often on the stream than acknowledged"),
            (by_state == streamed, "not as often in the state's dead letters as on the stream"),
            (by_archive == archive_wanted, "not as often in the archive's dead letters as on the stream"),
        ];
        let failed = checks.iter().filter(|(holds, _)| !holds);
        let letters = found.state_letters.iter().chain(&found.archive_letters);
        let reason = letters.filter(|letter| letter.sha256 == hash).map(|letter| &letter.reason).next();
        Difference {
            subject: Subject::Garbage(hash.to_owned()),
            faults: failed.map(|(_, fault)| (*fault).to_owned()).collect(),
            hops: format!(
                "sent {acknowledged}, stream {streamed}, dead letters of the state {by_state}, of the archive {by_archive}{}",
                reason.map(|reason| format!("; {reason}")).unwrap_or_default()
            ),
        }
    });
    differences
        .filter(|difference| !difference.faults.is_empty())
        .collect()
}

fn latest_states(found: &Found, expected: &Expected<'_>) -> Vec<Difference> {
    let newest = expected.newest();
    let mut states: BTreeMap<&SensorKey, Vec<&StoredReading>> = BTreeMap::new();
    for state in &found.latest {
        states.entry(&state.sensor).or_default().push(state);
    }
    let sensors: BTreeSet<_> = newest.keys().chain(states.keys()).copied().collect();
    let differences = sensors.into_iter().filter_map(|sensor| {
        let states = states.get(sensor).map(Vec::as_slice).unwrap_or_default();
        let expected = newest.get(sensor).copied();
        let fault = latest_fault(expected, states)?;
        let ids: Vec<_> = states.iter().map(|state| state.reading_id.as_str()).collect();
        let wanted = expected.map(SentReading::reading_id);
        Some(Difference {
            subject: Subject::Latest(sensor.clone()),
            faults: vec![fault.to_owned()],
            hops: format!(
                "newest sent {}, latest state {}",
                wanted.as_deref().unwrap_or("none"),
                if ids.is_empty() {
                    "none".to_owned()
                } else {
                    ids.join(" and ")
                }
            ),
        })
    });
    differences.collect()
}

fn latest_fault(expected: Option<&SentReading>, states: &[&StoredReading]) -> Option<&'static str> {
    match (expected, states) {
        (None, _) => Some("a sensor that is not in the truth"),
        (Some(_), []) => Some("missing in the latest states"),
        (Some(expected), [state]) if state.version < expected.version => {
            Some("older than the newest that was sent")
        }
        (Some(expected), [state]) if !state.is(expected) => Some("not the newest that was sent"),
        (Some(_), [_]) => None,
        (Some(_), _) => Some("more than one latest state"),
    }
}

fn strays(found: &Found, rules: Rules) -> Vec<Difference> {
    let strays = found
        .strays
        .iter()
        .filter(|(place, _)| !may_have_objects(place, rules));
    strays
        .map(|(place, key)| Difference {
            subject: Subject::Object(place, key.clone()),
            faults: vec!["nothing should be there".to_owned()],
            hops: String::new(),
        })
        .collect()
}

/// The place of what Firehose could not deliver.
pub const ARCHIVE_ERRORS: &str = "the archive's error prefix";

fn may_have_objects(place: &str, rules: Rules) -> bool {
    place == ARCHIVE_ERRORS && rules.archive_source == ArchiveSource::Stream
}

impl Report {
    /// Whether all adds up.
    pub fn adds_up(&self) -> bool {
        self.differences.is_empty()
    }
}

/// The differences, the first of them by id. Nothing of a payload.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} differences", self.differences.len())?;
        for difference in self.differences.iter().take(PRINTED) {
            write!(f, "\n    {difference}")?;
        }
        match self.differences.len().saturating_sub(PRINTED) {
            0 => Ok(()),
            more => write!(f, "\n    and {more} more"),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.subject, self.faults.join("; "))?;
        match self.hops.as_str() {
            "" => Ok(()),
            hops => write!(f, " ({hops})"),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reading(id) => write!(f, "reading {id}"),
            Self::Garbage(hash) => write!(f, "payload {hash}"),
            Self::Latest((device, sensor)) => write!(f, "latest state of {device}/{sensor}"),
            Self::Object(place, key) => write!(f, "{place}: {key}"),
        }
    }
}

#[cfg(test)]
mod tests;
