/** The styles of the window and its final pages: system fonts, dark on white, one accent colour, no external files. */
export const PAGE_STYLE = `
:root { --ink: #14181f; --soft: #5d6675; --line: #e3e7ee; --ground: #f4f6f9; --accent: #1f5eff; --tint: #edf3ff; --bad: #c9252d;
  font-family: -apple-system, BlinkMacSystemFont, 'Apple SD Gothic Neo', 'Pretendard', 'Noto Sans KR', 'Noto Sans CJK KR', 'Malgun Gothic', sans-serif;
  color: var(--ink); font-size: 16px; line-height: 1.45; letter-spacing: -0.01em; -webkit-text-size-adjust: 100%; }
* { box-sizing: border-box; margin: 0; }
[hidden] { display: none !important; }
html, body { height: 100%; }
body { background: #fff; word-break: keep-all; -webkit-font-smoothing: antialiased; }
button, input, select { font: inherit; color: inherit; letter-spacing: inherit; }
button { -webkit-tap-highlight-color: transparent; cursor: pointer; touch-action: manipulation; }
:focus-visible { outline: 3px solid #9dbaff; outline-offset: 2px; }
.sheet { position: relative; display: flex; flex-direction: column; height: 100vh; height: 100dvh; background: #fff; }
.bar { display: flex; align-items: center; justify-content: space-between; padding: 4px 4px 4px 20px; border-bottom: 1px solid var(--line); }
.brand { display: flex; align-items: center; gap: 7px; font-weight: 700; font-size: 17px; }
.brand svg { color: var(--accent); }
.brand em { font: 700 11px/1 inherit; font-style: normal; letter-spacing: .06em; color: var(--soft); background: var(--ground); border-radius: 5px; padding: 5px 7px; margin-left: 2px; font-size: 11px; }
.close { display: grid; place-items: center; width: 52px; height: 52px; border: 0; border-radius: 12px; background: none; color: var(--soft); }
.close:hover { background: var(--ground); color: var(--ink); }
#pay-form { display: flex; flex-direction: column; flex: 1; min-height: 0; }
.scroll { flex: 1; overflow-y: auto; padding: 0 20px 24px; overscroll-behavior: contain; }
.order { padding: 22px 0 20px; }
.order-name { font-size: 15px; color: var(--soft); overflow-wrap: anywhere; }
.order-amount { font-size: 32px; line-height: 1.25; font-weight: 800; letter-spacing: -0.025em; font-variant-numeric: tabular-nums; }
.order-id { margin-top: 4px; font-size: 13px; color: var(--soft); overflow-wrap: anywhere; }
.tabs { display: grid; grid-template-columns: repeat(5, 1fr); gap: 6px; scroll-margin-top: 12px; }
.tab { display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 5px; min-height: 72px; padding: 8px 2px; border: 1px solid var(--line); border-radius: 12px; background: #fff; color: var(--soft); font-size: 13px; font-weight: 500; white-space: nowrap; transition: background .12s, border-color .12s, color .12s; }
.tab[aria-selected=true] { border-color: var(--accent); background: var(--tint); color: var(--accent); font-weight: 700; box-shadow: inset 0 0 0 1px var(--accent); }
.panel { border: 0; padding: 0; min-width: 0; }
.field-label { display: block; margin: 22px 0 8px; font-size: 14px; font-weight: 600; }
.choices { display: grid; grid-template-columns: repeat(3, 1fr); gap: 8px; }
.choice { position: relative; display: grid; }
.choice input { position: absolute; inset: 0; width: 100%; height: 100%; opacity: 0; cursor: pointer; margin: 0; }
.choice span { display: grid; place-items: center; min-height: 52px; padding: 4px; border: 1px solid var(--line); border-radius: 12px; font-size: 14.5px; font-weight: 500; text-align: center; transition: background .12s, border-color .12s; }
.choice:hover span { background: var(--ground); }
.choice input:checked + span { border-color: var(--accent); background: var(--tint); color: var(--accent); font-weight: 700; box-shadow: inset 0 0 0 1px var(--accent); }
.choice input:focus-visible + span { outline: 3px solid #9dbaff; outline-offset: 2px; }
.pair { display: grid; grid-template-columns: 1fr 116px; gap: 10px; }
.field { display: block; min-width: 0; }
.input { width: 100%; height: 52px; padding: 0 14px; border: 1px solid #d3d9e3; border-radius: 12px; background: #fff; font-size: 16px; font-variant-numeric: tabular-nums; outline-offset: 0; }
select.input { appearance: none; padding-right: 34px; background: #fff url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='16' height='16' fill='none' stroke='%235d6675' stroke-width='1.8'%3E%3Cpath d='m4 6 4 4 4-4'/%3E%3C/svg%3E") no-repeat right 12px center; }
.input:focus { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); outline: 0; }
.input::placeholder { color: #a4acb9; }
.note { margin-top: 12px; font-size: 13.5px; color: var(--soft); }
.agree { margin-top: 24px; padding: 4px 16px 14px; border-radius: 14px; background: var(--ground); }
.agree-all { display: flex; align-items: center; gap: 12px; min-height: 52px; font-weight: 600; cursor: pointer; }
.agree-all input { flex: none; width: 24px; height: 24px; accent-color: var(--accent); margin: 0; }
.agree p { padding-left: 36px; font-size: 13px; line-height: 1.6; color: var(--soft); }
.drawer { margin-top: 16px; border: 1px dashed #c5cddb; border-radius: 14px; padding: 0 16px; }
.drawer[open] { padding-bottom: 18px; }
.drawer summary { display: flex; align-items: center; justify-content: space-between; min-height: 52px; font-size: 14.5px; font-weight: 600; color: var(--soft); cursor: pointer; list-style: none; }
.drawer summary::-webkit-details-marker { display: none; }
.drawer summary::after { content: ''; width: 9px; height: 9px; border: solid var(--soft); border-width: 0 2px 2px 0; transform: translateY(-3px) rotate(45deg); }
.drawer[open] summary::after { transform: translateY(2px) rotate(225deg); }
.drawer .note { margin-top: 0; }
.drawer-title { margin: 18px 0 8px; font-size: 13px; font-weight: 700; color: var(--soft); }
.fills { display: grid; gap: 6px; }
.fill { display: flex; align-items: center; justify-content: space-between; gap: 12px; min-height: 48px; padding: 6px 14px; border: 1px solid var(--line); border-radius: 10px; background: #fff; text-align: left; font-size: 14px; }
.fill b { font-weight: 600; }
.fill span { color: var(--soft); font-variant-numeric: tabular-nums; white-space: nowrap; font-size: 13px; }
.fill:hover { background: var(--tint); border-color: #b9ceff; }
.names { display: grid; gap: 4px; padding: 0; list-style: none; font-size: 13.5px; color: var(--soft); }
.names code { font-size: 13px; color: var(--ink); background: var(--ground); border-radius: 5px; padding: 2px 6px; }
.switches { display: grid; grid-template-columns: 1fr 1fr; gap: 0 10px; margin-bottom: 14px; }
.switches .field-label { margin: 8px 0 6px; font-size: 13px; font-weight: 500; color: var(--soft); }
.switches .input { height: 48px; font-size: 15px; }
.pay-bar { padding: 12px 20px calc(14px + env(safe-area-inset-bottom)); background: #fff; box-shadow: 0 -1px 0 var(--line), 0 -10px 24px rgba(20, 24, 31, .05); }
.problem { padding: 0 2px 10px; font-size: 14px; font-weight: 600; color: var(--bad); }
.primary { display: grid; place-items: center; width: 100%; min-height: 58px; border: 0; border-radius: 14px; background: var(--accent); color: #fff; font-size: 18px; font-weight: 700; text-decoration: none; transition: background .12s; }
.primary:hover { background: #134cdb; }
.primary:active { background: #0f40bd; }
.primary:disabled { background: #a9bdf0; cursor: default; }
.busy { position: absolute; inset: 0; z-index: 5; display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 6px; background: #fff; font-size: 17px; font-weight: 700; }
.busy-note { font-size: 14px; font-weight: 400; color: var(--soft); }
.spinner { width: 44px; height: 44px; margin-bottom: 16px; border: 4px solid var(--tint); border-top-color: var(--accent); border-radius: 50%; animation: turn .8s linear infinite; }
@keyframes turn { to { transform: rotate(1turn); } }
@media (prefers-reduced-motion: reduce) { .spinner { animation-duration: 4s; } }
.end { display: grid; place-items: center; padding: 24px; }
.end-card { display: grid; justify-items: center; gap: 8px; width: 100%; max-width: 400px; text-align: center; }
.end-title { font-size: 21px; font-weight: 700; }
.end-text { font-size: 16px; color: var(--ink); }
.end-note { font-size: 14px; color: var(--soft); }
.end .primary { margin-top: 20px; }
@media (min-width: 560px) {
  body:not(.end) { display: grid; place-items: center; background: rgba(20, 24, 31, .55); }
  .sheet { width: 440px; height: min(760px, calc(100vh - 48px)); border-radius: 20px; overflow: hidden; box-shadow: 0 24px 64px rgba(10, 16, 30, .28); }
  .end-card { padding: 48px 32px; border-radius: 20px; background: #fff; box-shadow: 0 24px 64px rgba(10, 16, 30, .2); }
  .end { background: rgba(20, 24, 31, .55); }
}
`
