// Where the two APIs are: read from config.json beside the page.

const SHAPE = '{"collectorUrl":"https://…/prod/","recommendationApiUrl":"https://…/prod/"}';

/**
 * Reads config.json and confines the page to the origins that it names.
 * @returns {Promise<{collectorUrl: string, recommendationApiUrl: string}>} both URLs end in a slash
 */
export async function loadConfig() {
  const response = await fetch('config.json', { cache: 'no-cache' });
  const json = response.ok ? await response.json().catch(() => null) : null;
  if (!json) throw new Error(`config.json is missing beside this page, or is no JSON; it must be ${SHAPE}`);
  const config = parseConfig(json);
  confineTo([config.collectorUrl, config.recommendationApiUrl]);
  return config;
}

function parseConfig(json) {
  return {
    collectorUrl: apiUrl('collectorUrl', json.collectorUrl),
    recommendationApiUrl: apiUrl('recommendationApiUrl', json.recommendationApiUrl),
  };
}

function apiUrl(field, value) {
  if (typeof value !== 'string' || !URL.canParse(value)) throw new Error(`field ${field} of config.json: not a URL`);
  const url = new URL(value);
  if (!['http:', 'https:'].includes(url.protocol)) throw new Error(`field ${field} of config.json: neither http nor https`);
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url.href;
}

// The policy in index.html cannot know the origins and allows all of https. A second policy can only take away from the
// first: from here on the page reaches itself and these origins, and nothing else.
function confineTo(urls) {
  const origins = new Set(urls.map((url) => new URL(url).origin));
  const policy = document.createElement('meta');
  policy.httpEquiv = 'Content-Security-Policy';
  policy.content = `connect-src 'self' ${[...origins].join(' ')}`;
  document.head.append(policy);
}
