/** The script of the page. Without it everything can still be opened by hand. */
export const SCRIPT = `
const all = (open) => document.querySelectorAll('details').forEach((each) => { each.open = open; });
const controls = document.querySelector('.controls');
for (const [label, open] of [['Open everything', true], ['Close everything', false]]) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = label;
  button.addEventListener('click', () => all(open));
  controls.append(button, ' ');
}
addEventListener('beforeprint', () => all(true));
`;
