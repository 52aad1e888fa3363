for (const place of document.querySelectorAll('.origin')) place.textContent = location.origin;
for (const place of document.querySelectorAll('.host')) place.textContent = location.host;
for (const button of document.querySelectorAll('[data-copy]')) {
  button.addEventListener('click', () => copy(button, $(button.dataset.copy).textContent));
}
