"use strict";
(() => {
  const PAGE = 100;
  const NO_KIND = "none";
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const formats = [...byId("codes").children].map((each) => [each.value, each.textContent]);
  const table = byId("table");
  const head = table.tHead.rows[0];
  const body = table.tBodies[0];

  let codesBefore = 0;
  const rows = data.Rows.map(([place, set, name, enabled, types, target], index) => {
    const [account, region] = data.Places[place];
    const [setName, facts] = data.Sets[set];
    const [tags, options] = data.Facts[facts];
    // Searchable, although no column shows it.
    const hidden = [...tags, ...(options ?? [])].map(([key, value]) => `${key}=${value}`);
    if (name === undefined) {
      const cells = [setName, "", "", "", "", "", account, region];
      const words = [...cells, ...hidden].join("\n").toLowerCase();
      return { index, cells, words, place, enabled: undefined, types: [], kind: NO_KIND, tags, options };
    }
    const [kind, title, short, full, role] = data.Targets[target];
    const cells = [setName, name, enabled === null ? "unknown" : enabled ? "yes" : "no", data.EventsSaid[types], title, short, account, region];
    const words = [...cells, ...data.Events[types], full, role, kind, ...hidden].join("\n").toLowerCase();
    return { index, cells, words, place, enabled, types: data.Events[types], kind, full, role, tags, options, code: codesBefore++ };
  });
  const TOTAL = codesBefore;
  const COLUMNS = ["Set", "Destination", "Enabled", "Events", "Kind", "Target", "Account", "Region"];
  const TIGHT = new Set([2, 4, 6, 7]);
  const compare = new Intl.Collator("en", { numeric: true }).compare;

  // A single account and region is shown below the title instead.
  table.classList.toggle("one-place", data.Places.length === 1);

  const state = { column: -1, down: false, page: 0, matches: rows, all: false };
  // Open rows stay open when the table is sorted or searched.
  const details = new Map();

  const make = (tag, text, properties) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    return Object.assign(element, properties);
  };
  // Names may contain invisible characters, or ones that reverse the text.
  const shown = (text) =>
    text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu, (char) => `\\u{${char.codePointAt(0).toString(16)}}`);

  // Code is unpacked on first use.
  let unpacked = null;
  const codes = () => {
    unpacked ??= (async () => {
      const packed = Uint8Array.from(atob(byId("packed").textContent.trim()), (char) => char.charCodeAt(0));
      const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
      return JSON.parse(await new Response(stream).text());
    })();
    return unpacked;
  };

  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Some browsers deny the clipboard to pages opened from a file, but support this.
      const area = make("textarea", undefined, { value: text, readOnly: true });
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      return done;
    }
  };

  const detail = (row) => {
    const line = make("tr", undefined, { className: "detail", id: `detail-${row.index}` });
    const cell = make("td", undefined, { colSpan: COLUMNS.length + 1 });
    const list = make("dl");
    const facts = [["Target", row.full], ["Role", row.role], ["Events", row.types.join(", ") || (row.code === undefined ? "" : "none")]];
    facts.push(...row.tags.map(([key, value]) => [`Tag of the set: ${key}`, value || "(empty)"]));
    facts.push(...(row.options ?? [["Options of the set", "not read"]]));
    for (const [name, text] of facts) {
      if (text) list.append(make("dt", shown(name)), make("dd", shown(text)));
    }
    cell.append(list);
    line.append(cell);
    if (row.code !== undefined) addCode(cell, row);
    return line;
  };

  const addCode = (cell, row) => {
    const choices = make("div", undefined, { className: "choices" });
    choices.setAttribute("role", "group");
    choices.setAttribute("aria-label", "Format of the code");
    const pre = make("pre", "", { tabIndex: 0 });
    const status = make("span", "", { className: "soft" });
    status.setAttribute("role", "status");
    const buttons = formats.map(([format, title]) => {
      const button = make("button", title, { type: "button" });
      button.addEventListener("click", () => choose(format));
      choices.append(button);
      return [format, button];
    });
    const copying = make("button", "Copy", { type: "button", className: "copy" });
    copying.addEventListener("click", async () => {
      status.textContent = (await copy(pre.textContent)) ? "Copied." : "Could not be copied; select the text.";
    });
    choices.append(copying, status);
    const choose = async (format) => {
      for (const [each, button] of buttons) button.setAttribute("aria-pressed", String(each === format));
      status.textContent = "";
      pre.setAttribute("aria-label", `Code for ${formats.find(([each]) => each === format)[1]}`);
      try {
        pre.textContent = (await codes())[format][row.code];
        copying.disabled = false;
      } catch {
        copying.disabled = true;
        pre.textContent = "This browser cannot unpack the code; 'ses2iac export' writes it to files.";
      }
    };
    cell.append(choices, pre);
    choose(formats[0][0]);
  };

  const lineOf = (row) => {
    const line = make("tr");
    const isBare = row.code === undefined;
    row.cells.forEach((text, column) => {
      const cell = make(column === 1 ? "th" : "td", shown(text));
      if (column === 1) cell.scope = "row";
      if (TIGHT.has(column)) cell.className = "tight";
      if (column === 1 && isBare) Object.assign(cell, { className: "none", textContent: "no event destination" });
      if (column === 2 && row.enabled === 0) cell.className = "tight off";
      if (column === 5 && !isBare) cell.title = shown(row.full);
      if (text && column !== 1) cell.dataset.name = COLUMNS[column];
      line.append(cell);
    });
    const cell = make("td", undefined, { className: "code tight" });
    const what = isBare ? "Options" : "Code";
    const name = row.cells.slice(0, isBare ? 1 : 2).map(shown).join("/");
    const button = make("button", what, { type: "button" });
    button.setAttribute("aria-expanded", String(details.has(row.index)));
    button.setAttribute("aria-label", `${what} of ${name}`);
    button.addEventListener("click", () => {
      const open = details.get(row.index);
      if (open) {
        open.remove();
        details.delete(row.index);
      } else {
        details.set(row.index, detail(row));
        line.after(details.get(row.index));
      }
      button.setAttribute("aria-expanded", String(!open));
    });
    cell.append(button);
    line.append(cell);
    return details.has(row.index) ? [line, details.get(row.index)] : [line];
  };

  const counted = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;

  const draw = () => {
    const pages = Math.max(1, Math.ceil(state.matches.length / PAGE));
    state.page = Math.min(state.page, pages - 1);
    const first = state.page * PAGE;
    const visible = state.all ? state.matches : state.matches.slice(first, first + PAGE);
    body.replaceChildren(...visible.flatMap(lineOf));
    const destinations = state.matches.filter((row) => row.code !== undefined).length;
    const bare = state.matches.length - destinations;
    const bareSets = bare ? ` and ${counted(bare, "set")} without any` : "";
    const where = pages > 1 && !state.all ? `, page ${state.page + 1} of ${pages}` : "";
    byId("status").hidden = rows.length === 0;
    byId("status").textContent = `${destinations} of ${counted(TOTAL, "event destination")}${bareSets}${where}`;
    table.hidden = state.matches.length === 0;
    byId("nothing").hidden = state.matches.length > 0;
    byId("nothing").textContent = rows.length ? "Nothing matches. Change the search or the filters, or clear them." : "There are no configuration sets.";
    byId("pages").hidden = pages === 1;
    byId("previous").disabled = state.page === 0;
    byId("next").disabled = state.page === pages - 1;
    [...head.cells].slice(0, COLUMNS.length).forEach((cell, column) => {
      const order = state.column !== column ? "none" : state.down ? "descending" : "ascending";
      cell.setAttribute("aria-sort", order);
    });
  };

  const sort = () => {
    const { column, down } = state;
    const sign = down ? -1 : 1;
    // Equal rows keep the original order.
    if (column < 0) state.matches.sort((one, other) => one.index - other.index);
    else state.matches.sort((one, other) => {
      const [left, right] = [one.cells[column], other.cells[column]];
      // Empty cells come last in both directions.
      return (left === "") - (right === "") || sign * compare(left, right) || one.index - other.index;
    });
  };

  const filter = () => {
    const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const kind = byId("by-kind").value;
    const enabled = byId("by-state").value;
    const event = byId("by-event").value;
    const place = byId("by-place").value;
    state.matches = rows.filter((row) =>
      (kind === "" || row.kind === kind) &&
      (enabled === "" || String(row.enabled) === enabled) &&
      (event === "" || row.types.includes(event)) &&
      (place === "" || String(row.place) === place) &&
      words.every((word) => row.words.includes(word)));
    state.page = 0;
    sort();
    draw();
  };

  const turn = (by) => {
    state.page += by;
    draw();
    byId("status").scrollIntoView({ block: "nearest" });
  };

  COLUMNS.forEach((name, column) => {
    const cell = make("th", undefined, { scope: "col" });
    cell.dataset.name = name;
    const button = make("button", name, { type: "button" });
    const arrow = make("span", undefined, { className: "arrow" });
    arrow.setAttribute("aria-hidden", "true");
    button.append(arrow);
    button.addEventListener("click", () => {
      state.down = state.column === column && !state.down;
      state.column = column;
      sort();
      draw();
    });
    cell.append(button);
    head.append(cell);
  });
  const last = make("th", undefined, { scope: "col", className: "code" });
  last.append(make("span", "Code"));
  head.append(last);

  const offer = (id, pairs) => {
    for (const [value, text] of pairs) byId(id).append(make("option", text, { value }));
  };
  const kinds = new Map(data.Targets.map(([kind, title]) => [kind, shown(title)]));
  offer("by-kind", [...kinds].sort((one, other) => compare(one[1], other[1])));
  if (TOTAL < rows.length) offer("by-kind", [[NO_KIND, "no destination"]]);
  offer("by-event", [...new Set(data.Events.flat())].sort().map((type) => [type, type.toLowerCase()]));
  offer("by-place", data.Places.map(([account, region], place) => [place, `${account} ${region}`]));

  let waiting = 0;
  byId("search").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 80);
  });
  for (const id of ["by-kind", "by-state", "by-event", "by-place"]) byId(id).addEventListener("change", filter);
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("filters").addEventListener("reset", () => setTimeout(filter));
  byId("previous").addEventListener("click", () => turn(-1));
  byId("next").addEventListener("click", () => turn(1));
  // The search and the filters, for print, which hides the form: "Search: bounces; Enabled: yes".
  const chosen = () =>
    [...byId("filters").elements]
      .filter((field) => field.labels?.length && field.value)
      .map((field) => `${field.labels[0].textContent.split(" ", 1)[0]}: ${field.selectedOptions?.[0].text ?? field.value}`)
      .join("; ");

  // Print all matching rows, and open everything that can be opened.
  let closed = [];
  window.addEventListener("beforeprint", () => {
    state.all = true;
    byId("chosen").textContent = shown(chosen());
    byId("chosen").hidden = byId("chosen").textContent === "";
    closed = [...document.querySelectorAll("details:not([open], .large .more)")];
    for (const each of closed) each.open = true;
    draw();
  });
  window.addEventListener("afterprint", () => {
    state.all = false;
    for (const each of closed) each.open = false;
    draw();
  });

  // Content wider than its frame gets a hint, and a shade at the edge.
  const frames = [...document.querySelectorAll(".frame")].map((frame) => {
    const box = frame.querySelector(".scroll");
    const cue = make("p", "Scroll sideways to see the rest.", { className: "cue", hidden: true });
    frame.before(cue);
    const look = () => {
      const rest = box.scrollWidth - box.clientWidth;
      cue.hidden = rest <= 1;
      frame.classList.toggle("more-left", box.scrollLeft > 1);
      frame.classList.toggle("more-right", box.scrollLeft < rest - 1);
    };
    box.addEventListener("scroll", look, { passive: true });
    return { box, look };
  });
  const sizes = new ResizeObserver(() => frames.forEach(({ look }) => look()));
  for (const { box } of frames) {
    sizes.observe(box);
    for (const each of box.children) sizes.observe(each);
  }

  byId("filters").hidden = rows.length === 0;
  draw();
})();
