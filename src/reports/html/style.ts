/**
 * How the page looks: light and dark by what the system prefers or the reader chose, readable at 390 pixels, on paper with all
 * opened. Text has a contrast of 4.5 to 1 or more with what lies behind it in both schemes (WCAG AA); a test counts.
 */

/** Colours by name, of both schemes. */
export const COLOURS = {
  light: {
    page: '#ffffff',
    card: '#f6f7f9',
    text: '#1b1f24',
    muted: '#555d66',
    line: '#d3d8de',
    link: '#0a58ca',
    good: '#12693a',
    'good-back': '#dcf3e5',
    warn: '#7a4b00',
    'warn-back': '#fdf0d2',
    bad: '#a3191f',
    'bad-back': '#fde4e4',
    user: '#0b4f8a',
    'user-back': '#e1effb',
    miner: '#6d3a00',
    'miner-back': '#fbeedd',
    mark: '#ffe08a',
    h1: '#e3f3ea',
    h2: '#bfe5cd',
    h3: '#93d3ac',
    h4: '#62bd87',
  },
  dark: {
    page: '#13161b',
    card: '#1c2128',
    text: '#e4e8ed',
    muted: '#a3adb8',
    line: '#3a424c',
    link: '#7db4ff',
    good: '#7ddca3',
    'good-back': '#143524',
    warn: '#f0c674',
    'warn-back': '#3a2c0c',
    bad: '#ff9d9d',
    'bad-back': '#47191b',
    user: '#9fcdff',
    'user-back': '#132c45',
    miner: '#f3c48a',
    'miner-back': '#3a2610',
    mark: '#6b5600',
    h1: '#173026',
    h2: '#1b4331',
    h3: '#1f5a3e',
    h4: '#22714b',
  },
} as const;

const variables = (colours: Readonly<Record<string, string>>): string =>
  Object.entries(colours)
    .map(([name, value]) => `--${name}:${value}`)
    .join(';');

const SCHEMES = `:root{color-scheme:light;${variables(COLOURS.light)}}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;${variables(COLOURS.dark)}}}
:root[data-theme=dark]{color-scheme:dark;${variables(COLOURS.dark)}}`;

const BASE = `*{box-sizing:border-box}[hidden]{display:none!important}
html{scroll-padding-top:1rem}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
header,main,footer,nav{max-width:1120px;margin:0 auto;padding:0 1rem}
header{padding-top:1.25rem;display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:start}
header>div{flex:1 1 16rem;min-width:0}
h1{font-size:1.5rem;line-height:1.25;margin:0}h2{font-size:1.3rem;line-height:1.3;margin:2.5rem 0 .75rem;padding-top:.75rem;border-top:1px solid var(--line)}
h3{font-size:1.08rem;margin:1.5rem 0 .5rem}h4{font-size:1rem;margin:1.1rem 0 .4rem}h5{font-size:.85rem;margin:1rem 0 .35rem;color:var(--muted)}
p{margin:.5rem 0}small,.note{color:var(--muted);font-size:.85rem}
a{color:var(--link)}code,pre{font:.85em/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.1rem;margin:.9rem 0 0;padding:0}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:3px}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--page);padding:.4rem .8rem;z-index:2}
button,select,input{font:inherit;color:inherit;background:var(--page);border:1px solid var(--muted);border-radius:5px;padding:.25rem .6rem;max-width:100%}
button{cursor:pointer}footer{padding:2rem 1rem 3rem;color:var(--muted);font-size:.85rem}`;

const TABLES = `.wide{overflow-x:auto;margin:.5rem 0}
table{border-collapse:collapse;font-size:.88rem}caption{text-align:left;white-space:nowrap;color:var(--muted);padding-bottom:.25rem}
th,td{padding:.3rem .7rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;overflow-wrap:normal}
#suites td:nth-child(3),#requirements td:nth-child(2),#requirements td:nth-child(3),#fingerprint td:last-child{min-width:14rem}#requirements td:last-child{min-width:8rem}#suites tbody th{min-width:15rem;overflow-wrap:anywhere}#fingerprint th,#requirements th{white-space:nowrap}tbody th small{font-weight:400}
thead th{color:var(--muted);font-weight:600}tbody th{font-weight:600}.figure{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td ul{margin:0;padding-left:1rem}.beside{width:100%;table-layout:fixed}.beside td,.beside tbody th{overflow-wrap:anywhere}mark{background:var(--mark);color:inherit}
.facts{margin:.75rem 0;font-size:.88rem}.facts div{display:grid;grid-template-columns:9rem 1fr;gap:.75rem;padding:.15rem 0}.facts dt{color:var(--muted)}.facts dd{margin:0;min-width:0}`;

/** On a narrow screen each row of such a table is a block, each cell under the head of its column. */
const STACKED = `@media (max-width:40rem){.stack,.stack tbody,.stack tr,.stack th,.stack td{display:block;min-width:0!important}.stack thead{position:absolute;left:-99rem}
.stack tr{padding:.5rem 0;border-bottom:1px solid var(--line)}.stack th,.stack td{border:0;padding:.15rem 0}.stack td::before{content:attr(data-head);display:block;color:var(--muted);font-size:.78rem}
.stack .figure{display:inline-block;text-align:left;margin-right:1.2rem}
#measured tbody th{position:sticky;left:0;background:var(--page);min-width:9rem;max-width:9rem;overflow-wrap:anywhere}}`;

const BADGES = `.badge{display:inline-block;border-radius:4px;padding:.02rem .5rem;font-size:.82rem;font-weight:650;white-space:nowrap;background:var(--warn-back);color:var(--warn)}
.big{font-size:1.15rem}.s-open,.verdict-finding,.verdict-unattributed,.verdict-absent,.verdict-error,.r-neither{background:var(--bad-back);color:var(--bad)}
.verdict-conforms,.s-announced,.s-accepted,.s-harmless,.r-promised{background:var(--good-back);color:var(--good)}
.setting{border-radius:4px;padding:.02rem .45rem;font-size:.82rem}.r-deployed{background:var(--warn-back);color:var(--warn)}.r-other{background:var(--card)}
.flip{background:var(--card)}.yes{color:var(--good)}.no{color:var(--bad)}
.alert{border-left:4px solid var(--warn);background:var(--warn-back);color:var(--warn);padding:.6rem .9rem;border-radius:0 5px 5px 0}`;

const FINDINGS = `.filters{display:flex;flex-wrap:wrap;gap:.5rem .9rem;align-items:center;padding:.7rem;background:var(--card);border-radius:6px;font-size:.9rem}
.group h3{border-left:5px solid var(--line);padding-left:.6rem}.v-critical,.v-high{border-color:var(--bad)!important}.v-medium{border-color:var(--warn)!important}
details>summary{cursor:pointer}details>summary h3{display:inline}
.finding{border:1px solid var(--line);border-radius:6px;margin:.5rem 0;padding:0 .9rem}
.finding>summary{padding:.6rem 0}.finding>summary h4{display:inline;font-size:.97rem;font-weight:600;margin:0}.finding>summary>code{display:block;color:var(--muted);margin-top:.2rem}
.finding[open]{background:var(--card)}.finding:target{outline:3px solid var(--link)}.means{font-weight:500}
.open li{margin:.25rem 0}.copy{display:flex;gap:.5rem;align-items:start}.copy pre{flex:1;min-width:0;margin:0;padding:.5rem .7rem;background:var(--page);border:1px solid var(--line);border-radius:5px;white-space:pre-wrap}`;

const STEPS = `.lanes{display:grid;grid-template-columns:1fr 1fr 1fr;font-size:.78rem;color:var(--muted);max-width:60rem}.lanes :nth-child(2){text-align:center}.lanes :nth-child(3){text-align:right}
.steps{list-style:none;margin:0 0 .8rem;padding:.3rem 0;counter-reset:step;max-width:60rem;background:linear-gradient(var(--muted),var(--muted)) center/2px 100% no-repeat}
.steps li{counter-increment:step;position:relative;margin:.35rem 0;padding:.3rem .55rem;border-radius:5px;font:.8rem/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
.steps li::before{content:counter(step) ". ";color:var(--muted)}.steps i{font-style:normal;font-weight:700}.steps b{font-weight:600}
.steps .u{margin-right:calc(50% + 12px);background:var(--user-back)}.steps .u i{color:var(--user)}
.steps .m{margin-left:calc(50% + 12px);background:var(--miner-back)}.steps .m i{color:var(--miner)}
.steps .c{margin-left:25%;margin-right:25%;text-align:center;background:var(--page);border:1px solid var(--line)}
.steps .u::after,.steps .m::after{content:"";position:absolute;top:calc(50% - 6px);border:6px solid transparent}
.steps .u::after{right:-12px;border-left-color:var(--user)}.steps .m::after{left:-12px;border-right-color:var(--miner)}
.steps li:last-child{box-shadow:0 0 0 2px var(--bad)}
@media (max-width:40rem){.steps{background:none}.steps .u{margin-right:16%}.steps .m{margin-left:16%}.steps .c{margin-left:10%;margin-right:10%}.steps .u::after,.steps .m::after{display:none}
.facts div{grid-template-columns:1fr;gap:0}.finding{padding:0 .6rem}.copy{flex-wrap:wrap}.copy pre{flex-basis:100%}}`;

const MAPS = `.heat{border-collapse:separate;border-spacing:1px;font-size:.74rem}.heat td,.heat th{border:0;padding:.15rem .3rem;white-space:nowrap}.heat tbody td{text-align:right;min-width:1.75rem;border-radius:3px;font-variant-numeric:tabular-nums}
.heat thead th{vertical-align:bottom;font-weight:500}.heat thead th span{writing-mode:vertical-rl;transform:rotate(180deg);max-height:22rem}
.heat tbody th{position:sticky;left:0;background:var(--page);font-weight:500;white-space:nowrap}@media (max-width:40rem){.heat tbody th{white-space:normal;min-width:9rem;max-width:9rem;overflow-wrap:anywhere}}
.h1{background:var(--h1)}.h2{background:var(--h2)}.h3{background:var(--h3)}.h4{background:var(--h4)}.miss{background:var(--bad-back);color:var(--bad);font-weight:700}.out{background:var(--card);color:var(--muted)}
.cells{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem;padding:0;font-size:.82rem}.cells li{border-radius:3px;padding:.1rem .45rem}.plain{padding-left:1.1rem}
.reasons{font-size:.88rem}.reasons div{display:grid;grid-template-columns:2rem 1fr}.reasons dt{font-weight:700}.reasons dd{margin:0}
figure{margin:1.2rem 0}figcaption{font-weight:600}.chart svg{min-width:720px;max-width:100%;height:auto;display:block}
.chart svg>rect:first-of-type{fill:none}.chart text{fill:var(--text)!important}.chart [stroke="#dbdee4"]{stroke:var(--line)}.chart [stroke="#54555a"]{stroke:var(--muted)}.chart [stroke="#000000"]{stroke:var(--text)}.chart [fill="#000000"]{fill:var(--text)}.chart path[fill="#fff"]{fill:var(--page)}`;

const PRINT = `@media print{.js,nav,.skip{display:none!important}body{font-size:11pt}.wide{overflow:visible}.finding{break-inside:auto}.finding>summary{break-after:avoid}
details::details-content{content-visibility:visible!important;block-size:auto!important}h2,h3,h4{break-after:avoid}.steps li,tr{break-inside:avoid}th,td{min-width:0!important;max-width:none!important;white-space:normal!important;overflow-wrap:anywhere;padding:.2rem .3rem}thead th{overflow-wrap:normal}.figure{white-space:nowrap!important}.heat{font-size:5.5pt}.heat td,.heat th{padding:.05rem .1rem}.heat thead th{white-space:nowrap!important}.chart svg{min-width:0}*{print-color-adjust:exact}}`;

/** The whole style sheet. */
export const STYLE = [SCHEMES, BASE, TABLES, STACKED, BADGES, FINDINGS, STEPS, MAPS, PRINT].join('\n');
