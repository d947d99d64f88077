// The list of cases: search, order, and what stands behind a case, drawn when it is opened.
// Everything of the run is put in as text, never as markup.
(() => {
  "use strict";

  const POOL_ROWS_SHOWN = 30;
  const DEEPEST_INDENT = 3;
  const VERDICTS = {
    met: ["good", "✓ met"],
    relaxed: ["warn", "~ relaxed"],
    unmet: ["bad", "✗ unmet"],
    uncheckable: ["warn", "? uncheckable"],
  };

  const run = JSON.parse(document.getElementById("run").textContent);
  const table = document.getElementById("case-table");
  const svgSpace = document.querySelector("svg").namespaceURI;

  const make = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };
  const draw = (name, attributes) => {
    const element = document.createElementNS(svgSpace, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };
  const bdi = (text) => make("bdi", { dir: "auto" }, text);
  const inMs = (value) => `${value.toFixed(value < 100 ? 1 : 0)} ms`;
  const many = (count, one, more) => `${count.toLocaleString("en")} ${count === 1 ? one : more}`;

  // Columns from `numbersFrom` on are of numbers.
  const tableOf = (className, caption, headings, rows, numbersFrom = headings.length) =>
    make(
      "div",
      { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
      make(
        "table",
        { class: className },
        make("caption", { class: "unseen" }, caption),
        make("thead", {}, make("tr", {}, ...headings.map((text, place) => make("th", { scope: "col", class: place < numbersFrom ? "" : "number" }, text)))),
        make("tbody", {}, ...rows),
      ),
    );

  // A part that is drawn when it is opened for the first time.
  const folded = (summary, content) => {
    const details = make("details", {}, make("summary", {}, summary));
    details.addEventListener("toggle", () => details.open && details.append(content()), { once: true });
    return details;
  };

  const facts = (pairs) =>
    make(
      "dl",
      { class: "facts" },
      ...pairs.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, String(value)))),
    );

  const faults = (texts) =>
    make("ul", { class: "faults" }, ...texts.map((text) => make("li", {}, bdi(text))));

  // ---- one turn

  let names;
  const nameOf = (id) => {
    names ??= new Map([
      ...Object.entries(run.titles ?? {}),
      ...run.cases.flatMap((one) =>
        one.turns.flatMap((turn) =>
          turn.tracks.map((track) => [track.id, `${track.title} – ${track.artists.join(", ")}`]),
        ),
      ),
    ]);
    const name = names.get(id);
    return name === undefined ? make("code", {}, id) : bdi(name);
  };

  const pick = (track) => {
    const by = track.chosen_by === "model" ? "by the model" : "by the ranking";
    const item = make("li", {}, make("b", {}, bdi(track.title)), " – ", bdi(track.artists.join(", ")));
    if (track.year !== undefined) item.append(make("span", { class: "soft" }, ` (${track.year})`));
    item.append(" ", make("span", { class: "tag quiet" }, by));
    if (track.reason) item.append(make("p", {}, bdi(track.reason)));
    return item;
  };

  const ledger = (constraints) =>
    tableOf(
      "",
      "Ledger",
      ["Wish", "Verdict", "Binds", "In the listener's words"],
      constraints.map((line) => {
        const [tone, words] = VERDICTS[line.verdict];
        const wish = make("th", { scope: "row" }, bdi(line.value));
        if (line.detail) wish.append(make("div", { class: "soft" }, bdi(line.detail)));
        return make(
          "tr",
          {},
          wish,
          make("td", {}, make("span", { class: `tag ${tone}` }, words)),
          make("td", {}, line.hard ? "hard" : "soft"),
          make("td", { class: "soft" }, line.words ? bdi(line.words) : "standing rule"),
        );
      }),
    );

  const fates = (turn) => {
    const record = turn.record;
    const fate = new Map();
    record.waiting.forEach((one) => fate.set(one.track_id, ["warn", "waiting", `unchecked: ${one.unchecked.join(", ")}`]));
    record.drops.forEach((one) => fate.set(one.track_id, ["bad", "dropped", `${one.rule.replaceAll("_", " ")}: ${one.detail}`]));
    turn.tracks.forEach((one, place) => fate.set(one.id, ["good", "picked", `place ${place + 1}`]));
    return fate;
  };

  const pool = (turn) => {
    const record = turn.record;
    const fate = fates(turn);
    const ranks = record.searches.map((one) => new Map(one.tracks.map((id, place) => [id, place + 1])));
    const ids = [...new Set([...record.ranking, ...fate.keys(), ...record.searches.flatMap((one) => one.tracks)])];
    const searches = make(
      "ol",
      { class: "small" },
      ...record.searches.map((one) => {
        const item = make("li", {}, make("code", {}, one.tool), " ", bdi(`“${one.query}”`));
        const loosened = one.tier > 0 ? `, soft wishes loosened to step ${one.tier}` : "";
        item.append(make("span", { class: "soft" }, ` gave ${many(one.tracks.length, "track", "tracks")}${loosened}`));
        return item;
      }),
    );
    const row = (id, place) => {
      const fateCell = make("td");
      if (fate.has(id)) {
        const [tone, label, words] = fate.get(id);
        fateCell.append(make("span", { class: `tag ${tone}` }, label), " ", bdi(words));
      }
      return make(
        "tr",
        {},
        make("td", { class: "number" }, String(place + 1)),
        make("th", { scope: "row" }, nameOf(id)),
        fateCell,
        ...ranks.map((found) => make("td", { class: "number" }, String(found.get(id) ?? "–"))),
      );
    };
    const headings = ["", "Track", "What became of it", ...record.searches.map((_, number) => `Search ${number + 1}`)];
    const listed = tableOf("", "Everything in reach, in the order of the ranking", headings, ids.slice(0, POOL_ROWS_SHOWN).map(row), 3);
    const parts = make("div", {}, searches, listed);
    if (record.standing.length) {
      const wishes = record.standing.map((wish) => wish.words || wish.kind).join("; ");
      parts.prepend(make("p", { class: "small" }, "Standing taste rules: ", bdi(wishes)));
    }
    if (ids.length > POOL_ROWS_SHOWN) {
      const button = make("button", { class: "plain", type: "button" }, `Show all ${ids.length} tracks`);
      button.addEventListener("click", () => {
        const rest = ids.slice(POOL_ROWS_SHOWN).map((id, place) => row(id, place + POOL_ROWS_SHOWN));
        listed.querySelector("tbody").append(...rest);
        button.remove();
        listed.focus();
      });
      parts.append(button);
    }
    return parts;
  };

  // Dates of JavaScript end at milliseconds; spans begin between them.
  const beginsAt = (span) => {
    const fraction = /\.(\d+)/.exec(span.start);
    return Date.parse(`${span.start.slice(0, 19)}Z`) + (fraction ? Number(`0.${fraction[1]}`) * 1000 : 0);
  };

  const trace = (spans) => {
    const began = Math.min(...spans.map(beginsAt));
    const whole = Math.max(...spans.map((span) => beginsAt(span) - began + span.ms), 0.001);
    const parents = new Map(spans.map((span) => [span.span_id, span.parent_id]));
    const depth = (id) => {
      let steps = 0;
      for (let at = parents.get(id); at !== undefined && parents.has(at) && steps < DEEPEST_INDENT; at = parents.get(at)) steps += 1;
      return steps;
    };
    const ordered = [...spans].sort((one, other) => beginsAt(one) - beginsAt(other));
    return tableOf(
      "spans",
      "Trace",
      ["Step", `0 to ${inMs(whole)}`, "Time"],
      ordered.map((span) => {
        const from = (100 * (beginsAt(span) - began)) / whole;
        const line = draw("svg", { "aria-hidden": "true" });
        line.append(
          draw("rect", { class: "track", width: "100%", height: "10", rx: "3" }),
          draw("rect", {
            class: span.status === "error" ? "fill bad" : "fill",
            x: `${from.toFixed(3)}%`,
            width: `${Math.max((100 * span.ms) / whole, 0.5).toFixed(3)}%`,
            height: "10",
            rx: "3",
          }),
        );
        const attributes = Object.entries(span.attributes);
        const name = make("th", { scope: "row", class: `deep-${depth(span.span_id)}` });
        if (attributes.length) {
          name.append(folded(span.name, () => facts(attributes.map(([key, value]) => [key, [value].flat().join(", ")]))));
        } else {
          name.append(span.name);
        }
        if (span.status === "error") name.append(" ", make("span", { class: "tag bad" }, "error"));
        return make("tr", {}, name, make("td", { class: "line" }, line), make("td", { class: "number" }, inMs(span.ms)));
      }),
      2,
    );
  };

  const costs = (turn) => {
    const usage = turn.usage;
    const pairs = [
      ["tokens in", usage.input_tokens.toLocaleString("en")],
      ["tokens out", usage.output_tokens.toLocaleString("en")],
      ["model calls", usage.model_calls],
      ["tool calls", usage.tool_calls],
      ["embedding", inMs(usage.embedding_ms)],
      ["retrieval", inMs(usage.retrieval_ms)],
      ["model", inMs(usage.model_ms)],
      ["whole turn", inMs(usage.total_ms)],
    ];
    return facts(pairs);
  };

  const turnOf = (turn, number, of) => {
    const heading = make("h4", {}, `Turn ${number} of ${of}`);
    if (turn.planner) {
      const planner = turn.planner;
      heading.append(make("span", { class: "soft small" }, `planned by ${planner.model ?? planner.kind}`));
      if (planner.degraded) heading.append(make("span", { class: "tag warn" }, "the rules stood in"));
      if (planner.detail) heading.append(make("span", { class: "soft small" }, bdi(planner.detail)));
    }
    const part = make("section", { class: "turn" }, heading);
    if (turn.failures.length) part.append(faults(turn.failures));
    part.append(make("p", { class: "said listener" }, make("span", { class: "unseen" }, "Listener: "), bdi(turn.message)));
    if (turn.reply) part.append(make("p", { class: "said service" }, make("span", { class: "unseen" }, "Segue: "), bdi(turn.reply)));
    if (turn.tracks.length) part.append(make("ol", { class: "picks" }, ...turn.tracks.map(pick)));
    if (turn.constraints.length) part.append(make("h5", {}, "Ledger"), ledger(turn.constraints));
    if (turn.usage) part.append(make("h5", {}, "Cost"), costs(turn));
    if (turn.tools.length) {
      const used = turn.tools.map((one) => [make("span", { class: one.ok ? "tag" : "tag bad" }, one.ok ? one.tool : `${one.tool}: refused`), " "]);
      part.append(make("h5", {}, "Tools, in order"), make("p", {}, ...used.flat()));
    }
    if (turn.record) {
      const reached = many(turn.record.ranking.length, "track", "tracks");
      const dropped = many(turn.record.drops.length, "drop", "drops");
      const found = many(turn.record.searches.length, "search", "searches");
      part.append(folded(`Pool: ${reached} of ${found}, ${dropped}, ${turn.record.waiting.length} waiting`, () => pool(turn)));
    }
    if (turn.spans.length) {
      const spans = many(turn.spans.length, "span", "spans");
      part.append(folded(`Trace: ${spans}`, () => trace(turn.spans)));
    }
    return part;
  };

  // ---- cases

  const bodies = [...table.tBodies];
  const cases = bodies.map((body) => run.cases[Number(body.dataset.case)]);

  const fill = (body, one) => {
    const inside = body.querySelector(".inside");
    const metrics = Object.entries(one.metrics).map(([name, value]) => [name, Number(value.toPrecision(4))]);
    const turns = one.turns.map((turn, place) => turnOf(turn, place + 1, one.turns.length));
    inside.replaceChildren(facts([["catalogue", one.catalogue], ["written", one.blind ? "blind" : "sighted"], ...metrics]), ...turns);
  };
  bodies.forEach((body, place) => {
    const details = body.querySelector("details");
    details.addEventListener("toggle", () => details.open && fill(body, cases[place]), { once: true });
  });

  const openTarget = () => {
    const body = document.getElementById(location.hash.slice(1));
    if (body && bodies.includes(body)) {
      body.hidden = false;
      body.querySelector("details").open = true;
    }
  };
  addEventListener("hashchange", openTarget);
  openTarget();

  // ---- search

  const tools = document.getElementById("case-tools");
  const count = document.getElementById("case-count");
  const [search, kind, failing, order] = ["case-search", "case-kind", "case-failing", "case-order"].map((id) => document.getElementById(id));
  const folding = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const texts = cases.map((one) =>
    folding([one.id, one.kind, ...one.turns.flatMap((turn) => [turn.message, ...turn.failures])].join("\n")),
  );
  const filter = () => {
    const words = folding(search.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    bodies.forEach((body, place) => {
      const one = cases[place];
      const fits =
        (!kind.value || one.kind === kind.value) &&
        (!failing.checked || !one.passed) &&
        words.every((word) => texts[place].includes(word));
      body.hidden = !fits;
      shown += fits;
    });
    count.textContent = shown === cases.length ? many(shown, "case", "cases") : `${shown} of ${many(cases.length, "case", "cases")}`;
  };
  [search, kind, failing].forEach((input) => input.addEventListener("input", filter));

  // ---- order

  const headings = [...table.tHead.rows[0].cells];
  const valueOf = (one, key) => {
    if (key === "id" || key === "kind") return one[key];
    if (key === "passed") return Number(one.passed);
    if (key === "time") return one.turns.reduce((sum, turn) => sum + (turn.usage?.total_ms ?? 0), 0);
    return one.metrics[key.slice("metric:".length)];
  };
  const sort = (key, direction) => {
    const sign = direction === "descending" ? -1 : 1;
    const places = bodies.map((_, place) => place);
    if (key) {
      const values = cases.map((one) => valueOf(one, key));
      places.sort((one, other) => {
        const [left, right] = [values[one], values[other]];
        // What has no such metric stands last either way.
        if (left === undefined || right === undefined) return (left === undefined) - (right === undefined) || one - other;
        const larger = typeof left === "string" ? left.localeCompare(right, "en") : left - right;
        return sign * larger || one - other;
      });
    }
    table.append(...places.map((place) => bodies[place]));
    headings.forEach((heading) => {
      if (heading.dataset.key === key) heading.setAttribute("aria-sort", direction);
      else heading.removeAttribute("aria-sort");
    });
    order.value = key ? `${direction} ${key}` : "";
  };
  headings.forEach((heading) => {
    const button = make("button", { type: "button" }, ...heading.childNodes);
    button.addEventListener("click", () =>
      sort(heading.dataset.key, heading.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending"),
    );
    heading.append(button);
    for (const direction of ["ascending", "descending"]) {
      const label = `${heading.textContent} ${direction === "ascending" ? "↑" : "↓"}`;
      order.append(make("option", { value: `${direction} ${heading.dataset.key}` }, label));
    }
  });
  order.addEventListener("input", () => {
    const [direction, ...key] = order.value.split(" ");
    sort(key.join(" "), direction || "ascending");
  });

  [...new Set(cases.map((one) => one.kind))].sort().forEach((name) => kind.append(make("option", { value: name }, name)));
  tools.hidden = false;
  filter();
})();
