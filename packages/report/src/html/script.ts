/**
 * The page's only script. Everything is readable without it; it adds the theme button, sorting, filtering and "open all". It asks
 * nothing of the network and keeps nothing.
 */
export const script = `(() => {
'use strict';
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const make = (name, properties, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
};
const root = document.documentElement;
const isDark = () => root.dataset.theme
  ? root.dataset.theme === 'dark'
  : matchMedia('(prefers-color-scheme: dark)').matches;
const themeButton = document.getElementById('theme');
themeButton.hidden = false;
themeButton.addEventListener('click', () => { root.dataset.theme = isDark() ? 'light' : 'dark'; });

const headsOf = (table) => [...table.tHead.rows[0].cells];
const keyOf = (body, column) => {
  const cell = body.rows[0].cells[column];
  return cell.dataset.sort ?? cell.textContent.trim();
};
const sortTable = (table, column, order) => {
  const heads = headsOf(table);
  const numeric = heads[column].classList.contains('number');
  const factor = order === 'ascending' ? 1 : -1;
  const compare = (left, right) => {
    if (!numeric) return factor * left.localeCompare(right, 'en', { numeric: true });
    const [a, b] = [left, right].map((text) => text === '' ? NaN : Number(text));
    if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
    return a === b ? 0 : factor * (a < b ? -1 : 1);
  };
  const bodies = [...table.tBodies].map((body) => ({ body, key: keyOf(body, column) }));
  bodies.sort((left, right) => compare(left.key, right.key));
  table.append(...bodies.map(({ body }) => body));
  for (const head of heads) head.removeAttribute('aria-sort');
  heads[column].setAttribute('aria-sort', order);
};
const choose = (table, column) => {
  const head = headsOf(table)[column];
  const first = head.classList.contains('number') ? 'descending' : 'ascending';
  const other = first === 'ascending' ? 'descending' : 'ascending';
  sortTable(table, column, head.getAttribute('aria-sort') === first ? other : first);
};
const filterTable = (table, wanted) => {
  let count = 0;
  for (const body of table.tBodies) {
    body.hidden = !body.rows[0].textContent.toLowerCase().includes(wanted);
    if (!body.hidden) count++;
  }
  return count + ' of ' + table.tBodies.length + ' rows';
};

for (const holder of all('.table')) {
  const table = holder.querySelector('table');
  const caption = table.caption.textContent;
  const tools = make('div', { className: 'tools' });
  if (holder.hasAttribute('data-filter')) {
    const field = make('input', { type: 'search' });
    const count = make('output', {});
    field.addEventListener('input', () => { count.textContent = filterTable(table, field.value.toLowerCase()); });
    tools.append(make('label', {}, 'Filter ', field), count);
  }
  if (table.tBodies.length > 1) {
    const heads = headsOf(table);
    const select = make('select', {}, make('option', { value: '' }, 'as given'));
    heads.forEach((head, column) => {
      select.append(make('option', { value: column }, head.textContent));
      const button = make('button', { type: 'button' }, ...head.childNodes);
      button.addEventListener('click', () => choose(table, column));
      head.append(button);
    });
    select.addEventListener('change', () => { if (select.value) choose(table, Number(select.value)); });
    tools.append(make('label', { className: 'phone' }, 'Sort by ', select));
  }
  const openers = all('.opener', table);
  if (openers.length > 1) {
    const button = make('button', { type: 'button' }, 'Open all');
    button.setAttribute('aria-label', 'Open all rows: ' + caption);
    button.addEventListener('click', () => {
      const open = openers.some((opener) => !opener.open);
      for (const opener of openers) opener.open = open;
      button.textContent = open ? 'Close all' : 'Open all';
    });
    tools.append(button);
  }
  if (tools.childNodes.length > 0) holder.prepend(tools);
}

const watch = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    // What is closed has no width yet, and must not overflow in the moment when it opens.
    const fits = target.clientWidth > 0 && target.firstElementChild.offsetWidth <= target.clientWidth;
    target.classList.toggle('roomy', fits);
    target.classList.toggle('tight', !fits);
    if (fits) target.removeAttribute('tabindex');
    else target.tabIndex = 0;
  }
});
for (const box of all('.box')) watch.observe(box);
})();`;
