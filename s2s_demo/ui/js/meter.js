const bar = element.querySelector('.bar'), done = bar.firstElementChild, text = element.querySelector('.told');
const draw = () => {
  const data = props.value ? JSON.parse(props.value) : {};
  text.textContent = data.text || '';
  bar.style.visibility = data.share == null ? 'hidden' : 'visible';
  bar.setAttribute('aria-label', data.text || '');
  done.style.width = 100 * (data.share ?? 0) + '%';
  bar.setAttribute('aria-valuenow', Math.round(100 * (data.share ?? 0)));
};
watch('value', draw);
draw();
