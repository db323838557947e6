'use strict';
(() => {
  const data = JSON.parse(document.getElementById('chart-data').textContent);
  const ids = id => document.getElementById(id);
  const percent = value => value === null ? '–' : (100 * value).toFixed(1) + ' %';
  const interval = ([value, low, high]) => value === null ? '–' : `${percent(value)} (${(100 * low).toFixed(1)}–${(100 * high).toFixed(1)})`;
  const still = { animation: false, responsive: true, maintainAspectRatio: false };
  const charts = [];

  // Colours are the style sheet's, so that a change of scheme reaches the canvases, too.
  const colour = name => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
  const paint = () => {
    Chart.defaults.color = colour('soft');
    Chart.defaults.borderColor = colour('line');
    for (const { chart, dress } of charts) {
      dress(chart);
      for (const axis of Object.values(chart.options.scales)) {
        axis.grid.color = colour('line');
        axis.ticks.color = axis.title.color = colour('soft');
      }
      chart.options.plugins.legend.labels.color = colour('ink');
      chart.update('none');
    }
  };
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.font.size = 13;

  const axis = (text, ticks, range = { min: 0, max: 1 }) => ({
    type: 'linear', ...range, title: { display: true, text }, grid: {}, ticks: { maxTicksLimit: 6, callback: ticks },
  });
  const share = value => Math.round(100 * value) + ' %';
  const line = (label, points, more) => ({ label, data: points.map(([x, y]) => ({ x, y })), showLine: true, pointRadius: 0, pointHitRadius: 6, borderWidth: 2, tension: 0, ...more });
  const mark = { label: 'here', data: [], clip: false, pointRadius: 7, pointHoverRadius: 8, pointBorderWidth: 3 };
  const dotted = { borderDash: [2, 4], borderWidth: 1.5, pointHitRadius: 0 };

  const draw = (id, datasets, scales, dress, options = {}) => {
    const canvas = ids(id);
    if (!canvas) return null;
    const chart = new Chart(canvas, {
      type: 'scatter', data: { datasets }, plugins: options.inline ?? [],
      options: { ...still, scales, plugins: { legend: { display: false, position: 'bottom', labels: { usePointStyle: true, pointStyle: 'line', boxWidth: 28 } }, tooltip: { displayColors: false, ...options.tooltip }, ...options.plugins } },
    });
    charts.push({ chart, dress });
    return chart;
  };
  const dressLines = (...names) => chart => chart.data.datasets.forEach((set, i) => {
    set.borderColor = colour(names[i]);
    set.backgroundColor = set.label === 'here' ? colour('panel') : colour(names[i]);
    set.pointBorderColor = colour(names[i]);
  });

  if (data.evaluation) {
    const e = data.evaluation;
    const all = e.persons + e.others;
    const pair = (x, y) => ({ callbacks: { label: item => `${x} ${percent(item.parsed.x)}, ${y} ${percent(item.parsed.y)}` }, filter: item => item.dataset.label !== 'upright' });
    const roc = draw('roc', [line('ROC', e.roc), line('chance', [[0, 0], [1, 1]], dotted), { ...mark, data: [] }],
      { x: axis('False alarms', share), y: axis('Persons found', share) }, dressLines('one', 'soft', 'two'), { tooltip: pair('false alarms', 'found') });
    const pr = draw('pr', [line('precision', e.pr), line('all', [[0, e.persons / all], [1, e.persons / all]], dotted), { ...mark, data: [] }],
      { x: axis('Persons found', share), y: axis('Answers “person” that are right', share) }, dressLines('one', 'soft', 'two'), { tooltip: pair('found', 'right') });
    const steps = index => e.steps.map((step, i) => [i / (e.steps.length - 1), step[index][0]]).filter(point => point[1] !== null);
    const upright = { label: 'upright', data: [], showLine: true, pointRadius: 0, pointHitRadius: 0, borderWidth: 2 };
    const rates = draw('rates', [line('accuracy', steps(4)), line('recall', steps(5), { borderDash: [8, 4] }), line('precision', steps(6), { borderDash: [3, 3] }), line('false alarms', steps(7), { borderDash: [10, 3, 2, 3] }), { ...upright }],
      { x: axis('Threshold', value => value.toFixed(1)), y: axis('Share', share) }, dressLines('one', 'three', 'four', 'two', 'ink'),
      { tooltip: { callbacks: { label: item => `${item.dataset.label} ${percent(item.parsed.y)} at ${item.parsed.x.toFixed(3)}` }, filter: item => item.dataset.label !== 'upright' } });
    rates.options.plugins.legend.display = true;
    rates.options.plugins.legend.labels.filter = item => item.text !== 'upright';
    const most = Math.max(...e.calibration.map(bin => bin[4]));
    const ends = e.calibration.flatMap(([x, , low, high]) => [{ x, y: low }, { x, y: high }, { x, y: NaN }]);
    const calibration = draw('calibration', [
      { label: 'pictures', data: e.calibration.map(([x, y]) => ({ x, y })), pointRadius: e.calibration.map(bin => 3 + 6 * Math.sqrt(bin[4] / most)), pointHoverRadius: 10, clip: false },
      { label: 'interval', data: ends, showLine: true, pointRadius: 0, pointHitRadius: 0, borderWidth: 2, spanGaps: false },
      line('said', [[0, 0], [1, 1]], dotted), { ...upright }],
      { x: axis('Probability said', share), y: axis('Persons among them', share) }, dressLines('one', 'one', 'soft', 'ink'),
      { tooltip: { filter: item => item.datasetIndex === 0, callbacks: { label: item => { const bin = e.calibration[item.dataIndex]; return `said ${percent(bin[0])}, persons ${interval([bin[1], bin[2], bin[3]])}, ${bin[4]} pictures`; } } } });

    const slider = ids('slider');
    const show = (threshold, step) => {
      const [tp, fn, fp, tn, accuracy, recall, precision, falseAlarms] = step;
      ids('at').textContent = threshold.toFixed(3);
      for (const [id, count] of Object.entries({ tp, fn, fp, tn })) ids(id).textContent = count.toLocaleString('en');
      for (const [id, rate] of Object.entries({ accuracy, recall, precision, falseAlarms })) ids(id).textContent = interval(rate);
      const outcome = `At threshold ${threshold.toFixed(3)}: ${tp} persons found, ${fn} missed, ${fp} false alarms, ${tn} rightly none. Accuracy ${interval(accuracy)}.`;
      ids('outcome').textContent = outcome;
      slider.setAttribute('aria-valuetext', `${threshold.toFixed(3)}: ${fn} missed, ${fp} false alarms`);
      const place = (chart, index, points, text) => {
        if (!chart) return;
        chart.data.datasets[index].data = points;
        chart.canvas.setAttribute('aria-label', text);
        chart.update('none');
      };
      const dot = (x, y) => x === null || y === null ? [] : [{ x, y }];
      const bar = [{ x: threshold, y: 0 }, { x: threshold, y: 1 }];
      place(roc, 2, dot(falseAlarms[0], recall[0]), `ROC curve, area ${e.rocAuc}. At threshold ${threshold.toFixed(3)}: ${percent(recall[0])} of persons found, ${percent(falseAlarms[0])} false alarms.`);
      place(pr, 2, dot(recall[0], precision[0]), `Precision–recall curve, average precision ${e.averagePrecision}. At threshold ${threshold.toFixed(3)}: recall ${percent(recall[0])}, precision ${percent(precision[0])}.`);
      place(rates, 4, bar, `Accuracy, recall, precision and false alarms by threshold. At ${threshold.toFixed(3)}: ${percent(accuracy[0])}, ${percent(recall[0])}, ${percent(precision[0])}, ${percent(falseAlarms[0])}.`);
      place(calibration, 3, bar, `Calibration: expected error ${e.calibrationError}. ` + e.calibration.map(bin => `Said ${percent(bin[0])}: ${percent(bin[1])} of ${bin[4]} are persons.`).join(' '));
    };
    slider.addEventListener('input', () => show(slider.value / 1000, e.steps[slider.value]));
    ids('reset').addEventListener('click', () => { slider.value = Math.round(1000 * e.threshold); show(e.threshold, e.own); });
    paint();
    slider.value = Math.round(1000 * e.threshold);
    show(e.threshold, e.own);
  }

  if (ids('sizes')) {
    const points = [{ name: 'float32', megabytes: data.encodings[0].floatBytes / 1e6, speed: 1 }, ...data.encodings.filter(one => one.speed !== null)];
    const reach = Math.ceil(2.2 * Math.max(...points.map(point => point.speed))) / 2;
    const high = 1.15 * Math.max(...points.map(point => point.megabytes));
    // Names beside the dots; the library has no labels of its own.
    const names = { id: 'names', afterDatasetsDraw: chart => {
      const { ctx, chartArea } = chart;
      ctx.save();
      ctx.fillStyle = colour('ink');
      ctx.font = `600 13px ${Chart.defaults.font.family}`;
      ctx.textBaseline = 'middle';
      const dots = chart.getDatasetMeta(0).data;
      const taken = dots.map(dot => ({ left: dot.x - 9, right: dot.x + 9, top: dot.y - 9, bottom: dot.y + 9 }));
      const free = box => box.left >= chartArea.left && box.right <= chartArea.right && box.top >= chartArea.top && box.bottom <= chartArea.bottom
        && !taken.some(other => box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom);
      dots.forEach((dot, i) => {
        const width = ctx.measureText(points[i].name).width;
        const places = [0, -18, 18, -36, 36, -54, 54].flatMap(up => [[dot.x + 13, dot.y + up], [dot.x - 13 - width, dot.y + up], [dot.x - width / 2, dot.y + up + Math.sign(up) * 2]])
          .map(([left, y]) => ({ left, right: left + width, top: y - 8, bottom: y + 8, y }));
        const place = places.find(free) ?? places[0];
        taken.push(place);
        ctx.fillText(points[i].name, place.left, place.y);
      });
      ctx.restore();
    } };
    draw('sizes', [{ label: 'encodings', data: points.map(point => ({ x: point.speed, y: point.megabytes })), pointRadius: 7, pointHoverRadius: 8 }],
      { x: axis('Times as fast as float32', value => value.toFixed(1) + ' ×', { min: 0, max: reach }), y: axis('MB', (value, i, ticks) => i === ticks.length - 1 ? '' : String(value), { min: 0, max: high }) }, dressLines('one'),
      { inline: [names], tooltip: { callbacks: { label: item => `${points[item.dataIndex].name}: ${item.parsed.y.toFixed(2)} MB, ${item.parsed.x.toFixed(2)} ×` } } });
    ids('sizes').setAttribute('aria-label', 'Size and speed. ' + points.map(point => `${point.name}: ${point.megabytes.toFixed(2)} MB, ${point.speed.toFixed(2)} times as fast as float32.`).join(' '));
  }

  paint();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', paint);
  window.reportIsReady = true;
})();
