// The style sheet and the script of the HTML report. The page reads completely without the script, which adds buttons that
// copy commands, tables that sort, and opens what a link or the printer leads to.
#pragma once

#include <string_view>

namespace softmax_audit::markup {

// Colours meet a contrast of 4.5 with what they stand on, in both themes; the line colours follow Okabe and Ito and are never
// the only mark. Paper is always light.
inline constexpr std::string_view style = R"css(
:root{color-scheme:light;--bg:#fbfbf9;--card:#fff;--fg:#1c2126;--mute:#586270;--line:#dde1e5;--strong:#b9c0c8;--link:#1a5a9e;--head:#f2f4f5;
--ok:#17644a;--warn:#6f4600;--warn-bg:#fcefd3;--bad:#fff;--bad-bg:#a3220f;--bad-fg:#a3220f;--odd:#4d2788;--odd-bg:#ece5f7;--open:#574900;--open-bg:#fbf3b4;--grey-bg:#edf0f2;--dead:#fff;--dead-bg:#23282e;
--h0:#fff;--h1:#eaf2f9;--h2:#d3e4f2;--h3:#b2d0e8;--h4:#8ab8da;--h5:#4a86b8;--h6:#235f95;--h7:#123a63;--hd:#101519;--hl:#fff;
--bar:#86b4d8;--bi:#4a86b8;--bo:#c9722b;
--s0:#0067a3;--s1:#c24e00;--s2:#00795a;--s3:#a8467f;--s4:#8a6200;--s5:#4b4f56;--s6:#6a3fa0;--s7:#2479a3;--s8:#8c2f2f;--s9:#4f6f12}
@media screen and (prefers-color-scheme:dark){:root{color-scheme:dark;--bg:#13171b;--card:#191e23;--fg:#e3e7eb;--mute:#9ba6b2;--line:#2b323a;--strong:#48525d;--link:#85b9f2;--head:#1f252b;
--ok:#6fcfaa;--warn:#f3c777;--warn-bg:#3a2c10;--bad:#fff;--bad-bg:#b3321c;--bad-fg:#ff9a85;--odd:#cdb6f3;--odd-bg:#30244a;--open:#eadf7d;--open-bg:#37330f;--grey-bg:#262c33;--dead:#13171b;--dead-bg:#dfe4e9;
--h0:#191e23;--h1:#1b2a38;--h2:#1c374f;--h3:#1d466a;--h4:#215887;--h5:#6aa3d3;--h6:#93c2e8;--h7:#cfe6f8;--hd:#e3e7eb;--hl:#0d1115;
--bar:#34618a;--bi:#5b9ad0;--bo:#f0914a;
--s0:#62aee6;--s1:#f08a4b;--s2:#3fc49d;--s3:#e191c0;--s4:#dfb24d;--s5:#b9c0c8;--s6:#b698ec;--s7:#7fd0e8;--s8:#f08f8f;--s9:#a9c95f}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;-webkit-text-size-adjust:100%}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0 auto;max-width:82rem;padding:2rem clamp(1rem,2.2vw,2rem) 5rem;background:var(--bg);color:var(--fg);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
h1{font-size:clamp(1.6rem,1.2rem + 1.8vw,2.4rem);line-height:1.2;letter-spacing:-.015em;margin:.2rem 0 .8rem;max-width:34ch;text-wrap:balance}
h2{font-size:1.4rem;letter-spacing:-.01em;margin:3rem 0 .6rem;padding-top:1rem;border-top:1px solid var(--strong)}
h3{font-size:1.1rem;margin:2.2rem 0 .3rem}h4{font-size:1rem;margin:1.6rem 0 .5rem}
p{max-width:72ch;margin:.4rem 0 .8rem}.mute,.eyebrow,figcaption,nav{color:var(--mute)}.eyebrow{margin:0;font-size:.9rem}.lead{font-size:1.1rem}
a{color:var(--link)}:focus-visible{outline:2px solid var(--link);outline-offset:2px}
nav{font-size:.9rem;display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;margin:1.2rem 0}
code,.x dd{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.86em}
code{overflow-wrap:anywhere}
.chips{display:flex;flex-wrap:wrap;gap:.45rem;list-style:none;padding:0;margin:1rem 0}.chips li{padding:.15rem .7rem;border:1px solid var(--line);border-radius:1rem;font-size:.9rem}
.box{border:1px solid var(--line);border-left:.35rem solid var(--bad-bg);background:var(--card);border-radius:.3rem;padding:.7rem 1.1rem;margin:1.2rem 0;max-width:60rem}.box h2{all:unset;display:block;font-weight:650;color:var(--bad-fg)}
.box ul{margin:.4rem 0;padding-left:0;list-style:none}.box li{margin:.45rem 0}.box a{white-space:nowrap}.tag{display:inline-block;padding:0 .45rem;border-radius:.2rem;font-size:.8rem;font-weight:600;white-space:nowrap}
details{margin:.5rem 0}summary{cursor:pointer;padding:.2rem 0}summary.mute{font-size:.9rem}summary:hover{color:var(--link)}
.subject{border:1px solid var(--line);border-radius:.35rem;background:var(--card);padding:.25rem 1rem;margin:.6rem 0}.subject>summary{font-weight:600;padding:.35rem 0}.subject>summary span{font-weight:400;color:var(--mute)}
.scroll{overflow-x:auto;margin:.6rem 0;max-width:100%}
table{border-collapse:collapse;font-size:.85rem;line-height:1.35;font-variant-numeric:tabular-nums}
caption{text-align:left;padding:.2rem 0 .4rem;color:var(--mute)}
th,td{padding:.28rem .6rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}th{font-weight:500}thead th{background:var(--head);vertical-align:bottom;color:var(--mute);border-bottom-color:var(--strong)}
.num td,.num thead th:not(:first-child){text-align:right}.num td.w,.num thead th.w,.num .name{text-align:left}.num td{white-space:nowrap}.num tbody th{white-space:nowrap}.num td.r{text-align:left;white-space:normal;min-width:15rem;color:var(--mute)}
th button{font:inherit;color:inherit;background:none;border:0;padding:0;cursor:pointer;text-align:inherit}th button::after{content:" ↕";opacity:.55}th[aria-sort=ascending] button::after{content:" ↑";opacity:1}th[aria-sort=descending] button::after{content:" ↓";opacity:1}
.matrix{border-collapse:separate;border-spacing:0}.matrix{font-size:.8rem}.matrix thead th{font-size:.75rem;min-width:4.5rem;padding:.28rem .4rem}.matrix thead a{color:inherit;text-decoration:none}.matrix thead a:hover{text-decoration:underline}
.matrix th:first-child{position:sticky;left:0;background:var(--bg);z-index:1;border-right:1px solid var(--line);white-space:nowrap}.matrix thead th:first-child{background:var(--head);min-width:0}
.matrix .group th{background:var(--bg);padding-top:1rem;border-right:0;border-bottom-color:var(--strong)}.matrix .group div{position:sticky;left:.6rem;display:inline-block;white-space:normal;max-width:min(60rem,calc(100vw - 3.5rem))}.matrix .group b{margin-right:.5rem}
.tall{max-height:88vh;overflow:auto}.up{border-collapse:separate;border-spacing:0}.up thead th{position:sticky;top:0;z-index:2;min-width:0;padding:.4rem .1rem;text-align:center;vertical-align:bottom;white-space:nowrap}.up thead th:first-child{z-index:3;text-align:left;padding-left:.6rem}
.up thead th>a,.up thead th>span{writing-mode:vertical-rl;transform:rotate(180deg);display:inline-block;font-size:.75rem}.up td{text-align:center;line-height:1.2;min-width:2.1rem;color:var(--ok);font-size:.72rem;height:1px}.matrix.up td,.matrix.up td a{padding:.16rem .12rem}.subject .matrix th:first-child,.subject .matrix .group th{background:var(--card)}.subject .matrix thead th:first-child{background:var(--head)}
.up tbody tr:hover td,.up tbody tr:hover th{border-bottom-color:var(--strong)}.up td.dec{color:var(--warn)}.up td.bad{color:var(--bad)}.up td.odd{color:var(--odd)}.up td.open{color:var(--open)}.up td.vac,.up td.skip{color:var(--mute)}.up td.dead{color:var(--dead)}.up td a{color:inherit}
.kills tbody th{font-size:.75rem}.kills td{min-width:1.35rem;padding:.1rem 0!important;height:auto;color:var(--fg);border-right:1px solid var(--line)!important;vertical-align:middle}.kills th a{color:inherit;text-decoration:none}.kills th a:hover{text-decoration:underline}.kills .K,.key.K{background:var(--h6);color:var(--hl)}.kills .k,.key.k{background:var(--h3);color:var(--hd)}.kills td.bad{background:var(--bad-bg);color:var(--bad)}.kills td.sum,.kills tfoot td,.kills tfoot th{color:var(--mute);font-weight:600}.kills tfoot tr:first-child>*{border-top:2px solid var(--strong)}.kills tfoot tr:first-child .none,.turned .none{color:var(--bad-fg)}.key{display:inline-block;width:1.5rem;text-align:center;border-radius:.2rem}
.above{font-size:.85rem;margin:.8rem 0 0}.above+.scroll{margin-top:.2rem}.turned{font-size:.8rem}.turned td{white-space:nowrap}.turned td,.turned th{padding:.25rem .35rem}.turned td:nth-child(2){white-space:normal;max-width:5rem}.turned td:nth-child(3){font-size:.95em}.turned td:nth-child(3){white-space:normal;min-width:9rem}.turned .group div{white-space:normal}.turned td b{font-weight:650}.laws td small,.found small{display:block;font-size:.9em;color:var(--mute);font-weight:400}.laws td.r{min-width:14rem}.found td{white-space:nowrap}.found .open small{color:inherit}
.matrix td{padding:0;border-bottom:1px solid var(--line);border-right:1px solid var(--bg)}.matrix td a{display:block;padding:.24rem .4rem;text-decoration:none;white-space:nowrap}.matrix td{height:1px}.matrix td a:only-child{height:100%}.matrix td a:hover{text-decoration:underline}.matrix small{display:block;font-size:.92em}
.ok{color:var(--ok)}.dec{color:var(--warn);background:var(--warn-bg)}.bad{color:var(--bad);background:var(--bad-bg);font-weight:650}.odd{color:var(--odd);background:var(--odd-bg);font-weight:650}.open{color:var(--open);background:var(--open-bg);font-weight:650}.vac{color:var(--mute);background:var(--grey-bg);font-style:italic}.skip{color:var(--mute)}.dead{color:var(--dead);background:var(--dead-bg);font-weight:650}
tbody th b{font-weight:650}tr:target,.x:target{outline:2px solid var(--link);outline-offset:-1px}
.x{border-left:.3rem solid var(--strong);margin:.7rem 0;padding:.15rem 0 .15rem .9rem}.x.bad-x{border-color:var(--bad-bg)}.x.dec-x{border-color:var(--warn)}.x p{margin:.2rem 0;font-weight:600}.x>summary{font-weight:500}
.x dl{display:grid;grid-template-columns:6.2rem minmax(0,1fr);gap:.12rem .8rem;margin:.3rem 0}.x dt{color:var(--mute);font-size:.86rem}.x dd{margin:0;overflow-wrap:anywhere;white-space:pre-wrap}.x dd i{font-style:normal;color:var(--mute)}.x dd table{font-size:1em}.x td,.x th{border:0;padding:0 1rem 0 0}
.run{background:var(--head);border:1px solid var(--line);border-radius:.2rem;padding:.08rem .35rem;white-space:pre-wrap;-webkit-box-decoration-break:clone;box-decoration-break:clone}
.one{display:inline-block;max-width:11rem;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;vertical-align:bottom}
.line{white-space:nowrap}.long{font-size:clamp(1.25rem,1rem + .9vw,1.6rem);max-width:58ch}
.copy{font:inherit;font-size:.75rem;margin-left:.5rem;padding:.1rem .55rem;color:var(--link);background:var(--card);border:1px solid var(--strong);border-radius:.2rem;cursor:pointer}
.env{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.1rem 1rem;font-size:.88rem}.env dt{color:var(--mute)}.env dd{margin:0;overflow-wrap:anywhere}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,21rem),1fr));gap:1rem 1.6rem;margin:.6rem 0}figure{margin:0;min-width:0;max-width:32rem}figcaption{font-size:.85rem;min-height:2.6em}
.pair{display:flex;flex-wrap:wrap;gap:.2rem 2.2rem;align-items:flex-start}.pair>.scroll{flex:0 1 auto}.worst{flex:1 1 24rem;min-width:0}h5{font-size:.9rem;font-weight:400;color:var(--mute);margin:.75rem 0 0}.worst .x p{font-size:.92rem;margin:.1rem 0}
svg{display:block;width:100%;height:auto;overflow:visible}svg text{font:11px system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif;fill:var(--mute)}svg .e{text-anchor:end}svg .m{text-anchor:middle}
.g{stroke:var(--line);fill:none}.d{stroke:var(--fg);stroke-dasharray:4 3;fill:none;opacity:.7}.l{fill:none;stroke-width:1.6;stroke-linejoin:round}.k{fill:none;stroke-width:.6;opacity:.6}.bi{fill:var(--bi)}.bo{fill:var(--bo)}
.s0{--c:var(--s0);--m:url(#m0)}.s1{--c:var(--s1);--m:url(#m1)}.s2{--c:var(--s2);--m:url(#m2)}.s3{--c:var(--s3);--m:url(#m3)}.s4{--c:var(--s4);--m:url(#m4)}.s5{--c:var(--s5);--m:url(#m5)}.s6{--c:var(--s6);--m:url(#m6)}.s7{--c:var(--s7);--m:url(#m7)}.s8{--c:var(--s8);--m:url(#m8)}.s9{--c:var(--s9);--m:url(#m9)}
.l,.k{stroke:var(--c)}.l{marker:var(--m)}.t,svg text[class^=s],marker path{fill:var(--c)}
.heat td,.heat thead th{text-align:right;min-width:3.3rem}.heat thead th:first-child{text-align:left}.heat td{color:var(--hd);border:1px solid var(--bg);white-space:nowrap}.heat small{display:block;font-size:.85em}
.h0{background:var(--h0)}.h1{background:var(--h1)}.h2{background:var(--h2)}.h3{background:var(--h3)}.h4{background:var(--h4)}.heat .h6,.heat .h7{color:var(--hl)}.heat .h5{color:#000;background:var(--h5)}.h6{background:var(--h6)}.h7{background:var(--h7)}.heat .hx{background:var(--bad-bg);color:var(--bad);font-weight:650}.heat .hn{color:var(--mute)}
td.b{background:linear-gradient(var(--bar) 0 0) 0 100%/calc(var(--w)*1%) 3px no-repeat}td.b.inf{--w:100;background-image:repeating-linear-gradient(90deg,var(--bad-fg) 0 5px,transparent 5px 8px);color:var(--bad-fg);font-weight:650}
.tr{fill:none;stroke:var(--c);stroke-width:6;opacity:.28;stroke-linejoin:round}.c{fill:none;stroke:var(--c);stroke-width:1.5;stroke-linejoin:round}.band{fill:var(--grey-bg)}
.q0{stroke:var(--h2)}.q1{stroke:var(--h3)}.q2{stroke:var(--h4)}.q3{stroke:var(--h5)}.q4{stroke:var(--h6)}.b1,.b2{fill:none;stroke:var(--bo)}.b1{stroke-width:1}.b2{stroke-width:2}
.rim,.dot{fill:none;stroke-linecap:round}.rim{stroke:var(--fg);stroke-width:7}.dot{stroke-width:5}.p0{stroke:var(--h0)}.p1{stroke:var(--h3)}.p2{stroke:var(--h5)}.p3{stroke:var(--h6)}.p4{stroke:var(--bad-fg)}
.hid,.said{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}.skip{position:absolute;left:-99rem;top:0;background:var(--card);padding:.4rem .8rem;z-index:9}.skip:focus{left:1rem}
.flat{font-size:.74rem;border-collapse:collapse}.flat colgroup+colgroup{border-left:1px solid var(--strong)}.flat thead th{min-width:0!important;font-size:.7rem;padding:.2rem!important}.flat thead tr:first-child th{text-align:left}.matrix.flat tbody th{padding:.08rem .4rem .08rem 0;font-size:.73rem}.matrix.flat td{color:var(--ok);white-space:nowrap;padding:.08rem .2rem;height:auto;border-right:0}.flat td a{padding:0!important}.flat td.dec{color:var(--warn)}.flat td.bad{color:var(--bad)}.flat td.odd{color:var(--odd)}.flat td.open{color:var(--open)}.flat td.vac,.flat td.skip{color:var(--mute)}.flat td.dead{color:var(--dead)}.flat td a{color:inherit}.flat tbody tr:hover>*{background:var(--head)}
.special td{white-space:nowrap}.special td.bad{background:none;color:var(--bad-fg)}.special tr:hover>*{background:var(--head)}
dl.how{max-width:75ch}dl.how dt{font-weight:600;margin-top:.7rem}dl.how dd{margin:.1rem 0 0}
@media (max-width:40rem){body{padding-top:1rem}.x{padding-left:.6rem}.x dl{grid-template-columns:minmax(0,1fr)}.x dt{margin-top:.3rem}.subject{padding:.25rem .6rem}.matrix td a{padding:.24rem .3rem}}
@media print{@page{margin:12mm}body{max-width:none;padding:0;font-size:9.5pt}.copy,nav{display:none}details::details-content{content-visibility:visible;display:block;height:auto}
.scroll{overflow:visible}table{font-size:7.5pt}th,td{padding:.15rem .3rem}.matrix{font-size:6.2pt}.matrix thead th{min-width:0;font-size:6pt}.matrix th:first-child,.matrix .group div{position:static}.matrix td a{padding:.1rem;white-space:normal}.tall{max-height:none}.up thead th{position:static}.up thead th>a,.up thead th>span{font-size:6.5pt}.up td{min-width:0;font-size:6pt}.kills tbody th{font-size:6.5pt}.up td a,.matrix.up td{padding:.05rem!important}.laws{font-size:6.5pt}.laws td.r{min-width:0}.matrix .group{break-after:avoid}
.num td.r{min-width:0}.num tbody th{white-space:normal}h2,h3,h4,summary{break-after:avoid}tr,figure,.x dl,.box,.pair,.heat{break-inside:avoid}thead{display:table-header-group}tfoot{display:table-row-group}a{color:inherit;text-decoration:none}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
.charts{grid-template-columns:1fr 1fr 1fr;gap:.5rem}main>section+section{break-before:page}main>section#how{break-before:auto}#laws{display:none}.one{max-width:none;white-space:normal}
/* Commands of laws that hold and the charts' numbers would be most of the paper. */
.bulk{display:none}:root{--bg:#fff}.worst{flex-basis:15rem}.worst .x dl{grid-template-columns:3.5rem minmax(0,1fr)}h4{margin-top:.8rem}h2{border:0;margin-top:0}}
)css";

inline constexpr std::string_view script = R"js(
"use strict";
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const said = document.createElement("p");
said.className = "said";
said.setAttribute("role", "status");
document.body.append(said);
for (const code of all(".run")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "copy";
  button.setAttribute("aria-label", "copy this command");
  button.onclick = async () => {
    let done = true;
    try { await navigator.clipboard.writeText(code.textContent); }
    catch {
      getSelection().selectAllChildren(code);
      done = document.execCommand("copy");
    }
    said.textContent = button.textContent = done ? "copied" : "selected: press Ctrl+C";
    setTimeout(() => { button.textContent = "copy"; }, 1500);
  };
  code.after(button);
}
const value = (row, column) => {
  const text = row.cells[column].textContent.trim();
  const number = text.startsWith("inf") ? Infinity : parseFloat(text);
  return Number.isNaN(number) ? text : number;
};
for (const table of all("table.sort")) {
  const heads = all("thead th", table);
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    head.setAttribute("aria-sort", "none");
    button.onclick = () => {
      const down = head.getAttribute("aria-sort") === "descending";
      heads.forEach(other => other.setAttribute("aria-sort", "none"));
      head.setAttribute("aria-sort", down ? "ascending" : "descending");
      const body = table.tBodies[0], sign = down ? 1 : -1;
      const rows = [...body.rows].map(row => [value(row, column), row]);
      rows.sort(([a], [b]) => sign * (typeof a === typeof b ? (a < b ? -1 : a > b ? 1 : 0) : typeof a === "number" ? -1 : 1));
      body.append(...rows.map(([, row]) => row));
    };
  });
}
// A cell far below the names of its columns says its own.
for (const table of all("table.up")) {
  const names = all("thead th", table).map(head => head.textContent);
  table.addEventListener("mouseover", event => {
    const cell = event.target.closest("tbody td");
    if (!cell || cell.dataset.named) return;
    cell.dataset.named = "yes";
    const link = cell.querySelector("a[title]") || cell;
    link.title = names[cell.cellIndex] + (link.title ? "\n" + link.title : "");
  });
}
const reveal = () => {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (!target) return;
  for (let part = target; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
  target.scrollIntoView();
};
addEventListener("hashchange", reveal);
reveal();
let opened = [];
addEventListener("beforeprint", () => { opened = all("details:not([open])"); opened.forEach(part => { part.open = true; }); });
addEventListener("afterprint", () => { opened.forEach(part => { part.open = false; }); });
)js";

// One marker a line style, used by url(#mN): a chart then spends no bytes on them.
inline constexpr std::string_view markers = R"svg(<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs>
<marker id="m0" viewBox="-4 -4 8 8" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse"><path class="s0" d="M-2.5 0a2.5 2.5 0 105 0 2.5 2.5 0 10-5 0"/></marker>
<marker id="m1" viewBox="-4 -4 8 8" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse"><path class="s1" d="M-2.3-2.3h4.6v4.6h-4.6z"/></marker>
<marker id="m2" viewBox="-4 -4 8 8" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse"><path class="s2" d="M0-3l3 5h-6z"/></marker>
<marker id="m3" viewBox="-4 -4 8 8" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse"><path class="s3" d="M0-3.2l3.2 3.2-3.2 3.2-3.2-3.2z"/></marker>
<marker id="m4" viewBox="-4 -4 8 8" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse"><path class="s4" d="M0 3l3-5h-6z"/></marker>
<marker id="m5" viewBox="-4 -4 8 8" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse"><path class="s5" d="M-3-1h6v2h-6zM-1-3h2v6h-2z"/></marker>
<marker id="m6" viewBox="-4 -4 8 8" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse"><path class="s6" d="M-3-3l6 6-1 1-6-6zM3-3l-6 6 1 1 6-6z"/></marker>
<marker id="m7" viewBox="-4 -4 8 8" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse"><path class="s7" d="M-3-1h6v2h-6z"/></marker>
<marker id="m8" viewBox="-4 -4 8 8" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse"><path class="s8" d="M-1-3h2v6h-2z"/></marker>
<marker id="m9" viewBox="-4 -4 8 8" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse"><path class="s9" d="M-1.5-3h3l1.5 3-1.5 3h-3l-1.5-3z"/></marker>
</defs></svg>
)svg";

} // namespace softmax_audit::markup
