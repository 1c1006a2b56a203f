import { chartStyle } from './chart-style.ts';
import { dark, declarations, light } from './palette.ts';

/** The page's style sheet: both themes, from 360 px wide to print. It names nothing outside the page. */
export function style(): string {
  return `
:root{color-scheme:light;${declarations(light)}}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;${declarations(dark)}}}
:root[data-theme=dark]{color-scheme:dark;${declarations(dark)}}
@media print{:root,:root:not([data-theme=light]),:root[data-theme=dark]{color-scheme:light;${declarations(light)};--page:#ffffff}}
${base}${firstScreen}${parts}${tables}${chartStyle}${phone}${print}`;
}

const base = `
*,*::before,*::after{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0 auto;max-width:72rem;padding:1.25rem 1.5rem 3rem;background:var(--page);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:break-word}
.breakable,code,.headline,dt,dd,li,.lead,.note span,.whole,.long>bdi,.numbers th{overflow-wrap:anywhere}
[hidden]{display:none!important}
a{color:var(--accent)}
h1,h2,p,dl,dd,ul,figure{margin:0}
h2{font-size:1.25rem;line-height:1.3;letter-spacing:-.01em}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:3px}
button,input,select{font:inherit;color:inherit;background:var(--surface);border:1px solid var(--line);border-radius:6px;padding:.25rem .6rem}
button{cursor:pointer}
button:hover{background:var(--raised)}
summary{cursor:pointer}
code{font:.92em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:var(--raised);border-radius:4px;padding:.08em .3em}
.skip{position:absolute;left:-99rem}
.skip:focus{position:static}
footer{margin-top:3rem;padding-top:.9rem;border-top:1px solid var(--line);color:var(--muted);font-size:.86rem}
main>section:not(.verdict){margin-top:2.5rem}
main>section>*+*{margin-top:.8rem}
.lead{color:var(--muted);max-width:62rem;margin-top:.2rem}
ul{padding-left:1.2rem}`;

const firstScreen = `
header{display:flex;justify-content:space-between;align-items:center;gap:1rem;margin-bottom:.8rem}
h1{font-size:1rem;font-weight:600;color:var(--muted)}
#theme{width:2.25rem;height:2.25rem;padding:0;line-height:1;font-size:1.1rem;flex:none}
.verdict{border-left:6px solid var(--tone);background:var(--tint);border-radius:10px;padding:1.2rem 1.4rem 1.3rem}
.verdict .word{display:flex;align-items:center;gap:.6rem;color:var(--tone);font-size:1.05rem;text-transform:uppercase;letter-spacing:.06em}
.verdict .sign{width:1.7rem;height:1.7rem;font-size:1.05rem}
.verdict .headline{margin-top:.45rem;font-size:1.45rem;line-height:1.35;font-weight:600;letter-spacing:-.012em;text-wrap:pretty}
.good{--tone:var(--good);--tint:var(--good-tint)}
.warn{--tone:var(--warn);--tint:var(--warn-tint)}
.bad{--tone:var(--bad);--tint:var(--bad-tint)}
.unknown{--tone:var(--unknown);--tint:var(--unknown-tint)}
.facts{display:flex;flex-wrap:wrap;margin-top:1rem;background:var(--surface);border:1px solid var(--line);border-radius:10px;overflow:hidden}
.facts div{flex:1 1 9.5rem;min-width:0;padding:.6rem .9rem;margin:0 -1px -1px 0;border:solid var(--line);border-width:0 1px 1px 0}
.facts div.long{flex:2 1 19rem}
.facts dt{color:var(--muted);font-size:.8rem}
.facts dd{font-size:1.02rem;font-weight:600}
nav ul{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;list-style:none;padding:0;margin-top:1rem;font-size:.92rem}`;

const parts = `
.sign{display:inline-flex;align-items:center;justify-content:center;flex:none;width:1.15em;height:1.15em;border-radius:50%;background:var(--tone);color:var(--surface);font-weight:700;font-size:.85em;line-height:1;letter-spacing:0}
.badge{display:inline-flex;align-items:center;gap:.35em;color:var(--tone);background:var(--tint);border-radius:99px;padding:.08em .6em .08em .3em;font-size:.88rem;font-weight:600;white-space:nowrap}
.note{display:flex;gap:.55rem;align-items:baseline;background:var(--tint);border-radius:8px;padding:.55rem .8rem}
.note .sign{position:relative;top:.1em}
.none,.empty,.rest{color:var(--muted)}
.rest{font-size:.9rem;margin-top:.5rem}
.long>summary{list-style:none}
.long>summary::-webkit-details-marker{display:none}
.long>summary::after{content:" whole text";color:var(--accent);font-size:.8em;white-space:nowrap}
.long[open]>summary::after{content:" less"}
.long>bdi,.whole>bdi{display:block;max-height:14rem;overflow:auto;padding:.4rem .6rem;background:var(--raised);border-radius:6px;font-size:.88rem;font-weight:400}`;

const tables = `
.tools{display:flex;flex-wrap:wrap;align-items:center;gap:.5rem .9rem;margin-bottom:.5rem;font-size:.9rem;color:var(--muted)}
.tools input,.tools select,.tools button{color:var(--ink)}
.tools button{margin-left:auto}
.tools select{max-width:14rem}
.tools .phone{display:none}
.table>.box{background:var(--surface);border:1px solid var(--line);border-radius:10px}
.box{overflow-x:auto}
.box.tight{max-height:85vh;overflow:auto}
.box.roomy{overflow:visible}
table{border-collapse:collapse;width:100%;font-size:.92rem}
caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.rows>*>tr>*{padding:.5rem .6rem;text-align:left;vertical-align:middle;border-top:1px solid var(--line)}
.rows>thead th{position:sticky;top:0;z-index:2;background:var(--raised);border-top:0;box-shadow:0 1px 0 var(--line);font-size:.82rem;font-weight:600;color:var(--muted);vertical-align:bottom}
.rows>thead th:first-child{border-top-left-radius:9px}
.rows>thead th:last-child{border-top-right-radius:9px}
.rows>thead button{all:unset;cursor:pointer}
.rows>thead button:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.rows>thead th[aria-sort]{color:var(--ink)}
.rows>thead th[aria-sort=ascending]::after{content:" ▲";font-size:.7em}
.rows>thead th[aria-sort=descending]::after{content:" ▼";font-size:.7em}
.rows .number{text-align:right}
.rows td.number{white-space:nowrap}
.rows>tbody>tr>th{font-weight:600;min-width:9rem}
.rows>tbody.bad>tr>th,.rows>tbody.warn>tr>th{box-shadow:inset 3px 0 0 var(--tone)}
.rows>tbody.unknown>tr:first-child>*{color:var(--muted)}
.opener>summary{position:relative;list-style:none;margin:-.5rem -.6rem;padding:.5rem .6rem .5rem 1.6rem}
.opener>summary::-webkit-details-marker{display:none}
.opener>summary::before{content:"▸";position:absolute;left:.65rem;color:var(--muted);transform-origin:40% 55%}
.opener[open]>summary::before{transform:rotate(90deg)}
.opener>summary:hover{color:var(--accent)}
.more{display:none}
.rows>tbody>.more>td{background:var(--page);border-top:0;padding:.9rem 1rem 1.3rem}
.more>td>*+*{margin-top:.9rem}
.tight .more>td>*{position:sticky;left:1rem;max-width:calc(100vw - 6rem)}
tbody:has(>tr>th>.opener[open])>.more{display:table-row}
@supports not selector(:has(*)){.more{display:table-row}}
.plain th,.plain td{padding:.22rem .9rem .22rem 0;text-align:left;vertical-align:top;border-top:1px solid var(--line);font-weight:400}
.plain th:first-child{min-width:7rem}
.numbers .plain :is(th,td):not(:first-child){text-align:right;white-space:nowrap}
.plain thead th{border-top:0;color:var(--muted);font-size:.86em}`;

const phone = `
@media (max-width:40rem){
body{padding:.9rem .9rem 2.5rem}
.verdict{padding:1rem 1rem 1.1rem}
.verdict .headline{font-size:1.2rem}
.facts div{flex-basis:45%;padding:.5rem .7rem}
main>section:not(.verdict){margin-top:2rem}
.tools .phone{display:block}
.tools button{margin-left:0}
.tools input{width:9rem}
.table>.box,.table>.box.tight{max-height:none;overflow:visible;background:none;border:0}
.rows,.rows>tbody{display:block}
.rows>thead{display:none}
.rows>tbody{background:var(--surface);border:1px solid var(--line);border-radius:10px;padding:.6rem .8rem;margin-top:.6rem}
.rows>tbody.bad,.rows>tbody.warn{border-left:4px solid var(--tone)}
.rows>tbody>tr>th{box-shadow:none!important}
.rows>tbody>tr{display:grid;grid-template-columns:1fr 1fr;gap:.35rem .9rem}
.rows>tbody>tr>*{display:block;padding:0;border:0;min-width:0}
.rows>tbody>tr>th,.rows>tbody>tr>.wide,.rows>tbody>.more>td{grid-column:1/-1}
.opener>summary{margin:0;padding:0 0 0 1.1rem}
.opener>summary::before{left:0}
.badge{white-space:normal}
.rows .number{text-align:left}
.rows td[data-label]::before{content:attr(data-label);display:block;color:var(--muted);font-size:.76rem}
.rows>tbody>.more{display:none;padding-top:.7rem}
.rows>tbody>.more>td{background:none;padding:0}
.more .gallery>div{background:none;border:0;padding:0}
.rows>tbody:has(>tr>th>.opener[open])>.more{display:grid}
}`;

const print = `
@media print{
@page{margin:14mm}
body{max-width:none;padding:0;font-size:10pt}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
#theme,.tools,nav,.skip{display:none!important}
.rows>thead th{position:static}
.box,.box.tight{max-height:none;overflow:visible}
table{font-size:8pt}
.rows>*>tr>*{padding:.25rem .35rem}
.rows td.number{white-space:normal}
.rows>tbody>tr>th{min-width:0}
.badge{font-size:1em}
.opener>summary{margin:0;padding:0 0 0 .9rem}
.opener>summary::before{left:0}
figure,tbody,.verdict{break-inside:avoid}
h2{break-after:avoid}
}`;
