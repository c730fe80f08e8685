-- The fact: one row for each order line that exists. Cancelled and returned lines are no revenue.
CREATE OR REPLACE VIEW bi.order_lines AS
SELECT
    order_id,
    line,
    DATE_TRUNC('day', placed_at)::DATE AS order_day,
    DATE_TRUNC('month', placed_at)::DATE AS order_month,
    DATE_TRUNC('quarter', placed_at)::DATE AS order_quarter,
    EXTRACT(YEAR FROM placed_at)::INTEGER AS order_year,
    customer_id,
    product_id,
    region,
    channel,
    status,
    quantity,
    unit_price,
    discount,
    amount,
    CASE WHEN status IN ('CANCELLED', 'RETURNED') THEN 0 ELSE amount END::DECIMAL(18,2) AS revenue,
    CASE WHEN status = 'RETURNED' THEN amount ELSE 0 END::DECIMAL(18,2) AS returned_amount
FROM warehouse.current_orders;

-- A product under the name and category of its newest line.
CREATE OR REPLACE VIEW bi.products AS
SELECT product_id, product_name, category
FROM (
    SELECT
        product_id,
        product_name,
        category,
        ROW_NUMBER() OVER (
            PARTITION BY product_id ORDER BY event_time DESC, sequence_number DESC, order_id DESC, line DESC
        ) AS age
    FROM warehouse.current_orders
    WHERE product_id IS NOT NULL
) AS named
WHERE age = 1;

CREATE OR REPLACE VIEW bi.regions AS
SELECT DISTINCT region
FROM warehouse.current_orders
WHERE region IS NOT NULL;

-- Lines that name a product and a region; one that does not is in bi.order_lines only.
CREATE OR REPLACE VIEW bi.daily_sales AS
SELECT
    lines.order_day,
    lines.region,
    lines.product_id,
    products.product_name,
    products.category,
    COUNT(DISTINCT lines.order_id) AS orders,
    SUM(CASE WHEN lines.status IN ('CANCELLED', 'RETURNED') THEN 0 ELSE lines.quantity END) AS units,
    SUM(lines.revenue)::DECIMAL(18,2) AS revenue,
    SUM(lines.returned_amount)::DECIMAL(18,2) AS returned_amount
FROM bi.order_lines AS lines
INNER JOIN bi.products AS products ON lines.product_id = products.product_id
GROUP BY lines.order_day, lines.region, lines.product_id, products.product_name, products.category;

-- Each year beside the one before it; a year without a predecessor has no growth, nor has one after a year of nothing.
CREATE OR REPLACE VIEW bi.yearly_growth AS
WITH years AS (
    SELECT
        lines.order_year,
        lines.region,
        products.category,
        SUM(lines.revenue)::DECIMAL(18,2) AS revenue
    FROM bi.order_lines AS lines
    INNER JOIN bi.products AS products ON lines.product_id = products.product_id
    GROUP BY lines.order_year, lines.region, products.category
)
SELECT
    this_year.order_year,
    this_year.region,
    this_year.category,
    this_year.revenue,
    last_year.revenue AS previous_revenue,
    ROUND((this_year.revenue - last_year.revenue)::DECIMAL(18,2) / NULLIF(last_year.revenue, 0), 4)::DECIMAL(18,4)
        AS growth
FROM years AS this_year
LEFT JOIN years AS last_year
    ON last_year.order_year = this_year.order_year - 1
    AND last_year.region = this_year.region
    AND last_year.category = this_year.category;
