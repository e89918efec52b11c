// What holds for every page: axe finds nothing, nothing is wider than the window,
// and the Nu HTML checker finds no error.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const require = createRequire(import.meta.url);
const axe = await readFile(require.resolve('axe-core/axe.min.js'), 'utf8');
const shots = process.env.SHOTS; // a folder for pictures of the pages, for whoever looks at them

/** kept are the pages that look() met without script, as they were sent, by name. */
export const kept = new Map();

/** noJava is why the HTML checker cannot run, or false. */
export const noJava = process.env.NO_JAVA ? 'no Java here' : false;

/** violations are those that axe finds in the page as it is shown now. */
export async function violations(page, options = { resultTypes: ['violations'] }) {
  // Its half megabyte is read once a page, by a way that the page's policy does not rule.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe);
  return page.evaluate(async (given) => {
    const { violations: found } = await globalThis.axe.run(given);
    return found.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.html).slice(0, 3).join(' ')}`);
  }, options);
}

/** wider is by how many pixels a page is wider than its window. */
export const wider = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** shot keeps a picture of the whole page where pictures are asked for. */
export async function shot(page, name) {
  if (shots) await page.screenshot({ path: `${shots}/${name.replaceAll(/\W+/g, '-')}.png`, fullPage: true });
}

/** shows has a page that is open shown at a width in a theme. */
export async function shows(page, width, colorScheme) {
  await page.setViewportSize({ width, height: 900 });
  await page.emulateMedia({ colorScheme });
}

/**
 * look holds the page that is open to what holds for all, at each width in both
 * themes, and leaves it as it was. axe runs where script does; a theme changes
 * nothing but colours, so that its other rules are asked once a width.
 */
export async function look(page, name, { script = true, widths = [390, 1200] } = {}) {
  const before = page.viewportSize();
  for (const width of widths) {
    for (const [colorScheme, options] of [['light', undefined], ['dark', { runOnly: ['color-contrast', 'link-in-text-block'] }]]) {
      await shows(page, width, colorScheme);
      await shot(page, `${name} ${script} ${width} ${colorScheme}`);
      const wide = await wider(page);
      assert.ok(wide <= 0, `${name} at ${width} px, ${colorScheme}, is ${wide} px too wide`);
      if (script) assert.deepEqual(await violations(page, options), [], `axe on ${name} at ${width} px, ${colorScheme}`);
    }
  }
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize(before);
  if (!script) kept.set(name, await page.content()); // what was sent: no script has changed it
}

/**
 * visit opens an address in a window of a context, has use(page, answer) look at it,
 * and holds it to its status, to a silent console, and to few requests, all of them to the site.
 */
export async function visit(context, { url, status = 200 }, { width, colorScheme }, use) {
  const page = await context.newPage();
  await shows(page, width, colorScheme);
  page.setDefaultTimeout(30_000);
  const said = [], asked = [];
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && said.push(message.text()));
  page.on('pageerror', (error) => said.push(String(error)));
  page.on('request', (request) => asked.push({ url: request.url(), type: request.resourceType() }));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (e) => console.error(`CSP: ${e.violatedDirective} ${e.blockedURI}`));
    localStorage.clear(); // what a page before has left there: each visit is the first
  });
  try {
    const answer = await page.goto(url, { waitUntil: 'load' });
    assert.equal(answer.status(), status, 'status');
    await use(page, answer);
    assert.deepEqual(said.filter((line) => status === 200 || !line.includes('Failed to load resource')), [], 'the console is silent: no error, no policy violation');
    assert.deepEqual(asked.filter((r) => !r.url.startsWith(new URL(url).origin + '/') && !r.url.startsWith('data:')), [], 'the browser talks to the site only');
    const beside = asked.filter((r) => r.type !== 'image');
    assert.ok(beside.length <= 3, `requests beside pictures: ${beside.map((r) => r.url)}`);
  } finally {
    await page.close();
  }
}

/** vnu gives the errors that the Nu HTML checker finds in pages, given by name. */
export async function vnu(pages) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'broadsheet-vnu-'));
  try {
    const names = [...pages.keys()];
    const files = await Promise.all(names.map(async (name, i) => {
      const file = path.join(folder, `${i}.html`);
      await writeFile(file, pages.get(name));
      return file;
    }));
    const jar = require.resolve('vnu-jar/build/dist/vnu.jar');
    const { stderr } = await promisify(execFile)('java', ['-Xss4m', '-jar', jar, '--exit-zero-always', '--format', 'json', ...files], { maxBuffer: 1 << 26 });
    const errors = JSON.parse(stderr).messages.filter((m) => m.type === 'error' || m.type === 'non-document-error');
    return errors.map((m) => `${names[Number(path.basename(m.url ?? '', '.html'))]}:${m.lastLine}: ${m.message}: ${m.extract}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
