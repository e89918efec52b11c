// Runs all server scenarios of the protocol's conformance package against the
// real binary. inapplicable.yml names those that cannot pass, and why.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startSite } from './site.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

test('conformance', { timeout: 120_000 }, async () => {
  const site = await startSite();
  try {
    const run = spawnSync(
      process.execPath,
      [here('node_modules/@modelcontextprotocol/conformance/dist/index.js'), 'server', '--url', `${site.url}/mcp`, '--suite', 'all',
        '--expected-failures', here('inapplicable.yml')],
      { encoding: 'utf8' },
    );
    assert.equal(run.status, 0, run.stdout.slice(run.stdout.indexOf('=== SUMMARY')) + run.stderr);
    for (const scenario of ['server-initialize', 'ping', 'tools-list', 'resources-list', 'prompts-list', 'logging-set-level', 'dns-rebinding-protection']) {
      assert.match(run.stdout, new RegExp(`✓ ${scenario}: [1-9]\\d* passed, 0 failed`), `${scenario} is not among the scenarios that passed`);
    }
  } finally {
    assert.equal(await site.stop(), 0, site.log());
  }
});
