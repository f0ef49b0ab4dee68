/** The console's styles: the window's colours with a denser layout. One column on a phone, two columns from 900 px. */
export const CONSOLE_STYLE = `
:root { --ink: #14181f; --soft: #5d6675; --line: #e3e7ee; --ground: #f4f6f9; --accent: #1f5eff; --tint: #edf3ff; --bad: #c9252d;
  font-family: -apple-system, BlinkMacSystemFont, 'Apple SD Gothic Neo', 'Noto Sans KR', 'Noto Sans CJK KR', 'Malgun Gothic', sans-serif;
  color: var(--ink); font-size: 15px; line-height: 1.45; }
* { box-sizing: border-box; margin: 0; }
[hidden] { display: none !important; }
body { background: var(--ground); word-break: keep-all; }
small { font-size: 13px; font-weight: 500; color: var(--soft); margin-left: 4px; }
header { display: flex; align-items: center; justify-content: space-between; gap: 12px; padding: 16px 20px; background: #fff; border-bottom: 1px solid var(--line); }
h1 { font-size: 19px; letter-spacing: -0.02em; }
h2 { font-size: 16px; }
h3 { font-size: 13px; color: var(--soft); margin: 18px 0 8px; }
#connection { flex: none; font-size: 13px; font-weight: 600; color: #14804a; }
#connection::before { content: ''; display: inline-block; width: 8px; height: 8px; margin-right: 6px; border-radius: 50%; background: currentColor; }
.bad, #connection.bad { color: var(--bad); }
.columns { display: grid; gap: 20px; max-width: 1240px; margin: 0 auto; padding: 20px 16px 48px; }
main, aside { min-width: 0; }
aside { display: grid; gap: 16px; align-content: start; }
.panel-head { display: flex; align-items: center; justify-content: space-between; min-height: 40px; margin-bottom: 10px; }
#count { font-size: 13px; font-weight: 700; color: var(--accent); background: var(--tint); border-radius: 99px; padding: 2px 9px; margin-left: 4px; }
#empty { padding: 56px 20px; text-align: center; color: var(--soft); background: #fff; border: 1px dashed #c5cddb; border-radius: 14px; }
.panel, .payment { background: #fff; border: 1px solid var(--line); border-radius: 14px; padding: 16px; box-shadow: 0 1px 2px rgba(20, 24, 31, .04); }
.panel .panel-head { margin: -4px 0 0; }
.payment { margin-bottom: 12px; }
.head { display: flex; justify-content: space-between; gap: 12px; }
.names { min-width: 0; }
.name { font-weight: 700; overflow-wrap: anywhere; }
.ids { font-size: 13px; color: var(--soft); font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.sums { flex: none; text-align: right; }
.amount { font-weight: 800; font-size: 17px; font-variant-numeric: tabular-nums; }
.status { display: inline-block; margin-top: 3px; padding: 2px 9px; border-radius: 99px; font-size: 12.5px; font-weight: 700; background: var(--ground); color: var(--soft); }
.status.paid { background: #e5f6ec; color: #14804a; }
.status.waiting { background: #fff4dc; color: #8a5a00; }
.status.ready { background: var(--tint); color: var(--accent); }
.status.failed { background: #fdeaea; color: var(--bad); }
.status.partial { background: #f1ebff; color: #6a3fd0; }
.facts { margin: 10px 0 0; font-size: 13.5px; color: var(--soft); overflow-wrap: anywhere; }
.actions { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 12px; }
.actions:empty { display: none; }
button, .button { display: inline-flex; align-items: center; justify-content: center; min-height: 40px; padding: 0 14px; border: 1px solid #d3d9e3; border-radius: 10px; background: #fff; color: var(--ink); font: inherit; font-weight: 600; text-decoration: none; cursor: pointer; touch-action: manipulation; }
button:hover, .button:hover { background: var(--ground); }
button.primary { background: var(--accent); border-color: var(--accent); color: #fff; }
button.primary:hover { background: #134cdb; }
button.danger { color: var(--bad); border-color: #f0c4c6; }
:focus-visible { outline: 3px solid #9dbaff; outline-offset: 1px; }
input, select { min-width: 0; height: 40px; padding: 0 10px; border: 1px solid #d3d9e3; border-radius: 10px; background: #fff; color: inherit; font: inherit; }
.actions input { width: 120px; font-variant-numeric: tabular-nums; }
.fields { display: grid; grid-template-columns: 1fr 1fr; gap: 10px; }
.field { display: grid; gap: 4px; min-width: 0; }
.field > span:first-child { font-size: 13px; color: var(--soft); }
.field input, .field select { width: 100%; }
.with-button { display: flex; gap: 8px; }
.with-button button { flex: none; }
.toggle { display: flex; align-items: center; gap: 10px; min-height: 44px; font-size: 14px; }
.toggle input { width: 20px; height: 20px; accent-color: var(--accent); }
.panel > h2 { margin-bottom: 12px; }
.clock { margin: 16px 0 8px; font-size: 14px; color: var(--soft); }
.clock output { color: var(--ink); font-weight: 600; font-variant-numeric: tabular-nums; }
.row { display: grid; grid-template-columns: repeat(4, 1fr); gap: 8px; }
.row button { padding: 0 4px; }
#toast { position: fixed; left: 50%; bottom: 24px; transform: translateX(-50%); width: max-content; max-width: calc(100vw - 32px); padding: 12px 18px; border-radius: 12px; background: var(--ink); color: #fff; font-size: 14px; box-shadow: 0 12px 32px rgba(10, 16, 30, .25); }
@media (max-width: 559px) { h1 small { display: none; } }
@media (max-width: 899px) { button, .button, input, select { min-height: 48px; } .actions input { width: 110px; } }
@media (min-width: 900px) { .columns { grid-template-columns: minmax(0, 1fr) 400px; padding: 24px 24px 64px; } }
`
