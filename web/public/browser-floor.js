// Plain ES5: runs in every browser and leads old ones to a page that says what to do.
(() => {
  var css = window.CSS && window.CSS.supports;
  // Chromium 87 was the first kernel with the CSS property `inset`.
  var fits = css && window.CSS.supports('inset', '0') && String.prototype.replaceAll;
  if (!fits) window.location.replace('/upgrade.html');
})();
