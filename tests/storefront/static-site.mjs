// The storefront's folder as a static host serves it, on an origin of its own, with a config.json.

import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { extname } from 'node:path';

const FOLDER = new URL('../../storefront/', import.meta.url);
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};

/**
 * Serves the folder. `replaced` holds files by name that are served instead of the folder's, or null for one that is
 * absent.
 */
export async function serveStorefront(replaced) {
  const server = http.createServer((request, response) => answer(request, response, replaced));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(request, response, replaced) {
  const name = new URL(request.url, 'http://site').pathname.slice(1) || 'index.html';
  const content = name in replaced ? replaced[name] : await readFile(new URL(name, FOLDER)).catch(() => null);
  response.writeHead(content === null ? 404 : 200, { 'content-type': TYPES[extname(name)] ?? 'text/plain' });
  response.end(content ?? undefined);
}
