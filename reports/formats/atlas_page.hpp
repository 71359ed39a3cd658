// What the atlas's page adds to the style of the HTML report, and its script. The page reads completely without the script, which
// filters and sorts the table and adds buttons that copy.
#pragma once

#include <string_view>

namespace softmax_audit::atlas {

inline constexpr std::string_view style = R"css(
h1{max-width:44ch}
.filter{display:flex;flex-wrap:wrap;gap:.5rem 1.2rem;align-items:end;margin:.8rem 0;padding:.7rem 1rem;background:var(--card);border:1px solid var(--line);border-radius:.35rem;position:sticky;top:0;z-index:4}
.filter[hidden]{display:none}.filter label{font-size:.8rem;color:var(--mute);display:grid;gap:.15rem}.filter label.in{display:flex;gap:.4rem;align-items:center;padding-bottom:.35rem}.filter input[type=search],.filter select{font:inherit;font-size:.95rem;color:var(--fg);background:var(--bg);border:1px solid var(--strong);border-radius:.25rem;padding:.25rem .45rem;min-width:0}.filter input[type=search]{width:13rem;max-width:60vw}.filter output{font-size:.9rem;color:var(--mute);margin-left:auto;padding-bottom:.3rem}
.atlas{border-collapse:separate;border-spacing:0}.atlas thead th{white-space:nowrap;position:sticky;top:0;z-index:2}.atlas tbody th{white-space:nowrap;position:sticky;left:0;z-index:1;background:var(--bg);border-right:1px solid var(--line)}.atlas thead th:first-child{left:0;z-index:3}.atlas tbody th small{color:var(--mute);font-weight:400;display:block;font-size:.9em}.atlas tbody th a{color:inherit;font-weight:600;text-decoration:none}.atlas tbody th a:hover{text-decoration:underline}
.atlas td{white-space:nowrap;vertical-align:middle}.atlas td.c{white-space:normal;min-width:8rem;font-size:.92em}.atlas.heat td{color:var(--fg);border:0;border-bottom:1px solid var(--line);min-width:0}.atlas.heat td[class^=h]{color:var(--hd);border-left:1px solid var(--bg)}.atlas.heat td.h6,.atlas.heat td.h7{color:var(--hl)}.atlas.heat td.h5{color:#000}.atlas.heat td.hx{color:var(--bad)}.atlas.heat td.t,.atlas.heat thead th.t{text-align:left}.atlas.heat td.over{color:var(--bad-fg);font-weight:650}.atlas tbody tr:hover th,.atlas tbody tr:hover td{border-bottom-color:var(--strong)}.atlas.heat td.no{color:var(--bad-fg);font-weight:600}.atlas.heat td.yes{color:var(--ok)}.atlas.heat td.dim{color:var(--mute)}
.one-o .o,.one-f .f{display:none}.tall{max-height:82vh}.range td,.range th{white-space:nowrap}.range td{text-align:right}.range td.t{text-align:left}
.lib{border:1px solid var(--line);border-radius:.35rem;background:var(--card);padding:.25rem 1rem;margin:.6rem 0}.lib>summary{padding:.35rem 0;font-weight:650}.lib>summary span,.rec>summary span,.x>summary span{font-weight:400;color:var(--mute)}.rec{border-top:1px solid var(--line);margin:0;padding:.15rem 0}.rec>summary{font-weight:500;font-size:.95rem}.lib h4{margin:1rem 0 .3rem}
.facts{display:grid;grid-template-columns:9.5rem minmax(0,1fr);gap:.15rem .8rem;font-size:.88rem;margin:.4rem 0}.facts dt{color:var(--mute)}.facts dd{margin:0;overflow-wrap:anywhere}
.mono,.row{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.82rem}.x p{font-weight:400}.num.figures thead th:nth-last-child(-n+2),.figures td:nth-last-child(-n+2){text-align:left}.num td.row,.num td.mono{white-space:normal}td.mono,.row{overflow-wrap:anywhere;white-space:normal;text-align:left;min-width:16rem;max-width:34rem}
pre.run{white-space:pre-wrap;overflow-wrap:anywhere;padding:.7rem .9rem;margin:.4rem 0;font:.82rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;max-height:30rem;overflow:auto}
.x .facts dd{font-family:inherit;font-size:1em;white-space:normal}.rec code.run,.x code.run{overflow-wrap:anywhere}.means{font-size:1rem;font-weight:400!important;max-width:70ch}.plain{margin:.3rem 0;padding-left:1.1rem}.plain li{margin:.25rem 0}
.wide{max-width:64rem}.wide .scroll{margin:0}.wide figure{max-width:none;margin:1rem 0}.wide figcaption{min-height:0}.wide svg{min-width:36rem}svg .b{fill:var(--fg)}.bound{fill:none;stroke:var(--fg);stroke-width:1.6;stroke-dasharray:7 4}.thin .l{stroke:var(--mute);stroke-width:.8;opacity:.55;marker:none}.thin .t{fill:var(--mute)}.k.b{stroke:var(--fg)}svg g:hover .l{stroke-width:3;opacity:1}
.plain{max-width:80ch}.facts .over{color:var(--bad-fg)}.checked,.x>summary .checked{color:var(--ok);font-weight:600}
@media (max-width:40rem){.filter{position:static}.facts{grid-template-columns:minmax(0,1fr)}.facts dt{margin-top:.3rem}.lib{padding:.25rem .6rem}.atlas tbody th{white-space:normal;max-width:9.5rem;overflow-wrap:anywhere}.atlas thead th:first-child{min-width:0}}
@media print{.filter,.atlas thead button::after{display:none}details:not([open])::details-content{display:none}details:not([open])>summary~*{display:none}.atlas tbody th,.atlas thead th{position:static}.atlas{font-size:6.5pt}section,section#how{break-before:auto}.lib{break-inside:avoid}.one-o .o,.one-f .f{display:none}.tall{max-height:none}pre.run{max-height:none}}
)css";

inline constexpr std::string_view script = R"js(
"use strict";
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// What a button copies: a command or a text as it stands, or the row beside it put into its table's command.
const copied = async (text, button, shown) => {
  let done = true;
  try { await navigator.clipboard.writeText(text); }
  catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.style.position = "fixed";
    document.body.append(area);
    area.select();
    done = document.execCommand("copy");
    area.remove();
    if (!done) getSelection().selectAllChildren(shown);
  }
  button.textContent = done ? "copied" : "selected: press Ctrl+C";
  setTimeout(() => { button.textContent = "copy"; }, 1500);
};
const add_button = (shown, text_of, place) => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "copy";
  button.onclick = () => copied(text_of(), button, shown);
  place(button);
};
// Buttons come when their part is opened first: there are thousands.
const prepare = part => {
  for (const shown of all(".run", part)) {
    if (shown.dataset.ready || shown.closest("details") !== part) continue;
    shown.dataset.ready = "yes";
    const text = shown.textContent;
    add_button(shown, () => text, button => shown.tagName === "PRE" ? shown.before(button) : shown.after(button));
  }
  for (const cell of all(".row", part)) {
    if (cell.dataset.ready || cell.closest("details") !== part) continue;
    cell.dataset.ready = "yes";
    const line = cell.closest("details").querySelector(".explain").textContent + ' "' + cell.textContent.trim() + '"';
    add_button(cell, () => line, button => { button.title = line; cell.append(button); });
  }
};
addEventListener("toggle", event => { if (event.target.open) prepare(event.target); }, true);
for (const part of all("details[open]")) prepare(part);

// ---- the table
const table = document.querySelector("table.atlas");
const form = document.querySelector(".filter");
if (table && form) {
  const rows = all("tbody tr", table), figures = all("figure[data-o]"), libraries = all("details.lib");
  const filter = () => {
    const operation = form.elements.operation.value, format = form.elements.format.value;
    const words = form.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = part => (!operation || part.dataset.o === operation) && (!format || part.dataset.f === format);
    let shown = 0;
    for (const row of rows) {
      row.dataset.words ??= row.textContent.toLowerCase();
      row.hidden = !fits(row) || !words.every(word => row.dataset.words.includes(word)) ||
                   (form.elements.broken.checked && !("b" in row.dataset));
      shown += !row.hidden;
    }
    for (const figure of figures) figure.hidden = !fits(figure);
    for (const part of all("details.rec")) part.hidden = !fits(part);
    for (const part of libraries)
      part.hidden = words.length > 0 && !words.every(word => part.dataset.name.includes(word)) &&
                    !rows.some(row => !row.hidden && row.dataset.l === part.id);
    // A column that says the same in every line says nothing.
    table.classList.toggle("one-o", operation !== "");
    table.classList.toggle("one-f", format !== "");
    form.elements.count.value = shown + " of " + rows.length + " lines";
  };
  form.addEventListener("input", filter);
  form.addEventListener("submit", event => event.preventDefault());
  form.hidden = false;
  filter();

  const value = (row, column) => {
    const text = row.cells[column].textContent.trim();
    if (text === "" || text === "–") return "";
    const number = /^(inf|NaN)/.test(text) ? Infinity : /^[-\d.]/.test(text) ? parseFloat(text.replace(/,/g, "")) : NaN;
    return Number.isNaN(number) ? text : number;
  };
  const heads = all("thead th", table);
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.onclick = () => {
      const down = head.getAttribute("aria-sort") === "descending";
      heads.forEach(other => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "ascending" : "descending");
      const sign = down ? 1 : -1;
      const order = rows.map(row => [value(row, column), row]);
      // What was not measured stands last, whichever way is up.
      order.sort(([a], [b]) => a === "" || b === "" ? (a === "") - (b === "")
        : sign * (typeof a === typeof b ? (a < b ? -1 : a > b ? 1 : 0) : typeof a === "number" ? 1 : -1));
      table.tBodies[0].append(...order.map(([, row]) => row));
    };
  });
}
const reveal = () => {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (!target) return;
  for (let part = target; part; part = part.parentElement) {
    part.hidden = false;
    if (part.tagName === "DETAILS") part.open = true;
  }
  target.scrollIntoView();
};
addEventListener("hashchange", reveal);
reveal();
)js";

} // namespace softmax_audit::atlas
