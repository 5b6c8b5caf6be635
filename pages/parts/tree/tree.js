// The KPI tree: cards, links by evidence, folding, search, keyboard. Data comes from metrics/charts/tree.py as plain
// texts and numbers; every text is inserted as text.

const CARD = { w: 236, h: 86, gap: 11 };
const ROOT_H = 198;
const FOLD_H = 34;
const ALSO_H = 18;
const COLUMN = 304;
const HEAD = 28;
const SVG = "http://www.w3.org/2000/svg";
const LIST_BELOW = 640;

const ICONS = {
  on: [
    ["circle", { cx: 8, cy: 8, r: 7, fill: "currentColor" }],
    ["path", { d: "M4.6 8.3l2.3 2.3 4.5-4.9", fill: "none", stroke: "var(--card)", "stroke-width": 1.9,
      "stroke-linecap": "round", "stroke-linejoin": "round" }],
  ],
  watch: [
    ["circle", { cx: 8, cy: 8, r: 6.2, fill: "none", stroke: "currentColor", "stroke-width": 1.6 }],
    ["path", { d: "M8 1.8a6.2 6.2 0 0 1 0 12.4z", fill: "currentColor" }],
  ],
  off: [
    ["path", { d: "M8 .4L15.6 8 8 15.6.4 8z", fill: "currentColor" }],
    ["path", { d: "M8 4.4v4.4", stroke: "var(--card)", "stroke-width": 1.9, "stroke-linecap": "round" }],
    ["circle", { cx: 8, cy: 11.4, r: 1.15, fill: "var(--card)" }],
  ],
  unsure: [
    ["circle", { cx: 8, cy: 8, r: 6.4, fill: "none", stroke: "currentColor", "stroke-width": 1.5,
      "stroke-dasharray": "2.6 1.9" }],
    ["path", { d: "M6.1 6.4c0-1 .8-1.8 1.9-1.8s1.9.7 1.9 1.7c0 1.3-1.9 1.4-1.9 2.7", fill: "none",
      stroke: "currentColor", "stroke-width": 1.5, "stroke-linecap": "round" }],
    ["circle", { cx: 8, cy: 11.5, r: 0.95, fill: "currentColor" }],
  ],
  no_handle: [
    ["circle", { cx: 8, cy: 8, r: 6.3, fill: "none", stroke: "currentColor", "stroke-width": 1.6 }],
    ["path", { d: "M3.7 12.3l8.6-8.6", stroke: "currentColor", "stroke-width": 1.6 }],
  ],
  withheld: [
    ["path", { d: "M2 2h12v12H2z", fill: "none", stroke: "currentColor", "stroke-width": 1.4 }],
    ["path", { d: "M2 7.5L7.5 2M2 13L13 2M7.5 14L14 7.5", stroke: "currentColor", "stroke-width": 1.2 }],
  ],
};
const FLAG = [["path", { d: "M3 13V1.5M3 2h8L8.6 5 11 8H3z", fill: "none", stroke: "currentColor",
  "stroke-width": 1.5, "stroke-linejoin": "round", "stroke-linecap": "round" }]];
const CARET = [["path", { d: "M1 1l3.5 3.5L8 1", fill: "none", stroke: "currentColor", "stroke-width": 1.4 }]];

// The more ink, the more evidence: strokes of a line (several are laid over each other) and its badge.
const LINES = {
  identity: [{ stroke: "var(--ink2)", "stroke-width": 4.4 }, { stroke: "var(--paper)", "stroke-width": 1.9 }],
  tested: [{ stroke: "var(--ink)", "stroke-width": 3.6 }],
  observed: [{ stroke: "var(--ink2)", "stroke-width": 1.6 }],
  unclear: [{ stroke: "var(--ink2)", "stroke-width": 2, "stroke-linecap": "round", "stroke-dasharray": ".1 5" }],
  contradicted: [{ stroke: "var(--off)", "stroke-width": 1.6, "stroke-dasharray": "14 3 3 3" }],
  assumed: [{ stroke: "var(--edge)", "stroke-width": 1.4, "stroke-dasharray": "7 5" }],
  folded: [{ stroke: "var(--line)", "stroke-width": 1.4 }],
};
const BADGES = {
  identity: [["circle", ring("var(--ink2)")],
    ["path", { d: "M-3.4-1.7h6.8M-3.4 1.7h6.8", stroke: "var(--ink2)", "stroke-width": 1.5 }]],
  tested: [["circle", { r: 7.4, fill: "var(--ink)" }], ["path", { d: "M-2.4-3.4L3.6 0l-6 3.4z", fill: "var(--paper)" }]],
  observed: [["circle", ring("var(--ink2)")], ["circle", { r: 2.5, fill: "var(--ink2)" }]],
  unclear: [["circle", ring("var(--ink2)")],
    ["path", { d: "M-3.8.9c1.3-2.6 2.5-2.6 3.8-.6s2.5 2 3.8-.8", fill: "none", stroke: "var(--ink2)",
      "stroke-width": 1.5, "stroke-linecap": "round" }]],
  contradicted: [["circle", { ...ring("var(--off)"), "stroke-width": 1.5 }],
    ["path", { d: "M-3-3l6 6M3-3l-6 6", stroke: "var(--off)", "stroke-width": 2.1, "stroke-linecap": "round" }]],
  assumed: [["circle", { ...ring("var(--edge)"), "stroke-dasharray": "2.4 2" }]],
};

function ring(stroke) {
  return { r: 7.4, fill: "var(--paper)", stroke, "stroke-width": 1.3 };
}

function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((c) => c !== null && c !== undefined && c !== ""));
  return node;
}

function draw(parts, attributes) {
  const node = document.createElementNS(SVG, attributes.tag || "svg");
  for (const [name, value] of Object.entries(attributes)) if (name !== "tag") node.setAttribute(name, value);
  for (const [tag, given, inner] of parts) node.append(draw(inner || [], { tag, ...given }));
  return node;
}

function icon(status, size = 14) {
  return draw(ICONS[status] || [], { width: size, height: size, viewBox: "0 0 16 16", "aria-hidden": "true" });
}

function sample(evidence, width) {
  const strokes = LINES[evidence].map((style) => ["path", { d: `M0 8H${width}`, fill: "none", ...style }]);
  const badge = ["g", { transform: `translate(${width / 2},8)` }, BADGES[evidence]];
  return draw([...strokes, badge], { width, height: 16, "aria-hidden": "true" });
}

function spark(data, status, width, height) {
  if (!data) return null;
  const inner = width - 6;
  const total = data.runs.reduce((n, run) => n + run.length, 0);
  const x = (i) => 1 + (total > 1 ? (i * inner) / (total - 1) : 0);
  const y = (v) => 3 + (1 - v) * (height - 6);
  const parts = [];
  let at = 0;
  let last = null;
  data.runs.forEach((run, k) => {
    if (data.limits && k === data.runs.length - 1) {
      const [low, high] = data.limits.map(y);
      const [from, to] = [x(at + data.since), x(at + run.length - 1)];
      parts.push(["rect", { x: from, y: high, width: Math.max(to - from, 1), height: low - high, fill: "var(--sunk)" }]);
      parts.push(["path", { d: `M${from} ${high}H${to}M${from} ${low}H${to}`, stroke: "var(--edge)",
        "stroke-width": 0.7, "stroke-dasharray": "2 2", opacity: 0.75 }]);
    }
    let path = "";
    let pen = "M";
    run.forEach((v, i) => {
      if (v === null) { pen = "M"; return; }
      path += `${pen}${x(at + i).toFixed(1)} ${y(v).toFixed(1)}`;
      pen = "L";
      last = [x(at + i), y(v)];
    });
    if (path) parts.push(["path", { d: path, fill: "none", stroke: "var(--ink2)", "stroke-width": 1.3,
      "stroke-linejoin": "round" }]);
    at += run.length;
  });
  if (last) parts.push(["circle", { cx: last[0], cy: last[1], r: 2.6, fill: "var(--tone)" }]);
  return draw(parts, { class: "spark", width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
}

function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();
}

const kept = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const place = parentElement.querySelector(".kpi-tree");
  if (!place || !data) return undefined;
  const part = (name) => place.querySelector(name);
  const state = kept.get(parentElement) || { outcome: null, open: {}, zoom: null, view: null, compare: "target",
    query: "", lit: null };
  kept.set(parentElement, state);
  const { cards, words } = data;
  let tree, byId, drawnView, wide, seen = [];

  function choose() {
    tree = data.trees.find((t) => t.root === state.outcome) || data.trees[0];
    byId = new Map(tree.branches.map((b) => [b.id, b]));
  }
  const children = (id) => tree.branches.filter((b) => b.parent === id);
  const calm = (branch) => branch.parent !== null && branch.calm && children(branch.id).length > 0;
  const isOpen = (branch) => state.open[branch.id] ?? !calm(branch);
  const view = () => state.view || (wide < LIST_BELOW ? "list" : "picture");
  const wanted = (id) => {
    if (state.query && !plain(cards[id].name).includes(plain(state.query))) return false;
    return !state.lit || cards[id].status === state.lit;
  };
  const filtering = () => Boolean(state.query || state.lit);

  function matchBelow(id) {
    return children(id).some((b) => wanted(b.id) || matchBelow(b.id));
  }
  const shown = (branch) => isOpen(branch) || (filtering() && matchBelow(branch.id));

  function status(card) {
    const row = [el("span", { class: `st s-${card.status}` }, icon(card.status), card.word)];
    if (!card.handle) {
      const none = data.statuses.no_handle;
      row.push(el("span", { class: "st s-no_handle", title: none }, icon("no_handle")));
    }
    return el("span", { class: "st" }, ...row);
  }

  function cardOf(branch, list) {
    const card = cards[branch.id];
    const root = branch.parent === null;
    const small = el("span", { class: "w" }, el("i", {}, card.none || card.span), el("i", {}, card.lines[state.compare]));
    const value = el("span", { class: `v num${card.none ? " none" : ""}` }, card.none ? words.dash : card.value,
      card.small && !card.none ? el("small", {}, card.small) : null);
    const line = root ? null : spark(card.spark, card.status, 58, 26);
    const node = el("a", {
      class: `card s-${card.status}${root ? " root" : ""}`, href: card.href, target: "_self", "data-id": branch.id,
      "aria-label": [card.spoken, branch.spoken].filter(Boolean).join(" "),
      title: [card.name, card.note, card.gap, branch.ground].filter(Boolean).join(" · "),
    });
    if (card.callout) node.append(el("span", { class: "co" }, String(card.callout)));
    if (root) node.append(el("div", { class: "kicker" }, tree === data.trees[0] ? words.loyalty : words.outcome));
    const flag = card.doubt
      ? el("span", { class: "flag" }, draw(FLAG, { width: 13, height: 13, viewBox: "0 0 14 14", "aria-hidden": "true" }))
      : null;
    node.append(el("div", { class: "r1" }, el("span", { class: "n" }, card.name), flag));
    node.append(el("div", { class: "r2" }, value, small, line));
    if (root && card.spark) node.append(spark(card.spark, card.status, 200, 34));
    node.append(el("div", { class: "r3" }, status(card), el("span", { class: "o" }, root ? card.gap : card.owner)));
    if (root) node.append(...[card.owner, card.note].filter(Boolean).map((text) => el("div", { class: "note" }, text)));
    if (card.doubt) node.append(list ? el("div", { class: "flagged" }, card.doubt) : el("span", { class: "why" }, card.doubt));
    if (filtering()) node.classList.add(wanted(branch.id) ? "hit" : "dim");
    node.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button) return;
      event.preventDefault();
      setTriggerValue("opened", branch.id);
    });
    return node;
  }

  function foldOf(branch) {
    const open = shown(branch);
    const n = children(branch.id).length;
    const text = open ? words.fold.replace("{n}", n) : branch.folded;
    const node = el("button", { type: "button", class: `fold${open ? " up" : ""}`, "aria-expanded": String(open),
      "data-id": `fold-${branch.id}` }, el("span", {}, text),
      draw(CARET, { width: 9, height: 6, viewBox: "0 0 9 6", "aria-hidden": "true" }));
    if (filtering()) node.classList.add("dim");
    node.addEventListener("click", () => {
      state.open[branch.id] = !open;
      render();
    });
    return node;
  }

  // What is visible below a KPI: its branches, and for a calm one the row that folds or unfolds them.
  function visible(branch) {
    const row = calm(branch) ? [{ fold: branch, key: `fold-${branch.id}`, parent: branch.id }] : [];
    if (!shown(branch)) return row;
    return [...children(branch.id).map((b) => ({ branch: b, key: b.id, parent: branch.id })), ...row];
  }

  function alsoText(branch) {
    return branch.also.length ? words.also.replace("{kpi}", branch.also.map((a) => a.name).join(", ")) : "";
  }

  function picture() {
    const nodes = [];
    const height = (node) => {
      if (node.fold) return FOLD_H;
      return (node.branch.parent === null ? ROOT_H : CARD.h) + (node.branch.also.length ? ALSO_H : 0);
    };
    function measure(node, depth) {
      node.depth = depth;
      node.h = height(node);
      node.kids = node.fold ? [] : visible(node.branch);
      node.kids.forEach((kid) => measure(kid, depth + 1));
      node.span = node.kids.reduce((sum, kid) => sum + kid.block, 0) + CARD.gap * Math.max(node.kids.length - 1, 0);
      node.block = Math.max(node.h, node.span);
      nodes.push(node);
    }
    function settle(node, top) {
      let at = top + (node.block - node.span) / 2;
      for (const kid of node.kids) {
        settle(kid, at);
        at += kid.block + CARD.gap;
      }
      const ends = node.kids.length ? [node.kids[0], node.kids[node.kids.length - 1]].map((k) => k.y + box(k) / 2) : null;
      const middle = ends ? (ends[0] + ends[1]) / 2 : top + node.h / 2;
      node.y = Math.min(Math.max(middle - box(node) / 2, top), top + node.block - node.h);
      node.x = node.depth * COLUMN;
    }
    const box = (node) => node.h - (node.branch && node.branch.also.length ? ALSO_H : 0);
    const root = { branch: tree.branches[0], key: tree.root, parent: null };
    measure(root, 0);
    settle(root, HEAD);
    root.y = Math.min(root.y, HEAD + 190);
    const deepest = Math.max(...nodes.map((n) => n.depth));
    const width = deepest * COLUMN + CARD.w;
    const total = Math.max(...nodes.map((n) => n.y + n.h)) + 6;

    const parts = [];
    const badges = [];
    for (const node of nodes) {
      for (const link of lanes(node, box)) {
        const evidence = link.kid.fold ? "folded" : link.kid.branch.evidence;
        for (const style of LINES[evidence]) parts.push(["path", { d: link.d, fill: "none", ...style }]);
        if (!link.kid.fold) {
          badges.push(["g", { transform: `translate(${link.kid.x - 15},${link.y})` }, BADGES[evidence]]);
        }
      }
    }
    const stage = el("nav", { class: "stage", "aria-label": `${words.tree}: ${tree.name}. ${words.keys}` });
    stage.append(draw([...parts, ...badges], { width, height: total, "aria-hidden": "true" }));
    for (let depth = 1; depth <= Math.min(deepest, 3); depth += 1) {
      stage.append(el("div", { class: "head", style: `left:${depth * COLUMN}px` }, words[`column${depth}`]));
    }
    (function put(node) {
      const drawn = node.fold ? foldOf(node.fold) : cardOf(node.branch, false);
      drawn.style.left = `${node.x}px`;
      drawn.style.top = `${node.y}px`;
      stage.append(drawn);
      if (node.branch && node.branch.also.length) {
        stage.append(el("div", { class: "also", style: `left:${node.x}px;top:${node.y + box(node) + 1}px`,
          "aria-hidden": "true" }, alsoText(node.branch)));
      }
      node.kids.forEach(put);
    })(root);
    seen = nodes;
    const zoom = state.zoom || Math.min(1, Math.max(0.78, wide / width));
    stage.style.width = `${width}px`;
    stage.style.height = `${total}px`;
    stage.style.transform = `scale(${zoom})`;
    const frame = el("div", { style: `width:${width * zoom}px;height:${total * zoom}px` }, stage);
    state.full = width;
    return el("div", { class: "scroll" }, frame);
  }

  // One lane per link, so that none overlap: the outermost driver turns first, corners of 8 px.
  function lanes(node, box) {
    const n = node.kids.length;
    if (!n) return [];
    const centre = node.y + box(node) / 2;
    const step = n > 1 ? Math.min(13, (box(node) - 26) / (n - 1)) : 0;
    const right = node.x + CARD.w;
    const links = node.kids.map((kid, i) => ({ kid, from: centre + (i - (n - 1) / 2) * step, y: kid.y + box(kid) / 2 }));
    for (const link of links) if (Math.abs(link.from - link.y) < 5) link.from = link.y;
    const up = links.filter((l) => l.y < l.from);
    const down = links.filter((l) => l.y > l.from).reverse();
    for (const group of [up, down]) {
      const apart = group.length > 1 ? Math.min(7, 26 / (group.length - 1)) : 0;
      group.forEach((link, i) => { link.lane = right + 8 + i * apart; });
    }
    return links.map((link) => {
      const { from, y, lane, kid } = link;
      if (lane === undefined) return { ...link, d: `M${right} ${y}H${kid.x}` };
      const r = Math.min(8, Math.abs(y - from) / 2);
      const turn = y > from ? r : -r;
      const d = `M${right} ${from}H${lane - r}Q${lane} ${from} ${lane} ${from + turn}V${y - turn}`
        + `Q${lane} ${y} ${lane + r} ${y}H${kid.x}`;
      return { ...link, d };
    });
  }

  function list() {
    const nav = el("nav", { class: "list", "aria-label": `${words.tree}: ${tree.name}. ${words.keys}` });
    seen = [];
    (function put(node, depth) {
      const inset = Math.max(0, Math.min(depth - 1, 4));
      const item = el("div", { class: `it${depth > 1 ? " inner" : ""}`, style: `--in:${inset}` });
      if (node.branch && node.branch.evidence) {
        const said = data.evidence[node.branch.evidence];
        item.append(el("div", { class: "link", "aria-hidden": "true" }, sample(node.branch.evidence, 40),
          el("span", {}, el("b", {}, said.name), ` ${[said.said, node.branch.ground].filter(Boolean).join(" · ")}`)));
      }
      item.append(node.fold ? foldOf(node.fold) : cardOf(node.branch, true));
      if (node.branch && node.branch.also.length) item.append(el("div", { class: "also" }, alsoText(node.branch)));
      nav.append(item);
      seen.push(node);
      if (node.branch) visible(node.branch).forEach((kid) => put(kid, depth + 1));
    })({ branch: tree.branches[0], key: tree.root, parent: null }, 0);
    return nav;
  }

  function legend() {
    part(".legend").replaceChildren(...tree.legend.map((evidence) => {
      const { name, said } = data.evidence[evidence];
      return el("span", {}, sample(evidence, 38), el("span", {}, el("b", {}, name), said));
    }));
  }

  function select(label, options, chosen, change) {
    const node = el("select", { "aria-label": label });
    for (const [value, text] of options) node.append(el("option", { value, selected: value === chosen }, text));
    node.addEventListener("change", () => change(node.value));
    return el("label", {}, label, node);
  }

  function button(text, label, act) {
    const node = el("button", { type: "button", "aria-label": label }, text);
    node.addEventListener("click", act);
    return node;
  }

  function zoomTo(zoom) {
    state.zoom = Math.min(1.4, Math.max(0.4, zoom));
    render();
  }

  function tools() {
    const row = [];
    for (const [status_, word] of Object.entries(data.statuses)) {
      const n = tree.branches.filter((b) => cards[b.id].status === status_).length;
      if (!n) continue;
      const chip = el("button", { type: "button", class: `chip st s-${status_}`,
        "aria-pressed": String(state.lit === status_) }, icon(status_), `${word} `, el("b", {}, String(n)));
      chip.addEventListener("click", () => {
        state.lit = state.lit === status_ ? null : status_;
        render();
      });
      row.push(chip);
    }
    row.push(el("span", { class: "sp" }));
    if (data.trees.length > 1) {
      row.push(select(words.outcome, data.trees.map((t) => [t.root, t.name]), tree.root, (value) => {
        state.outcome = value;
        state.lit = null;
        render();
      }));
    }
    const against = ["target", "previous", "year"].map((key) => [key, words[key]]);
    row.push(select(words.compare, against, state.compare, (value) => { state.compare = value; render(); }));
    const search = el("input", { type: "search", placeholder: words.search, "aria-label": words.search });
    search.value = state.query;
    search.addEventListener("input", () => {
      state.query = search.value.trim();
      body();
    });
    search.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      const hit = place.querySelector(".card.hit");
      if (hit) hit.focus();
    });
    row.push(search);
    if (view() === "picture") {
      row.push(button(words.fit, words.fit, () => zoomTo(Math.min(1, wide / state.full))));
      row.push(button("−", words.smaller, () => zoomTo((state.zoom || 1) - 0.1)));
      row.push(button("+", words.larger, () => zoomTo((state.zoom || 1) + 0.1)));
    }
    const other = view() === "picture" ? "list" : "picture";
    row.push(button(words[other], words[other], () => { state.view = other; render(); }));
    part(".tools").replaceChildren(...row);
  }

  function body() {
    drawnView = view();
    part(".view").replaceChildren(drawnView === "list" ? list() : picture());
    const hits = state.query ? tree.branches.filter((b) => wanted(b.id)).length : null;
    part(".live").textContent = hits === null ? "" : hits ? words.found.replace("{n}", hits) : words.none_found;
  }

  function render() {
    const active = place.getRootNode().activeElement;
    const focused = active && place.contains(active) ? active.dataset.id : null;
    choose();
    tools();
    legend();
    body();
    part(".foot").textContent = words.foot;
    if (focused) focus(focused);
  }

  function focus(key) {
    const found = [...place.querySelectorAll("[data-id]")].find((node) => node.dataset.id === key);
    if (found) found.focus();
    return Boolean(found);
  }

  // Arrow keys move along the links; up and down within a column, or along the list.
  function onKey(event) {
    const key = event.target.dataset && event.target.dataset.id;
    if (!key || event.ctrlKey || event.metaKey || event.altKey) return;
    const node = seen.find((n) => n.key === key);
    if (!node) return;
    let to = null;
    if (event.key === "ArrowLeft") to = node.parent;
    else if (event.key === "ArrowRight") to = (seen.find((n) => n.parent === key) || {}).key;
    else if (event.key === "Home") to = tree.root;
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const way = event.key === "ArrowDown" ? 1 : -1;
      const column = drawnView === "list" ? seen : seen.filter((n) => n.depth === node.depth).sort((a, b) => a.y - b.y);
      const next = column[column.indexOf(node) + way];
      to = next && next.key;
    } else return;
    event.preventDefault();
    if (to) focus(to);
  }

  place.addEventListener("keydown", onKey);
  wide = place.clientWidth || 1148;
  render();
  const watch = new ResizeObserver(() => {
    const now = place.clientWidth;
    if (!now || Math.abs(now - wide) < 2) return;
    wide = now;
    render();
  });
  watch.observe(place);
  return () => {
    watch.disconnect();
    place.removeEventListener("keydown", onKey);
  };
}
