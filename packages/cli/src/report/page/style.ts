/** The whole style of the page: no file, font or picture from elsewhere. Colours are told apart without red and green, and words stand beside each. */
export const style = `
:root {
  color-scheme: light dark;
  --back: #ffffff; --raised: #f6f7f9; --line: #d5d9e0; --soft: #e8ebf0;
  --text: #1b2230; --quiet: #566074; --link: #0b57a4; --focus: #0b57a4;
  --good: #0f6a4c; --good-back: #e4f3ec; --warn: #8a4a00; --warn-back: #fdf0dd; --bad: #a01c33; --bad-back: #fbe7ea;
  --held: #3b78b8; --external: #1f8f7a; --estimate: #d98a1f; --declared: #8d97a8; --gone: #b3263f; --window: #f0d9a8;
  --exact: #2f6db0; --unproven: #9aa3b2; --incomplete: #b3263f; --interpolated: #d98a1f; --extrapolated: #a85f00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #11151c; --raised: #181d26; --line: #323a48; --soft: #252c38;
    --text: #e6e9ef; --quiet: #a2abbb; --link: #82b7f0; --focus: #82b7f0;
    --good: #73cfa8; --good-back: #12312a; --warn: #f0b35e; --warn-back: #35270f; --bad: #f58a9b; --bad-back: #3b161d;
    --held: #5f9ad6; --external: #46b7a0; --estimate: #e7a648; --declared: #7c8697; --gone: #ee7488; --window: #4a3b17;
    --exact: #5f9ad6; --unproven: #7c8697; --incomplete: #ee7488; --interpolated: #e7a648; --extrapolated: #c9822b;
  }
}
* { box-sizing: border-box; } [hidden] { display: none !important; }
html { -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
body { margin: 0; background: var(--back); color: var(--text); font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; font-variant-numeric: tabular-nums; overflow-wrap: break-word; }
a { color: var(--link); text-underline-offset: 2px; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 3px; }
time { white-space: nowrap; }
.skip { position: absolute; left: -999rem; } .skip:focus { left: 1rem; top: 1rem; background: var(--back); padding: .5rem 1rem; z-index: 2; }
.page { max-width: 76rem; margin: 0 auto; padding: 0 1.25rem 4rem; }
.columns { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0 3rem; }
header.top { padding: 2.25rem 0 1.5rem; border-bottom: 1px solid var(--line); }
.crumbs { margin: 0 0 .75rem; color: var(--quiet); font-size: .875rem; display: flex; flex-wrap: wrap; gap: .25rem 1rem; }
h1 { font-size: clamp(1.25rem, 1rem + 1.2vw, 1.65rem); line-height: 1.35; font-weight: 600; letter-spacing: -.011em; margin: 0; max-width: 56rem; text-wrap: pretty; }
h2 { font-size: 1.2rem; font-weight: 600; letter-spacing: -.005em; margin: 0 0 .3rem; }
h3 { font-size: .95rem; font-weight: 600; margin: 1.6rem 0 .5rem; }
p { margin: 0 0 .75rem; max-width: 46rem; }
.quiet, figcaption, .lead { color: var(--quiet); }
.lead { margin-bottom: 1rem; }
section { padding: 2rem 0 .75rem; border-bottom: 1px solid var(--soft); }
section:last-of-type { border-bottom: 0; }
.mark { display: inline-block; padding: .1rem .55rem; border-radius: 1rem; font-size: .8125rem; font-weight: 600; white-space: nowrap; }
.mark.good { background: var(--good-back); color: var(--good); } .mark.warn { background: var(--warn-back); color: var(--warn); } .mark.bad { background: var(--bad-back); color: var(--bad); } .mark.plain { background: var(--soft); color: var(--text); }
.notice { border-left: 3px solid var(--warn); background: var(--warn-back); padding: .6rem .9rem; margin: 1rem 0 0; max-width: 52rem; border-radius: 0 4px 4px 0; }
.notice.bad { border-color: var(--bad); background: var(--bad-back); }
.notice p:last-child { margin: 0; } section .notice { margin: .5rem 0 1rem; }
dl.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(7.5rem, 1fr)); margin: 1.5rem 0 0; border: 1px solid var(--line); border-radius: 6px; overflow: hidden; }
dl.figures div { border: solid var(--line); border-width: 0 1px 1px 0; margin: 0 -1px -1px 0; padding: .7rem .9rem .6rem; display: flex; flex-direction: column; }
dl.figures dt { color: var(--quiet); font-size: .8125rem; order: 2; } dl.figures dd { margin: 0; font-size: 1.35rem; font-weight: 600; line-height: 1.25; letter-spacing: -.01em; }
nav.chapters ol { list-style: none; margin: 0; padding: 1rem 0; display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; font-size: .875rem; border-bottom: 1px solid var(--soft); }
nav.chapters a { text-decoration: none; color: var(--quiet); } nav.chapters a:hover { color: var(--text); text-decoration: underline; }
.wide { overflow-x: auto; margin: .5rem 0 1rem; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
caption { text-align: left; color: var(--quiet); padding: 0 0 .4rem; font-size: .875rem; }
th, td { text-align: left; padding: .38rem .75rem .38rem 0; border-bottom: 1px solid var(--soft); vertical-align: top; }
th { font-weight: 600; color: var(--quiet); font-size: .8125rem; } tbody th { color: var(--text); font-size: .875rem; font-weight: 500; }
td code { overflow-wrap: anywhere; } td .hash { word-break: break-all; }
.n { text-align: right; white-space: nowrap; } tr.sum td, tr.sum th { border-top: 1px solid var(--line); font-weight: 600; color: var(--text); }
code, pre, .code { font-family: ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; font-size: .8125rem; }
pre { margin: 0; white-space: pre-wrap; background: var(--raised); border: 1px solid var(--soft); border-radius: 5px; padding: .6rem .8rem; max-height: 22rem; overflow: auto; }
figure { margin: 1rem 0 1.25rem; } figure svg { display: block; width: 100%; height: auto; } figcaption { font-size: .8125rem; margin-top: .4rem; max-width: 52rem; }
.legend { list-style: none; padding: 0; margin: .25rem 0 .75rem; display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; font-size: .8125rem; color: var(--quiet); }
.legend svg { width: 1.1rem; height: .8rem; margin-right: .4rem; vertical-align: -.05rem; display: inline-block; }
.narrow-only { display: none; }
details > summary { cursor: pointer; } details.more > summary { color: var(--link); font-size: .875rem; padding: .25rem 0; width: fit-content; }
.tools { display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: end; margin: .75rem 0; }
.tools label { font-size: .8125rem; color: var(--quiet); display: block; }
.tools input, .tools select { font: inherit; font-size: .9375rem; color: var(--text); background: var(--back); border: 1px solid #7a8499; border-radius: 5px; padding: .35rem .55rem; min-height: 2.25rem; max-width: 100%; }
.tools input { width: 17rem; } .found { margin: 0; font-size: .875rem; color: var(--quiet); min-height: 1.4em; }
button.all { font: inherit; font-size: .875rem; color: var(--link); background: none; border: 1px solid var(--line); border-radius: 5px; padding: .4rem .8rem; margin: .75rem 0; cursor: pointer; } button.all:hover { background: var(--raised); }
.keys { list-style: none; padding: 0; margin: 0; border-top: 1px solid var(--line); }
.keys > li { border-bottom: 1px solid var(--soft); } .keys > li[hidden] { display: none; }
.keys summary { display: grid; grid-template-columns: 1rem minmax(7rem, 13rem) minmax(0, 1fr) auto; gap: .15rem .75rem; padding: .5rem .25rem; align-items: baseline; list-style: none; }
.keys summary::-webkit-details-marker { display: none; }
.keys summary::before { content: "›"; color: var(--quiet); transition: transform .12s; display: inline-block; } .keys details[open] > summary::before { transform: rotate(90deg); }
.keys summary:hover { background: var(--raised); }
.keys .name, .keys .change, h1, pre, p, li { overflow-wrap: anywhere; } .keys .name { font-weight: 600; } .keys .change { font-size: .875rem; color: var(--quiet); } .keys .change code { color: var(--text); }
.keys .body { padding: .25rem .25rem 1.1rem 2rem; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: .75rem; margin: .4rem 0 .8rem; }
.pair h4, .body h4 { margin: 0 0 .25rem; font-size: .8125rem; font-weight: 600; color: var(--quiet); }
.causes { margin: .2rem 0 .6rem; padding-left: 1.1rem; } .causes li { margin: .15rem 0; } .causes ul { color: var(--quiet); font-size: .8125rem; padding-left: 1rem; columns: 2; }
.sign { font-weight: 700; white-space: nowrap; } .commands dt { margin-top: .6rem; } .commands dd { margin: .15rem 0 0; color: var(--quiet); font-size: .875rem; }
.hash { word-break: break-all; } footer { color: var(--quiet); font-size: .8125rem; padding-top: 1.5rem; }
@media (min-width: 40rem) { p code { white-space: nowrap; } }
@media (min-width: 66rem) {
  .columns { grid-template-columns: 11rem minmax(0, 1fr); }
  nav.chapters ol { position: sticky; top: 1.5rem; flex-direction: column; border: 0; padding-top: 2.3rem; }
}
@media (max-width: 40rem) {
  .page { padding: 0 1rem 3rem; } header.top { padding-top: 1.4rem; }
  td:not(.n) { min-width: 7.5rem; } .wide-only { display: none; } .narrow-only { display: block; }
  .keys summary { grid-template-columns: 1rem minmax(0, 1fr) auto; } .keys .change { grid-area: 2 / 2 / 3 / 4; } .keys summary .mark { grid-area: 1 / 3 / 2 / 4; }
  .causes ul { columns: 1; } .keys .body { padding-left: 1rem; } .tools input { width: 100%; } .tools > div { flex: 1 1 9rem; }
}
@media print {
  :root { color-scheme: light; }
  body { font-size: 10pt; } nav.chapters, .tools, .skip, .found, button.all { display: none; } .columns { display: block; }
  section, figure, table, pre, .keys > li { break-inside: avoid; } section { break-inside: auto; } h2, h3 { break-after: avoid; }
  pre { max-height: none; } a { color: inherit; text-decoration: none; } .page { max-width: none; padding: 0; }
  .mark, .notice, dl.figures { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
.plot { overflow: visible; font-family: inherit; color: var(--text); } .plot text { white-space: pre; fill: var(--quiet); }
`;
