using MLNetPerson.Testing;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Reports;

namespace MLNetPerson.Training.Tests.Reports;

/// <summary>The page as a browser shows it. Skipped where there is no Chromium.</summary>
public sealed class ReportPageTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [SkippableFact]
    public async Task It_asks_for_nothing_complains_of_nothing_and_draws_its_charts()
    {
        await using var page = await OpenAsync(SampleReport.Whole());

        Assert.True((bool?)await page.EvaluateAsync("window.reportIsReady"));
        Assert.Empty(page.Complaints);
        Assert.Equal([new Uri(_folder["report.html"]).AbsoluteUri], page.Requests);
        Assert.Equal(
            "roc pr rates calibration sizes",
            (string?)await page.EvaluateAsync("[...document.querySelectorAll('canvas')].map(canvas => canvas.id).join(' ')")
        );
        foreach (var chart in new[] { "roc", "pr", "rates", "calibration", "sizes" })
        {
            // Pixels in the first series' own colour: the curve itself, not only its axes.
            var drawn = await page.EvaluateAsync(
                $$"""
                (() => {
                  const canvas = document.getElementById('{{chart}}'), pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
                  let count = 0;
                  for (let i = 0; i < pixels.length; i += 4) if (pixels[i + 3] > 200 && Math.abs(pixels[i] - 0x1d) + Math.abs(pixels[i + 1] - 0x4e) + Math.abs(pixels[i + 2] - 0xd8) < 40) count++;
                  return count;
                })()
                """
            );
            Assert.True((int?)drawn > 80, $"{chart}: {drawn} pixels");
            Assert.True(
                ((string?)await page.EvaluateAsync($"document.getElementById('{chart}').getAttribute('aria-label')"))!.Length > 60,
                $"{chart} has no text for those who cannot see it"
            );
        }

        Assert.Equal(
            48,
            (int?)
                await page.EvaluateAsync(
                    "[...document.images].filter(image => image.complete && image.naturalWidth > 0 && image.alt.length > 0).length"
                )
        );
    }

    [SkippableFact]
    public async Task Keys_move_the_threshold_and_with_it_the_counts_and_the_marks()
    {
        await using var page = await OpenAsync(SampleReport.Whole());
        var (probabilities, labels) = SampleReport.Answers();
        await CheckAsync(SampleReport.Threshold); // as it opens: the package's own, to the last digit

        await page.EvaluateAsync("document.getElementById('slider').focus()");
        await page.PressAsync("ArrowRight");
        await CheckAsync(0.438);
        await page.PressAsync("Home");
        await CheckAsync(0);
        await page.PressAsync("ArrowRight");
        await page.PressAsync("ArrowRight");
        await CheckAsync(0.002);
        await page.PressAsync("End");
        await CheckAsync(1);
        await page.EvaluateAsync(
            "(slider => { slider.value = 800; slider.dispatchEvent(new Event('input')); })(document.getElementById('slider'))"
        );
        await CheckAsync(0.8);
        await page.EvaluateAsync("document.getElementById('reset').focus()");
        await page.PressAsync("Enter");
        await CheckAsync(SampleReport.Threshold);
        Assert.Empty(page.Complaints);

        async Task CheckAsync(double threshold)
        {
            var expected = ConfusionMatrix.Count(probabilities, labels, threshold);
            Assert.Equal(
                $"{expected.TruePositive} {expected.FalseNegative} {expected.FalsePositive} {expected.TrueNegative}",
                (string?)await page.EvaluateAsync("['tp', 'fn', 'fp', 'tn'].map(id => document.getElementById(id).textContent).join(' ')")
            );
            Assert.StartsWith(
                double.IsNaN(expected.Precision.Value)
                    ? "–"
                    : FormattableString.Invariant($"{100 * expected.Precision.Value:0.0} % ({100 * expected.Precision.Interval.Low:0.0}–"),
                (string?)await page.EvaluateAsync("document.getElementById('precision').textContent")
            );
            var marks = await page.EvaluateAsync(
                "['roc', 'pr'].map(id => Chart.getChart(id).data.datasets[2].data.map(point => [point.x, point.y])).concat([['rates', 4], "
                    + "['calibration', 3]].map(([id, set]) => Chart.getChart(id).data.datasets[set].data.map(point => point.x)))"
            );
            Assert.Equal(expected.FalseAlarmRate.Value, (double)marks![0]![0]![0]!, 1e-5);
            Assert.Equal(expected.Recall.Value, (double)marks[0]![0]![1]!, 1e-5);
            Assert.Equal(double.IsNaN(expected.Precision.Value) ? 0 : 1, marks[1]!.AsArray().Count);
            Assert.Equal(threshold, (double)marks[2]![0]!, 1e-9);
            Assert.Equal(threshold, (double)marks[3]![1]!, 1e-9);
            Assert.Contains(
                $"{expected.FalseNegative} missed, {expected.FalsePositive} false alarms",
                (string?)await page.EvaluateAsync("document.getElementById('slider').getAttribute('aria-valuetext')")
            );
            Assert.Contains(
                $"{expected.TruePositive} persons found",
                (string?)await page.EvaluateAsync("document.getElementById('outcome').textContent")
            );
        }
    }

    [SkippableFact]
    public async Task It_is_readable_on_a_telephone_and_on_a_desk_by_day_and_by_night()
    {
        await using var page = await OpenAsync(SampleReport.Whole());
        foreach (var (width, scheme) in new[] { (400, "light"), (400, "dark"), (1400, "dark"), (1400, "light") })
        {
            await page.ShowAsync(width, 900, scheme);
            await page.EvaluateAsync("document.querySelectorAll('details').forEach(details => details.open = true)");

            Assert.True(
                (int?)await page.EvaluateAsync("document.documentElement.scrollWidth") <= width,
                $"{width}: the page scrolls sideways"
            );
            Assert.Equal("[]", (await page.EvaluateAsync(Overlaps))!.ToJsonString());
            Assert.Equal("[]", (await page.EvaluateAsync(Cut))!.ToJsonString());
            Assert.Equal("[]", (await page.EvaluateAsync(Faint))!.ToJsonString());
            if (Environment.GetEnvironmentVariable("MLNETPERSON_SCREENSHOTS") is { } screenshots)
            {
                File.WriteAllBytes(Path.Combine(screenshots, $"report-{width}-{scheme}.png"), await page.ScreenshotAsync(whole: true));
            }
        }
    }

    [SkippableFact]
    public async Task Keys_alone_reach_everything_and_show_where_they_are()
    {
        await using var page = await OpenAsync(SampleReport.Whole());
        var reached = new HashSet<string>();
        for (var i = 0; i < 40; i++)
        {
            await page.PressAsync("Tab");
            var focus = await page.EvaluateAsync(
                "[document.activeElement.id || document.activeElement.textContent.trim().slice(0, 30), "
                    + "getComputedStyle(document.activeElement).outlineStyle, document.activeElement.tagName]"
            );
            reached.Add((string)focus![0]!);
            Assert.True(
                (string?)focus[2] == "BODY" || (string?)focus[1] is "solid" or "auto",
                $"{focus[0]} is reached, but nothing shows it"
            );
        }

        Assert.Superset(new HashSet<string> { "The numbers", "slider", "reset", "NearDuplicate 5", "The recipe as it was run" }, reached);
        await page.EvaluateAsync("document.querySelectorAll('summary')[2].focus()");
        await page.PressAsync("Enter");
        Assert.True((bool?)await page.EvaluateAsync("document.querySelectorAll('details')[2].open"));
    }

    [SkippableFact]
    public async Task Names_of_files_are_text_and_nothing_else()
    {
        const string Name =
            "<img src=x onerror=\"document.title='broken'\"></script><script>document.title='broken'</script>&{{data}}'\".jpg";
        var whole = SampleReport.Whole(Name);
        await using var page = await OpenAsync(
            whole with
            {
                Title = Name,
                Lead = Name,
                Recipe = Name,
                Provenance = [new ReportFact(Name, Name)],
                Refused = [new Training.Export.RefusedEncoding(Name, Name)],
                Slices = [.. whole.Slices.Select(slice => slice with { Attribute = Name, Value = Name })],
                Encodings = [.. whole.Encodings.Select(encoding => encoding with { Encoding = Name, Recovery = [Name] })],
                Evaluation = whole.Evaluation! with { Source = Name },
            }
        );

        Assert.Equal(Name, (string?)await page.EvaluateAsync("document.title"));
        Assert.Equal(Name, (string?)await page.EvaluateAsync("document.querySelector('h1').textContent"));
        Assert.Equal($"0/{Name}", (string?)await page.EvaluateAsync("document.querySelector('.pair figcaption span').textContent"));
        Assert.Equal(3, (int?)await page.EvaluateAsync("document.scripts.length"));
        Assert.Equal(48, (int?)await page.EvaluateAsync("document.images.length"));
        Assert.Empty(page.Complaints);
        Assert.Single(page.Requests);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<HeadlessBrowser> OpenAsync(Report report)
    {
        ReportWriter.Write(_folder["report.html"], report);
        var page = await HeadlessBrowser.OpenAsync(_folder["report.html"]);
        await page.WatchAsync();
        return page;
    }

    private const string Leaves = """
        const shown = element => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !element.closest('.unseen, [aria-hidden=true]');
        const leaves = [...document.querySelectorAll('body *')].filter(element => shown(element) && !['SCRIPT', 'STYLE', 'BR'].includes(element.tagName)
          && (['IMG', 'CANVAS', 'INPUT'].includes(element.tagName) || [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())));
        const name = element => `${element.tagName} ${element.id} ${element.textContent.trim().slice(0, 40)}`;
        """;

    /// <summary>Pairs that lie over each other by more than a pixel and are not inside one another.</summary>
    private const string Overlaps = $$"""
        (() => {
          {{Leaves}}
          const boxes = leaves.map(element => [element, element.getBoundingClientRect()]).filter(([, box]) => box.width > 0);
          const found = [];
          for (let i = 0; i < boxes.length; i++)
            for (let k = i + 1; k < boxes.length; k++) {
              const [[a, one], [b, two]] = [boxes[i], boxes[k]];
              if (!a.contains(b) && !b.contains(a) && Math.min(one.right, two.right) - Math.max(one.left, two.left) > 1 && Math.min(one.bottom, two.bottom) - Math.max(one.top, two.top) > 1)
                found.push(name(a) + ' over ' + name(b));
            }
          return found.slice(0, 5);
        })()
        """;

    /// <summary>What stands out of the window, or of a box that cannot be scrolled.</summary>
    private const string Cut = $$"""
        (() => {
          {{Leaves}}
          return leaves.filter(element => {
            const box = element.getBoundingClientRect(), inPre = element.closest('pre');
            return !inPre && (box.left < 0 || box.right > document.documentElement.clientWidth + 1 || element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== 'inline');
          }).map(name).slice(0, 5);
        })()
        """;

    /// <summary>Text of less contrast than 4.5 to 1 (WCAG 2.2, 1.4.3), and lines of charts of less than 3 to 1 (1.4.11).</summary>
    private const string Faint = $$"""
        (() => {
          {{Leaves}}
          const parse = text => { const probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true }); probe.fillStyle = text; probe.fillRect(0, 0, 1, 1); return [...probe.getImageData(0, 0, 1, 1).data]; };
          const light = ([r, g, b]) => { const [x, y, z] = [r, g, b].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * x + 0.7152 * y + 0.0722 * z; };
          const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
          const ground = element => { for (; element; element = element.parentElement) { const colour = parse(getComputedStyle(element).backgroundColor); if (colour[3] > 250) return colour; } return [255, 255, 255, 255]; };
          const style = getComputedStyle(document.documentElement), panel = parse(style.getPropertyValue('--panel'));
          const lines = ['one', 'two', 'three', 'four', 'ink'].filter(series => ratio(parse(style.getPropertyValue('--' + series)), panel) < 3);
          const charts = Object.values(Chart.instances).flatMap(chart => Object.values(chart.options.scales).flatMap(axis => [axis.ticks.color, axis.title.color])).filter(colour => ratio(parse(colour), panel) < 4.5);
          return leaves.filter(element => !['IMG', 'CANVAS', 'INPUT'].includes(element.tagName))
            .map(element => [element, ratio(parse(getComputedStyle(element).color), ground(element))]).filter(([, value]) => value < 4.5).map(([element, value]) => name(element) + ' ' + value.toFixed(2)).concat(lines, charts).slice(0, 5);
        })()
        """;
}
