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
