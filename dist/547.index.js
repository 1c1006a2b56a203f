const Z=547,J=[547],X={1423:((G,A,E)=>{E.d(A,{a:()=>m,c:()=>l,i:()=>V,l:()=>I,n:()=>z,o:()=>f,r:()=>K,s:()=>S,t:()=>B,u:()=>M});function d(e,t){const o=(t-e)/e;if(o>1||o<-.5)return t-e-e*Math.log(t/e);const a=o/(2+o),r=a*a;let n=r,i=1/3;for(let c=5;n>1e-18;c+=2)i+=n/c,n*=r;return e*a*(o-2*r*i)}const _=[1/12,-1/360,1/1260,-1/1680,1/1188,-691/360360,1/156,-3617/122400];function M(e){let t=e,o=0;for(;t<12;)o+=(t+.5)*Math.log1p(1/t)-1,t++;const a=1/(t*t);let r=0;for(let n=_.length-1;n>=0;n--)r=r*a+_[n];return o+r/t}function I(e){return(e-.5)*Math.log(e)-e+.5*Math.log(2*Math.PI)+M(e)}function F(e,t){if(Number.isNaN(t))return NaN;if(t<=0)return 1;if(t===Number.POSITIVE_INFINITY)return 0;const o=Math.sqrt(e/(2*Math.PI))*Math.exp(-d(e,t)-M(e));if(t>=e+1)return o*C(e,t);let a=1/e,r=a;for(let n=1;a>r*1e-17;n++)a*=t/(e+n),r+=a;return 1-o*r}function C(e,t){return j(t+1-e,o=>-o*(o-e),o=>t+1-e+2*o)}function $(e,t,o,a){return e>0?t>0?e*(o+a+2)>o+1?1-P(t,e,a,o)*L(t,a,o):P(e,t,o,a)*L(e,o,a):Number.isNaN(t)?t:1:Number.isNaN(e)?e:0}function P(e,t,o,a){const r=o+a,n=M(r)-M(o)-M(a)-d(o,r*e)-d(a,r*t);return Math.sqrt(o/r*(a/(2*Math.PI)))*Math.exp(n)}function L(e,t,o){return j(1,r=>{const n=r>>1;return r%2===0?n*(o-n)*e/((t+r-1)*(t+r)):-(t+n)*(t+o+n)*e/((t+r-1)*(t+r))},()=>1)/t}function j(e,t,o){let r=1/(e===0?1e-300:e),n=1/1e-300,i=r;for(let c=1;c<1e7;c++){const b=t(c),g=o(c);r=b*r+g,r=1/(r===0?1e-300:r),n=g+b/n,n===0&&(n=1e-300);const w=n*r;if(i*=w,Math.abs(w-1)<2e-16)break}return i}function S(e,t){return F(t/2,e/2)}function l(e,t){const o=e*e,a=o>1e300?0:$(t/(t+o),o/(t+o),t/2,.5)/2;return e>=0?a:1-a}function s(e,t,o){return e<0?0:e>=t?1:$(1-o,o,t-Math.floor(e),Math.floor(e)+1)}function f(e,t,o,a){if(e<0||e>t)return 0;if(o<=0)return e===0?1:0;if(a<=0)return e===t?1:0;if(e===0)return Math.exp(t*(o<.5?Math.log1p(-o):Math.log(a)));if(e===t)return Math.exp(t*(a<.5?Math.log1p(-a):Math.log(o)));const r=t-e,n=M(t)-M(e)-M(r)-d(e,t*o)-d(r,t*a);return Math.sqrt(t/(2*Math.PI*e*r))*Math.exp(n)}function m(e,t,o){return e>=0&&e<=1?e===0||e===1?e:e<=.5?1/(1+Math.exp(-u(e,t,o))):1/(1+Math.exp(u(1-e,o,t))):NaN}function u(e,t,o){let a=-745,r=745,n=Math.log(t/o);for(let i=0;i<100;i++){const c=1/(1+Math.exp(-n)),b=1/(1+Math.exp(n)),g=$(c,b,t,o);g>e?r=n:a=n;const w=n-Math.log(g/e)*g/P(c,b,t,o);if(Math.abs(w-n)<=1e-9)return w;n=w>a&&w<r?w:(a+r)/2}return n}function h(e,{marked:t,unmarked:o,draws:a}){if(e<Math.max(0,a-o)||e>Math.min(t,a))return 0;const r=t+o;if(a===0||a===r)return 1;const n=a/r,i=(r-a)/r;return f(e,t,n,i)*(f(a-e,o,n,i)/f(a,r,n,i))}function p(e,t){return e<k(t)?x(e,t):Math.max(0,1-y(e+1,t))}function v(e,t){return e+1>k(t)?y(e+1,t):Math.max(0,1-x(e,t))}function k({marked:e,unmarked:t,draws:o}){return Math.floor((o+1)*(e+1)/(e+t+2))}function x(e,t){const{marked:o,unmarked:a,draws:r}=t;let n=h(e,t),i=0;for(let c=e;n>i*1e-17;c--)i+=n,n*=c*(a-r+c)/((o-c+1)*(r-c+1));return i}function y(e,{marked:t,unmarked:o,draws:a}){return x(a-e,{marked:o,unmarked:t,draws:a})}function z(e,{yates:t="auto"}={}){const o=e.map(N=>T(N)),a=O(e),r=T(o),n=o.filter(N=>N>0).length,i=a.filter(N=>N>0).length,c=Math.max(0,n-1)*Math.max(0,i-1),b=t==="auto"&&c===1;let g=0,w=Number.POSITIVE_INFINITY;for(const[N,R]of e.entries())for(let W=0;W<a.length;W++){const U=o[N]*a[W]/r;if(!(U>0))continue;w=Math.min(w,U);const Y=Math.abs((R[W]??0)-U);g+=(Y-(b?Math.min(.5,Y):0))**2/U}return c===0?{statistic:0,p:1,degreesOfFreedom:c,leastExpected:w}:{statistic:g,p:S(g,c),degreesOfFreedom:c,leastExpected:w}}function O(e){const t=[];for(const o of e)for(let a=0;a<o.length;a++)t[a]=(t[a]??0)+o[a];return t}function B(e,t){const[o,a]=[T(e),T(t)];if(e.length!==t.length)throw new RangeError(`${e.length} counts cannot be compared with ${t.length} expected ones.`);if(Math.abs(o-a)>15e-9*Math.min(o,a))throw new RangeError(`The counts sum to ${o}, the expected ones to ${a}.`);let r=0,n=Number.POSITIVE_INFINITY;for(let b=0;b<e.length;b++){const g=t[b];r+=(e[b]-g)**2/g,n=Math.min(n,g)}const i=e.length-1,c=i>0?S(r,i):1;return{statistic:r,p:c,degreesOfFreedom:i,leastExpected:n}}const H=1+1e-10;function K(e,t,o,a,r="two-sided"){if(e+t===0||o+a===0||e+o===0||t+a===0)return{oddsRatio:NaN,p:1};const n={marked:e+t,unmarked:o+a,draws:e+o},i=e*a/(t*o);return r==="less"?{oddsRatio:i,p:p(e,n)}:r==="greater"?{oddsRatio:i,p:v(e-1,n)}:{oddsRatio:i,p:Math.min(1,Q(e,n))}}function Q(e,t){const o=h(e,t)*H,a=k(t);if(h(a,t)<=o)return 1;const r=i=>h(i,t)>o;if(e<a){const i=Math.min(t.marked,t.draws);return p(e,t)+v(D(a,i,r),t)}const n=Math.max(0,t.draws-t.unmarked);return v(e-1,t)+p(D(a,n,r)-1,t)}function D(e,t,o){let[a,r]=[e,t];if(o(r))return r;for(;Math.abs(r-a)>1;){const n=Math.trunc((a+r)/2);o(n)?a=n:r=n}return a}const q=1e4;function V(e,t){if(e+t<=q){const a=Math.min(e,t);return{statistic:a,p:Math.min(1,2*s(a,e+t,.5)),method:"exact"}}const o=(Math.abs(e-t)-1)**2/(e+t);return{statistic:o,p:S(o,1),method:"chi-square"}}function T(e){let t=0;for(let o=0;o<e.length;o++)t+=e[o];return t}}),5333:((G,A,E)=>{E.d(A,{a:()=>$,c:()=>j,i:()=>s,l:()=>l,n:()=>F,o:()=>L,r:()=>S,s:()=>C,t:()=>Q});var d=E(964),_=E(7598);const M={good:"\u2713",warn:"!",bad:"\u2715",unknown:"?"};function I(r){return(0,d.E)`<span class="sign ${r}" aria-hidden="true">${M[r]}</span>`}function F({tone:r,word:n}){return(0,d.E)`<span class="badge ${r}">${I(r)}${n}</span>`}function C(r,n){return(0,d.E)`<p class="note ${r}">${I(r)}<span>${n}</span></p>`}function $(r){if(r.length!==0)return(0,d.E)`<dl class="facts">${r.map(({label:n,value:i})=>{const c=(0,d.E)`<dt>${(0,d.x)(n)}</dt><dd>${typeof i=="string"?(0,d.S)(i,80):i}</dd>`;return P(i)?(0,d.E)`<div class="long">${c}</div>`:(0,d.E)`<div>${c}</div>`})}</dl>`}function P(r){return typeof r=="string"&&(r.length>32||r.split(" ").some(n=>n.length>14))}function L(r){return(0,d.E)`<div class="gallery">${r.map(n=>(0,d.E)`<div>${n}</div>`)}</div>`}function j(r){return(0,d.E)`<p>${r}</p>`}function S(r){return(0,d.E)`<ul>${r.map(n=>(0,d.E)`<li>${n}</li>`)}</ul>`}function l(r,n=2e3){return(0,d.x)(r,n).split(/`([^`\n]+)`/).map((i,c)=>c%2===0?i:s(i))}function s(r){return(0,d.E)`<code>${r}</code>`}const f=`(() => {
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
})();`,m=`
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
`,u={page:"#f6f7f9",surface:"#ffffff",raised:"#eef1f5",ink:"#17202b",muted:"#556170",line:"#d9dfe6",accent:"#1f5fcc","reference-fill":"#cdd4dd",reference:"#667384",current:"#1f5fcc",third:"#8a4bb8",fourth:"#0a7568",good:"#126b3a","good-tint":"#e6f4eb",warn:"#835400","warn-tint":"#fcf1d9",bad:"#b3241a","bad-tint":"#fdeae8",unknown:"#525d6b","unknown-tint":"#e9edf2"},h={page:"#0e1318",surface:"#161c23",raised:"#202933",ink:"#e5eaf0",muted:"#9eabb9",line:"#2d3743",accent:"#7db2ff","reference-fill":"#46525f",reference:"#9aa7b6",current:"#6aa6ff",third:"#cc9cf5",fourth:"#4fcbbb",good:"#63cf92","good-tint":"#12291d",warn:"#eab54f","warn-tint":"#2c2210",bad:"#ff8d84","bad-tint":"#331816",unknown:"#a7b3c0","unknown-tint":"#232c36"};function p(r){return Object.entries(r).map(([n,i])=>`--${n}:${i}`).join(";")}function v(){return`
:root{color-scheme:light;${p(u)}}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;${p(h)}}}
:root[data-theme=dark]{color-scheme:dark;${p(h)}}
@media print{:root,:root:not([data-theme=light]),:root[data-theme=dark]{color-scheme:light;${p(u)};--page:#ffffff}}
${k}${x}${y}${z}${m}${O}${B}`}const k=`
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
ul{padding-left:1.2rem}`,x=`
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
nav ul{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;list-style:none;padding:0;margin-top:1rem;font-size:.92rem}`,y=`
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
.long>bdi,.whole>bdi{display:block;max-height:14rem;overflow:auto;padding:.4rem .6rem;background:var(--raised);border-radius:6px;font-size:.88rem;font-weight:400}`,z=`
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
.plain thead th{border-top:0;color:var(--muted);font-size:.86em}`,O=`
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
}`,B=`
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
}`,H=4,K=600;function Q(r){const n=v(),i=a(r.sections),c=`${V(r.title,n)}${e(r,i)}`,b=(0,d.E)`</main><footer>${r.footer}</footer>${(0,d.T)(`<script>${f}<\/script>`)}</body></html>`.html;let g=q(c)+q(b);return`${c}${i.map(w=>{const N=o(w,w.body),R=g+q(N)<2e6?N:o(w,D);return g+=q(R),R}).join("")}${b}
`}const D="This part would make the page larger than 2 MB. All of its figures are in report.json.";function q(r){return Buffer.byteLength(r)}function V(r,n){const i=`default-src 'none'; style-src ${T(n)}; script-src ${T(f)}; img-src data:; base-uri 'none'; form-action 'none'`;return(0,d.E)`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${(0,d.T)(i)}"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer"><link rel="icon" href="data:,"><title>${(0,d.x)(r,200)}</title><style>${(0,d.T)(n)}</style></head>`.html}function T(r){return`'sha256-${(0,_.createHash)("sha256").update(r).digest("base64")}'`}function e({title:r,wholeTitle:n=r,verdict:i,headline:c,facts:b},g){return(0,d.E)`<body><a class="skip" href="#main">Skip to the report</a><header><h1 title="${(0,d.w)(n,300)}"><bdi>${(0,d.x)(r,200)}</bdi></h1><button type="button" id="theme" hidden aria-label="Change between light and dark" title="Light or dark">◐</button></header><main id="main"><section class="verdict ${i.tone}" aria-label="Verdict"><p class="word">${I(i.tone)}<strong>${i.word}</strong></p><p class="headline">${typeof c=="string"?l(c,K):c}</p></section>${$(b)}${t(g)}`.html}function t(r){if(!(r.length<H))return(0,d.E)`<nav aria-label="Contents"><ul>${r.map(({anchor:n,title:i})=>(0,d.E)`<li><a href="#${n}">${(0,d.x)(i)}</a></li>`)}</ul></nav>`}function o({anchor:r,title:n,lead:i},c){const b=i===void 0?void 0:(0,d.E)`<p class="lead">${i}</p>`;return(0,d.E)`<section aria-labelledby="${r}"><h2 id="${r}"><bdi>${(0,d.x)(n,200)}</bdi></h2>${b}${(0,d.T)((0,d.D)(c))}</section>`.html}function a(r){const n=new Set(["main","theme"]);return r.map(i=>{const c=(i.id??i.title).toLowerCase().replace(/[^a-z0-9]+/g,"-").replace(/^-|-$/g,"").slice(0,60),b=c===""?"section":c;let g=b;for(let w=2;n.has(g);w++)g=`${b}-${w}`;return n.add(g),{...i,anchor:g}})}}),1031:((G,A,E)=>{E.d(A,{a:()=>M,i:()=>C,n:()=>I,o:()=>$,r:()=>L,t:()=>P});var d=E(1423),_=E(1095);function M(l,s,f,m,u="two-sided"){const h=l/s-f/m,p=(l+f)/(s+m);if(p===0||p===1)return{difference:h,statistic:0,p:1};const v=h/Math.sqrt(p*(1-p)*(1/s+1/m));return{difference:h,statistic:v,p:C(v,u)}}function I(l,s,f,m,u){const h=l/s-f/m,[p,v]=F(l/s,f/m,m/s,u),k=(s+m)/(s+m-1),x=(p*(1-p)/s+v*(1-v)/m)*k;if(!(x>0))return{difference:h,statistic:0,p:1};const y=(h-u)/Math.sqrt(x);return{difference:h,statistic:y,p:(0,_.Q)(y)}}function F(l,s,f,m){const u=1+f,h=-(1+f+l+f*s+m*(f+2)),p=m*m+m*(2*l+f+1)+l+f*s,v=-l*m*(1+m),k=h/(3*u),x=k**3-h*p/(6*u*u)+v/(2*u),y=(x<0?-1:1)*Math.sqrt(Math.max(0,k*k-p/(3*u))),z=y===0?0:Math.min(1,Math.max(-1,x/y**3)),O=2*y*Math.cos((Math.PI+Math.acos(z))/3)-k,B=Math.min(1,Math.max(m,O));return[B,B-m]}function C(l,s){return s==="two-sided"?2*(0,_.Q)(Math.abs(l)):(0,_.Q)(s==="greater"?l:-l)}function $(l,s,f=.95){if(s===0)return{estimate:NaN,lo:0,hi:1};const m=l/s,u=S(f),h=1+u*u/s,p=(m+u*u/(2*s))/h,v=u*Math.sqrt(m*(1-m)/s+u*u/(4*s*s))/h;return{estimate:m,lo:l===0?0:Math.max(0,p-v),hi:l===s?1:Math.min(1,p+v)}}function P(l,s,f=.95){const m=(1-f)/2;return{estimate:l/s,lo:l===0?0:(0,d.a)(m,l,s-l+1),hi:l===s?1:1-(0,d.a)(m,s-l,l+1)}}function L(l,s,f,m,u=.95){const h=l+s+f+m;if(h===0)return{estimate:NaN,lo:-1,hi:1};const p=$(l+s,h,u),v=$(l+f,h,u),k=j(l,s,f,m),x=(z,O)=>Math.sqrt(Math.max(0,z*z-2*k*z*O+O*O)),y=(s-f)/h;return{estimate:y,lo:y-x(p.estimate-p.lo,v.hi-v.estimate),hi:y+x(p.hi-p.estimate,v.estimate-v.lo)}}function j(l,s,f,m){const u=(l+s)*(f+m)*(l+f)*(s+m);if(u===0)return 0;const h=l*m-s*f,p=(l+s+f+m)/2;return(h>p?h-p:Math.min(h,0))/Math.sqrt(u)}function S(l){return-(0,_.Z)((1-l)/2)}})};export{Z as id,J as ids,X as modules};
