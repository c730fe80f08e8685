//! Records of JSON into one Parquet file, by the columns of a Glue table.
//! <https://docs.aws.amazon.com/firehose/latest/dev/record-format-conversion.html>

mod cell;
mod column;
mod decimal;
mod document;
mod timestamp;
mod write;

use bytes::Bytes;
use parquet::errors::ParquetError;

pub(crate) use self::column::{Column, UnknownType};

use self::cell::Cell;
use crate::failed_record::Failure;

/// How a table's rows are read from JSON and written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Conversion {
    pub(crate) columns: Vec<Column>,
    /// Whether a key `readingId` is the column `readingid`.
    pub(crate) case_insensitive: bool,
    pub(crate) snappy: bool,
}

/// Rows of a file that is being made, column by column.
pub(crate) struct Rows<'a> {
    conversion: &'a Conversion,
    cells: Vec<Vec<Cell>>,
    rows: usize,
}

impl Conversion {
    pub(crate) fn rows(&self) -> Rows<'_> {
        Rows {
            conversion: self,
            cells: self.columns.iter().map(|_| Vec::new()).collect(),
            rows: 0,
        }
    }
}

impl Rows<'_> {
    /// Adds what a record holds: one object or several, all of them or, when one does not fit, none.
    pub(crate) fn add(&mut self, record: &[u8]) -> Result<(), Failure> {
        let rows = document::rows(record, self.conversion)?;
        for row in rows {
            for (column, cell) in self.cells.iter_mut().zip(row) {
                column.push(cell);
            }
            self.rows += 1;
        }
        Ok(())
    }

    /// The file; `None` without rows.
    pub(crate) fn into_file(self) -> Result<Option<Bytes>, ParquetError> {
        if self.rows == 0 {
            return Ok(None);
        }
        write::file(self.conversion, self.cells).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;

    use super::*;

    fn conversion(columns: &[(&str, &str)]) -> Conversion {
        let columns = columns
            .iter()
            .map(|(name, kind)| Column::parse(name, kind).unwrap());
        Conversion {
            columns: columns.collect(),
            case_insensitive: true,
            snappy: true,
        }
    }

    fn read(file: Bytes) -> Vec<Vec<(String, Field)>> {
        let reader = SerializedFileReader::new(file).unwrap();
        let rows = reader.get_row_iter(None).unwrap();
        rows.map(|row| {
            let row = row.unwrap();
            row.get_column_iter()
                .map(|(name, field)| (name.clone(), field.clone()))
                .collect()
        })
        .collect()
    }

    #[test]
    fn every_type_is_written_and_read_back() {
        let conversion = conversion(&[
            ("s", "string"),
            ("d", "double"),
            ("f", "float"),
            ("i", "int"),
            ("b", "bigint"),
            ("o", "boolean"),
            ("m", "decimal(10,2)"),
            ("t", "timestamp"),
        ]);
        let mut rows = conversion.rows();
        rows.add(
            br#"{"S":"x","d":1.5,"F":0.5,"i":-3,"b":9223372036854775807,"o":true,"m":-12.3,"t":"1970-01-02T00:00:00.5Z"}"#,
        )
        .unwrap();
        rows.add(b"{\"other\":1}\n").unwrap();
        let rows = read(rows.into_file().unwrap().unwrap());
        let first: Vec<_> = rows[0].iter().map(|(_, field)| field.clone()).collect();
        assert_eq!(first[0], Field::Str("x".to_owned()));
        assert_eq!(first[1], Field::Double(1.5));
        assert_eq!(first[2], Field::Float(0.5));
        assert_eq!(first[3], Field::Int(-3));
        assert_eq!(first[4], Field::Long(i64::MAX));
        assert_eq!(first[5], Field::Bool(true));
        assert_eq!(first[6].to_string(), "-12.30");
        assert_eq!(first[7], Field::TimestampMillis(86_400_500));
        assert_eq!(rows.len(), 2);
        assert!(rows[1].iter().all(|(_, field)| *field == Field::Null));
    }

    #[test]
    fn a_record_is_taken_whole_or_not_at_all() {
        let conversion = conversion(&[("a", "int")]);
        let mut rows = conversion.rows();
        rows.add(br#"{"a":1}{"a":2}"#).unwrap();
        let failure = rows.add(br#"{"a":3}{"a":"secret"}"#).unwrap_err();
        assert!(failure.message.contains("column a") && !failure.message.contains("secret"));
        let rows = read(rows.into_file().unwrap().unwrap());
        assert_eq!(rows.len(), 2);
        assert!(conversion.rows().into_file().unwrap().is_none());
    }

    #[test]
    fn what_is_no_object_is_refused() {
        let conversion = conversion(&[("a", "int")]);
        for record in [
            "",
            " \n",
            "[{\"a\":1}]",
            "5",
            "{\"a\":1",
            "{\"a\":1}x",
            "\u{feff}{}",
        ] {
            let failure = conversion.rows().add(record.as_bytes()).unwrap_err();
            assert_eq!(
                failure.kind,
                crate::failed_record::ErrorType::FormatConversionFailed,
                "{record}"
            );
        }
        assert!(conversion.rows().add(b"\xff").is_err());
    }
}
