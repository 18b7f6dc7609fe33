/// What filters the answers; without it the page shows all of them.
enum ReportScript {
    static let text = """
        (function () {
          var form = document.getElementById('filter');
          if (!form) return;
          var words = document.getElementById('words'), change = document.getElementById('change');
          var shown = document.getElementById('shown'), answers = document.querySelectorAll('.answer');
          function apply() {
            var text = words.value.toLowerCase(), kind = change ? change.value : '', count = 0;
            answers.forEach(function (answer) {
              var fits = (!kind || answer.dataset.change === kind) && answer.textContent.toLowerCase().indexOf(text) >= 0;
              answer.hidden = !fits;
              if (fits) count += 1;
            });
            shown.textContent = text || kind ? count + ' of ' + answers.length : '';
          }
          form.hidden = false;
          form.addEventListener('input', apply);
          form.addEventListener('submit', function (event) { event.preventDefault(); });
          apply();
        })();
        """

    /// What a live page does besides: it asks its server every two seconds whether there is news, and then loads itself
    /// again as it was left: scrolled, opened, filtered.
    static let live = """
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
        """
}
