//! The file itself: one row group, every column optional, the physical types that Hive writes.
//! <https://github.com/apache/parquet-format/blob/master/LogicalTypes.md>

use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Compression, LogicalType, Repetition, Type as PhysicalType};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArray, FixedLenByteArrayType,
    FloatType, Int32Type, Int64Type, Int96, Int96Type,
};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;

use super::Conversion;
use super::cell::Cell;
use super::column::{Column, Kind};

const NANOSECONDS_PER_DAY: i128 = 86_400_000_000_000;
/// The Julian day of 1970-01-01.
const JULIAN_DAY_OF_EPOCH: i128 = 2_440_588;

pub(super) fn file(conversion: &Conversion, cells: Vec<Vec<Cell>>) -> Result<Bytes, ParquetError> {
    let fields = conversion
        .columns
        .iter()
        .map(|column| field(column).map(Arc::new))
        .collect::<Result<_, _>>()?;
    let schema = Type::group_type_builder("hive_schema")
        .with_fields(fields)
        .build()?;
    let compression = if conversion.snappy {
        Compression::SNAPPY
    } else {
        Compression::UNCOMPRESSED
    };
    let properties = WriterProperties::builder().set_compression(compression).build();
    let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties))?;
    let mut group = writer.next_row_group()?;
    for (column, cells) in conversion.columns.iter().zip(cells) {
        write(&mut group, column.kind, cells)?;
    }
    group.close()?;
    writer.into_inner().map(Bytes::from)
}

fn field(column: &Column) -> Result<Type, ParquetError> {
    let of = |kind| Type::primitive_type_builder(&column.name, kind).with_repetition(Repetition::OPTIONAL);
    match column.kind {
        Kind::String => of(PhysicalType::BYTE_ARRAY).with_logical_type(Some(LogicalType::String)),
        Kind::Double => of(PhysicalType::DOUBLE),
        Kind::Float => of(PhysicalType::FLOAT),
        Kind::Int => of(PhysicalType::INT32),
        Kind::BigInt => of(PhysicalType::INT64),
        Kind::Boolean => of(PhysicalType::BOOLEAN),
        Kind::Decimal { precision, scale } => {
            let (precision, scale) = (signed(precision)?, signed(scale)?);
            of(PhysicalType::FIXED_LEN_BYTE_ARRAY)
                .with_length(signed(decimal_bytes(column.kind))?)
                .with_logical_type(Some(LogicalType::decimal(scale, precision)))
                .with_precision(precision)
                .with_scale(scale)
        }
        Kind::Timestamp => of(PhysicalType::INT96),
    }
    .build()
}

fn signed<T: TryInto<i32>>(number: T) -> Result<i32, ParquetError> {
    number
        .try_into()
        .map_err(|_| ParquetError::General("a number of digits or bytes is out of range".to_owned()))
}

/// As few bytes as hold every number of so many digits.
fn decimal_bytes(kind: Kind) -> usize {
    let Kind::Decimal { precision, .. } = kind else {
        return 0;
    };
    let largest = 10_u128.pow(precision) - 1;
    let bits = u128::BITS - largest.leading_zeros() + 1;
    usize::try_from(bits.div_ceil(8)).unwrap_or(16)
}

fn write(
    group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    kind: Kind,
    cells: Vec<Cell>,
) -> Result<(), ParquetError> {
    match kind {
        Kind::String => column::<ByteArrayType>(group, cells, |cell| match cell {
            Cell::String(text) => Some(ByteArray::from(text.into_bytes())),
            _ => None,
        }),
        Kind::Double => column::<DoubleType>(group, cells, |cell| match cell {
            Cell::Double(number) => Some(number),
            _ => None,
        }),
        Kind::Float => column::<FloatType>(group, cells, |cell| match cell {
            Cell::Float(number) => Some(number),
            _ => None,
        }),
        Kind::Int => column::<Int32Type>(group, cells, |cell| match cell {
            Cell::Int(number) => Some(number),
            _ => None,
        }),
        Kind::BigInt => column::<Int64Type>(group, cells, |cell| match cell {
            Cell::BigInt(number) => Some(number),
            _ => None,
        }),
        Kind::Boolean => column::<BoolType>(group, cells, |cell| match cell {
            Cell::Boolean(value) => Some(value),
            _ => None,
        }),
        Kind::Decimal { .. } => column::<FixedLenByteArrayType>(group, cells, |cell| match cell {
            Cell::Decimal(number) => Some(decimal(number, decimal_bytes(kind))),
            _ => None,
        }),
        Kind::Timestamp => column::<Int96Type>(group, cells, |cell| match cell {
            Cell::Timestamp(nanoseconds) => Some(int96(nanoseconds)),
            _ => None,
        }),
    }
}

fn column<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    cells: Vec<Cell>,
    value: impl Fn(Cell) -> Option<T::T>,
) -> Result<(), ParquetError> {
    let mut levels = Vec::with_capacity(cells.len());
    let mut values = Vec::with_capacity(cells.len());
    for cell in cells {
        let value = value(cell);
        levels.push(i16::from(value.is_some()));
        values.extend(value);
    }
    let mut column = group
        .next_column()?
        .ok_or_else(|| ParquetError::General("the schema has fewer columns than the rows".to_owned()))?;
    column.typed::<T>().write_batch(&values, Some(&levels), None)?;
    column.close()
}

fn decimal(number: i128, bytes: usize) -> FixedLenByteArray {
    let all = number.to_be_bytes();
    let kept = all.get(all.len() - bytes..).unwrap_or(&all);
    FixedLenByteArray::from(kept.to_vec())
}

/// Nanoseconds of the day, then the Julian day.
fn int96(nanoseconds: i128) -> Int96 {
    let day = nanoseconds.div_euclid(NANOSECONDS_PER_DAY) + JULIAN_DAY_OF_EPOCH;
    let of_day = u64::try_from(nanoseconds.rem_euclid(NANOSECONDS_PER_DAY)).unwrap_or_default();
    let [low, high] =
        [of_day, of_day >> 32].map(|bits| u32::try_from(bits & 0xffff_ffff).unwrap_or_default());
    let mut value = Int96::new();
    value.set_data(low, high, u32::try_from(day).unwrap_or_default());
    value
}
