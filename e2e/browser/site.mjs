// Starts the real binary on a free port with data of its own, and a browser.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { edition } from './edition.mjs';

/** The program under test. */
export const program = process.env.BROADSHEET || fileURLToPath(new URL('../../bin/broadsheet', import.meta.url));

/** freePort asks the system for a port that nobody uses. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/**
 * startSite serves the sample edition, or a made-up one of today, and resolves
 * when the site answers; with a relay it sends mail there, and env are further
 * settings. stop() ends it and removes its data; log() is what it has said.
 */
export async function startSite({ today = false, relay, env } = {}) {
  const data = await mkdtemp(path.join(os.tmpdir(), 'broadsheet-browser-'));
  if (today) {
    const file = path.join(data, 'edition.jsonl');
    await writeFile(file, edition());
    await promisify(execFile)(program, ['import', '--data-dir', data, file]);
  }
  const listen = `127.0.0.1:${await freePort()}`;
  const child = spawn(program, ['serve', '--listen', listen, '--data-dir', data], {
    cwd: data,
    env: { ...process.env, BROADSHEET_HARVEST_ENABLED: 'false', ...(relay && mailSettings(listen, relay)), ...(typeof env === 'function' ? env(listen) : env) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.on('data', (chunk) => (said += chunk));
  child.stderr.on('data', (chunk) => (said += chunk));
  const ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)));
  const stop = async () => {
    child.kill('SIGTERM');
    const code = await ended;
    await rm(data, { recursive: true, force: true });
    return code;
  };
  const url = `http://${listen}`;
  const deadline = Date.now() + 20_000;
  for (;;) {
    const answer = await fetch(`${url}/papers`).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.status === 200 && await indexed(url, today ? 'gulls' : 'adam')) return { url, data, stop, log: () => said };
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`the site does not answer on ${url}:\n${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** adminLink is the path of the operator's page, as the command prints it beside the site. */
export async function adminLink(site) {
  const { stdout } = await promisify(execFile)(program, ['admin', 'link', '--json', '--data-dir', site.data], { env: { ...process.env, BROADSHEET_SITE_URL: site.url } });
  return JSON.parse(stdout).url.replace(/^https?:\/\/[^/]+/, '');
}

/** account makes an account, or finds it, and gives the path of a link that signs in to it. */
export async function account(site, name, role = 'member') {
  const ask = async (...args) => {
    const { stdout } = await promisify(execFile)(program, ['accounts', ...args, '--json', '--data-dir', site.data], { env: { ...process.env, BROADSHEET_SITE_URL: site.url } });
    return new URL(JSON.parse(stdout).url).pathname;
  };
  return ask('create', name, '--role', role).catch(() => ask('link', name));
}

const mailSettings = (listen, relay) => ({
  BROADSHEET_SITE_URL: `http://${listen}`,
  BROADSHEET_MAIL_RELAYS: `smtp://127.0.0.1:${relay.port}`,
  BROADSHEET_MAIL_FROM: 'Broadsheet <papers@papers.example>',
});

/** indexed tells whether a word is found; each question is another, so that none is answered from a cache. */
async function indexed(url, word) {
  const answer = await fetch(`${url}/search?q=${word}+${Math.random().toString(36).slice(2)}`).catch(() => null);
  return answer?.status === 200 && (await answer.text()).includes('<article');
}

/** startBrowser opens Chromium with no wish of its own to reach the network. */
export function startBrowser(args = []) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', ...args,
    ],
  });
}
