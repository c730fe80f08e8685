//! `/_state/warehouse`: what a test or a demo wants to see of the warehouse.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::{Map, Value, json};
use tokio_postgres::Client;

use crate::catalogue::{self, Streaming};
use crate::connection::qualified;
use crate::data_api::json_answer;
use crate::failure::Failure;
use crate::warehouse::Warehouse;

pub(crate) async fn answer(warehouse: &Warehouse) -> Response<Bytes> {
    match state(warehouse).await {
        Ok(state) => json_answer(StatusCode::OK, &state),
        Err(failure) => {
            let body = json!({ "message": failure.to_string() });
            json_answer(StatusCode::SERVICE_UNAVAILABLE, &body)
        }
    }
}

async fn state(warehouse: &Warehouse) -> Result<Value, Failure> {
    let client = warehouse.database.own().await?;
    let mut views = Map::new();
    for view in catalogue::all_streaming(&client, false).await? {
        let name = format!("{}.{}", view.name.schema, view.name.name);
        views.insert(name, of_view(&client, &view).await?);
    }
    Ok(json!({
        "workgroup": warehouse.names.workgroup,
        "database": warehouse.names.database,
        "statements": warehouse.statements().counts(),
        "sessions": warehouse.sessions().count(),
        "views": views,
    }))
}

async fn of_view(client: &Client, view: &Streaming) -> Result<Value, Failure> {
    let count = format!("SELECT count(*) FROM {}", qualified(&view.name));
    let rows: i64 = client.query_one(&count, &[]).await?.try_get(0)?;
    let errors = "SELECT count(*) FROM redshift_catalog.sys_stream_scan_errors \
                  WHERE external_schema_name = $1 AND stream_name = $2 AND mv_name = $3";
    let errors = client
        .query_one(errors, &[&view.external_schema, &view.stream, &view.name.name])
        .await?;
    let errors: i64 = errors.try_get(0)?;
    let checkpoints =
        "SELECT shard_id, sequence_number, ended FROM redshift_catalog.checkpoints WHERE relation = $1";
    let mut shards = Map::new();
    for row in client.query(checkpoints, &[&view.relation]).await? {
        let checkpoint = json!({
            "sequenceNumber": row.try_get::<_, Option<String>>(1)?,
            "ended": row.try_get::<_, bool>(2)?,
        });
        shards.insert(row.try_get(0)?, checkpoint);
    }
    Ok(json!({
        "stream": view.stream,
        "rows": rows,
        "scanErrors": errors,
        "checkpoints": shards,
    }))
}
