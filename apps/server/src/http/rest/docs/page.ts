/**
 * The page of the API's reference. It holds the document, so that it needs no request for it, and everything else is in its two scripts.
 */
export const docsPage = (document: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Landfall API</title><link rel="icon" href="data:,"></head>
<body><div id="reference"></div>
<noscript><main><h1>Landfall API</h1><p>This page needs a script. The same is in <a href="/openapi.json">/openapi.json</a>.</p></main></noscript>
<script type="application/json" id="document">${document.replaceAll('<', String.raw`\u003c`)}</script>
<script src="/docs/start.js"></script>
<script src="/docs/reference.js"></script>
</body></html>
`

/** The viewer's own colours for small text are too pale (WCAG 2.2, 1.4.3). */
const style = `
.light-mode { --scalar-color-2: #464b52; --scalar-color-3: #5d636b; --scalar-color-accent: #0a5dbf; --scalar-color-green: #046b3a; --scalar-color-blue: #0a5dbf; --scalar-color-orange: #8f4700; --scalar-color-red: #b0101f; --scalar-color-purple: #6a3cb0; --scalar-color-yellow: #7a5200; }
.dark-mode { --scalar-color-2: #c4c8ce; --scalar-color-3: #a9aeb6; --scalar-color-accent: #8ec2ff; }
`

/** The viewer without what needs other origins, an account or a key typed into the page. */
const settings = {
  agent: { disabled: true },
  customCss: style,
  defaultOpenAllTags: true,
  documentDownloadType: 'none',
  hideClientButton: true,
  hideTestRequestButton: true,
  mcp: { disabled: true },
  persistAuth: false,
  showDeveloperTools: 'never',
  telemetry: false,
  withDefaultFonts: false,
}

/**
 * Starts the viewer. The page's policy gives it an origin without storage, which the viewer expects, so it gets one that lives as long as the
 * page.
 */
export const startScript = `for (const name of ['localStorage', 'sessionStorage']) {
  const held = new Map()
  const value = {
    getItem: (key) => held.get(String(key)) ?? null,
    setItem: (key, text) => void held.set(String(key), String(text)),
    removeItem: (key) => void held.delete(String(key)),
    clear: () => held.clear(),
    key: (index) => [...held.keys()][index] ?? null,
    get length() { return held.size },
  }
  Object.defineProperty(window, name, { value })
}
addEventListener('DOMContentLoaded', () => {
  const content = JSON.parse(document.getElementById('document').textContent)
  Scalar.createApiReference('#reference', { ...${JSON.stringify(settings)}, content })
})
`
