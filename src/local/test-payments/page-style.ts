/** Style of the pages of the stand-in for Stripe. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --page:#f4efe8; --card:#fffdf9; --ink:#2b2623; --soft:#6b6057; --rule:#ddd2c4; --accent:#8a3b12; --on-accent:#fffdf9; --bad:#a3161b; --bad-page:#fbe9e6; --good:#1f6b3a; --notice:#f7ead9 }
@media (prefers-color-scheme: dark) {
  :root { --page:#1c1816; --card:#27221f; --ink:#f0e9e1; --soft:#b9aca0; --rule:#4a413a; --accent:#e0976a; --on-accent:#1c1816; --bad:#ff9a8f; --bad-page:#3d2420; --good:#8fd0a3; --notice:#3a2f27 } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
.notice { margin: 0; padding: .5rem 1.25rem; background: var(--notice); border-bottom: 1px solid var(--rule); color: var(--soft); font-size: .85rem; text-align: center }
.checkout { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 27rem); gap: 4rem; max-width: 64rem; margin: 0 auto; padding: 4rem 2rem }
.narrow { max-width: 30rem; margin: 0 auto; padding: 4rem 1.25rem }
.wide { max-width: 64rem; margin: 0 auto; padding: 2rem 1.25rem 4rem }
h1, h2 { margin: 0; font-family: Georgia, serif; font-weight: 500; line-height: 1.25; overflow-wrap: anywhere }
h1 { font-size: 1.5rem }
h2 { font-size: 1.15rem }
p { margin: 0 }
.total { margin: .35rem 0 1.25rem; font-size: 2.4rem; font-weight: 600; line-height: 1.15; overflow-wrap: anywhere }
caption { padding-bottom: .35rem; text-align: left }
.soft { color: var(--soft) }
.small { font-size: .875rem }
.back { display: inline-block; margin-bottom: 1.75rem; color: var(--soft) }
a { color: var(--accent) }
.card { padding: 1.5rem; border: 1px solid var(--rule); border-radius: .75rem; background: var(--card) }
.stack { display: grid; gap: 1rem }
label, legend { font-size: .9rem; font-weight: 600 }
input[type=text] { display: block; width: 100%; min-height: 2.9rem; margin-top: .3rem; padding: .5rem .75rem; border: 1px solid var(--soft); border-radius: .45rem; background: var(--card); color: inherit; font: inherit; font-weight: 400 }
input[aria-invalid] { border-color: var(--bad) }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem }
.error { display: block; margin-top: .3rem; color: var(--bad); font-size: .85rem; font-weight: 400 }
.alert { padding: .75rem 1rem; border-radius: .45rem; background: var(--bad-page); color: var(--bad) }
button { min-height: 2.9rem; padding: .5rem 1.1rem; border: 1px solid var(--accent); border-radius: .45rem; background: var(--card); color: var(--accent); font: inherit; font-weight: 600; cursor: pointer }
button.primary { width: 100%; background: var(--accent); color: var(--on-accent) }
.compact { justify-self: start }
.compact button { min-height: 2.75rem; padding: .25rem .8rem; font-size: .875rem }
:is(a, button, input, summary):focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
details { border-top: 1px solid var(--rule) }
.card > h1 + p { margin-bottom: 1rem }
.card > .alert { margin-bottom: 1rem }
summary { padding: .9rem 0; font-weight: 600; cursor: pointer }
details[open] { padding-bottom: 1.25rem }
table { width: 100%; border-collapse: collapse; font-size: .875rem }
th, td { padding: .35rem .5rem .35rem 0; text-align: left; vertical-align: top }
td.number { white-space: nowrap; font-family: ui-monospace, monospace }
.list { display: grid; gap: 1rem; margin: 1.5rem 0 0; padding: 0; list-style: none }
.row { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; justify-content: space-between }
.state { padding: .1rem .6rem; border: 1px solid var(--rule); border-radius: 1rem; font-size: .85rem; white-space: nowrap }
.state.paid { color: var(--good) }
.refund { display: flex; flex-wrap: wrap; gap: .5rem; align-items: end; margin-top: .9rem }
.wide h1 { margin-bottom: 1rem }
.wide .card .list { gap: .75rem; margin-top: 1rem; padding-top: 1rem; border-top: 1px solid var(--rule) }
.actions { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: .75rem }
fieldset { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 0; padding: 0; border: 0 }
fieldset label { display: flex; gap: .4rem; align-items: center; min-height: 2.75rem; font-weight: 400 }
legend { margin-bottom: .1rem; padding: 0 }
@media (max-width: 48rem) { .checkout { grid-template-columns: minmax(0, 1fr); gap: 1.75rem; padding: 1.75rem 1.25rem 3rem } .back { margin-bottom: 1rem } .narrow { padding-top: 2rem } }`
