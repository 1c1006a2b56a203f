const V=547,Z=[547],G={5333:((I,N,v)=>{v.d(N,{a:()=>x,c:()=>j,i:()=>t,l:()=>r,n:()=>C,o:()=>L,r:()=>P,s:()=>M,t:()=>R});var n=v(964),y=v(7598);const E={good:"\u2713",warn:"!",bad:"\u2715",unknown:"?"};function z(e){return(0,n.T)`<span class="sign ${e}" aria-hidden="true">${E[e]}</span>`}function C({tone:e,word:i}){return(0,n.T)`<span class="badge ${e}">${z(e)}${i}</span>`}function M(e,i){return(0,n.T)`<p class="note ${e}">${z(e)}<span>${i}</span></p>`}function x(e){if(e.length!==0)return(0,n.T)`<dl class="facts">${e.map(({label:i,value:l})=>{const f=(0,n.T)`<dt>${(0,n.b)(i)}</dt><dd>${typeof l=="string"?(0,n.x)(l,80):l}</dd>`;return O(l)?(0,n.T)`<div class="long">${f}</div>`:(0,n.T)`<div>${f}</div>`})}</dl>`}function O(e){return typeof e=="string"&&(e.length>32||e.split(" ").some(i=>i.length>14))}function L(e){return(0,n.T)`<div class="gallery">${e.map(i=>(0,n.T)`<div>${i}</div>`)}</div>`}function j(e){return(0,n.T)`<p>${e}</p>`}function P(e){return(0,n.T)`<ul>${e.map(i=>(0,n.T)`<li>${i}</li>`)}</ul>`}function r(e,i=2e3){return(0,n.b)(e,i).split(/`([^`\n]+)`/).map((l,f)=>f%2===0?l:t(l))}function t(e){return(0,n.T)`<code>${e}</code>`}const a=`(() => {
'use strict';
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const make = (name, properties, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
};
const root = document.documentElement;
const isDark = () => root.dataset.theme
  ? root.dataset.theme === 'dark'
  : matchMedia('(prefers-color-scheme: dark)').matches;
const themeButton = document.getElementById('theme');
themeButton.hidden = false;
themeButton.addEventListener('click', () => { root.dataset.theme = isDark() ? 'light' : 'dark'; });

const headsOf = (table) => [...table.tHead.rows[0].cells];
const keyOf = (body, column) => {
  const cell = body.rows[0].cells[column];
  return cell.dataset.sort ?? cell.textContent.trim();
};
const sortTable = (table, column, order) => {
  const heads = headsOf(table);
  const numeric = heads[column].classList.contains('number');
  const factor = order === 'ascending' ? 1 : -1;
  const compare = (left, right) => {
    if (!numeric) return factor * left.localeCompare(right, 'en', { numeric: true });
    const [a, b] = [left, right].map((text) => text === '' ? NaN : Number(text));
    if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
    return a === b ? 0 : factor * (a < b ? -1 : 1);
  };
  const bodies = [...table.tBodies].map((body) => ({ body, key: keyOf(body, column) }));
  bodies.sort((left, right) => compare(left.key, right.key));
  table.append(...bodies.map(({ body }) => body));
  for (const head of heads) head.removeAttribute('aria-sort');
  heads[column].setAttribute('aria-sort', order);
};
const choose = (table, column) => {
  const head = headsOf(table)[column];
  const first = head.classList.contains('number') ? 'descending' : 'ascending';
  const other = first === 'ascending' ? 'descending' : 'ascending';
  sortTable(table, column, head.getAttribute('aria-sort') === first ? other : first);
};
const filterTable = (table, wanted) => {
  let count = 0;
  for (const body of table.tBodies) {
    body.hidden = !body.rows[0].textContent.toLowerCase().includes(wanted);
    if (!body.hidden) count++;
  }
  return count + ' of ' + table.tBodies.length + ' rows';
};

for (const holder of all('.table')) {
  const table = holder.querySelector('table');
  const caption = table.caption.textContent;
  const tools = make('div', { className: 'tools' });
  if (holder.hasAttribute('data-filter')) {
    const field = make('input', { type: 'search' });
    const count = make('output', {});
    field.addEventListener('input', () => { count.textContent = filterTable(table, field.value.toLowerCase()); });
    tools.append(make('label', {}, 'Filter ', field), count);
  }
  if (table.tBodies.length > 1) {
    const heads = headsOf(table);
    const select = make('select', {}, make('option', { value: '' }, 'as given'));
    heads.forEach((head, column) => {
      select.append(make('option', { value: column }, head.textContent));
      const button = make('button', { type: 'button' }, ...head.childNodes);
      button.addEventListener('click', () => choose(table, column));
      head.append(button);
    });
    select.addEventListener('change', () => { if (select.value) choose(table, Number(select.value)); });
    tools.append(make('label', { className: 'phone' }, 'Sort by ', select));
  }
  const openers = all('.opener', table);
  if (openers.length > 1) {
    const button = make('button', { type: 'button' }, 'Open all');
    button.setAttribute('aria-label', 'Open all rows: ' + caption);
    button.addEventListener('click', () => {
      const open = openers.some((opener) => !opener.open);
      for (const opener of openers) opener.open = open;
      button.textContent = open ? 'Close all' : 'Open all';
    });
    tools.append(button);
  }
  if (tools.childNodes.length > 0) holder.prepend(tools);
}

const watch = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    // What is closed has no width yet, and must not overflow in the moment when it opens.
    const fits = target.clientWidth > 0 && target.firstElementChild.offsetWidth <= target.clientWidth;
    target.classList.toggle('roomy', fits);
    target.classList.toggle('tight', !fits);
    if (fits) target.removeAttribute('tabindex');
    else target.tabIndex = 0;
  }
});
for (const box of all('.box')) watch.observe(box);
})();`,o=`
.gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,20rem),1fr));gap:1rem}
@media (min-width:66rem){.gallery>div:has(>.facts){grid-column:span 2}}
.gallery>div{min-width:0;background:var(--surface);border:1px solid var(--line);border-radius:10px;padding:.8rem .9rem}
.gallery .facts{border:0;margin:0}
.gallery .facts dd{font-size:.95rem}
.chart{display:block;max-width:34rem}
.chart.broad{max-width:none}
section>.chart{background:var(--surface);border:1px solid var(--line);border-radius:10px;padding:.8rem .9rem}
.chart>figcaption{font-weight:600;font-size:.95rem;line-height:1.35}
.chart>p{color:var(--muted);font-size:.85rem;line-height:1.4}
.chart svg{display:block;width:100%;height:auto;margin-top:.4rem;overflow:visible}
svg.inline{display:inline-block;vertical-align:middle}
.narrow{display:none!important}
.narrow{max-width:34rem}
@media (max-width:44rem){.wide-only{display:none!important}.narrow{display:block!important}}
.legend{display:flex;flex-wrap:wrap;gap:.1rem 1rem;list-style:none;padding:0;margin-top:.25rem;font-size:.85rem}
.legend li{display:flex;align-items:center;gap:.4rem;min-width:0}
.legend svg{width:22px;height:12px;margin:0;flex:none}
.events{list-style:none;padding:0;margin-top:.35rem;font-size:.85rem}
.numbers{margin-top:.45rem;font-size:.85rem}
.numbers>summary{color:var(--muted)}
.numbers table{font-size:.95em}
svg text{font-size:11px;fill:var(--muted);unicode-bidi:plaintext}
@media (min-width:60rem){.wide-only text{font-size:9.5px}}
svg text.strong{fill:var(--ink)}
svg text.heavy{fill:var(--ink);font-weight:600}
svg text.good{fill:var(--good)}svg text.bad{fill:var(--bad)}svg text.warn{fill:var(--warn)}
svg .start{text-anchor:start}svg .middle{text-anchor:middle}svg .end{text-anchor:end}
svg .grid{stroke:var(--line);stroke-width:1;fill:none}
svg .axis{stroke:var(--muted);stroke-width:1;fill:none}
svg .reference-area{fill:var(--reference-fill);stroke:var(--reference);stroke-width:1}
svg .reference-line{fill:none;stroke:var(--reference);stroke-width:2;stroke-dasharray:6 3;stroke-linejoin:round}
svg .current-area{fill:var(--current);fill-opacity:.14;stroke:none}
svg .current-line{fill:none;stroke:var(--current);stroke-width:2;stroke-linejoin:round}
svg .third-line{fill:none;stroke:var(--third);stroke-width:2;stroke-dasharray:2 3;stroke-linejoin:round}
svg .fourth-line{fill:none;stroke:var(--fourth);stroke-width:2;stroke-dasharray:9 3 2 3;stroke-linejoin:round}
svg .reference-bar{fill:var(--reference-fill);stroke:var(--reference);stroke-width:1}
svg .current-bar{fill:var(--current)}
svg .current-dot{fill:var(--current)}svg .reference-dot{fill:var(--reference)}svg .third-dot{fill:var(--third)}svg .fourth-dot{fill:var(--fourth)}
svg .faint{fill:var(--surface);stroke-width:1.25}svg .current-dot.faint{stroke:var(--current)}svg .reference-dot.faint{stroke:var(--reference)}
svg .limit{stroke:var(--bad);stroke-width:1.5;stroke-dasharray:5 3;fill:none}
svg .zero{stroke:var(--muted);stroke-width:1.25;fill:none}
svg .band{fill:var(--reference-fill);fill-opacity:.55}
svg .event{stroke:var(--muted);stroke-width:1;stroke-dasharray:2 3}
svg .event-sign{fill:var(--surface);stroke:var(--muted)}
svg .guide{stroke:var(--muted);stroke-width:1;stroke-dasharray:2 3;fill:none}
svg .good-mark{fill:var(--good);stroke:var(--good)}svg .bad-mark{fill:var(--bad);stroke:var(--bad)}
svg .warn-mark{fill:var(--surface);stroke:var(--warn)}svg .unknown-mark{fill:var(--surface);stroke:var(--unknown)}
svg .good-line{stroke:var(--good)}svg .bad-line{stroke:var(--bad)}svg .warn-line{stroke:var(--warn)}svg .unknown-line{stroke:var(--unknown)}
svg .good-line,svg .bad-line,svg .warn-line,svg .unknown-line{stroke-width:2;fill:none}
svg .forbidden{fill:var(--bad-tint)}
svg .right-cell{fill:var(--current)}svg .wrong-cell{fill:var(--bad)}svg .cell{fill:var(--raised)}
svg .cell-border{fill:none;stroke:var(--surface);stroke-width:2}
svg .track{fill:var(--raised)}svg .possible{fill-opacity:.4}
svg .good-bar{fill:var(--good)}svg .bad-bar{fill:var(--bad)}svg .warn-bar{fill:var(--warn)}svg .unknown-bar{fill:var(--reference)}
svg .marker{stroke:var(--ink);stroke-width:2}
svg .hover{fill:transparent}
svg .hover:hover{fill:var(--ink);fill-opacity:.08}
`,s={page:"#f6f7f9",surface:"#ffffff",raised:"#eef1f5",ink:"#17202b",muted:"#556170",line:"#d9dfe6",accent:"#1f5fcc","reference-fill":"#cdd4dd",reference:"#667384",current:"#1f5fcc",third:"#8a4bb8",fourth:"#0a7568",good:"#126b3a","good-tint":"#e6f4eb",warn:"#835400","warn-tint":"#fcf1d9",bad:"#b3241a","bad-tint":"#fdeae8",unknown:"#525d6b","unknown-tint":"#e9edf2"},c={page:"#0e1318",surface:"#161c23",raised:"#202933",ink:"#e5eaf0",muted:"#9eabb9",line:"#2d3743",accent:"#7db2ff","reference-fill":"#46525f",reference:"#9aa7b6",current:"#6aa6ff",third:"#cc9cf5",fourth:"#4fcbbb",good:"#63cf92","good-tint":"#12291d",warn:"#eab54f","warn-tint":"#2c2210",bad:"#ff8d84","bad-tint":"#331816",unknown:"#a7b3c0","unknown-tint":"#232c36"};function d(e){return Object.entries(e).map(([i,l])=>`--${i}:${l}`).join(";")}function m(){return`
:root{color-scheme:light;${d(s)}}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;${d(c)}}}
:root[data-theme=dark]{color-scheme:dark;${d(c)}}
@media print{:root,:root:not([data-theme=light]),:root[data-theme=dark]{color-scheme:light;${d(s)};--page:#ffffff}}
${h}${u}${p}${w}${o}${k}${_}`}const h=`
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
ul{padding-left:1.2rem}`,u=`
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
nav ul{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;list-style:none;padding:0;margin-top:1rem;font-size:.92rem}`,p=`
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
.long>bdi,.whole>bdi{display:block;max-height:14rem;overflow:auto;padding:.4rem .6rem;background:var(--raised);border-radius:6px;font-size:.88rem;font-weight:400}`,w=`
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
.rows>thead th[aria-sort=ascending]::after{content:" \u25B2";font-size:.7em}
.rows>thead th[aria-sort=descending]::after{content:" \u25BC";font-size:.7em}
.rows .number{text-align:right}
.rows td.number{white-space:nowrap}
.rows>tbody>tr>th{font-weight:600;min-width:9rem}
.rows>tbody.bad>tr>th,.rows>tbody.warn>tr>th{box-shadow:inset 3px 0 0 var(--tone)}
.rows>tbody.unknown>tr:first-child>*{color:var(--muted)}
.opener>summary{position:relative;list-style:none;margin:-.5rem -.6rem;padding:.5rem .6rem .5rem 1.6rem}
.opener>summary::-webkit-details-marker{display:none}
.opener>summary::before{content:"\u25B8";position:absolute;left:.65rem;color:var(--muted);transform-origin:40% 55%}
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
.plain thead th{border-top:0;color:var(--muted);font-size:.86em}`,k=`
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
}`,_=`
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
}`,W=4,q=600;function R(e){const i=m(),l=Q(e.sections),f=`${H(e.title,i)}${K(e,l)}`,g=(0,n.T)`</main><footer>${e.footer}</footer>${(0,n.w)(`<script>${a}<\/script>`)}</body></html>`.html;let b=T(f)+T(g);return`${f}${l.map($=>{const S=A($,$.body),D=b+T(S)<2e6?S:A($,U);return b+=T(D),D}).join("")}${g}
`}const U="This part would make the page larger than 2 MB. All of its figures are in report.json.";function T(e){return Buffer.byteLength(e)}function H(e,i){const l=`default-src 'none'; style-src ${B(i)}; script-src ${B(a)}; img-src data:; base-uri 'none'; form-action 'none'`;return(0,n.T)`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${(0,n.w)(l)}"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer"><link rel="icon" href="data:,"><title>${(0,n.b)(e,200)}</title><style>${(0,n.w)(i)}</style></head>`.html}function B(e){return`'sha256-${(0,y.createHash)("sha256").update(e).digest("base64")}'`}function K({title:e,wholeTitle:i=e,verdict:l,headline:f,facts:g},b){return(0,n.T)`<body><a class="skip" href="#main">Skip to the report</a><header><h1 title="${(0,n.C)(i,300)}"><bdi>${(0,n.b)(e,200)}</bdi></h1><button type="button" id="theme" hidden aria-label="Change between light and dark" title="Light or dark">◐</button></header><main id="main"><section class="verdict ${l.tone}" aria-label="Verdict"><p class="word">${z(l.tone)}<strong>${l.word}</strong></p><p class="headline">${typeof f=="string"?r(f,q):f}</p></section>${x(g)}${F(b)}`.html}function F(e){if(!(e.length<W))return(0,n.T)`<nav aria-label="Contents"><ul>${e.map(({anchor:i,title:l})=>(0,n.T)`<li><a href="#${i}">${(0,n.b)(l)}</a></li>`)}</ul></nav>`}function A({anchor:e,title:i,lead:l},f){const g=l===void 0?void 0:(0,n.T)`<p class="lead">${l}</p>`;return(0,n.T)`<section aria-labelledby="${e}"><h2 id="${e}"><bdi>${(0,n.b)(i,200)}</bdi></h2>${g}${(0,n.w)((0,n.E)(f))}</section>`.html}function Q(e){const i=new Set(["main","theme"]);return e.map(l=>{const f=(l.id??l.title).toLowerCase().replace(/[^a-z0-9]+/g,"-").replace(/^-|-$/g,"").slice(0,60),g=f===""?"section":f;let b=g;for(let $=2;i.has(b);$++)b=`${g}-${$}`;return i.add(b),{...l,anchor:b}})}}),1031:((I,N,v)=>{v.d(N,{a:()=>E,i:()=>M,n:()=>z,o:()=>x,r:()=>L,t:()=>O});var n=v(1423),y=v(1095);function E(r,t,a,o,s="two-sided"){const c=r/t-a/o,d=(r+a)/(t+o);if(d===0||d===1)return{difference:c,statistic:0,p:1};const m=c/Math.sqrt(d*(1-d)*(1/t+1/o));return{difference:c,statistic:m,p:M(m,s)}}function z(r,t,a,o,s){const c=r/t-a/o,[d,m]=C(r/t,a/o,o/t,s),h=(t+o)/(t+o-1),u=(d*(1-d)/t+m*(1-m)/o)*h;if(!(u>0))return{difference:c,statistic:0,p:1};const p=(c-s)/Math.sqrt(u);return{difference:c,statistic:p,p:(0,y.Q)(p)}}function C(r,t,a,o){const s=1+a,c=-(1+a+r+a*t+o*(a+2)),d=o*o+o*(2*r+a+1)+r+a*t,m=-r*o*(1+o),h=c/(3*s),u=h**3-c*d/(6*s*s)+m/(2*s),p=(u<0?-1:1)*Math.sqrt(Math.max(0,h*h-d/(3*s))),w=p===0?0:Math.min(1,Math.max(-1,u/p**3)),k=2*p*Math.cos((Math.PI+Math.acos(w))/3)-h,_=Math.min(1,Math.max(o,k));return[_,_-o]}function M(r,t){return t==="two-sided"?2*(0,y.Q)(Math.abs(r)):(0,y.Q)(t==="greater"?r:-r)}function x(r,t,a=.95){if(t===0)return{estimate:NaN,lo:0,hi:1};const o=r/t,s=P(a),c=1+s*s/t,d=(o+s*s/(2*t))/c,m=s*Math.sqrt(o*(1-o)/t+s*s/(4*t*t))/c;return{estimate:o,lo:r===0?0:Math.max(0,d-m),hi:r===t?1:Math.min(1,d+m)}}function O(r,t,a=.95){const o=(1-a)/2;return{estimate:r/t,lo:r===0?0:(0,n.a)(o,r,t-r+1),hi:r===t?1:1-(0,n.a)(o,t-r,r+1)}}function L(r,t,a,o,s=.95){const c=r+t+a+o;if(c===0)return{estimate:NaN,lo:-1,hi:1};const d=x(r+t,c,s),m=x(r+a,c,s),h=j(r,t,a,o),u=(w,k)=>Math.sqrt(Math.max(0,w*w-2*h*w*k+k*k)),p=(t-a)/c;return{estimate:p,lo:p-u(d.estimate-d.lo,m.hi-m.estimate),hi:p+u(d.hi-d.estimate,m.estimate-m.lo)}}function j(r,t,a,o){const s=(r+t)*(a+o)*(r+a)*(t+o);if(s===0)return 0;const c=r*o-t*a,d=(r+t+a+o)/2;return(c>d?c-d:Math.min(c,0))/Math.sqrt(s)}function P(r){return-(0,y.Z)((1-r)/2)}})};export{V as id,Z as ids,G as modules};
