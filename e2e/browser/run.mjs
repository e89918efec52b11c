// Runs test files, all that are named at once as many as is said:
//
//	node run.mjs AT-ONCE FILE...
//
// A browser that crashes says nothing of the site: files that failed by nothing
// else are run once more, and the output says so.
import path from 'node:path';
import { run } from 'node:test';
import { tap } from 'node:test/reporters';

const crash = /(page|context|browser) has been closed|page crashed|target closed/i;

/** attempt runs files, and gives those that failed, and those of them that failed by crashes alone. */
async function attempt(files, concurrency) {
  const failed = new Map(); // by file: whether all of it are crashes
  const events = run({ files: files.map((file) => path.resolve(file)), concurrency });
  events.on('test:fail', ({ file, details: { error } }) => {
    if (['subtestsFailed', 'cancelledByParent'].includes(error.failureType)) return; // says what a child said
    failed.set(file, (failed.get(file) ?? true) && crash.test(`${error.message} ${error.cause?.message}`));
  });
  for await (const text of events.compose(tap)) process.stdout.write(text);
  return { failed: [...failed.keys()], crashed: [...failed.keys()].filter((file) => failed.get(file)) };
}

const [concurrency, ...files] = process.argv.slice(2);
let { failed, crashed } = await attempt(files, Number(concurrency));
if (crashed.length > 0) {
  console.log(`# the browser crashed in ${crashed.map((file) => path.basename(file)).join(', ')}: once more`);
  failed = failed.filter((file) => !crashed.includes(file)).concat((await attempt(crashed, 1)).failed);
}
for (const file of failed) console.log(`# failed: ${path.basename(file)}`);
process.exitCode = failed.length > 0 ? 1 : 0;
