/**
 * Search and order of the keys; without it the page shows all the same. Reads nothing but the page, and asks nobody. Printing
 * opens nothing: a printed report is the one that is seen.
 */
export const script = `
(() => {
  const list = document.querySelector('#key-list');
  if (!list) return;
  const tools = document.querySelector('#key-tools');
  const search = document.querySelector('#key-search');
  const order = document.querySelector('#key-order');
  const which = document.querySelector('#key-which');
  const found = document.querySelector('#key-found');
  const whole = document.querySelector('#key-all');
  let most = 40;
  const items = [...list.children];
  const texts = items.map((item) => item.textContent.toLowerCase());
  const collator = new Intl.Collator('en', { numeric: true });
  const rank = ['incomplete', 'unproven', 'extrapolated', 'interpolated', 'external', 'declared', 'exact', ''];
  const by = {
    worst: (a, b) => a.index - b.index,
    key: (a, b) => collator.compare(a.item.dataset.key, b.item.dataset.key),
    fidelity: (a, b) => rank.indexOf(a.item.dataset.fidelity) - rank.indexOf(b.item.dataset.fidelity) || a.index - b.index,
    outputs: (a, b) => b.item.dataset.outputs - a.item.dataset.outputs || a.index - b.index,
  };
  const all = items.map((item, index) => ({ item, index, text: texts[index] }));
  let ordered = all;
  const show = () => {
    const wanted = search.value.trim().toLowerCase();
    let hits = 0;
    for (const { item, text } of ordered) {
      const isHit = text.includes(wanted) && (which.value === 'all' || item.dataset.standing === which.value || item.dataset.fidelity === which.value);
      if (isHit) hits++;
      item.hidden = !isHit || hits > most;
    }
    found.textContent = hits === items.length ? items.length + ' keys' : hits + ' of ' + items.length + ' keys';
    whole.hidden = hits <= most;
    whole.textContent = 'Show all ' + hits;
  };
  const sort = () => {
    ordered = [...all].sort(by[order.value]);
    for (const { item } of ordered) list.append(item);
    show();
  };
  search.addEventListener('input', show);
  which.addEventListener('change', show);
  order.addEventListener('change', sort);
  whole.addEventListener('click', () => {
    most = Infinity;
    show();
    const next = list.querySelectorAll('li:not([hidden]) summary')[40];
    if (next) next.focus();
  });
  tools.hidden = false;
  show();
})();
`;
