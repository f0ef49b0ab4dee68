import type { ReactElement } from 'preact/compat'

/** A drawing of sun, sea and sand behind the shop's heading. */
export const HeroIllustration = (): ReactElement => (
  <svg
    className="shore"
    viewBox="0 0 800 300"
    preserveAspectRatio="xMidYMax slice"
    aria-hidden="true"
    focusable="false"
  >
    <defs>
      <linearGradient id="sky" x1="0" y1="0" x2="0" y2="1">
        <stop offset="0" className="sky-high" />
        <stop offset="1" className="sky-low" />
      </linearGradient>
    </defs>
    <rect width="800" height="300" fill="url(#sky)" />
    <circle className="sun" cx="600" cy="150" r="54" />
    <path className="sea-far" d="M0 172h800v128H0z" />
    <path className="glint" d="M556 186h88M570 198h60M582 210h36" />
    <path className="sail" d="M452 172l18-46v46zM474 172v-34l16 34z" />
    <path className="hull" d="M444 175h52l-8 10h-36z" />
    <path className="sea-near" d="M0 214c60-16 110 12 170 4s110-18 180-4 130 14 200 0 150-14 250 2v84H0z" />
    <path className="foam" d="M0 250c70-18 130 10 200 2s120-16 200-2 150 12 220 0 120-10 180 0v50H0z" />
    <path className="sand" d="M0 262c70-18 130 10 200 2s120-16 200-2 150 12 220 0 120-10 180 0v38H0z" />
  </svg>
)
