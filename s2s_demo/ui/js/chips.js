const box = element.querySelector('.answer');
const make = (tag, name, text) => {
  const one = document.createElement(tag); one.className = name; one.textContent = text || ''; return one;
};
const draw = () => {
  const data = props.value ? JSON.parse(props.value) : {rows: []};
  box.replaceChildren(...data.rows.flatMap(row => {
    const line = make('div', 'toks', '');
    line.append(...row.chips.map(chip => {
      const c = make('span', 'tok', '');
      c.append(make('span', '', chip.name));
      if (chip.under) c.append(make('em', '', chip.under));
      if (chip.hue != null) c.style.background = `hsl(${chip.hue} 80% 50% / .18)`;
      return c;
    }));
    return [make('div', 'cap', row.caption), line];
  }));
};
watch('value', draw);
draw();
