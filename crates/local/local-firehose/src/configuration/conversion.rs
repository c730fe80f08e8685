//! DataFormatConversionConfiguration, and the table of its schema.
//! <https://docs.aws.amazon.com/firehose/latest/dev/enable-record-format-conversion.html>

use serde_json::{Value, json};

use super::members::Members;
use crate::parquet_file::{Column, Conversion, UnknownType};

/// Where Glue has the columns.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct TableName {
    pub(crate) database: String,
    pub(crate) table: String,
}

/// A conversion that lacks its columns.
pub(super) struct Settings {
    pub(super) table: TableName,
    pub(super) catalog_table: Value,
    case_insensitive: bool,
    snappy: bool,
}

impl Settings {
    pub(super) fn read(destination: &Members<'_>) -> Result<Option<Self>, String> {
        let conversion = destination.within("DataFormatConversionConfiguration");
        let Some(conversion) = conversion.filter(|conversion| conversion.flag("Enabled", true)) else {
            return Ok(None);
        };
        let schema = conversion
            .within("SchemaConfiguration")
            .ok_or("SchemaConfiguration: is missing")?;
        let named = |name: &str| {
            let text = schema.text(name).filter(|text| !text.is_empty());
            text.map(str::to_owned)
                .ok_or_else(|| format!("{name}: is missing"))
        };
        schema.refuse_unless("VersionId", &["LATEST"])?;
        let table = TableName {
            database: named("DatabaseName")?,
            table: named("TableName")?,
        };
        Ok(Some(Self {
            catalog_table: json!({
                "catalogId": schema.text("CatalogId"),
                "databaseName": table.database,
                "tableName": table.table,
                "region": schema.text("Region"),
                "versionId": schema.text("VersionId").unwrap_or("LATEST"),
                "catalogArn": null,
            }),
            table,
            case_insensitive: case_insensitive(&conversion)?,
            snappy: snappy(&conversion)?,
        }))
    }

    pub(super) fn with_columns(self, table: &Value) -> Result<Conversion, String> {
        let TableName {
            database,
            table: name,
        } = &self.table;
        let storage = Members::of(table).within("StorageDescriptor");
        let storage = storage.ok_or_else(|| format!("Glue has no table {database}.{name}"))?;
        let columns = storage.list("Columns").map(|column| {
            let column_name = column.text("Name").unwrap_or_default();
            let kind = column.text("Type").unwrap_or("string");
            Column::parse(column_name, kind).map_err(|UnknownType| {
                format!("table {database}.{name}: column {column_name}: the type {kind} is not known here")
            })
        });
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        if columns.is_empty() {
            return Err(format!("table {database}.{name}: has no columns"));
        }
        Ok(Conversion {
            columns,
            case_insensitive: self.case_insensitive,
            snappy: self.snappy,
        })
    }
}

fn case_insensitive(conversion: &Members<'_>) -> Result<bool, String> {
    let openx = conversion
        .within("InputFormatConfiguration")
        .and_then(|input| input.within("Deserializer"))
        .and_then(|deserializer| deserializer.within("OpenXJsonSerDe"))
        .ok_or("Deserializer: only OpenXJsonSerDe is known here")?;
    if openx.flag("ConvertDotsInJsonKeysToUnderscores", false) {
        return Err("ConvertDotsInJsonKeysToUnderscores: is not known here".to_owned());
    }
    let mappings = openx.value("ColumnToJsonKeyMappings").and_then(Value::as_object);
    if mappings.is_some_and(|mappings| !mappings.is_empty()) {
        return Err("ColumnToJsonKeyMappings: is not known here".to_owned());
    }
    Ok(openx.flag("CaseInsensitive", true))
}

fn snappy(conversion: &Members<'_>) -> Result<bool, String> {
    let parquet = conversion
        .within("OutputFormatConfiguration")
        .and_then(|output| output.within("Serializer"))
        .and_then(|serializer| serializer.within("ParquetSerDe"))
        .ok_or("Serializer: only ParquetSerDe is known here")?;
    parquet.refuse_unless("WriterVersion", &["V1"])?;
    match parquet.text("Compression").unwrap_or("SNAPPY") {
        "SNAPPY" => Ok(true),
        "UNCOMPRESSED" => Ok(false),
        other => Err(format!("ParquetSerDe: the compression {other} is not known here")),
    }
}
