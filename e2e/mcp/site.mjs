// Starts the real binary on a free port with data of its own.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The program under test. */
export const program = process.env.BROADSHEET || fileURLToPath(new URL('../../bin/broadsheet', import.meta.url));

function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** startSite serves the sample edition and resolves when all of it can be found. */
export async function startSite() {
  const data = await mkdtemp(path.join(os.tmpdir(), 'broadsheet-mcp-'));
  const listen = `127.0.0.1:${await freePort()}`;
  const child = spawn(program, ['serve', '--listen', listen, '--data-dir', data], {
    cwd: data, env: { ...process.env, BROADSHEET_HARVEST_ENABLED: 'false' }, stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.on('data', (chunk) => (said += chunk));
  child.stderr.on('data', (chunk) => (said += chunk));
  const ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)));
  const url = `http://${listen}`;
  const stop = async () => {
    child.kill('SIGTERM');
    const code = await ended;
    await rm(data, { recursive: true, force: true });
    return code;
  };
  for (const deadline = Date.now() + 20_000; ; ) {
    const status = await fetch(`${url}/api/v1/status`).then((r) => r.json()).catch(() => null);
    if (status?.index?.complete && status.index.papers === status.papers) return { url, data, stop, log: () => said };
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`the site does not answer on ${url}:\n${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
