/** The looks of the pages that people without an account see. The colours are those of `studio/styles/tokens.css`. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f3f0e9, #0e1517);
  --surface: light-dark(#fbfaf6, #141d20);
  --raised: light-dark(#ffffff, #1a2529);
  --line: light-dark(#ded8ca, #25343a);
  --line-strong: light-dark(#948b78, #5d737c);
  --ink: light-dark(#1b2325, #ebe8e0);
  --ink-soft: light-dark(#4b5555, #b0bab8);
  --water: light-dark(#0c6070, #66c4d1);
  --water-strong: light-dark(#094c59, #8ad6e0);
  --water-soft: light-dark(#d9ebee, #12343b);
  --on-water: light-dark(#ffffff, #06181b);
  --good: light-dark(#256542, #7ccb9c);
  --good-soft: light-dark(#deefe3, #14301f);
  --bad: light-dark(#a12c1b, #f4917f);
  --bad-soft: light-dark(#f8e3dd, #3a1914);
  --wait: light-dark(#7d5200, #e3b457);
  --wait-soft: light-dark(#f7ebcf, #33270c);
}
*, *::before, *::after { box-sizing: border-box; }
html {
  background: var(--ground);
  color: var(--ink);
  font: 1rem / 1.5 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif;
  -webkit-text-size-adjust: 100%;
}
body { margin: 0; padding: 16px 12px 40px; overflow-wrap: anywhere; }
main { max-width: 35rem; margin: 0 auto; }
h1, h2, p, ul, fieldset { margin: 0; padding: 0; border: 0; }
h1 { font-size: 1.4rem; line-height: 1.25; letter-spacing: -0.012em; }
a { color: var(--bad); text-underline-offset: 3px; }
:focus-visible { outline: 2px solid var(--water); outline-offset: 2px; }
.brand { display: flex; align-items: center; gap: 9px; margin: 0 0 14px; font-weight: 620; color: var(--ink-soft); }
.brand svg { flex: none; color: var(--ink); }
.water { stroke: var(--water); }
.card { padding: 20px 18px 22px; border: 1px solid var(--line); border-radius: 10px; background: var(--surface); }
.card > * + *, form > * + * { margin-top: 16px; }
.of { margin: 0 0 4px; color: var(--ink-soft); font-size: 0.875rem; }
.message { white-space: pre-wrap; }
.soft { color: var(--ink-soft); font-size: 0.9375rem; }
.note { padding: 10px 13px; border-left: 4px solid var(--wait); border-radius: 5px; background: var(--wait-soft); font-size: 0.9375rem; }
.errors { padding: 12px 14px; border-left: 4px solid var(--bad); border-radius: 5px; background: var(--bad-soft); font-size: 0.9375rem; }
.errors h2 { font-size: 1rem; }
.errors ul { margin-top: 4px; padding-left: 18px; }
.field { display: grid; gap: 5px; }
.field label { font-weight: 580; }
.optional, .help { color: var(--ink-soft); font-size: 0.875rem; font-weight: 400; }
.help { white-space: pre-wrap; }
.error { color: var(--bad); font-size: 0.9375rem; }
input, select, textarea {
  width: 100%;
  min-height: 44px;
  padding: 9px 11px;
  border: 1px solid var(--line-strong);
  border-radius: 6px;
  background: var(--raised);
  color: inherit;
  font: inherit;
}
textarea { min-height: 120px; resize: vertical; }
.json { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: 0.9375rem; }
[aria-invalid="true"] { border-color: var(--bad); border-width: 2px; }
.box { display: flex; align-items: center; gap: 11px; min-height: 44px; }
.box input { flex: none; width: 22px; min-height: 22px; height: 22px; margin: 0; accent-color: var(--water); }
.choice { display: flex; flex-wrap: wrap; gap: 12px; padding-top: 6px; }
.choice button {
  flex: 1 1 9rem;
  min-height: 48px;
  padding: 10px 18px;
  border: 1px solid var(--water);
  border-radius: 7px;
  background: var(--water);
  color: var(--on-water);
  font: inherit;
  font-weight: 600;
  cursor: pointer;
}
.choice button:hover { background: var(--water-strong); }
.choice .no { border-color: var(--bad); background: transparent; color: var(--bad); }
.choice .no:hover { background: var(--bad-soft); }
.of + .outcome { margin-top: 10px; }
.outcome { display: flex; align-items: center; gap: 11px; }
.sign { flex: none; display: grid; place-items: center; width: 34px; height: 34px; border-radius: 50%; background: var(--water-soft); color: var(--water); font-weight: 700; }
.sign-approved { background: var(--good-soft); color: var(--good); }
.sign-rejected, .sign-error { background: var(--bad-soft); color: var(--bad); }
.sign-over { background: var(--wait-soft); color: var(--wait); }
@media (min-width: 600px) {
  body { padding-top: 48px; }
  .card { padding: 26px 28px 30px; }
}
`
