// Every page type at both widths, in both colours, with and without script.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile, mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { made, mailed, sample, withStatus } from './pages.mjs';
import { order, startRelay } from './relay.mjs';
import { adminLink, startBrowser, startSite } from './site.mjs';

const require = createRequire(import.meta.url);
const widths = { phone: { width: 390, height: 844 }, desktop: { width: 1440, height: 900 } };
let relay, sites, browser, pages;

before(async () => {
  relay = await startRelay();
  sites = await Promise.all([startSite(), startSite({ today: true }), startSite({ today: true, relay })]);
  browser = await startBrowser();
  const at = (site, list) => withStatus(list).map((target) => ({ ...target, site, url: site.url + target.path }));
  pages = [...at(sites[0], sample), ...at(sites[1], made), ...at(sites[2], mailed(await links(sites[2])))];
});

/** links are those of the mails to a reader who confirmed one of two subscriptions, and of the edition that another got. */
async function links(site) {
  const reader = (name) => `${name}@reader.example`;
  await order(site, '/subscribe', { address: reader('cy'), rhythm: 'comes' });
  await order(site, await relay.link(reader('cy'), '/confirm?'), {});
  await order(site, '/subscribe', { address: reader('ada') });
  const confirmed = await relay.link(reader('ada'), '/confirm?');
  await order(site, confirmed, {});
  await order(site, '/subscribe', { address: reader('bo'), topic: 'search:"<script>globalThis.ran=1</script>"', rhythm: 'days', day: '3' });
  const pending = await relay.link(reader('bo'), '/confirm?');
  await order(site, '/preferences', { address: reader('ada') });
  const preferences = await relay.link(reader('ada'), '/preferences/');
  const unsubscribe = await relay.link(reader('cy'), '/unsubscribe?', 90_000); // planned within a minute
  return { confirmed, pending, preferences, unsubscribe, edition: await relay.link(reader('cy'), '/editions/'), admin: await adminLink(site) };
}

after(async () => {
  await browser?.close();
  for (const site of sites ?? []) assert.equal(await site.stop(), 0, `the site ends without an error: ${site.log()}`);
  await relay?.stop();
});

/** visit opens a page and gives back what the browser said and asked for. */
async function visit(target, options, look) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const said = [];
  const requests = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) said.push(message.text());
  });
  page.on('pageerror', (error) => said.push(String(error)));
  page.on('request', (request) => requests.push({ url: request.url(), type: request.resourceType() }));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (e) => console.error(`CSP: ${e.violatedDirective} ${e.blockedURI}`));
  });
  const answer = await page.goto(target.url, { waitUntil: 'load' });
  const ran = options.javaScriptEnabled !== false && (await page.evaluate(() => globalThis.ran));
  const result = { status: answer.status(), said, requests, ran, look: await look?.(page) };
  await context.close();
  return result;
}

/** wider is by how many pixels a page is wider than its window. */
const wider = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

describe('every page', () => {
  for (const [width, viewport] of Object.entries(widths)) {
    for (const colorScheme of ['light', 'dark']) {
      for (const javaScriptEnabled of [true, false]) {
        test(`${width}, ${colorScheme}, ${javaScriptEnabled ? 'script' : 'no script'}`, async (t) => {
          // The made-up edition meets each two of the three together, the sample all three.
          const paired = (width === 'phone') !== (colorScheme === 'dark') !== javaScriptEnabled;
          for (const target of pages.filter((p) => paired || p.site === sites[0])) {
            await t.test(`${target.name} ${target.path}`, async () => {
              const got = await visit(target, { viewport, colorScheme, javaScriptEnabled }, wider);
              assert.equal(got.status, target.status, 'status');
              assert.ok(!got.ran, 'script from a paper ran');
              const said = got.said.filter((line) => target.status === 200 || !line.includes('Failed to load resource'));
              assert.deepEqual(said, [], 'the console is silent: no error, no policy violation');
              const elsewhere = got.requests.filter((r) => !r.url.startsWith(target.site.url + '/') && !r.url.startsWith('data:'));
              assert.deepEqual(elsewhere, [], 'the browser talks to the site only');
              const beside = got.requests.filter((r) => r.type !== 'image');
              assert.ok(beside.length <= 3, `requests beside pictures: ${beside.map((r) => r.url)}`);
              assert.ok(got.look <= 0, `the page is ${got.look} px wider than the window`);
            });
          }
        });
      }
    }
  }
});

test('nothing scrolls sideways at 320 px', async (t) => {
  for (const target of pages) {
    await t.test(`${target.name} ${target.path}`, async () => {
      const got = await visit(target, { viewport: { width: 320, height: 640 } }, wider);
      assert.ok(got.look <= 0, `the page is ${got.look} px wider than the window`);
    });
  }
});

test('axe finds nothing', async (t) => {
  const axe = await readFile(require.resolve('axe-core/axe.min.js'), 'utf8');
  for (const target of pages) {
    for (const [width, colorScheme] of [['desktop', 'light'], ['phone', 'dark']]) {
      await t.test(`${target.path} ${width} ${colorScheme}`, async () => {
        const { look } = await visit(target, { viewport: widths[width], colorScheme }, async (page) => {
          await page.evaluate(axe);
          return page.evaluate(() => globalThis.axe.run({ resultTypes: ['violations'] }));
        });
        const found = look.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.html).slice(0, 3).join(' ')}`);
        assert.deepEqual(found, []);
      });
    }
  }
});

/** raw gets a page as a first-time browser would, counting every byte that comes back. */
function raw(target) {
  return new Promise((resolvePage, reject) => {
    const request = http.get(target.url, { headers: { 'accept-encoding': 'gzip', accept: 'text/html' } }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const body = Buffer.concat(chunks);
        const head = answer.rawHeaders.reduce((sum, part) => sum + part.length + 2, 17);
        const packed = answer.headers['content-encoding'] === 'gzip';
        resolvePage({ head, bytes: head + body.length, packed, html: (packed ? gunzipSync(body) : body).toString('utf8'), headers: answer.headers });
      });
    });
    request.on('error', reject);
  });
}

test('the first answer fits in ten packets', async (t) => {
  for (const target of pages.filter((p) => ['front', 'day', 'full day', 'full paper', 'archive'].includes(p.name))) {
    const got = await raw(target);
    t.diagnostic(`${target.path}: ${got.bytes} bytes with headers, ${got.html.length} unpacked`);
    assert.ok(got.packed, 'packed with gzip');
    assert.ok(got.bytes <= 14_600, `${target.path}: ${got.bytes} bytes, at most 14,600`);
  }
});

test('vnu finds no error', { skip: process.env.NO_JAVA ? 'no Java here' : false }, async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'broadsheet-vnu-'));
  try {
    const files = [];
    for (const [i, target] of pages.entries()) {
      const file = path.join(folder, `${i}.html`);
      await writeFile(file, (await raw(target)).html);
      files.push(file);
    }
    const jar = require.resolve('vnu-jar/build/dist/vnu.jar');
    const run = await promisify(execFile)('java', ['-Xss4m', '-jar', jar, '--exit-zero-always', '--format', 'json', ...files], { maxBuffer: 1 << 26 });
    const errors = JSON.parse(run.stderr).messages.filter((m) => m.type === 'error').map((m) => {
      const target = pages[Number(path.basename(m.url, '.html'))];
      return `${target.path}:${m.lastLine}: ${m.message}: ${m.extract}`;
    });
    assert.deepEqual(errors, []);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
