/* Live: while the page is looked at, a "tick" on the body every 15 s, and one when it is looked at again;
   hx-trigger="tick from:body" asks then. Without this file a page is as fresh as its last load. */
(() => {
  "use strict";
  const tick = () => {
    if (document.visibilityState === "visible") document.body.dispatchEvent(new Event("tick"));
  };
  setInterval(tick, 15000);
  document.addEventListener("visibilitychange", tick);

  /* Whoever was signed out meanwhile is answered with the sign-in page: no piece of this one. */
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { requestConfig, xhr, pathInfo } = event.detail;
    const ticked = requestConfig.triggeringEvent && requestConfig.triggeringEvent.type === "tick";
    const answered = new URL(xhr.responseURL || pathInfo.requestPath, location).pathname;
    if (ticked && answered !== new URL(pathInfo.requestPath, location).pathname) event.detail.shouldSwap = false;
  });
})();
