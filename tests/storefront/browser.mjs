// Chromium without a window, and a page in it that remembers what went wrong.

import { spawnSync } from 'node:child_process';
import { chromium } from 'playwright-core';

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const PROGRAMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', 'google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];

/**
 * A browser with a profile of its own, which goes with it. It speaks to this process through a pipe: when this process
 * ends, however it does, the pipe closes and the browser ends too.
 */
export function launch() {
  return chromium.launch({ executablePath: program(), args: FLAGS });
}

function program() {
  const { CHROMIUM } = process.env;
  const found = (CHROMIUM ? [CHROMIUM] : PROGRAMS).map(path).find(Boolean);
  if (found) return found;
  const where = CHROMIUM ? `at ${CHROMIUM}, which CHROMIUM names` : `as any of ${PROGRAMS.join(', ')}`;
  throw new Error(`there is no Chromium ${where}: install it with \`apt-get install chromium\``);
}

function path(name) {
  const { status, stdout } = spawnSync('sh', ['-c', 'command -v "$1"', 'sh', name], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

/**
 * A page in a context of its own: its storage is empty. `complaints` are the errors and broken policies so far, without
 * the browser's own lines about answers of status 400 and above: tests ask for those.
 */
export async function newPage(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => {
    const expected = /^Failed to load resource: (the server responded|net::ERR_INTERNET_DISCONNECTED)/.test(message.text());
    if (['error', 'warning'].includes(message.type()) && !expected) complaints.push(`console: ${message.text()}`);
  });
  await page.exposeFunction('complain', (text) => complaints.push(text));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) =>
      window.complain(`policy: ${event.violatedDirective} ${event.blockedURI}`),
    );
  });
  return { page, context, complaints };
}
