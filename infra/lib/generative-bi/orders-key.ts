/** What an item of the orders table is known by: an order and a line of it. */
export const KEY: readonly [string, string] = ['orderId', 'line'];
