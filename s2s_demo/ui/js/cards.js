const draw = () => {
  const data = props.value ? JSON.parse(props.value) : null;
  element.querySelector('.said').textContent = data ? data.said : '';
  element.querySelector('ul').replaceChildren(...(data ? data.cards : []).map(card => {
    const li = document.createElement('li');
    li.style.setProperty('--tone', card.colour); li.classList.toggle('none', card.none); li.dataset.name = card.engine;
    for (const [tag, text] of [['span', card.name], ['b', card.big], ['small', card.small]]) {
      const one = document.createElement(tag); one.textContent = text; li.append(one);
    }
    return li;
  }));
};
watch('value', draw);
draw();
