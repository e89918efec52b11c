// Readers of a site: a browser context each, signed in where they have a name, and
// held to a silent console; and what they read on any page.
import assert from 'node:assert/strict';
import { account } from './site.mjs';

/** heading is what a page calls itself. */
export const heading = (page) => page.locator('main h1').textContent();

/** main is all that a page says. */
export const main = (page) => page.locator('main').textContent();

/** told is what a page says has been done. */
export const told = (page) => page.locator('main [role=status]').textContent();

/** watch collects what must not be said: on the console, by an error, in a dialog. */
export function watch(page) {
  const said = [];
  // The browser itself logs requests that are refused, which some should be, and caches that are emptied.
  page.on('console', (message) => /status of 4\d\d|^Clear-Site-Data header/.test(message.text()) || said.push(message.text()));
  page.on('pageerror', (error) => said.push(String(error)));
  page.on('dialog', (dialog) => { said.push(`dialog ${dialog.message()}`); dialog.dismiss(); });
  return said;
}

/**
 * readers gives as(name, role, options, use), which has use(page, context) work as
 * somebody, or as a stranger where the name is empty, and open(path, options, use),
 * which opens a page as a stranger. Options are those of a browser context.
 */
export function readers(site, browser, defaults = {}) {
  const cookies = new Map(); // of who has signed in once: a sign-in costs two runs of the program and three pages
  const as = async (name, role, options, use) => {
    const known = cookies.get(name);
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, ...defaults, ...options, ...(known && { storageState: known }) });
    try {
      const page = await context.newPage();
      // A test that passes does not wait; a busy machine may be slow without being wrong.
      page.setDefaultTimeout(30_000);
      const said = watch(page);
      if (name && !known) {
        await page.goto(site.url + (await account(site, name, role)));
        await page.locator('main').getByRole('button', { name: 'Sign in' }).click();
        await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
        cookies.set(name, { cookies: await context.cookies(), origins: [] });
      }
      if (known) await page.goto(site.url + '/papers'); // where a sign-in leads
      const result = await use(page, context);
      assert.deepEqual(said, [], 'the console is silent');
      return result;
    } finally {
      await context.close();
    }
  };
  const open = (path, options, use) => as('', '', options, async (page, context) => {
    await page.goto(path.startsWith('/') ? site.url + path : path);
    return use(page, context);
  });
  return { as, open };
}
