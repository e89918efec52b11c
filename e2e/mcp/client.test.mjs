// Drives the real binary with the protocol's official client, over HTTP and over
// standard input and output.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { program, startSite } from './site.mjs';

let site;
before(async () => {
  site = await startSite();
});
after(async () => {
  assert.equal(await site.stop(), 0, site.log());
});

const transports = {
  'over HTTP': () => new StreamableHTTPClientTransport(new URL(`${site.url}/mcp`)),
  'from the data folder beside the running site': () =>
    new StdioClientTransport({ command: program, args: ['mcp', '--data-dir', site.data], stderr: 'inherit' }),
  'from the site': () => new StdioClientTransport({ command: program, args: ['mcp', '--server', site.url], stderr: 'inherit' }),
};

for (const [name, open] of Object.entries(transports)) {
  test(name, { timeout: 30_000 }, async () => {
    const client = new Client({ name: 'broadsheet-tests', version: '1' });
    await client.connect(open());
    const call = async (tool, args) => {
      const result = await client.callTool({ name: tool, arguments: args });
      return { ...result, text: result.content.map((c) => c.text).join('') };
    };
    try {
      const { tools } = await client.listTools();
      assert.deepEqual(tools.map((t) => t.name).sort(), ['hot', 'list', 'paper', 'search', 'similar']);
      assert.ok(tools.every((t) => t.annotations.readOnlyHint && t.description), 'every tool says that it only reads, and what it does');

      const list = await call('list', { limit: 3 });
      assert.match(list.text, /^Papers of .*: 3 of \d+\n/);
      const cursor = /cursor=(\S+)/.exec(list.text)[1];
      const next = await call('list', { limit: 3, cursor });
      const ids = (text) => [...text.matchAll(/^(\d{4}\.\d{4,5}) /gm)].map((m) => m[1]);
      assert.equal(new Set([...ids(list.text), ...ids(next.text)]).size, 6, 'two pages hold other papers');

      const [id] = ids(list.text);
      const paper = await call('paper', { id: `https://arxiv.org/abs/${id}` });
      assert.equal(paper.structuredContent.id, id); // the client holds it against the output schema
      assert.match(paper.text, new RegExp(`^id: ${id}$`, 'm'));
      const found = await call('search', { query: paper.structuredContent.title, limit: 1 });
      assert.deepEqual(ids(found.text), [id]);
      assert.equal(ids((await call('similar', { ids: [id], limit: 2 })).text).length, 2);
      assert.ok(ids((await call('hot', {})).text).length > 3);

      const wrong = await call('search', { query: 'gulls', limit: 5000 });
      assert.equal(wrong.isError, true);
      assert.equal(wrong.text, 'limit: 5000 cannot be (use a whole number from 1 to 50)');

      const read = await client.readResource({ uri: `paper://${id}` });
      assert.equal(read.contents[0].mimeType, 'text/markdown');
      await assert.rejects(client.readResource({ uri: 'paper://2999.12345' }), /not found/i);
    } finally {
      await client.close();
    }
  });
}
