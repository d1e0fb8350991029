/* Copyright (c) 2026, The bondproof authors
 * GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later */
"use strict";
(() => {
  const lanes = document.getElementById("lanes");
  if (!lanes) return;
  const units = Number(lanes.dataset.units);
  const start = Number(lanes.dataset.start);
  const span = Number(lanes.dataset.span);
  const plots = [...lanes.querySelectorAll("svg.plot")];
  const ticks = [...lanes.querySelectorAll(".tick")];
  const least = units * Math.min(1, 500 / span);
  let from = 0;
  let width = units;

  const clock = (part) => new Date(start + (span * part) / units).toISOString().slice(11, 23);
  function draw() {
    width = Math.min(Math.max(width, least), units);
    from = Math.min(Math.max(from, 0), units - width);
    for (const plot of plots) plot.setAttribute("viewBox", `${from} 0 ${width} 40`);
    ticks.forEach((tick, number) => {
      const at = clock(from + (width * number) / ticks.length);
      tick.textContent = span * (width / units) < 20000 ? at.slice(0, 12) : at.slice(0, 10);
    });
    const seconds = (span * width) / units / 1000;
    document.getElementById("zoom-span").textContent = `${seconds.toFixed(1)} s from ${clock(from)}`;
  }
  function zoom(factor, centre) {
    const before = width;
    width = Math.min(Math.max(width * factor, least), units);
    from += (before - width) * centre;
    draw();
  }
  const place = (event) => {
    const box = plots[0].getBoundingClientRect();
    return (event.clientX - box.left) / box.width;
  };
  for (const plot of plots) {
    plot.addEventListener("wheel", (event) => {
      event.preventDefault();
      zoom(event.deltaY > 0 ? 1.25 : 0.8, place(event));
    }, { passive: false });
    plot.addEventListener("pointerdown", (event) => {
      let last = event.clientX;
      const move = (now) => {
        from -= ((now.clientX - last) / plot.getBoundingClientRect().width) * width;
        last = now.clientX;
        draw();
      };
      const up = () => {
        window.removeEventListener("pointermove", move);
        window.removeEventListener("pointerup", up);
      };
      window.addEventListener("pointermove", move);
      window.addEventListener("pointerup", up);
    });
  }
  document.getElementById("zoom-in").addEventListener("click", () => zoom(0.5, 0.5));
  document.getElementById("zoom-out").addEventListener("click", () => zoom(2, 0.5));
  document.getElementById("zoom-all").addEventListener("click", () => { from = 0; width = units; draw(); });
  document.getElementById("zoom").hidden = false;
  draw();
  function unfold() {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    const details = target && target.closest("details");
    if (details) details.open = true;
  }
  window.addEventListener("hashchange", unfold);
  unfold();
})();
