// Accounts, as people open and lock them: with and without script, by mailed links
// through a relay, with passkeys of Chromium's virtual authenticator.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { look } from './judge.mjs';
import { heading, readers } from './reader.mjs';
import { startRelay } from './relay.mjs';
import { startBrowser, startSite } from './site.mjs';

let relay, site, browser, base, open;

before(async () => {
  relay = await startRelay();
  // Browsers give passkeys to names only.
  site = await startSite({ relay, env: (listen) => ({ BROADSHEET_SITE_URL: `http://${listen.replace('127.0.0.1', 'localhost')}` }) });
  base = site.url.replace('127.0.0.1', 'localhost');
  browser = await startBrowser();
  const { as } = readers(site, browser);
  open = ({ javaScriptEnabled = true }, use) => as('', '', { javaScriptEnabled }, (page, context) => {
    page.scriptless = !javaScriptEnabled;
    return use(page, context);
  });
});

after(async () => {
  await browser?.close();
  await site?.stop();
  await relay?.stop();
});

const press = (page, name) => page.locator('main').getByRole('button', { name }).click();

const linkOf = (text) => /https?:\/\/\S+\/(?:sign-in\/link|account\/address)\/\w+/.exec(text)?.[0];

/** mailOf waits for the newest mail with a link to an address after n others: its link and code. */
async function mailOf(to, n = 0) {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await new Promise((resolve) => setTimeout(resolve, 20))) {
    const mails = relay.mails.filter((m) => m.to === to && linkOf(m.text));
    if (mails.length <= n) continue;
    const text = mails.at(-1).text;
    return { link: linkOf(text), code: /Your code is ([A-Z0-9]{4}-[A-Z0-9]{4})/.exec(text)?.[1], text };
  }
  throw new Error(`no mail to ${to}`);
}

async function ask(page, address) {
  await page.goto(base + '/sign-in');
  await page.getByLabel('Your mail address').fill(address);
  await press(page, 'Mail me a link');
  await page.waitForURL('**/sign-in/code');
}

/** signUp opens an account by a mailed link. */
async function signUp(page, name) {
  const address = `${name}@reader.example`;
  await ask(page, address);
  await page.goto((await mailOf(address)).link);
  await press(page, 'Go on');
  await page.getByLabel('Name', { exact: true }).fill(name);
  await press(page, 'Open the account');
  await page.waitForURL('**/papers');
  return address;
}

async function signOut(page) {
  await page.goto(base + '/sign-out');
  await press(page, 'Sign out');
  await page.waitForURL('**/papers');
}

const signedInAs = async (page) => {
  await page.goto(base + '/sign-in');
  return (await page.locator('.did').count()) ? /as (.*)\./.exec(await page.locator('.did').textContent())[1] : '';
};

/** totp is the code of a secret in base32, by RFC 6238. */
function totp(secret, steps = 0) {
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const at = Buffer.alloc(8);
  at.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const sum = createHmac('sha1', key).update(at).digest();
  return String((sum.readUInt32BE(sum.at(-1) & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** accessible holds the page that is open to what holds for all, on a phone. */
const accessible = (page) => look(page, new URL(page.url()).pathname, { script: !page.scriptless, widths: [390] });

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'script' : 'no script';
  const name = javaScriptEnabled ? 'ada' : 'ben';

  describe(how, () => {
    test('open an account by a link, sign out, come back by a code; a stolen cookie dies', () => open({ javaScriptEnabled }, async (page, context) => {
      const address = await signUp(page, name);
      assert.equal(await signedInAs(page), name);
      const cookies = await context.cookies();
      const session = cookies.find((c) => c.name === '__Host-session');
      assert.ok(session.secure && session.httpOnly && session.sameSite === 'Lax' && session.path === '/', JSON.stringify(session));
      await signOut(page);
      assert.equal(await signedInAs(page), '');
      await open({ javaScriptEnabled }, async (thief, other) => {
        await other.addCookies([{ name: session.name, value: session.value, url: base.replace('http:', 'https:'), secure: true, httpOnly: true, sameSite: 'Lax' }]);
        assert.equal(await signedInAs(thief), '', 'a cookie that was copied before signing out');
      });

      await ask(page, address);
      const { link, code } = await mailOf(address, 1);
      await open({ javaScriptEnabled }, async (elsewhere) => {
        await elsewhere.goto(link);
        assert.equal(await heading(elsewhere), `Your code is ${code}`, 'in another browser the link shows the code');
        assert.equal(await elsewhere.locator('main').getByRole('button').count(), 0);
      });
      await page.getByLabel('Code').fill('ABCD-EFGH');
      await press(page, 'Go on');
      assert.match(await page.getByRole('alert').textContent(), /is wrong, used or expired/);
      await page.getByLabel('Code').fill(code.toLowerCase());
      await press(page, 'Go on');
      await page.waitForURL('**/papers');
      assert.equal(await signedInAs(page), name);
    }));

    test('names that cannot be had are explained', () => open({ javaScriptEnabled }, async (page) => {
      await ask(page, `new-${name}@reader.example`);
      await page.goto((await mailOf(`new-${name}@reader.example`)).link);
      await press(page, 'Go on');
      for (const [typed, why] of [['admin', /kept for the site/], [javaScriptEnabled ? 'a-da' : 'b-en', /somebody has that name/i], ['Рaul', /cannot/]]) {
        await page.getByLabel('Name', { exact: true }).fill(typed);
        await press(page, 'Open the account');
        assert.match(await page.getByRole('alert').textContent(), why);
      }
    }));

    test('an app for codes, recovery codes, sessions, tokens', () => open({ javaScriptEnabled }, async (page) => {
      const who = `${name}-two`;
      const address = await signUp(page, who);
      await page.goto(base + '/account/security');
      await accessible(page);
      await page.getByRole('link', { name: 'Set up an app' }).click();
      await accessible(page);
      const secret = (await page.locator('.secret').textContent()).replaceAll(' ', '');
      await page.getByLabel('The six digits').fill(totp(secret, -1));
      await press(page, 'Use this app');
      const codes = await page.locator('.codes li').allTextContents();
      assert.equal(codes.length, 10);
      await accessible(page);

      await signOut(page);
      await ask(page, address);
      await page.goto((await mailOf(address, 1)).link);
      await press(page, 'Sign in');
      await page.waitForURL('**/sign-in/factor');
      await accessible(page);
      assert.equal(await signedInAs(page), '', 'a link alone');
      await page.goto(base + '/sign-in/factor');
      await page.getByLabel('Code of your app').fill(totp(secret, 0));
      await press(page, 'Sign in');
      await page.waitForURL('**/papers');
      assert.equal(await signedInAs(page), who);

      await page.goto(base + '/account/sessions');
      await accessible(page);
      assert.match(await page.locator('main').textContent(), /Chrome on Linux · this browser/);

      await page.goto(base + '/account/tokens');
      await accessible(page);
      await page.getByLabel('What is it for?').fill('<b>my script</b>');
      await page.getByLabel('vote', { exact: true }).check();
      await press(page, 'Make it');
      assert.match(await page.locator('code.secret').textContent(), /^bs_[a-z2-7]{32}$/);
      await accessible(page);
      await page.getByRole('button', { name: 'End <b>my script</b>' }).click();
      assert.equal(await page.getByRole('button', { name: /^End/ }).count(), 0);
    }));
  });
}

test('a passkey signs in, is a second factor, and can be removed', () => open({}, async (page, context) => {
  const cdp = await context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  const address = await signUp(page, 'kim');
  await page.goto(base + '/account/security');
  await page.getByLabel('What is it called?').fill('This laptop');
  await press(page, 'Add a passkey');
  await page.locator('[data-codes] li').nth(9).waitFor();
  const codes = await page.locator('[data-codes] li').allTextContents();
  await page.getByRole('link', { name: 'I have kept them' }).click();
  await page.waitForURL('**/account/security?done=passkey');
  assert.match(await page.locator('main').textContent(), /This laptop, added/);
  await accessible(page);

  await signOut(page);
  await page.goto(base + '/sign-in?next=/account/security');
  await accessible(page);
  await press(page, 'Sign in with a passkey');
  await page.waitForURL(base + '/account/security');
  assert.match(await page.locator('main').textContent(), /last used/);

  await signOut(page); // a link alone does not do any more
  await ask(page, address);
  await page.goto((await mailOf(address, 1)).link);
  await press(page, 'Sign in');
  await page.waitForURL('**/sign-in/factor');
  await press(page, 'Use a passkey');
  await page.waitForURL('**/papers');
  assert.equal(await signedInAs(page), 'kim');

  await cdp.send('WebAuthn.clearCredentials', { authenticatorId });
  await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
  await signOut(page);
  await ask(page, address);
  await page.goto((await mailOf(address, 2)).link);
  await press(page, 'Sign in');
  await page.getByLabel('Code of your app').fill(codes[3]);
  await press(page, 'Sign in');
  await page.waitForURL('**/papers');
  await page.goto(base + '/account/security');
  await page.getByRole('button', { name: 'Remove This laptop' }).click();
  await page.waitForURL('**?done=passkey-gone');
  assert.match(await page.locator('p.did[role=status]').textContent(), /removed/);
}));
