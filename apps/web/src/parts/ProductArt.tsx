import type { ReactElement } from 'preact/compat'

/** Chooses the drawing by the product's name, so that a shop can change its products without changing this file. */
export function ProductArt({ words, index }: { words: string; index: number }): ReactElement {
  const drawing = drawings.find(({ about }) => about.test(words)) ?? fallback
  return (
    <svg className={`art hue-${index % 3}`} viewBox="0 0 240 200" aria-hidden="true" focusable="false">
      <rect className="art-ground" x="-480" width="1200" height="200" />
      <circle className="art-sun" cx="186" cy="58" r="30" />
      <path
        className="art-wave"
        d="M-480 166c60-14 110 8 160 0s100-14 160-2 110-8 160-6 52 8 82 2 48-14 80-4 50 6 78-4 110-10 160 2 110 10 160-2 100-6 160 4v50H-480z"
      />
      <ellipse className="art-shade" cx="120" cy="172" rx="66" ry="8" />
      {drawing.art}
    </svg>
  )
}

const bag = (
  <>
    <path className="art-body" d="M84 58h72l10 114H74z" />
    <path className="art-dark" d="M84 46h72v16H84z" />
    <rect className="art-label" x="94" y="92" width="52" height="46" rx="6" />
    <ellipse className="art-dark" cx="120" cy="115" rx="11" ry="15" transform="rotate(24 120 115)" />
    <path className="art-line" d="M114 103c10 8 2 16 12 24" />
  </>
)
const mug = (
  <>
    <path className="art-ring" d="M158 96h10a20 20 0 0 1 0 44h-12" />
    <path className="art-body" d="M76 80h84l-6 84a10 10 0 0 1-10 8H92a10 10 0 0 1-10-8z" />
    <ellipse className="art-dark" cx="118" cy="80" rx="42" ry="9" />
    <path className="art-stroke" d="M92 128c9-6 17 4 26 0s17-6 26 0M93 144c9-6 17 4 25 0s17-6 25 0" />
    <path className="art-steam" d="M104 62c-8-10 8-14 0-26M128 62c-8-10 8-14 0-26" />
  </>
)
const jar = (
  <>
    <path
      className="art-glass"
      d="M84 74h72a12 12 0 0 1 8 12v76a10 10 0 0 1-10 10H86a10 10 0 0 1-10-10V86a12 12 0 0 1 8-12z"
    />
    <path className="art-body" d="M80 112c14-8 26 4 40 0s26-6 40 0v50a6 6 0 0 1-6 6H86a6 6 0 0 1-6-6z" />
    <rect className="art-dark" x="82" y="50" width="76" height="24" rx="7" />
    <rect className="art-label" x="94" y="118" width="52" height="34" rx="6" />
    <path className="art-line" d="M104 130h32M110 140h20" />
  </>
)
const candle = (
  <>
    <path className="art-flame" d="M120 34c12 16 14 22 14 30a14 14 0 0 1-28 0c0-8 4-12 14-30z" />
    <path className="art-line" d="M120 66v20" />
    <rect className="art-body" x="82" y="84" width="76" height="88" rx="10" />
    <ellipse className="art-label" cx="120" cy="86" rx="38" ry="8" />
    <rect className="art-label" x="96" y="112" width="48" height="36" rx="5" />
    <path className="art-stroke" d="M103 132c6-5 11 3 17 0s11-5 17 0" />
  </>
)
const cards = (
  <>
    <rect className="art-dark" x="66" y="66" width="104" height="74" rx="5" transform="rotate(-11 118 103)" />
    <rect className="art-label" x="70" y="82" width="108" height="78" rx="5" transform="rotate(5 124 121)" />
    <g transform="rotate(5 124 121)">
      <circle className="art-sun" cx="150" cy="104" r="11" />
      <path className="art-body" d="M78 130c14-10 24 4 38 0s22-8 34-2 14 2 22-2v28H78z" />
    </g>
  </>
)
const notebook = (
  <g transform="rotate(-6 120 112)">
    <rect className="art-dark" x="84" y="52" width="84" height="118" rx="4" />
    <rect className="art-label" x="80" y="48" width="82" height="118" rx="3" />
    <rect className="art-body" x="74" y="46" width="82" height="120" rx="4" />
    <path className="art-stitch" d="M86 46v120M74 66h12M74 90h12M74 114h12M74 138h12" />
    <rect className="art-label" x="104" y="66" width="34" height="52" rx="3" />
    <path className="art-line" d="M121 76v30" />
  </g>
)
const cloth = (
  <>
    <rect className="art-dark" x="68" y="142" width="104" height="26" rx="12" />
    <rect className="art-body" x="72" y="112" width="96" height="30" rx="14" />
    <rect className="art-label" x="78" y="84" width="84" height="28" rx="13" />
    <path className="art-stroke" d="M88 127h50M94 98h44" />
  </>
)
const lamp = (
  <>
    <circle className="art-glow" cx="120" cy="104" r="72" />
    <rect className="art-dark" x="92" y="156" width="56" height="14" rx="4" />
    <path
      className="art-label"
      d="M104 48h32c1 6 3 9 9 13 16 9 27 25 27 44 0 27-20 46-38 53h-28c-18-7-38-26-38-53 0-19 11-35 27-44 6-4 8-7 9-13z"
    />
    <path className="art-moon" d="M150 70c12 9 18 21 18 35 0 25-18 43-35 50 26-20 34-54 17-85z" />
  </>
)
const gift = (
  <>
    <rect className="art-body" x="74" y="92" width="92" height="80" rx="8" />
    <rect className="art-dark" x="68" y="76" width="104" height="26" rx="7" />
    <path className="art-label" d="M112 76h16v96h-16z" />
    <path
      className="art-ring"
      d="M120 76c-34 4-38-34-18-30 12 2 16 16 18 30zM120 76c34 4 38-34 18-30-12 2-16 16-18 30z"
    />
  </>
)

const fallback = { about: /^/, art: gift }
const drawings: ReadonlyArray<{ readonly about: RegExp; readonly art: ReactElement }> = [
  { about: /머그|컵|찻잔|mug|cup/i, art: mug },
  { about: /원두|커피|드립백|coffee|beans/i, art: bag },
  { about: /소금|꿀|잼|청|salt|honey|jam|jar/i, art: jar },
  { about: /무드등|조명|램프|lamp|light/i, art: lamp },
  { about: /캔들|양초|향초|candle/i, art: candle },
  { about: /노트|공책|수첩|notebook/i, art: notebook },
  { about: /엽서|카드|달력|포스터|postcard|poster/i, art: cards },
  { about: /수건|담요|손수건|양말|에코백|towel|blanket|socks/i, art: cloth },
]
