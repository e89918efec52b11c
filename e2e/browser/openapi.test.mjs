// The OpenAPI document, held to Redocly's strict rules.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { createConfig, lint } from '@redocly/openapi-core';

test('doc/openapi.json', async () => {
  const config = await createConfig({
    extends: ['recommended-strict'],
    rules: { 'info-license': 'off' }, // what a site shows has no one licence: each paper has its own
  });
  const problems = await lint({ ref: fileURLToPath(new URL('../../doc/openapi.json', import.meta.url)), config });
  assert.deepEqual(problems.map((p) => `${p.location[0]?.pointer}: ${p.ruleId}: ${p.message}`), []);
});
