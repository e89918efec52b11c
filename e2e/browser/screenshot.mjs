// Takes the README's picture, doc/front-page.png, of the sample edition.
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { startBrowser, startSite } from './site.mjs';

const file = fileURLToPath(new URL('../../doc/front-page.png', import.meta.url));
const site = await startSite();
const browser = await startBrowser();
try {
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 }, colorScheme: 'light' });
  await page.goto(site.url + '/papers', { waitUntil: 'networkidle' });
  await page.screenshot({ path: file });
} finally {
  await browser.close();
  await site.stop();
}
const { size } = await stat(file);
if (size > 300 * 1024) throw new Error(`doc/front-page.png has ${size} bytes, more than 300 KiB`);
console.log(`doc/front-page.png: ${size} bytes`);
