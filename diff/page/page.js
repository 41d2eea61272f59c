"use strict";
// Shows data.frames one by one. What is shown depends on the step alone, which is also in the address.
const byID = (id) => document.getElementById(id);

function make(tag, className, text) {
  const e = document.createElement(tag);
  if (className) e.className = className;
  if (text !== undefined) e.textContent = text;
  return e;
}

// A colour per block size: a turn of the circle for every factor of 32.
function colour(size) {
  return `hsl(${Math.round(Math.log2(Math.max(size, 8)) * 72) % 360} 60% 70%)`;
}

function sizeText(n) {
  for (const [unit, name] of [[1048576, "MiB"], [1024, "KiB"]]) {
    if (n >= unit && n % unit === 0) return `${n / unit} ${name}`;
  }
  return `${n} bytes`;
}

function ownerText(owner) {
  if (owner === -1) return "abandoned";
  return owner === -2 ? "its thread has ended" : `thread ${owner}`;
}

function spanText(span) {
  const many = span.slices === 1 ? "1 slice" : `${span.slices} slices`;
  if (span.kind !== "page") return `${span.kind}, ${many} from ${span.at}`;
  return `page, ${many} from ${span.at}: ${span.used} of ${span.room} blocks of ${sizeText(span.size)}`;
}

const spanKey = (segment, span) => `${segment.at}/${JSON.stringify(span)}`;

// What of a heap is in the other one just the same.
function known(heap) {
  const spans = new Set(), segments = new Set();
  for (const segment of heap.segments) {
    segments.add(`${segment.at}/${segment.owner}/${segment.huge}`);
    for (const span of segment.spans || []) spans.add(spanKey(segment, span));
  }
  return {spans, segments};
}

function drawPage(span, differs) {
  const row = make("div", differs ? "differs" : "");
  row.append(make("span", "label", `${span.at}: ${sizeText(span.size)}, ${span.used}/${span.room}${span.full ? ", full" : ""}`));
  const cells = make("span", "cells");
  for (const letter of span.blocks || "") cells.append(make("i", letter));
  cells.title = span.per > 1 ? `${span.per} blocks to a cell` : "a block to a cell";
  row.append(cells);
  return row;
}

function drawSegment(segment, other) {
  const box = make("div", "segment" + (segment.owner < 0 ? " abandoned" : ""));
  if (!other.segments.has(`${segment.at}/${segment.owner}/${segment.huge}`)) box.classList.add("differs");
  const name = make("div", "name");
  name.append(make("span", "", `segment ${segment.at}, ${ownerText(segment.owner)}${segment.huge ? ", huge" : ""}`));
  name.append(make("span", "", `${segment.committed} of 512 parts committed${segment.expire ? ", some due back" : ""}`));
  const strip = make("div", "strip"), pages = make("div", "pages");
  for (const span of segment.spans || []) {
    const part = make("span", span.kind);
    const differs = !other.spans.has(spanKey(segment, span));
    part.style.flex = `${Math.sqrt(span.slices)} 0 0`;
    part.title = spanText(span);
    if (span.kind === "page") {
      part.style.background = colour(span.size);
      pages.append(drawPage(span, differs));
    }
    if (differs) part.classList.add("differs");
    strip.append(part);
  }
  box.append(name, strip, pages);
  return box;
}

function drawHeap(place, heap, other) {
  const theirs = known(other);
  place.replaceChildren(...heap.segments.map((s) => drawSegment(s, theirs)));
  if (heap.segments.length === 0) place.append(make("p", "", "no segments"));
}

function drawOps() {
  const list = byID("ops");
  data.ops.forEach((op, i) => {
    const item = make("li", i === data.failing ? "failing" : "");
    item.append(make("span", "", `${String(op.line).padStart(4)}  ${op.text}`));
    if (op.note) item.append(make("span", "note", `  # -> ${op.note}`));
    item.addEventListener("click", () => show(data.frames.findLastIndex((f) => f.op <= i)));
    list.append(item);
  });
}

function drawTimeline() {
  for (let t = 0; t < data.threads; t++) {
    const row = make("div", "row");
    row.append(make("b", "", `t${t}`));
    data.ops.forEach((op, i) => {
      let name = "";
      if (op.thread === t) name = i === data.failing ? "failing" : op.ends ? "ends" : "on";
      row.append(make("i", name));
    });
    byID("timeline").append(row);
  }
}

let now = 0;

function show(step) {
  now = Math.min(Math.max(step, 0), data.frames.length - 1);
  const frame = data.frames[now];
  if (!frame) return;
  byID("step").value = now;
  byID("where").textContent = `step ${now + 1} of ${data.frames.length}, line ${data.ops[frame.op].line}`;
  Array.from(byID("ops").children).forEach((item, i) => {
    item.classList.toggle("now", i === frame.op);
    item.classList.toggle("later", i > frame.op);
  });
  byID("ops").children[frame.op].scrollIntoView({block: "nearest"});
  for (const row of byID("timeline").children) {
    Array.from(row.children).forEach((cell, i) => cell.classList.toggle("now", i - 1 === frame.op && cell.className !== ""));
  }
  drawHeap(byID("c"), data.heaps[frame.c], data.heaps[frame.go]);
  drawHeap(byID("go"), data.heaps[frame.go], data.heaps[frame.c]);
  const lines = frame.different || ["none"];
  byID("differences").replaceChildren(...lines.map((l) => make("li", frame.different ? "bad" : "", l)));
  history.replaceState(null, "", `#${now + 1}`);
}

byID("step").max = Math.max(data.frames.length - 1, 0);
byID("step").addEventListener("input", (e) => show(Number(e.target.value)));
byID("back").addEventListener("click", () => show(now - 1));
byID("forth").addEventListener("click", () => show(now + 1));
document.addEventListener("keydown", (e) => {
  if (e.key === "ArrowLeft") show(now - 1);
  if (e.key === "ArrowRight") show(now + 1);
});
addEventListener("hashchange", () => show(Number(location.hash.slice(1)) - 1));
drawOps();
drawTimeline();
show(location.hash ? Number(location.hash.slice(1)) - 1 : Number(byID("step").value));
