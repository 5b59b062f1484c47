(() => {
  "use strict";
  const root = document.documentElement;
  const THEMES = ["auto", "light", "dark"];
  const memory = {
    get: (name) => { try { return localStorage.getItem(name); } catch { return null; } },
    set: (name, value) => { try { localStorage.setItem(name, value); } catch { /* a file in a locked-down browser */ } },
  };
  const theme = (name) => { if (name === "auto") delete root.dataset.theme; else root.dataset.theme = name; };
  theme(THEMES.includes(memory.get("theme")) ? memory.get("theme") : "auto");
  if (memory.get("diff") === "off") root.dataset.diff = "off";

  if (/^#\w+=/.test(location.hash)) root.dataset.wait = ""; // nothing is painted before the filter is applied

  const one = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const shown = (element) => element.getClientRects().length > 0;
  const follow = (key) => { const link = all(`[data-key="${key}"]`).find(shown); if (link) link.click(); return Boolean(link); };

  // -- the matrix: arrows or h j k l move between samples; only one cell is in the order of the Tab key
  const cells = (row) => [...row.querySelectorAll("a.x")];
  const rows = () => all(".matrix tbody tr");
  const move = (down, right) => {
    const table = rows();
    if (!table.length) return false;
    const at = document.activeElement && document.activeElement.closest(".matrix tbody tr");
    let row = at ? table.indexOf(at) : -1;
    let column = at ? Math.max(0, cells(at).indexOf(document.activeElement)) : 0;
    if (row < 0) { row = 0; down = 0; right = 0; }
    row = Math.min(table.length - 1, Math.max(0, row + down));
    const line = cells(table[row]);
    column = Math.min(line.length - 1, Math.max(0, column + right));
    if (line[column]) line[column].focus();
    return true;
  };
  const nextFailure = (backwards) => {
    const links = all(".matrix a.x:not(.passed):not(.pending):not(.agrees)");
    if (backwards) links.reverse();
    const here = document.activeElement;
    const beyond = backwards ? Node.DOCUMENT_POSITION_PRECEDING : Node.DOCUMENT_POSITION_FOLLOWING;
    const later = links.find((link) => here && here.closest(".matrix") ? here.compareDocumentPosition(link) & beyond : true);
    if (later) later.focus();
    return Boolean(later);
  };
  // -- a list: j and k, or the arrows, move between its rows
  const row = (down) => {
    const links = all(".listed tbody th a");
    const at = links.indexOf(document.activeElement);
    const next = links[at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + down))];
    if (next) next.focus();
    return Boolean(next);
  };
  const rove = () => {
    const links = all(".matrix a.x");
    links.forEach((link, at) => { link.tabIndex = at ? -1 : 0; });
  };
  const tell = (event) => {
    const link = event.target instanceof Element && event.target.closest("a.x");
    const line = one("#status");
    if (!link || !line) return;
    if (event.type === "focusin") { all('.matrix a.x[tabindex="0"]').forEach((other) => { other.tabIndex = -1; }); link.tabIndex = 0; }
    const name = link.closest("tr").querySelector("th");
    line.textContent = `${name ? name.dataset.name : ""} · ${link.getAttribute("aria-label")}`;
  };

  // -- keys
  const help = () => { const box = one("#help"); if (box.open) box.close(); else box.showModal(); };
  const search = () => {
    const field = one("#q");
    if (field) { field.focus(); field.select(); return true; }
    return follow("/");
  };
  const DIRECTION = { j: [1, 0], k: [-1, 0], h: [0, -1], l: [0, 1], ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  const typing = (element) => element instanceof Element && element.matches("input, textarea, select");
  // the letter on the key where the layout has no Latin letters (Russian, Greek), else the letter itself (Dvorak)
  const keyOf = (event) => {
    if (/^[a-z]$/i.test(event.key) || /^(Arrow|Escape)/.test(event.key) || "/?".includes(event.key)) return event.key;
    const letter = /^Key([A-Z])$/.exec(event.code || "");
    if (letter) return event.shiftKey ? letter[1] : letter[1].toLowerCase();
    if (event.code === "Slash") return event.shiftKey ? "?" : "/";
    return event.key;
  };
  const press = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (typing(event.target)) { if (event.key === "Escape") event.target.blur(); return; }
    const key = keyOf(event);
    if (one("dialog[open]") && key !== "?") return;
    const arrow = key.startsWith("Arrow");
    const inside = (table) => !arrow || document.activeElement.closest(table);
    let done = false;
    if (key === "?") { help(); done = true; }
    else if (key === "/") done = search();
    else if (key === "d") {
      root.dataset.diff = root.dataset.diff === "off" ? "on" : "off";
      memory.set("diff", root.dataset.diff);
      done = true;
    }
    else if (/^f$/i.test(key) && one(".matrix")) done = nextFailure(key === "F");
    else if (key in DIRECTION && one(".matrix") && inside(".matrix")) done = move(...DIRECTION[key]);
    else if (key in DIRECTION && DIRECTION[key][0] && one(".listed") && inside(".listed")) done = row(DIRECTION[key][0]);
    else if (!arrow && /^[jkhlfFup]$/.test(key)) done = follow(key);
    if (done) event.preventDefault();
  };

  // -- a note: what was typed and not saved is not lost by leaving the page
  const unsaved = () => {
    const form = one("#note-form");
    return Boolean(form) && !("sent" in form.dataset)
      && ("unsaved" in form.dataset || ["tag", "note"].some((name) => form.elements[name].value !== form.elements[name].defaultValue));
  };

  // -- the notes of a file, put beside those of the run
  const bring = async (field) => {
    const answer = await fetch(field.dataset.to, { method: "POST", body: field.files[0], headers: { "x-token": field.dataset.token } });
    const said = await answer.text();
    field.value = "";
    field.blur();
    if (answer.ok) await refresh();
    one("#notes-told").textContent = said;
  };

  // -- a run that is going on: when the file has changed, the same page is read again and its main part replaced
  // disclosures are known by what stands above and in them: there may be more of them afterwards
  const named = () => {
    const seen = {};
    return all("main details").map((box) => {
      const card = box.closest("section, article");
      const words = [card && card.querySelector("h1, h2"), box.querySelector("summary")].map((part) => (part ? part.textContent : ""));
      const name = words.join("|").replace(/[\d\s]+/g, " ");
      seen[name] = (seen[name] || 0) + 1;
      return [`${name}|${seen[name]}`, box];
    });
  };
  const place = () => {
    const here = document.activeElement;
    const href = here && here.getAttribute && here.getAttribute("href");
    const open = Object.fromEntries(named().map(([name, box]) => [name, box.open]));
    return () => {
      named().forEach(([name, box]) => { if (name in open) box.open = open[name]; });
      const same = href && all("main a[href]").find((link) => link.getAttribute("href") === href);
      if (same) same.focus({ preventScroll: true });
    };
  };
  // text that is being selected, or typed, stays: the page is replaced when that is over
  const busy = () => {
    const selected = getSelection();
    return typing(document.activeElement) || unsaved()
      || Boolean(selected && !selected.isCollapsed && selected.rangeCount && one("main").contains(selected.getRangeAt(0).commonAncestorContainer));
  };
  const refresh = async () => {
    if (busy()) return;
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
    if (!fresh || busy()) return;
    const restore = place();
    one("main").replaceWith(document.adoptNode(fresh));
    rove();
    restore();
  };
  const poll = async () => {
    const main = one("main");
    if (!main.dataset.live) return;
    const began = performance.now();
    try {
      const answer = await fetch(main.dataset.live, { cache: "no-store" });
      if (answer.ok && (await answer.json()).version !== main.dataset.version) await refresh();
    } catch { /* the server was stopped: what is shown stays */ }
    setTimeout(poll, Math.max(1500, 4 * (performance.now() - began)));
  };

  // -- what only files need: filters without a server, in the address after #; links of a form
  const NAMES = ["verdict", "group", "format", "slow", "tag", "meta", "q", "sort", "page"];
  const UNFAILED = ["passed", "pending", "missing", "agrees", "differs", "silent"];
  const stock = () => {
    const data = one("#catalogue");
    if (data && !stock.read) stock.read = JSON.parse(data.textContent);
    return stock.read;
  };
  const wished = () => {
    const given = new URLSearchParams(location.hash.slice(1));
    return Object.fromEntries(NAMES.filter((name) => given.get(name)).map((name) => [name, given.get(name)]));
  };
  const address = (filter) =>
    `#${new URLSearchParams(NAMES.filter((name) => filter[name]).map((name) => [name, filter[name]]))}`;
  const fits = (filter, [code, group, formats, ms, tag]) =>
    (!filter.verdict || filter.verdict === code || (filter.verdict === "failed" && !UNFAILED.includes(code)) || (filter.verdict === "pending" && stock().waiting.includes(code)))
    && (!filter.group || filter.group === group) && (!filter.format || formats.includes(filter.format))
    && (!(filter.slow > 0) || ms >= Number(filter.slow))
    && (!filter.tag || (filter.tag === "*" ? tag !== null : filter.tag === tag));
  const chosen = (filter) => {
    const bySample = ["verdict", "group", "format", "slow", "tag"].some((name) => filter[name]);
    const words = (filter.q || "").trim().toLowerCase();
    const kinds = stock().kinds.map((kind) => fits(filter, kind));
    const counts = stock().kinds.map(([code], at) => kinds[at] && (code !== "missing" || filter.verdict === "pending"));
    const found = stock().rows.map((row) => ({ row, kinds, n: row.kinds.filter((kind) => counts[kind]).length }))
      .filter(({ row, n }) => (!bySample || n) && (!filter.meta || row.fields.includes(stock().fields.indexOf(filter.meta)))
        && (!words || `${row.id}\n${row.name}\n${row.text}`.toLowerCase().includes(words)));
    const rate = ({ row }) => (row.n ? row.c / row.n : -1);
    if (filter.sort === "hardest") found.sort((a, b) => rate(a) - rate(b));
    if (filter.sort === "easiest") found.sort((a, b) => rate(b) - rate(a));
    return found;
  };
  const cell = (row, kinds, at) => {
    const index = row.indices ? row.indices[at] : at;
    const [code, , , , tag] = stock().kinds[row.kinds[at]];
    const [glyph, word] = stock().glyphs[code];
    const made = document.createElement(code === "missing" || !kinds[row.kinds[at]] ? "span" : "a");
    if (!kinds[row.kinds[at]]) { made.className = "x no"; made.textContent = "·"; return made; }
    made.className = tag === null ? `x ${code}` : `x ${code} noted`;
    made.textContent = glyph;
    if (code !== "missing") {
      made.href = row.samples.replace("{chunk}", Math.floor(index / stock().chunk) + 1).replace("{index}", index);
      made.setAttribute("aria-label", `#${index} ${word}${tag === null ? "" : `, ${stock().noted}`}`);
    }
    return made;
  };
  const line = (pattern, { row, kinds }) => {
    const made = pattern.cloneNode(true);
    const [head, rate, bar, cellsOf] = made.children;
    head.dataset.name = `${row.id} ${row.name}`;
    const link = head.querySelector("a");
    link.href = row.href;
    link.firstChild.textContent = `${row.id} `;
    link.querySelector(".mono").textContent = row.name;
    head.querySelector("small").textContent = row.title;
    rate.textContent = row.hidden ? "–" : `${row.c}/${row.n}`;
    bar.querySelectorAll(".fill").forEach((old) => old.remove());
    if (row.c) {
      const fill = bar.querySelector(".track").cloneNode();
      fill.setAttribute("class", "fill");
      fill.setAttribute("width", `${(100 * row.c) / row.n}%`);
      bar.firstElementChild.append(fill);
    }
    cellsOf.firstElementChild.replaceChildren(...row.kinds.map((_, at) => cell(row, kinds, at)));
    return made;
  };
  const numbered = (filter, page, pages) => Array.from({ length: pages }, (_, at) => {
    const link = document.createElement("a");
    link.href = address({ ...filter, page: at + 1 });
    link.textContent = at + 1;
    if (at + 1 === page) link.setAttribute("aria-current", "page");
    return link;
  });
  const mark = (filter) => {
    all("[data-filter]").forEach((link) => {
      const { filter: name, value } = link.dataset;
      const { page: _, ...rest } = filter;
      if (filter[name] === value) delete rest[name]; else rest[name] = value;
      link.href = address(rest);
      if (filter[name] === value) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
    });
    one("#q").value = filter.q || "";
    one("#search [name=slow]").value = filter.slow || "0";
    one("#search [name=sort]").value = filter.sort || "";
    if (one("#search [name=meta]")) one("#search [name=meta]").value = filter.meta || "";
    one("#clear").hidden = !NAMES.some((name) => name !== "page" && filter[name]);
  };
  const sift = () => {
    const body = one(".matrix tbody");
    if (!stock() || !body) return;
    const filter = wished();
    sift.pattern ||= body.rows[0].cloneNode(true);
    sift.whole ||= [[...body.rows], [...one("nav.pages").children]];
    mark(filter);
    const active = Object.keys(filter).length > 0;
    const found = active ? chosen(filter) : [];
    const [most, problems] = stock().perPage;
    const widest = Math.max(1, ...stock().rows.map((row) => row.kinds.length));
    const each = Math.max(1, Math.min(problems, Math.floor(most / widest)));
    const pages = Math.max(1, Math.ceil(found.length / each));
    const page = Math.min(pages, Math.max(1, Number(filter.page) || 1));
    const nav = one("nav.pages");
    const [whole, links] = sift.whole;
    body.replaceChildren(...(active ? found.slice((page - 1) * each, page * each).map((item) => line(sift.pattern, item)) : whole));
    nav.replaceChildren(...(active ? [links[0], ...numbered(filter, page, pages)] : links));
    nav.hidden = active ? pages === 1 : links.length < 3;
    one("#nothing").hidden = !active || found.length > 0;
    one(".matrix").hidden = active && !found.length;
    const told = one("#matching");
    const [n, samples] = told.querySelectorAll("b");
    told.hidden = !active;
    n.textContent = found.length;
    samples.textContent = found.reduce((sum, item) => sum + item.n, 0);
    told.querySelector(".mono").textContent = stock().groups[filter.group] || "";
    rove();
  };
  const ask = (form) => {
    const { page: _, ...rest } = wished();
    for (const name of ["q", "slow", "sort", "meta"].filter((field) => form.elements[field])) {
      const value = form.elements[name].value.trim();
      if (value && value !== "0") rest[name] = value; else delete rest[name];
    }
    location.hash = address(rest);
  };
  // -- a file of samples shows the one of its address: so do its title and its path
  const name = () => {
    const chosen = /^#s\d+$/.test(location.hash) && one(`.chunk ${location.hash} h1`);
    if (!chosen) return;
    name.whole ||= document.title;
    document.title = `${chosen.textContent} · ${name.whole.split(" · ").pop()}`;
    one(".crumbs li:last-child > *").textContent = `#${location.hash.slice(2)}`;
  };
  // -- the list of runs, sorted by a column
  const order = () => {
    const wish = /^#sort=(-?)(\w+)$/.exec(location.hash);
    const body = one(".runs tbody");
    const head = wish && one(`.runs [data-by="${wish[2]}"]`);
    if (!head || !body) return;
    const [, down, by] = wish;
    const numbers = ["score", "samples", "temperature", "per_problem"].includes(by);
    const compare = (a, b) => (numbers ? Number(a) - Number(b) : a < b ? -1 : Number(a > b));
    const sorted = [...body.rows].sort((a, b) => compare(a.dataset[by], b.dataset[by]) * (down ? -1 : 1));
    sorted.sort((a, b) => a.dataset.error - b.dataset.error);
    body.replaceChildren(...sorted);
    all(".runs [aria-sort]").forEach((old) => old.removeAttribute("aria-sort"));
    head.closest("th").setAttribute("aria-sort", down ? "descending" : "ascending");
    head.href = `#sort=${down ? "" : "-"}${by}`;
  };
  const pair = (event) => {
    const form = event.target;
    if (!form.dataset.pattern) return;
    event.preventDefault();
    const chosen = new FormData(form);
    location.href = form.dataset.pattern.replace("*A*", chosen.get("a")).replace("*B*", chosen.get("b"));
  };
  const copy = async (button) => {
    const text = document.getElementById(button.dataset.copy).textContent;
    try { await navigator.clipboard.writeText(text); button.textContent = button.dataset.done; } catch { getSelection().selectAllChildren(document.getElementById(button.dataset.copy)); }
  };

  document.addEventListener("keydown", press);
  document.addEventListener("DOMContentLoaded", () => {
    rove();
    if (one("#catalogue")) {
      const show = () => { sift(); if (Object.keys(wished()).length) one("#found").scrollIntoView(); };
      show();
      addEventListener("hashchange", show);
    }
    for (const show of [name, order]) { show(); addEventListener("hashchange", show); }
    delete root.dataset.wait;
    addEventListener("beforeunload", (event) => { if (unsaved()) event.preventDefault(); });
    addEventListener("pageshow", () => { const form = one("#note-form"); if (form) delete form.dataset.sent; });
    for (const kind of ["focusin", "mouseover"]) document.addEventListener(kind, tell);
    document.addEventListener("submit", (event) => { if (event.target.id === "note-form") event.target.dataset.sent = ""; else if (event.target.id !== "search") pair(event); else if (stock()) { event.preventDefault(); ask(event.target); } });
    document.addEventListener("change", (event) => { if (event.target.matches("select[data-go]")) event.target.form.requestSubmit(); else if (event.target.id === "notes-file" && event.target.files.length) bring(event.target); });
    document.addEventListener("click", (event) => {
      const button = event.target instanceof Element && event.target.closest("button");
      if (!button) return;
      if (button.id === "theme") {
        const next = THEMES[(THEMES.indexOf(root.dataset.theme || "auto") + 1) % THEMES.length];
        theme(next);
        memory.set("theme", next);
        button.setAttribute("aria-label", `${button.dataset.label}: ${button.dataset[next]}`);
        button.title = button.getAttribute("aria-label");
      } else if (button.id === "keys") help();
      else if (button.dataset.copy) copy(button);
    });
    setTimeout(poll, 1500);
  });
})();
