using System.Diagnostics;
using System.Globalization;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Retraining;
using Spectre.Console;

namespace MLNetPerson.Cli.Terminal;

/// <summary>Shows what is going on, on stderr: bars with rate and time left on a terminal, plain lines otherwise.</summary>
internal sealed class StepDisplay : IProgress<RetrainProgress>
{
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(5);

    private readonly ProgressContext? _bars;
    private readonly Lock _gate = new();
    private readonly Stopwatch _sinceStep = new();
    private readonly Stopwatch _sinceLine = new();
    private ProgressTask? _bar;
    private string _step = "";
    private int _cachedAtStart;

    private StepDisplay(ProgressContext? bars) => _bars = bars;

    /// <summary>Runs <paramref name="work"/> with a display of its own.</summary>
    public static async Task<T> RunAsync<T>(Func<StepDisplay, Task<T>> work)
    {
        if (Console.IsErrorRedirected)
        {
            return await work(new StepDisplay(null));
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console
            .Progress()
            .AutoClear(false)
            .Columns(
                new SpinnerColumn(),
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn(),
                new CountColumn(),
                new ElapsedTimeColumn()
            )
            .StartAsync(async bars =>
            {
                var display = new StepDisplay(bars);
                try
                {
                    return await work(display);
                }
                finally
                {
                    display.EndStep();
                }
            });
    }

    public void Report(RetrainProgress value)
    {
        lock (_gate)
        {
            if (value.Step != _step)
            {
                StartStep(value.Step, value.Features);
            }

            if (value.Features is { } features)
            {
                Count(features);
            }
        }
    }

    /// <summary>Progress of the making of encodings.</summary>
    public IProgress<QuantizeProgress> Quantizing() => new Relay<QuantizeProgress>(this, RetrainProgress.Of);

    /// <summary>Progress of an extraction or an evaluation under a heading of its own.</summary>
    public IProgress<FeatureProgress> Counting(string step) => new Relay<FeatureProgress>(this, value => new RetrainProgress(step, value));

    /// <summary>Progress of a download under a heading of its own.</summary>
    public IProgress<(int Done, int Total, string Package)> CountingPackages(string step) =>
        new Relay<(int Done, int Total, string Package)>(
            this,
            value => new RetrainProgress(step, new FeatureProgress(value.Done, value.Total, 0, 0))
        );

    /// <summary>Progress of files being copied under a heading of its own.</summary>
    public IProgress<(int Done, int Total)> CountingFiles(string step) =>
        new Relay<(int Done, int Total)>(this, value => new RetrainProgress(step, new FeatureProgress(value.Done, value.Total, 0, 0)));

    private void StartStep(string step, FeatureProgress? features)
    {
        EndStep();
        _step = step;
        _sinceStep.Restart();
        _sinceLine.Restart();
        _cachedAtStart = 0;
        if (_bars is null)
        {
            Console.Error.WriteLine(
                features is { } total
                    ? string.Create(CultureInfo.InvariantCulture, $"{step}: {(total.Total == 0 ? "" : total.Total)}").TrimEnd(' ', ':')
                    : step
            );
            return;
        }

        _bar = _bars.AddTask(Markup.Escape(step), maxValue: features?.Total ?? 1);
        _bar.IsIndeterminate = features is null;
    }

    private void EndStep()
    {
        if (_bar is not null)
        {
            _bar.IsIndeterminate = false;
            _bar.Value = _bar.MaxValue;
            _bar.StopTask();
            _bar = null;
        }
    }

    private void Count(FeatureProgress progress)
    {
        _cachedAtStart = progress.FromCache;
        if (_bar is not null)
        {
            _bar.Value = progress.Done;
            _bar.State.Update<CountColumn.Caption>(CountColumn.Key, _ => new CountColumn.Caption(Text(progress)));
        }
        else if (_bars is null && (_sinceLine.Elapsed > BetweenLines || (progress.Done == progress.Total && progress.Total > 0)))
        {
            _sinceLine.Restart();
            Console.Error.WriteLine($"  {Text(progress)}");
        }
    }

    private string Text(FeatureProgress progress)
    {
        var computed = progress.Done - _cachedAtStart;
        var rate = computed / Math.Max(_sinceStep.Elapsed.TotalSeconds, 1e-3);
        var left =
            progress.Done == progress.Total || rate <= 0 || progress.Total == 0
                ? ""
                : string.Create(CultureInfo.InvariantCulture, $", {(progress.Total - progress.Done) / rate:0} s left");
        var speed = computed == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {rate:0}/s{left}");
        var of = progress.Total == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"/{progress.Total}");
        return string.Create(CultureInfo.InvariantCulture, $"{progress.Done}{of}{speed}")
            + (progress.FromCache > 0 ? string.Create(CultureInfo.InvariantCulture, $", {progress.FromCache} from the cache") : "")
            + (progress.Skipped > 0 ? string.Create(CultureInfo.InvariantCulture, $", {progress.Skipped} skipped") : "");
    }

    /// <summary>Hands on what another kind of work reports, at once and on the thread that reports it.</summary>
    private sealed class Relay<T>(StepDisplay display, Func<T, RetrainProgress> step) : IProgress<T>
    {
        public void Report(T value) => display.Report(step(value));
    }
}
