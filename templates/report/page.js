"use strict";
(() => {
  const PAGE = 100;
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const formats = [...byId("codes").children].map((each) => [each.value, each.textContent]);
  const table = byId("table");
  const head = table.tHead.rows[0];
  const body = table.tBodies[0];

  const rows = data.Rows.map(([place, set, name, enabled, types, target], index) => {
    const [kind, title, short, full, role] = data.Targets[target];
    const [account, region] = data.Places[place];
    const cells = [data.Sets[set], name, enabled === null ? "not told" : enabled ? "yes" : "no", data.EventsSaid[types], title, short, account, region];
    const words = [...cells, ...data.Events[types], full, role, kind].join("\n").toLowerCase();
    return { index, cells, words, place, enabled, types: data.Events[types], kind, full, role };
  });
  const COLUMNS = ["Set", "Destination", "Enabled", "Events", "Kind", "Target", "Account", "Region"];
  const TIGHT = new Set([2, 4, 6, 7]);
  const compare = new Intl.Collator("en", { numeric: true }).compare;

  // Where all is of one account and region, the line below the title says it.
  table.classList.toggle("one-place", data.Places.length === 1);

  const state = { column: -1, down: false, page: 0, found: rows, all: false };

  const make = (tag, text, properties) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    return Object.assign(element, properties);
  };
  // A name may hold what nobody sees, or what turns text around.
  const shown = (text) =>
    text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu, (char) => `\\u{${char.codePointAt(0).toString(16)}}`);

  // Code is unpacked when it is first wanted.
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
      // Browsers that give no clipboard to a page from a file still know the old way.
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
    const facts = [["Target", row.full], ["Role", row.role], ["Events", row.types.join(", ") || "none"]];
    for (const [name, text] of facts) {
      if (text) list.append(make("dt", name), make("dd", shown(text)));
    }
    const choices = make("div", undefined, { className: "choices" });
    choices.setAttribute("role", "group");
    choices.setAttribute("aria-label", "Format of the code");
    const pre = make("pre", "", { tabIndex: 0 });
    const said = make("span", "", { className: "soft" });
    said.setAttribute("role", "status");
    const buttons = formats.map(([format, title]) => {
      const button = make("button", title, { type: "button" });
      button.addEventListener("click", () => choose(format));
      choices.append(button);
      return [format, button];
    });
    const copying = make("button", "Copy", { type: "button", className: "copy" });
    copying.addEventListener("click", async () => {
      said.textContent = (await copy(pre.textContent)) ? "Copied." : "Could not be copied; select the text.";
    });
    choices.append(copying, said);
    const choose = async (format) => {
      for (const [each, button] of buttons) button.setAttribute("aria-pressed", String(each === format));
      said.textContent = "";
      pre.setAttribute("aria-label", `Code for ${formats.find(([each]) => each === format)[1]}`);
      try {
        pre.textContent = (await codes())[format][row.index];
        copying.disabled = false;
      } catch {
        copying.disabled = true;
        pre.textContent = "This browser cannot unpack the code; 'ses2iac export' writes it to files.";
      }
    };
    cell.append(list, choices, pre);
    line.append(cell);
    choose(formats[0][0]);
    return line;
  };

  const lineOf = (row) => {
    const line = make("tr");
    row.cells.forEach((text, column) => {
      const cell = make(column === 1 ? "th" : "td", shown(text));
      if (column === 1) cell.scope = "row";
      if (TIGHT.has(column)) cell.className = "tight";
      if (column === 2 && row.enabled === 0) cell.className = "tight off";
      if (column === 5) cell.title = shown(row.full);
      line.append(cell);
    });
    const cell = make("td", undefined, { className: "code tight" });
    const button = make("button", "Code", { type: "button" });
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-label", `Code of ${shown(row.cells[0])}/${shown(row.cells[1])}`);
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-expanded") === "true";
      if (open) line.nextSibling.remove();
      else line.after(detail(row));
      button.setAttribute("aria-expanded", String(!open));
    });
    cell.append(button);
    line.append(cell);
    return line;
  };

  const draw = () => {
    const pages = Math.max(1, Math.ceil(state.found.length / PAGE));
    state.page = Math.min(state.page, pages - 1);
    const first = state.page * PAGE;
    const seen = state.all ? state.found : state.found.slice(first, first + PAGE);
    body.replaceChildren(...seen.map(lineOf));
    const where = pages > 1 && !state.all ? `, page ${state.page + 1} of ${pages}` : "";
    byId("status").textContent = `${state.found.length} of ${rows.length} event destinations${where}`;
    byId("pages").hidden = pages === 1;
    byId("previous").disabled = state.page === 0;
    byId("next").disabled = state.page === pages - 1;
    [...head.cells].slice(0, COLUMNS.length).forEach((cell, column) => {
      const order = state.column !== column ? "none" : state.down ? "descending" : "ascending";
      cell.setAttribute("aria-sort", order);
      const arrow = { none: "", ascending: " ▲", descending: " ▼" }[order];
      cell.firstChild.lastChild.textContent = arrow;
    });
  };

  const sort = () => {
    const { column, down } = state;
    const sign = down ? -1 : 1;
    // Rows that are alike stay in the order of what was read.
    if (column < 0) state.found.sort((one, other) => one.index - other.index);
    else state.found.sort((one, other) =>
      sign * compare(one.cells[column], other.cells[column]) || one.index - other.index);
  };

  const filter = () => {
    const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const kind = byId("by-kind").value;
    const enabled = byId("by-state").value;
    const event = byId("by-event").value;
    const place = byId("by-place").value;
    state.found = rows.filter((row) =>
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
    const button = make("button", name, { type: "button" });
    const arrow = make("span", "");
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
  // On paper nobody can turn to the next page of a table.
  window.addEventListener("beforeprint", () => { state.all = true; draw(); });
  window.addEventListener("afterprint", () => { state.all = false; draw(); });

  byId("filters").hidden = false;
  table.hidden = false;
  draw();
})();
