/** A statement that the warehouse is given by the clock. */
export interface WarehouseCall {
  /** The statement's name, which its event carries. */
  readonly name: string;
  readonly description: string;
  readonly sql: string;
  readonly expression: string;
}

/** What the schedules call. */
export const CALLS: readonly WarehouseCall[] = [
  {
    name: 'fold-order-changes',
    description: 'Brings the state of the orders up to the raw changes',
    sql: 'CALL warehouse.fold_order_changes()',
    expression: 'rate(15 minutes)',
  },
  {
    name: 'prune-order-changes',
    description: 'Deletes raw changes that are in the state of the orders and older than a week',
    sql: 'CALL warehouse.prune_order_changes()',
    expression: 'cron(30 3 * * ? *)',
  },
];
