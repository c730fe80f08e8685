// Whether a body that was posted would pass the collector's door.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const SCHEMA = new URL('../../crates/recommendations/interaction-collector/schema/interaction.schema.json', import.meta.url);
const INFRA = new URL('../../infra/package.json', import.meta.url);

/** What is wrong with an interaction: a list of complaints, empty when nothing is. */
export const complaints = bySchema() ?? byHand;

function bySchema() {
  const Ajv = draft04Validator();
  if (!Ajv) return null;
  const valid = new Ajv({ strict: false, allErrors: true }).compile(JSON.parse(readFileSync(SCHEMA, 'utf8')));
  const words = ({ instancePath, message }) => `${instancePath} ${message}`;
  return (interaction) => (valid(interaction) ? [] : valid.errors.map(words));
}

// The CDK app's tests bring it; without them the rules below hold.
function draft04Validator() {
  try {
    return createRequire(INFRA)('ajv-draft-04');
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
    return null;
  }
}

const text = (longest) => (value) => typeof value === 'string' && value.length > 0 && value.length <= longest;
const RULES = {
  eventId: text(256),
  eventType: text(256),
  sentAt: (value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value) && !Number.isNaN(Date.parse(value)),
  itemId: text(256),
  impression: (value) => Array.isArray(value) && value.length > 0 && value.length <= 25 && value.every(text(256)),
  recommendationId: text(40),
};

// Of the fields that the storefront sends.
function byHand(interaction) {
  const missing = ['eventId', 'eventType', 'sentAt'].filter((field) => !(field in interaction));
  const wrong = Object.entries(interaction).filter(([field, value]) => !RULES[field]?.(value));
  return [...missing.map((field) => `${field} is missing`), ...wrong.map(([field]) => `${field} is wrong`)];
}
