/* Keyboard: data-key="a" is pressed by a; inside an open dialog by its own keys; j/k walk the lines of [data-walk]; x ticks the current one; ? shows the keys;
   Ctrl-K or / searches; Ctrl-Enter sends what is being written.
   Off when <html data-keys="off"> (each person may switch single-key shortcuts off). */
(() => {
  "use strict";
  const typing = (target) => target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  const single = () => document.documentElement.dataset.keys !== "off";
  const shown = (element) =>
    element && element.getClientRects().length > 0 && getComputedStyle(element).visibility !== "hidden";

  function walk(step) {
    const lines = [...document.querySelectorAll("[data-walk] a[data-line]")].filter(shown);
    if (!lines.length) return;
    const focused = lines.indexOf(document.activeElement);
    const at = focused < 0 ? lines.findIndex((line) => line.hasAttribute("aria-current")) : focused;
    const next = lines[Math.min(Math.max(at + step, 0), lines.length - 1)];
    next.focus();
    next.click();
  }

  function search(event) {
    const box = [...document.querySelectorAll("[data-search]")].find(shown);
    if (!box) return;
    event.preventDefault();
    box.focus();
    box.select();
  }

  function press(event, within) {
    const target = [...within.querySelectorAll(`[data-key="${CSS.escape(event.key)}"]`)].find(shown);
    if (!target || target.matches(":disabled, [aria-disabled='true']")) return;
    event.preventDefault();
    target.click();
  }

  function tick() {
    const box = document.querySelector("[data-walk] li:has(a[data-line][aria-current]) input[type=checkbox]");
    if (shown(box)) box.click();
  }

  function listKeys() {
    const list = document.getElementById("keys-list");
    const known = [...document.querySelectorAll("[data-key]")].filter(shown);
    const keys = new Set(known.map((element) => element.dataset.key));
    known.push(...[...document.querySelectorAll("[data-key-note]")].filter((note) => !keys.has(note.dataset.keyNote)));
    list.replaceChildren(...known.flatMap((element) => {
      const key = document.createElement("dt");
      key.append(Object.assign(document.createElement("kbd"), { textContent: element.dataset.key || element.dataset.keyNote }));
      const word = document.createElement("dd");
      word.textContent = element.dataset.keyWord || element.textContent.replace(element.dataset.key, "").trim();
      return [key, word];
    }));
  }

  /* Where the panel is not beside the list (a phone), a line leads to its own page. */
  document.addEventListener("click", (event) => {
    const line = event.target.closest("[data-walk] a[data-line][hx-get]");
    if (line && !shown(document.querySelector(line.getAttribute("hx-target")))) event.stopPropagation();
  }, true);

  /* A panel swap leaves the list alone: the line that was pressed becomes the current one. */
  document.addEventListener("click", (event) => {
    const line = event.target.closest("[data-walk] a[data-line][hx-get]");
    if (!line) return;
    line.closest("[data-walk]").querySelectorAll("[aria-current]").forEach((old) => old.removeAttribute("aria-current"));
    line.setAttribute("aria-current", "true");
  });

  document.addEventListener("keydown", (event) => {
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key === "Enter" && event.target.matches("textarea")) return event.target.form.requestSubmit();
    if (command && event.key.toLowerCase() === "k") return search(event);
    if (command || event.altKey || !single() || typing(event.target)) return;
    const dialog = document.querySelector("dialog[open]");
    if (dialog) return press(event, dialog);
    if (event.key === "/") return search(event);
    if (event.key === "j") return walk(1);
    if (event.key === "k") return walk(-1);
    if (event.key === "x" && document.querySelector("[data-walk] input[type=checkbox]")) return tick();
    if (event.key === "?") {
      listKeys();
      return document.getElementById("keys").showModal();
    }
    press(event, document);
  });
})();
