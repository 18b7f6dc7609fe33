(function () {
  var shown = document.querySelector('meta[name=plad-state]').content, status = document.getElementById('live');
  var now = status.textContent;
  var words = document.getElementById('words'), change = document.getElementById('change');
  function openParts() {
    return Array.prototype.map.call(document.querySelectorAll('details'), function (part) { return part.open; });
  }
  var kept = null;
  try { kept = JSON.parse(sessionStorage.getItem('plad') || 'null'); sessionStorage.removeItem('plad'); } catch (error) {}
  if (kept) {
    document.querySelectorAll('details').forEach(function (part, index) {
      if (index < kept.open.length) part.open = kept.open[index];
    });
    if (words) words.value = kept.words;
    if (change) change.value = kept.change;
    if (words) words.dispatchEvent(new Event('input', { bubbles: true }));
    window.scrollTo(0, kept.scroll);
  }
  function ask() {
    fetch(location.pathname, { method: 'HEAD', cache: 'no-store' }).then(function (response) {
      status.textContent = now;
      if (!response.ok || response.headers.get('ETag') === '"' + shown + '"') return;
      sessionStorage.setItem('plad', JSON.stringify({ scroll: window.scrollY, open: openParts(),
        words: words ? words.value : '', change: change ? change.value : '' }));
      location.reload();
    }).catch(function () { status.textContent = 'The server has ended; this page stays as it was.'; });
  }
  setInterval(ask, 2000);
})();
