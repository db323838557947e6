using System.Globalization;
using MLNetPerson.Streaming;

namespace MLNetPerson.Cli.Terminal;

/// <summary>An event in words or as JSON.</summary>
/// <param name="started">When a live stream began, by the clock on the wall; null of a recording, whose times count from its start.</param>
/// <param name="json">Lines for programs.</param>
internal sealed class EventLine(DateTimeOffset? started, bool json)
{
    public string Of(PersonEvent change) =>
        json
            ? JsonOutput.LineOf(
                new
                {
                    @event = change.IsPerson ? "person" : "none",
                    at = started + change.Time,
                    seconds = Math.Round(change.Time.TotalSeconds, 3),
                    frame = change.Frame,
                    probability = change.Probability,
                    smoothed = Math.Round(change.Smoothed, 6),
                    lastedSeconds = Math.Round(change.Lasted.TotalSeconds, 3),
                }
            )
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{(change.IsPerson ? "person" : "no person")} since {At(change.Time)}, {change.Probability:0.00}"
                    + $"{(change.IsPerson ? "" : $" (was there for {change.Lasted.TotalSeconds:0.0} s)")}"
            );

    public string Of(ZoneEvent change) =>
        json
            ? JsonOutput.LineOf(
                new
                {
                    @event = change.Change.IsPerson ? "person" : "none",
                    zone = change.Zone,
                    persons = change.Persons,
                    at = started + change.Change.Time,
                    seconds = Math.Round(change.Change.Time.TotalSeconds, 3),
                    frame = change.Change.Frame,
                    probability = change.Change.Probability,
                    smoothed = Math.Round(change.Change.Smoothed, 6),
                    lastedSeconds = Math.Round(change.Change.Lasted.TotalSeconds, 3),
                }
            )
            : $"{change.Zone}: {Of(change.Change)}";

    public string OfEnd(WatchStatus status) =>
        json
            ? JsonOutput.LineOf(
                new
                {
                    @event = "end",
                    at = started + status.Time,
                    seconds = Math.Round(status.Time.TotalSeconds, 3),
                    answered = status.Answered,
                    dropped = status.Dropped,
                    isPerson = status.IsPerson,
                }
            )
            : string.Create(
                CultureInfo.InvariantCulture,
                $"end at {At(status.Time)}, {(status.IsPerson ? "a person is there" : "nobody is there")}; {status.Answered} frames "
                    + $"answered, {status.Dropped} dropped"
            );

    private string At(TimeSpan time) =>
        started is { } start
            ? (start + time).ToString("HH:mm:ss.f", CultureInfo.InvariantCulture)
            : time.ToString(@"hh\:mm\:ss\.f", CultureInfo.InvariantCulture);
}
