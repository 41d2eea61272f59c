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
  const names = span.names ? `: ${span.names.join(", ")}` : "";
  return `page, ${many} from ${span.at}: ${span.used} of ${span.room} blocks of ${sizeText(span.size)}${names}`;
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

// How many handles are named beside a page.
const mostNames = 12;

function namesText(names) {
  const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : "";
  return names.slice(0, mostNames).join(" ") + more;
}

function drawPage(span, differs) {
  const row = make("div", differs ? "differs" : "");
  row.append(make("span", "label", `${span.at}: ${sizeText(span.size)}, ${span.used}/${span.room}${span.full ? ", full" : ""}`));
  const cells = make("span", "cells");
  for (const letter of span.blocks || "") cells.append(make("i", letter));
  cells.title = span.per > 1 ? `${span.per} blocks to a cell` : "a block to a cell";
  const names = make("span", "names", namesText(span.names || []));
  names.title = (span.names || []).join(", ");
  row.append(cells, names);
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

function arenaText(a) {
  return `arena ${a.number}${a.exclusive ? ", exclusive" : ""}: ${a.used} of ${a.blocks} blocks in use, from segment ${a.at}`;
}

function drawHeap(place, heap, other) {
  const theirs = known(other);
  place.replaceChildren(...heap.segments.map((s) => drawSegment(s, theirs)));
  if (heap.segments.length === 0) place.append(make("p", "", "no segments"));
  const cached = (heap.cached || []).join(", ");
  if (cached) {
    const differs = cached !== (other.cached || []).join(", ");
    place.append(make("p", differs ? "aside differs" : "aside", `kept in the cache: segment ${cached}`));
  }
  for (const arena of heap.arenas || []) {
    const differs = !(other.arenas || []).some((a) => arenaText(a) === arenaText(arena));
    place.append(make("p", differs ? "aside differs" : "aside", arenaText(arena)));
  }
}

function drawOps() {
  const list = byID("ops");
  data.ops.forEach((op, i) => {
    const item = make("li", i === data.failing ? "failing" : "");
    item.append(make("span", "", `${String(op.line).padStart(4)}  ${op.text}`));
    if (op.note) item.append(make("span", "note", `  # -> ${op.note}`));
    item.addEventListener("click", () => show(stepOf(i)));
    list.append(item);
  });
}

const svgNames = document.querySelector("#timeline svg").namespaceURI;

function draw(tag, attributes, text) {
  const e = document.createElementNS(svgNames, tag);
  for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value);
  if (text !== undefined) e.textContent = text;
  return e;
}

// The timeline: lanes of this height, fields as wide as there is room for.
const lane = 20, gutter = 26;
let field = 1;

function drawField(op, i) {
  const g = draw("g", {class: "field " + (i === data.failing ? "failing" : op.role)});
  const x = gutter + i * field, y = op.thread * lane + 2;
  g.append(draw("rect", {x: x + 0.5, y, width: Math.max(field - 1, 1), height: lane - 5, rx: 2}));
  if (field >= op.name.length * 6 + 6) g.append(draw("text", {x: x + field / 2, y: y + 11}, op.name));
  g.append(draw("title", {}, `line ${op.line}: ${op.text}${op.note ? ` # -> ${op.note}` : ""}`));
  g.addEventListener("click", () => show(stepOf(i)));
  return g;
}

// An arc from where a block was made to where another thread takes it.
function drawArc(op, i) {
  const from = data.ops[op.from];
  const x0 = gutter + (op.from + 0.5) * field, y0 = (from.thread + 0.5) * lane;
  const x1 = gutter + (i + 0.5) * field, y1 = (op.thread + 0.5) * lane;
  const bend = Math.min((x1 - x0) / 2, 40);
  return draw("path", {class: "arc", d: `M${x0},${y0} C${x0 + bend},${y0} ${x1 - bend},${y1} ${x1},${y1}`});
}

function drawTimeline() {
  const place = byID("timeline");
  field = Math.max((place.clientWidth - gutter) / data.ops.length, 4);
  const width = gutter + field * data.ops.length, height = data.threads * lane;
  const svg = draw("svg", {width, height, viewBox: `0 0 ${width} ${height}`});
  for (let t = 0; t < data.threads; t++) {
    svg.append(draw("line", {class: "lane", x1: gutter, x2: width, y1: (t + 0.5) * lane, y2: (t + 0.5) * lane}));
    svg.append(draw("text", {class: "thread", x: 2, y: t * lane + 14}, `t${t}`));
  }
  data.ops.forEach((op, i) => svg.append(drawField(op, i)));
  data.ops.forEach((op, i) => { if (op.from >= 0) svg.append(drawArc(op, i)); });
  svg.append(draw("rect", {id: "cursor", y: 0, width: field, height, rx: 2}));
  place.replaceChildren(svg);
}

// The last step of an operation; the one before it that has any.
const stepOf = (op) => Math.max(data.frames.findLastIndex((f) => f.op <= op), 0);

function drawDifferences(frame) {
  const rows = (frame.different || []).map((d) => {
    const row = make("tr", "bad");
    row.append(make("td", "", d.place), make("td", "", d.c), make("td", "", d.go));
    return row;
  });
  const note = frame.more ? `and ${frame.more} more` : rows.length === 0 ? "nothing" : "";
  if (note) {
    const row = make("tr");
    row.append(make("td", "", note));
    rows.push(row);
  }
  byID("differences").replaceChildren(...rows);
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
  const item = byID("ops").children[frame.op], list = byID("ops");
  if (item.offsetTop < list.scrollTop || item.offsetTop + item.offsetHeight > list.scrollTop + list.clientHeight) {
    list.scrollTop = item.offsetTop - list.clientHeight / 2;
  }
  const cursor = byID("cursor"), x = gutter + frame.op * field;
  cursor.setAttribute("x", x);
  const view = byID("timeline");
  if (x < view.scrollLeft + gutter || x > view.scrollLeft + view.clientWidth - gutter) view.scrollLeft = x - view.clientWidth / 2;
  drawHeap(byID("c"), data.heaps[frame.c], data.heaps[frame.go]);
  drawHeap(byID("go"), data.heaps[frame.go], data.heaps[frame.c]);
  drawDifferences(frame);
  history.replaceState(null, "", `#${now + 1}`);
}

byID("step").max = Math.max(data.frames.length - 1, 0);
byID("step").addEventListener("input", (e) => show(Number(e.target.value)));
byID("back").addEventListener("click", () => show(now - 1));
byID("forth").addEventListener("click", () => show(now + 1));
// The keys work wherever the focus is, the slider's own included.
const keys = {
  ArrowLeft: () => now - 1, ArrowRight: () => now + 1, PageUp: () => now - 10, PageDown: () => now + 10,
  Home: () => 0, End: () => data.frames.length - 1, f: () => stepOf(data.failing), F: () => stepOf(data.failing),
};
document.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.altKey || e.metaKey || !keys[e.key] || data.failing < 0 && e.key.toLowerCase() === "f") return;
  e.preventDefault();
  show(keys[e.key]());
}, true);
addEventListener("hashchange", () => show(Number(location.hash.slice(1)) - 1));
addEventListener("resize", () => { drawTimeline(); show(now); });
drawOps();
drawTimeline();
show(location.hash ? Number(location.hash.slice(1)) - 1 : Number(byID("step").value));
