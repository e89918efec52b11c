// The pages of people, as the pages of papers are held to it (pages.test.mjs): axe,
// the HTML checker, the policy, requests, a wide page in light and a narrow one in dark colours; on a site where
// everything that can be typed means harm.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { fields, populate } from './people.mjs';
import { startRelay } from './relay.mjs';
import { startBrowser, startSite } from './site.mjs';
import { startSource } from './source.mjs';

const require = createRequire(import.meta.url);
const axe = await readFile(require.resolve('axe-core/axe.min.js'), 'utf8');
const shots = process.env.SHOTS; // a folder for pictures of the pages, for whoever looks at them

let relay, source, site, base, browser, world;
const htmls = new Map(); // as they were sent, for the HTML checker
const shown = new Set(); // numbers of fields whose text was seen
const faults = []; // of pages that only the walk sees

before(async () => {
  relay = await startRelay();
  source = await startSource({ '2606.10001': 'A paper that waits', '2606.10002': 'A paper that is rejected' });
  const named = (listen) => `http://${listen.replace('127.0.0.1', 'localhost')}`; // browsers give passkeys to names only
  site = await startSite({ today: true, relay, env: (listen) => ({ ...source.env, BROADSHEET_SITE_URL: named(listen) }) });
  base = site.url.replace('127.0.0.1', 'localhost');
  browser = await startBrowser();
  world = await populate(site, base, browser, relay, async (page, name) => faults.push(...(await harm(page)).map((x) => `${name}: ${x}`), ...(await violations(page)).map((x) => `${name}: ${x}`)));
});

after(async () => {
  await browser?.close();
  if (site) assert.equal(await site.stop(), 0, `the site ends without an error: ${site.log()}`);
  await source?.stop();
  await relay?.stop();
});

/** harm is what an open page has that no template has, or that ran. */
async function harm(page) {
  const got = await page.evaluate(() => {
    const out = [];
    if (globalThis.ran) out.push('a script ran');
    for (const el of document.querySelectorAll('*')) {
      const made = /^xss-/i.test(el.tagName) || ['IFRAME', 'OBJECT', 'EMBED', 'BASE', 'STYLE', 'FRAME', 'APPLET', 'MARQUEE'].includes(el.tagName.toUpperCase());
      const drawn = /^(svg|path)$/i.test(el.tagName) && !el.closest('svg.qr');
      const acts = [...el.attributes].some((a) => /^on|^style$|^srcdoc$|^formaction$/i.test(a.name) || (/^(href|src|action)$/i.test(a.name) && /^\s*(javascript|data|vbscript):/i.test(a.value) && el.tagName !== 'IMG'));
      const sends = el.tagName === 'FORM' && new URL(el.action || location.href).origin !== location.origin;
      const loads = ['SCRIPT', 'LINK', 'IMG'].includes(el.tagName) && el.src && new URL(el.src).origin !== location.origin && !el.src.startsWith('data:');
      if (made || drawn || acts || sends || loads) out.push(el.outerHTML.slice(0, 200));
    }
    const values = [...document.querySelectorAll('input, textarea')].map((el) => el.value).join('\n');
    return { out, values, text: document.documentElement.textContent, html: document.documentElement.outerHTML };
  });
  for (const [, n] of (got.html + got.text + got.values).matchAll(/xss-(\d+)/g)) shown.add(Number(n));
  const turned = /[\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]/.exec(got.html + got.text);
  if (turned) got.out.push(`U+${turned[0].charCodeAt(0).toString(16)} in …${(got.html + got.text).slice(Math.max(0, turned.index - 60), turned.index)}`);
  return got.out;
}

/** violations are those that axe finds. */
async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run({ resultTypes: ['violations'] }));
  return found.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.html).slice(0, 3).join(' ')}`);
}

/** judge opens a page of somebody's and holds it to all that can be seen of it at once. */
async function judge(context, target) {
  const page = await context.newPage();
  try {
    const said = [], asked = [];
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && said.push(message.text()));
    page.on('pageerror', (error) => said.push(String(error)));
    page.on('request', (request) => asked.push({ url: request.url(), type: request.resourceType() }));
    await page.addInitScript(() => addEventListener('securitypolicyviolation', (e) => console.error(`CSP: ${e.violatedDirective} ${e.blockedURI}`)));
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.emulateMedia({ colorScheme: 'light' });
    const answer = await page.goto(base + target.path, { waitUntil: 'load' });
    assert.equal(answer.status(), target.status, 'status');
    htmls.set(`${target.who || 'a stranger'}: ${target.path}`, await answer.text());
    assert.deepEqual(await harm(page), [], 'nothing is there that no template has');
    assert.deepEqual(asked.filter((r) => !r.url.startsWith(base + '/') && !r.url.startsWith('data:')), [], 'the browser talks to the site only');
    const beside = asked.filter((r) => r.type !== 'image');
    assert.ok(beside.length <= 3, `requests beside pictures: ${beside.map((r) => r.url)}`);
    const found = await violations(page);
    await page.setViewportSize({ width: 390, height: 900 });
    await page.emulateMedia({ colorScheme: 'dark' });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 0) found.push(`${wide} px too wide at 390`);
    found.push(...(await violations(page)).map((x) => `390 dark: ${x}`));
    if (shots) await page.screenshot({ path: `${shots}/${target.who}-${target.name.replaceAll(/\W+/g, '-')}.png`, fullPage: true });
    assert.deepEqual(found, []);
    assert.deepEqual(said.filter((line) => target.status === 200 || !line.includes('Failed to load resource')), [], 'the console is silent: no error, no policy violation');
  } finally {
    await page.close();
  }
}

for (const who of ['', 'mary', 'chair', 'rhoda']) {
  test(`pages as ${who || 'a stranger'} sees them`, { concurrency: 2 }, async (t) => {
    const context = world.people[who] ?? (await browser.newContext());
    await Promise.all(world.pages.filter((p) => p.who === who).map((target) => t.test(`${target.name} ${target.path}`, () => judge(context, target))));
  });
}

test('what only the answer to a form shows', () => {
  assert.deepEqual(faults, []);
  assert.deepEqual(world.said, [], 'said on the console while people wrote');
});

test('what was written into each field is to be seen', () => {
  const never = Object.keys(fields).filter((n) => !shown.has(Number(n)));
  assert.deepEqual(never.map((n) => fields[n]), []);
});

test('vnu finds no error', { skip: process.env.NO_JAVA ? 'no Java here' : false }, async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'broadsheet-vnu-'));
  try {
    const names = [...htmls.keys()];
    const files = await Promise.all(names.map(async (name, i) => {
      const file = path.join(folder, `${i}.html`);
      await writeFile(file, htmls.get(name));
      return file;
    }));
    const run = await promisify(execFile)('java', ['-Xss4m', '-jar', require.resolve('vnu-jar/build/dist/vnu.jar'), '--exit-zero-always', '--format', 'json', ...files], { maxBuffer: 1 << 26 });
    const errors = JSON.parse(run.stderr).messages.filter((m) => m.type === 'error').map((m) => `${names[Number(path.basename(m.url, '.html'))]}:${m.lastLine}: ${m.message}: ${m.extract}`);
    assert.deepEqual(errors, []);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
