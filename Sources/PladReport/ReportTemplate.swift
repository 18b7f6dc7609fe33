/// The page, as Mustache. Three braces stand only around the page's own style, script and drawings.
enum ReportTemplate {
    static let text = #"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="{{{policy}}}">
        {{#now}}<meta name="plad-state" content="{{state}}">{{/now}}
        <meta name="color-scheme" content="light dark">
        <meta name="generator" content="plad">
        <link rel="icon" href="data:,">
        <title>{{title}} · plad</title>
        <style>{{{style}}}</style>
        </head>
        <body>
        <a class="skip" href="#main">Skip to the results</a>
        <header>
        <p class="kind">plad report</p>
        <h1>{{title}}</h1>
        <p class="headline">{{headline}}</p>
        <p class="facts">{{facts}}</p>
        {{#now}}<p id="live" role="status">{{.}}</p>{{/now}}
        <nav aria-label="Sections">
        {{#run}}{{#first()}}<a href="#run">Run</a>{{/first()}}{{/run}}
        {{#students}}<a href="#students">Students</a>{{/students}}
        {{#answers}}<a href="#answers">Answers</a>{{/answers}}
        {{#training}}{{#first()}}<a href="#training">Training</a>{{/first()}}{{/training}}
        {{#data}}<a href="#data">Data</a>{{/data}}
        {{#lists}}{{#first()}}<a href="#reproduce">Reproduce</a>{{/first()}}{{/lists}}
        </nav>
        </header>
        <main id="main">
        {{#run}}
        {{#first()}}<section id="run" aria-labelledby="run-title"><h2 id="run-title">Run</h2><dl class="run">{{/first()}}
        <div><dt>{{name}}</dt><dd>{{value}}</dd></div>
        {{#last()}}</dl></section>{{/last()}}
        {{/run}}
        {{#students}}
        <section id="students" aria-labelledby="students-title">
        <h2 id="students-title">Students</h2>
        <p>Measured on {{prompts}} held-out prompts. Dots are means, lines their 95 % intervals.</p>
        {{#note}}<p class="bad">{{.}}</p>{{/note}}
        <div class="plots">
        {{#plots}}
        <figure><figcaption><b>{{heading}}</b> {{meaning}}</figcaption>{{{markup}}}</figure>
        {{/plots}}
        </div>
        {{#judged}}
        {{#first()}}<h3>Win rate</h3><p>How often the first student’s answer is judged better than the other’s; the dotted line is even.</p>
        <div class="plots top">{{/first()}}
        <figure><figcaption><b>Judged by {{judge}}</b> {{note}}</figcaption>{{{plot}}}</figure>
        {{#last()}}</div>{{/last()}}
        {{/judged}}
        {{#judged}}
        <details class="more"><summary>Judged by {{judge}}: at equal length, by length</summary>
        <div class="scroll" role="region" aria-label="Win rates by {{judge}}" tabindex="0">
        <table>
        <caption>Judged by {{judge}}</caption>
        <thead><tr><td></td>{{#pairings}}<th scope="col">{{.}}</th>{{/pairings}}</tr></thead>
        <tbody>
        {{#lines}}
        <tr><th scope="row">{{label}}<span class="hint">{{explanation}}</span></th>{{#entries}}<td>{{mean}} <span class="{{style}}">{{judgement}}</span><span class="interval">{{interval}}</span></td>{{/entries}}</tr>
        {{/lines}}
        </tbody>
        </table>
        </div>
        </details>
        {{/judged}}
        <details class="more"><summary>All measures, with intervals</summary>
        <div class="scroll" role="region" aria-label="Means and intervals of every student" tabindex="0">
        <table>
        <caption>Means, with 95 % intervals</caption>
        <thead><tr><td></td>{{#names}}<th scope="col">{{.}}</th>{{/names}}</tr></thead>
        <tbody>
        {{#rows}}
        <tr><th scope="row">{{measure}}{{#hint}}<span class="hint">{{.}}</span>{{/hint}}</th>{{#cells}}<td>{{mean}}<span class="interval">{{interval}}</span></td>{{/cells}}</tr>
        {{/rows}}
        </tbody>
        </table>
        </div>
        </details>
        {{#comparisons}}{{#first()}}
        <div class="scroll" role="region" aria-label="Differences between students" tabindex="0">
        <table>
        <caption>Differences, prompt by prompt</caption>
        <thead><tr><td></td>{{#comparisons}}<th scope="col">{{.}}</th>{{/comparisons}}</tr></thead>
        <tbody>
        {{#changes}}
        <tr><th scope="row">{{measure}}{{#hint}}<span class="hint">{{.}}</span>{{/hint}}</th>{{#cells}}<td>{{mean}} <span class="{{style}}">{{judgement}}</span><span class="interval">{{interval}}</span></td>{{/cells}}</tr>
        {{/changes}}
        </tbody>
        </table>
        </div>
        {{/first()}}{{/comparisons}}
        <p class="note">Intervals are percentiles of means over prompts drawn with replacement. A difference draws the same prompts for
        both students, so it can be clear where the students’ own intervals overlap. “Unclear” means that the interval holds 0:
        these prompts do not tell the students apart.</p>
        {{#distributions}}
        {{#first()}}<h3>Distributions</h3><p>A dot is the median, the thick line the middle half, the thin line 10 % to 90 % of the prompts.</p><div class="plots top">{{/first()}}
        <figure><figcaption><b>{{heading}}</b> {{meaning}}</figcaption>{{{markup}}}</figure>
        {{#last()}}</div>{{/last()}}
        {{/distributions}}
        {{#likelihood}}
        {{#first()}}<h3>Likelihood and quality</h3><p>Samples of the warmed-up student, the same for every student: across, how likely the
        student finds a sample; up, its {{likeness}} against the teacher’s text. A faint dot is a sample, the line joins the means of tenths.
        Where the line rises, likelihood orders answers as quality does.</p><div class="plots top">{{/first()}}
        <figure><figcaption><b>{{heading}}</b> {{meaning}}</figcaption>{{{markup}}}</figure>
        {{#last()}}</div>{{/last()}}
        {{/likelihood}}
        {{#reliability}}
        {{#first()}}<h3>Reliability</h3><p>When the student is so confident which text of a held-out pair is the teacher’s, how often is it
        right? On the dotted line as often as it is confident; below, it is overconfident. Confidence is the sigmoid of the difference of
        the two scores; a larger dot is more pairs.</p><div class="plots top">{{/first()}}
        <figure><figcaption><b>{{heading}}</b> {{meaning}}</figcaption>{{{markup}}}</figure>
        {{#last()}}</div>{{/last()}}
        {{/reliability}}
        </section>
        {{/students}}
        {{#answers}}
        <section id="answers" aria-labelledby="answers-title">
        <h2 id="answers-title">Answers</h2>
        <p>The first {{count}} held-out prompts, with greedy answers.{{#isScored}} Numbers are {{likeness}} against the teacher’s text.{{/isScored}}</p>
        <form id="filter" hidden>
        <label>Containing <input type="search" id="words" autocomplete="off"></label>
        {{#isScored}}<label>Show <select id="change"><option value="">all</option><option value="better">where “{{last}}” is closer than “{{before}}”</option><option value="worse">where it is less close</option><option value="same">where both are as close</option></select></label>{{/isScored}}
        <output id="shown" aria-live="polite"></output>
        </form>
        {{#items}}
        <details class="answer" data-change="{{change}}"{{#isOpen}} open{{/isOpen}}>
        <summary><span class="number">{{number}}</span> <span class="opening">{{opening}}</span> <span class="scores">{{scores}}</span></summary>
        <div class="prompt"><h3>prompt <span class="id">{{id}}</span></h3><p class="text">{{prompt}}</p>{{#needed}}<p class="needed">Facts to keep: {{.}}</p>{{/needed}}</div>
        <div class="columns">
        {{#texts}}
        <div{{#isTeacher}} class="teacher"{{/isTeacher}}><h3>{{who}}{{#score}} <span class="score">{{.}}</span>{{/score}}{{#kept}} <span class="score">{{.}}</span>{{/kept}}</h3><p class="text">{{text}}</p></div>
        {{/texts}}
        </div>
        </details>
        {{/items}}
        </section>
        {{/answers}}
        {{#training}}
        {{#first()}}<section id="training" aria-labelledby="training-title"><h2 id="training-title">Training</h2>{{/first()}}
        <h3>{{name}} <span class="quiet">{{steps}}</span></h3>
        {{#collapse}}<p class="bad">{{.}}</p>{{/collapse}}
        {{#thinning}}<p>Each point is the mean of {{.}} steps; the band spans their lowest and highest.</p>{{/thinning}}
        <div class="plots">
        {{#plots}}
        <figure><figcaption><b>{{heading}}</b> {{meaning}}</figcaption>{{{markup}}}</figure>
        {{/plots}}
        </div>
        {{#last()}}</section>{{/last()}}
        {{/training}}
        {{#data}}
        <section id="data" aria-labelledby="data-title">
        <h2 id="data-title">Data</h2>
        <div class="plots top">
        {{#funnel}}<figure><figcaption><b>From prompts to pairs</b></figcaption>{{{.}}}</figure>{{/funnel}}
        {{#times}}<figure><figcaption><b>Time by stage</b></figcaption>{{{.}}}</figure>{{/times}}
        </div>
        {{#dropped}}
        <div class="scroll" role="region" aria-label="What was left out, and why" tabindex="0">
        <table class="reasons">
        <caption>Left out: {{.}}, each with its reason in drops.jsonl</caption>
        <thead><tr><th scope="col">Stage</th><th scope="col">Reason</th><th scope="col">Count</th><th scope="col">For example</th></tr></thead>
        <tbody>
        {{#reasons}}
        <tr><td>{{stage}}</td><td>{{meaning}} <code>{{state}}</code></td><td>{{number}}</td><td class="sample">{{sample}}</td></tr>
        {{/reasons}}
        </tbody>
        </table>
        </div>
        {{/dropped}}
        </section>
        {{/data}}
        {{#lists}}
        {{#first()}}<section id="reproduce" aria-labelledby="reproduce-title"><h2 id="reproduce-title">Reproduce</h2>
        <p>Written one “flag: value” a line, these settings are a file for <code>plad distill --config</code>; with the recorded answers and
        <code>--replay</code> it needs no teacher and ends in the same bytes.</p>{{/first()}}
        <h3>{{caption}}</h3>
        <dl>{{#items}}<div><dt>{{name}}</dt><dd>{{value}}</dd></div>{{/items}}</dl>
        {{#last()}}</section>{{/last()}}
        {{/lists}}
        </main>
        <script>{{{script}}}</script>
        </body>
        </html>

        """#
}
