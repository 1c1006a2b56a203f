/** How the charts look. Every colour is one of the palette's, so that a chart follows the theme; every text is at least 10.5 px. */
export const chartStyle = `
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
`;
