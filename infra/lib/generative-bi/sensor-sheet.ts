import { by, type Field, over, sum } from '../quicksight/fields.ts';
import { choice } from '../quicksight/filters.ts';
import type { Sheet } from '../quicksight/sheet.ts';
import { line, table } from '../quicksight/visuals.ts';
import type { SENSOR_AGGREGATES } from './star.ts';

/** The name of the data set in the dashboard. */
export const SENSORS = 'sensor_aggregates';

function column(name: keyof typeof SENSOR_AGGREGATES): Field {
  return { dataSet: SENSORS, column: name };
}

/** What the sensors of the IoT pattern measured. */
export const SENSOR_SHEET: Sheet = {
  id: 'sensors',
  name: 'Sensors',
  description: 'Readings of the sensors in their windows',
  filters: [choice({ id: 'sensors-site', title: 'Site', field: column('site') })],
  rows: [
    [
      line({
        id: 'readings-by-day',
        title: 'Readings by day and site',
        columns: 36,
        rows: 10,
        value: sum(column('readings')),
        period: over(column('window_start'), 'DAY'),
        colour: by(column('site')),
      }),
    ],
    [
      table({
        id: 'readings-by-sensor',
        title: 'Readings by sensor',
        columns: 36,
        rows: 12,
        groupBy: [by(column('site')), by(column('device')), by(column('sensor')), by(column('unit'))],
        values: [sum(column('readings'))],
        sort: { by: sum(column('readings')), direction: 'DESC' },
      }),
    ],
  ],
};
