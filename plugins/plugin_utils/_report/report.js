/* Copyright (c) 2026, The bondproof authors
 * GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Hides what a filter leaves out. It only reads attributes and sets 'hidden': no text of a host is
 * ever turned into markup here. Without it the page shows everything. */
'use strict';
(() => {
  const byId = (id) => document.getElementById(id);
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const host = byId('filter-host');
  const severity = byId('filter-severity');
  const rule = byId('filter-rule');
  const has = (list, word) => word === '' || (list || '').split(' ').includes(word);
  const cards = all('#hosts > details');
  const names = new Map(cards.map((card) => [card.dataset.host, card.dataset.groups || '']));

  const hostMatches = (name, wanted) => {
    if (wanted === '') return true;
    if ((name || '').toLowerCase().includes(wanted)) return true;
    return (names.get(name) || '').toLowerCase().split(' ').includes(wanted);
  };

  const apply = () => {
    const wanted = host.value.trim().toLowerCase();
    let shown = 0;
    for (const card of cards) {
      const keep = hostMatches(card.dataset.host, wanted) &&
        has(card.dataset.severity, severity.value) && has(card.dataset.rule, rule.value);
      card.hidden = !keep;
      shown += keep ? 1 : 0;
    }
    for (const block of all('#findings > details')) {
      let rows = 0;
      for (const row of all('tbody tr', block)) {
        const keep = hostMatches(row.dataset.host, wanted);
        row.hidden = !keep;
        rows += keep ? 1 : 0;
      }
      block.hidden = rows === 0 || !has(block.dataset.severity, severity.value) ||
        !has(block.dataset.rule, rule.value);
    }
    for (const row of all('#rules tbody tr')) {
      row.hidden = !has(row.dataset.rule, rule.value);
    }
    byId('filter-count').textContent =
      shown === cards.length ? `${shown} hosts` : `${shown} of ${cards.length} hosts`;
  };

  for (const control of [host, severity, rule]) control.addEventListener('input', apply);
  byId('filter-clear').addEventListener('click', () => {
    host.value = severity.value = rule.value = '';
    apply();
  });
  byId('filters').hidden = false;

  const unfold = () => {
    const target = location.hash ? byId(location.hash.slice(1)) : null;
    if (target && target.tagName === 'DETAILS') target.open = true;
  };
  window.addEventListener('hashchange', unfold);
  unfold();

  let closed = [];
  window.addEventListener('beforeprint', () => {
    closed = all('details:not([open])');
    for (const item of closed) item.open = true;
  });
  window.addEventListener('afterprint', () => {
    for (const item of closed) item.open = false;
  });
})();
