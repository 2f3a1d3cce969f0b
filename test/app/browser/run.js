// Runs the browser tests; the last line is the sum: `N passed, N failed`.
//
//   node run.js [NAME...]    only files whose names contain one of these
//
// playwright-core is of the last version that runs with Node 18, which Debian 12 has.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromiumPath } from './browser.js';

const here = fileURLToPath(new URL('.', import.meta.url));

function skip(why) {
  console.log(`skipped: the browser tests: ${why}`);
  console.log('0 passed, 0 failed');
  process.exit(0);
}

if (!chromiumPath()) skip('no Chromium (tools/deps.sh browser installs it)');
if (!existsSync(join(here, 'node_modules/playwright-core'))) {
  try {
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--silent'], { cwd: here, stdio: 'inherit', timeout: 120_000 });
  } catch {
    skip('npm cannot install playwright-core');
  }
}

const wanted = process.argv.slice(2);
const files = readdirSync(here).filter((name) => name.endsWith('.test.js'))
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part))).map((name) => join(here, name));
const sum = { passed: 0, failed: 0 };

const isFile = (event) => files.includes(event.name) || event.details?.type === 'suite';

const stream = run({ files, concurrency: 1, timeout: 180_000 });
stream.on('test:pass', (event) => {
  if (isFile(event)) return;
  sum.passed += 1;
  console.log(`ok      ${event.name}  (${Math.round(event.details.duration_ms)} ms)`);
});
stream.on('test:fail', (event) => {
  if (isFile(event) && event.details.error?.failureType === 'subtestsFailed') return;
  sum.failed += 1;
  const { error } = event.details;
  console.log(`FAILED  ${event.name}\n${(error.cause?.stack ?? error.stack ?? String(error)).replace(/^/gm, '        ')}`);
});
stream.on('test:stderr', ({ message }) => process.stderr.write(message));
stream.on('test:stdout', ({ message }) => process.stdout.write(message));
stream.on('end', () => {
  console.log(`${sum.passed} passed, ${sum.failed} failed`);
  process.exitCode = sum.failed ? 1 : 0;
});
stream.resume();
