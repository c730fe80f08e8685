//! Users: their settings and their privileges. Users are the server's, so their names are the test's own.

use crate::support::Warehouse;

#[tokio::test]
async fn a_users_sessions_begin_with_its_settings() {
    let warehouse = Warehouse::new().await;
    let name = format!("IAMR:bi-{}", warehouse.database);
    warehouse
        .succeed(&format!("CREATE USER \"{name}\" PASSWORD DISABLE"))
        .await;
    warehouse.succeed("CREATE TABLE t (b SUPER)").await;
    warehouse
        .succeed("INSERT INTO t SELECT JSON_PARSE('{\"orderId\":\"o-1\"}')")
        .await;
    let user = warehouse.as_user(&name);
    let query = "SELECT t.b.orderId::VARCHAR AS id FROM t";
    assert!(user.fail(query).await.contains("permission denied"));
    warehouse
        .succeed(&format!("GRANT SELECT ON TABLE t TO \"{name}\""))
        .await;
    // Without the setting the attribute's name is folded, and there is no such attribute.
    assert!(user.value(query).await.is_null());
    warehouse
        .succeed(&format!(
            "ALTER USER \"{name}\" SET enable_case_sensitive_super_attribute TO TRUE"
        ))
        .await;
    assert_eq!(user.value(query).await, "o-1");
    assert!(warehouse.value(query).await.is_null());
    assert!(
        user.fail("INSERT INTO t SELECT JSON_PARSE('{}')")
            .await
            .contains("permission denied")
    );
}

#[tokio::test]
async fn a_view_is_refreshed_by_its_owner() {
    let warehouse = Warehouse::new().await;
    let name = format!("IAMR:other-{}", warehouse.database);
    warehouse
        .succeed(&format!("CREATE USER \"{name}\" PASSWORD DISABLE"))
        .await;
    warehouse.with_view("raw", "NO").await;
    let user = warehouse.as_user(&name);
    assert_eq!(
        user.fail("REFRESH MATERIALIZED VIEW raw").await,
        "ERROR: must be owner of materialized view raw"
    );
    assert!(
        user.fail("DROP MATERIALIZED VIEW raw")
            .await
            .contains("must be owner")
    );
    // Everybody sees the system views.
    user.succeed("SELECT mv_name FROM sys_stream_scan_states").await;
}

#[tokio::test]
async fn unknown_users_are_told() {
    let warehouse = Warehouse::new().await;
    let error = warehouse.as_user("nobody").fail("SELECT 1").await;
    assert_eq!(error, "FATAL: user \"nobody\" does not exist");
    let alter = "ALTER USER nobody SET enable_case_sensitive_super_attribute TO TRUE";
    assert_eq!(
        warehouse.fail(alter).await,
        "ERROR: user \"nobody\" does not exist"
    );
}
