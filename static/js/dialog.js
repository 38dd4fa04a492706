/* Dialogs: htmx fills #dialog-body and it opens; [data-close] closes; menus close on Escape and outside clicks.
   Without this file the same links lead to the same pages. */
(() => {
  "use strict";
  const dialog = () => document.getElementById("dialog");

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "dialog-body" || dialog().open) return;
    dialog().showModal();
    const first = dialog().querySelector("[autofocus]") || dialog().querySelector("input:not([type=hidden]), select, textarea");
    if (first) first.focus();
  });

  document.addEventListener("click", (event) => {
    const close = event.target.closest("[data-close]");
    if (close && close.closest("dialog")) {
      event.preventDefault();
      close.closest("dialog").close();
    }
    if (event.target.matches("dialog")) event.target.close();
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });

  /* A filter bar sends itself when a choice changes; its button stays for those without script. */
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-auto]");
    if (form && event.target.matches("select, input[type=checkbox], input[type=date]")) form.requestSubmit();
  });

  /* An answer that failed says so instead of doing nothing. */
  document.addEventListener("htmx:responseError", (event) => {
    const link = event.detail.elt.getAttribute("href");
    if (link) window.location.assign(link);
  });
})();
