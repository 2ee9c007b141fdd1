// How the approval page looks: on a phone and on a desk, by day and by night.

export const STYLE = `
:root { color-scheme: light dark; --ground: light-dark(#f4f5f7, #14161a); --sheet: light-dark(#fff, #1e2127); --text: light-dark(#16181d, #e8eaee);
  --quiet: light-dark(#565c68, #a5adba); --line: light-dark(#d8dbe1, #363b45); --yes: light-dark(#116a3c, #2f9e63); --no: light-dark(#b3261e, #d9534a);
  --warn: light-dark(#fff1d6, #3b2f14); --warn-text: light-dark(#6b4500, #ffd58a); --mark: light-dark(#ffe08a, #6a5200); --link: light-dark(#0b57d0, #8ab4f8) }
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 46rem; margin: 0 auto; padding: 1rem }
header { display: flex; justify-content: space-between; align-items: center; gap: 1rem; color: var(--quiet); font-size: .9rem; padding: .25rem 0 }
h1 { font-size: 1.35rem; line-height: 1.25; margin: .5rem 0 1rem; overflow-wrap: anywhere }
h2 { font-size: 1rem; margin: 1.5rem 0 .5rem }
section, form.sheet { background: var(--sheet); border: 1px solid var(--line); border-radius: .75rem; padding: 1rem; margin: 0 0 1rem }
section > :first-child { margin-top: 0 }
section > :last-child { margin-bottom: 0 }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1rem; margin: 0 }
dt { color: var(--quiet) }
dd { margin: 0; overflow-wrap: anywhere }
pre { margin: 0; padding: .75rem; background: var(--ground); border: 1px solid var(--line); border-radius: .5rem; overflow: auto; max-height: 60vh;
  font: 14px/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; direction: ltr; unicode-bidi: bidi-override }
pre b { font-weight: 600 }
mark { background: var(--mark); color: inherit; border-radius: .2rem; padding: 0 .1em }
.approved, .used { border-color: var(--yes) }
.denied, .expired, .voided { border-color: var(--no) }
.notice { background: var(--warn); color: var(--warn-text); border-color: transparent }
.by { color: var(--quiet); font-size: .9rem }
label { display: block; font-weight: 600; margin: 0 0 .35rem }
input, textarea { width: 100%; font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--quiet); border-radius: .5rem; padding: .6rem .75rem }
textarea { min-height: 4.5rem; resize: vertical }
.answers { display: flex; gap: .75rem; margin-top: 1rem }
button { font: inherit; font-weight: 600; min-height: 2.75rem; padding: .5rem 1.25rem; border-radius: .5rem; border: 1px solid transparent; cursor: pointer }
.answers button { flex: 1 }
.yes { background: var(--yes); color: #fff }
.no { background: transparent; color: var(--no); border-color: var(--no) }
@media (prefers-color-scheme: dark) { .yes { color: #06140c } }
.plain { background: none; border: 0; min-height: 0; padding: .25rem; font-weight: 400; color: var(--link); text-decoration: underline }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px }
ul { margin: 0; padding-left: 1.25rem }
a { color: var(--link) }
@media (max-width: 30rem) { dl { grid-template-columns: 1fr; gap: 0 } dd { margin-bottom: .5rem } main { padding: .75rem } }
`;
