import { isFinal, type BuiltPage, type Screen, type ShownScreen } from '@landfall/payment-core'
import { languages } from '../src/language.ts'
import { samples } from './screen-samples.ts'

/** Shows every screen in every language, theme and scope, from fixtures. Developers look at it, and the browser tests photograph it. */

const themes = ['light', 'dark'] as const
export const sampleNames = Object.keys(samples)

/** The gallery's fixed time, two days before the samples' deadline. With the real time, each picture would change daily. */
const galleryAtMs = Date.parse('2026-11-22T18:42:07+09:00')

/** The logo is a file of this origin, so that a picture needs no other. */
const namedShop = { name: '뭍 상점', logoUrl: '/icon.svg', contact: 'tel:02-123-4567' }

/** A sample as the server returns it, with its name as the token. Null: no such sample. */
export function shownSample(name: string): ShownScreen | null {
  const screen: Screen | undefined = Object.entries<Screen>(samples).find(([each]) => each === name)?.[1]
  if (screen === undefined) return null
  const tryAgain =
    screen.kind === 'expired' ? screen.because === 'deadline' : 'tryAgain' in screen && screen.tryAgain
  return {
    ...screen,
    token: name,
    final: isFinal(screen, galleryAtMs),
    shopUrl: 'https://shop.example/',
    tryAgainUrl: tryAgain ? 'https://shop.example/?order_id=shop-20261122-0007&again=1' : null,
    appUrl: name === 'paid_in_app' ? 'landfall-shop://' : null,
    shop: name === 'failed_at_named_shop' ? namedShop : null,
    atMs: galleryAtMs,
  }
}

/** `/gallery` lists all samples, and `/gallery/<name>?lang=&theme=` shows one. Null: another address. */
export function galleryAnswer(pathname: string, search: string, built: BuiltPage): string | null {
  if (pathname === '/gallery') return index()
  const name = /^\/gallery\/(\w+)$/.exec(pathname)?.[1]
  const shown = name === undefined ? null : shownSample(name)
  if (shown === null) return null
  const page = built.document({ shown, shopUrl: null, search, acceptLanguage: null })
  const theme = new URLSearchParams(search).get('theme')
  return theme === null ? page : themed(withoutScript(page), theme)
}

/** Replaces the dark-theme media query by one that always or never matches. */
const themed = (page: string, theme: string): string =>
  page.replaceAll(
    /@media\s*\(prefers-color-scheme:\s*dark\)\s*\{/g,
    theme === 'dark' ? '@media all{' : '@media not all{',
  )
const withoutScript = (page: string): string =>
  page.replaceAll(/<script (?:type="module" )?src=.*?<\/script>|<meta http-equiv="refresh"[^>]*>/g, '')

function index(): string {
  const frame = (name: string, language: string, theme: string): string => {
    const address = `/gallery/${name}?lang=${language}&amp;theme=${theme}`
    return `<figure><iframe src="${address}" title="${name}" loading="lazy"></iframe><figcaption><a href="${address}">${language} · ${theme}</a></figcaption></figure>`
  }
  const rows = sampleNames.map((name) => {
    const frames = languages.flatMap((language) => themes.map((theme) => frame(name, language, theme)))
    return `<section><h2>${name}</h2><div>${frames.join('')}</div></section>`
  })
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Gallery</title><style>
body{margin:2rem;font:1rem system-ui;background:#8a939c}h2{font-size:1rem}section>div{display:flex;gap:1rem;overflow-x:auto}
figure{margin:0}iframe{width:390px;height:780px;border:0;border-radius:1rem;background:#fff}
</style><h1>Every screen</h1>${rows.join('')}</html>`
}
