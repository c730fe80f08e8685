//! ProcessingConfiguration.
//! <https://docs.aws.amazon.com/firehose/latest/APIReference/API_Processor.html>

use super::members::Members;
use crate::partition_query::PartitionQuery;

#[derive(Default)]
pub(super) struct Processors {
    pub(super) query: Option<PartitionQuery>,
    pub(super) delimiter: String,
}

pub(super) fn read(destination: &Members<'_>) -> Result<Processors, String> {
    let mut processors = Processors::default();
    let Some(processing) = destination.within("ProcessingConfiguration") else {
        return Ok(processors);
    };
    if !processing.flag("Enabled", false) {
        return Ok(processors);
    }
    for processor in processing.list("Processors") {
        match processor.text("Type").unwrap_or_default() {
            "MetadataExtraction" => processors.query = Some(query(&processor)?),
            "AppendDelimiterToRecord" => {
                let delimiter = parameter(&processor, "Delimiter").unwrap_or("\\n");
                processors.delimiter = delimiter.replace("\\n", "\n");
            }
            other => {
                return Err(format!(
                    "ProcessingConfiguration: a processor {other} is not known here"
                ));
            }
        }
    }
    Ok(processors)
}

fn query(processor: &Members<'_>) -> Result<PartitionQuery, String> {
    let engine = parameter(processor, "JsonParsingEngine").unwrap_or("JQ-1.6");
    if engine != "JQ-1.6" {
        return Err(format!("JsonParsingEngine: {engine} is not known here"));
    }
    let query =
        parameter(processor, "MetadataExtractionQuery").ok_or("MetadataExtractionQuery: is missing")?;
    PartitionQuery::parse(query).map_err(|error| format!("MetadataExtractionQuery: {error}"))
}

fn parameter<'a>(processor: &Members<'a>, name: &str) -> Option<&'a str> {
    let mut parameters = processor.list("Parameters");
    let parameter = parameters.find(|parameter| parameter.text("ParameterName") == Some(name))?;
    parameter.text("ParameterValue")
}
