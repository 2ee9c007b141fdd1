// How the approval page looks: on a phone and on a desk, by day and by night.

export const STYLE = `
:root { color-scheme: light dark; --ground: light-dark(#f4f5f7, #14161a); --sheet: light-dark(#fff, #1e2127); --text: light-dark(#16181d, #e8eaee);
  --quiet: light-dark(#565c68, #a5adba); --line: light-dark(#d8dbe1, #363b45); --yes: light-dark(#116a3c, #4cc38a); --on-yes: light-dark(#fff, #06140c);
  --no: light-dark(#b3261e, #ff8a80); --warn: light-dark(#fff1d6, #3b2f14); --warn-text: light-dark(#6b4500, #ffd58a); --mark: light-dark(#ffe08a, #6a5200);
  --link: light-dark(#0b57d0, #8ab4f8); --alarm: light-dark(#b3261e, #ff8a80); --on-alarm: light-dark(#fff, #2b0906) }
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--text); font: 1rem/1.5 system-ui, sans-serif }
header, main { max-width: 46rem; margin: 0 auto; padding: 1rem }
header { display: flex; justify-content: space-between; align-items: center; gap: 1rem; padding-bottom: 0; color: var(--quiet); font-size: .9rem; overflow-wrap: anywhere }
main { padding-top: .25rem }
.enter { max-width: 30rem; margin-left: auto; margin-right: auto }
h1 { font-size: 1.5rem; line-height: 1.25; margin: .5rem 0 .75rem; overflow-wrap: anywhere }
h2 { font-size: 1rem; margin: 1.5rem 0 .5rem }
.top { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: .25rem .75rem }
.top h2 { margin: 0 }
p { margin: .5rem 0; overflow-wrap: anywhere }
section, form.sheet, .notice { background: var(--sheet); border: 1px solid var(--line); border-radius: .75rem; padding: 1rem; margin: 0 0 1rem }
section > :first-child, .sheet > :first-child, .standing > :first-child { margin-top: 0 }
section > :last-child, .standing > :last-child { margin-bottom: 0 }
.standing { margin: 0 0 1rem; color: var(--quiet) }
.standing:not(.pending) { color: inherit; background: var(--sheet); border: 1px solid var(--line); border-left: .4rem solid var(--quiet); border-radius: .75rem; padding: 1rem }
.standing.approved, .standing.used { border-left-color: var(--yes) }
.standing.denied { border-left-color: var(--no) }
.call { border-color: var(--quiet) }
.name { font-size: 1.1rem; font-weight: 700 }
.long { background: var(--warn); color: var(--warn-text); border-radius: .5rem; padding: .5rem .75rem }
.badge { font-size: .8rem; font-weight: 700; border-radius: 1rem; padding: .1rem .7rem; border: 1px solid; color: var(--quiet); white-space: nowrap }
.badge.medium { color: var(--warn-text); background: var(--warn) }
.badge.high, .badge.critical { background: var(--alarm); color: var(--on-alarm); border-color: transparent }
.risk { border-left: .4rem solid var(--line) }
.risk.medium { border-left-color: var(--warn-text) }
.risk.high, .risk.critical { border-left-color: var(--alarm) }
dl { display: grid; grid-template-columns: fit-content(40%) 1fr; gap: .35rem 1rem; margin: 0 }
dt { color: var(--quiet) }
dd { margin: 0; overflow-wrap: anywhere; min-width: 0 }
pre { margin: 0; padding: .75rem; background: var(--ground); border: 1px solid var(--line); border-radius: .5rem; overflow: clip;
  font: .875rem/1.6 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere }
pre, .name code { direction: ltr; unicode-bidi: bidi-override }
.name bdi { unicode-bidi: bidi-override }
bdi { white-space: pre-wrap }
pre b { font-weight: 700 }
code { font-family: ui-monospace, monospace; overflow-wrap: anywhere }
mark { background: var(--mark); color: inherit; border-radius: .2rem; padding: 0 .1em }
blockquote { margin: .5rem 0; padding-left: .75rem; border-left: 3px solid var(--line); overflow-wrap: anywhere }
.notice { background: var(--warn); color: var(--warn-text); border-color: transparent }
.by { color: var(--quiet); font-size: .9rem }
label { display: block; font-weight: 600; margin: 0 0 .35rem }
input, textarea { width: 100%; font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--quiet); border-radius: .5rem; padding: .6rem .75rem }
textarea { min-height: 4.5rem; resize: vertical }
.answers { display: flex; flex-wrap: wrap; gap: 1rem; margin-top: 1rem }
button { font: inherit; font-weight: 600; min-height: 3rem; padding: .5rem .75rem; border-radius: .5rem; border: 2px solid transparent; cursor: pointer; color: inherit }
.answers button { flex: 1 1 8.5rem; padding: .5rem .25rem }
.answers .no::before { content: "✕ " / "" }
.answers .yes[value]::before { content: "✓ " / "" }
.yes { background: var(--yes); color: var(--on-yes) }
.no { background: transparent; color: var(--no); border-color: currentcolor }
.plain { background: none; border: 0; min-height: 1.75rem; padding: .25rem; font-weight: 400; color: var(--link); text-decoration: underline }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px }
ul { margin: 0; padding-left: 1.25rem; overflow-wrap: anywhere }
a { color: var(--link) }
@media (max-width: 30rem) { dl { grid-template-columns: 1fr; gap: 0 } dd { margin-bottom: .5rem } header, main { padding-left: .75rem; padding-right: .75rem } }
`;
