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
    warehouse.with_view("changes", "NO").await;
    let user = warehouse.as_user(&name);
    assert_eq!(
        user.fail("REFRESH MATERIALIZED VIEW changes").await,
        "ERROR: must be owner of materialized view changes"
    );
    assert!(
        user.fail("DROP MATERIALIZED VIEW changes")
            .await
            .contains("must be owner")
    );
    // Everybody sees the system views.
    user.succeed("SELECT mv_name FROM sys_stream_scan_states").await;
}

#[tokio::test]
async fn a_role_is_a_user_from_its_first_sign_in() {
    let warehouse = Warehouse::new().await;
    let name = format!("IAMR:first-{}", warehouse.database);
    let role = warehouse.as_user(&name);
    // Whoever comes first and at once.
    let (one, two) = tokio::join!(role.run("SELECT 1"), role.run("SELECT 1"));
    assert_eq!(
        (&one["Status"], &two["Status"]),
        (&"FINISHED".into(), &"FINISHED".into())
    );
    let create = format!("CREATE USER \"{name}\" PASSWORD DISABLE");
    assert_eq!(
        warehouse.fail(&create).await,
        format!("ERROR: user \"{name}\" already exists")
    );
    // It has no rights that it was not given.
    warehouse.succeed("CREATE TABLE t (a INTEGER)").await;
    assert!(role.fail("SELECT a FROM t").await.contains("permission denied"));
    warehouse
        .succeed(&format!("GRANT SELECT ON TABLE t TO \"{name}\""))
        .await;
    role.succeed("SELECT a FROM t").await;
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
