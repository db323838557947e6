using MLNetPerson.Prediction;
using MLNetPerson.Streaming;

namespace MLNetPerson.Tests.Streaming;

public sealed class PresenceTrackerTests
{
    private static readonly WatchOptions Options = new();

    [Fact]
    public void A_person_for_ten_seconds_is_one_event_and_its_end_another()
    {
        var events = Track(Steps(10, (5, 0.05f), (10, 0.95f), (5, 0.05f)));

        Assert.Equal([true, false], events.Select(change => change.IsPerson));
        Assert.InRange(events[0].Time.TotalSeconds, 5, 5.6);
        Assert.InRange(events[1].Time.TotalSeconds, 15, 15.6);
        Assert.Equal(events[1].Time - events[0].Time, events[1].Lasted);
        Assert.Equal((0.95f, 0.05f), (events[0].Probability, events[1].Probability));
    }

    [Fact]
    public void The_average_is_the_formula_typed_out()
    {
        var random = new Random(17);
        var tracker = new PresenceTracker(0.5, Options with { Smoothing = TimeSpan.FromSeconds(2) });
        var (time, expected) = (0.0, 0.0);
        for (var i = 0; i < 200; i++)
        {
            var (step, probability) = (random.NextDouble(), random.NextSingle());
            time += step;
            expected += (i == 0 ? 0.5 : Math.Min(0.5, 1 - Math.Exp(-step / 2))) * (probability - expected);

            tracker.Add(new FramePrediction(i, TimeSpan.FromSeconds(time), new PersonPrediction(probability, false)));

            Assert.Equal(expected, tracker.Smoothed, 1e-5); // time spans count in 100 ns
        }
    }

    [Fact]
    public void A_probability_that_trembles_around_the_threshold_makes_no_event()
    {
        var random = new Random(17);

        Assert.Empty(Track(Enumerable.Range(0, 1000).Select(i => (i / 10.0, 0.45f + (0.1f * random.NextSingle())))));
    }

    [Theory, InlineData(0.1), InlineData(1), InlineData(60)]
    public void One_wrong_answer_makes_no_event_even_after_a_pause(double pause) =>
        Assert.Empty(
            Track([
                .. Steps(10, (3, 0.02f)),
                (3 + pause, 0.98f),
                .. Steps(10, (3, 0.02f)).Select(step => (step.Item1 + 3.1 + pause, step.Item2)),
            ])
        );

    [Theory, InlineData(2), InlineData(3), InlineData(5), InlineData(-1), InlineData(-2)]
    public void Dropped_frames_move_events_by_less_than_the_smoothing_and_lose_none(int pattern)
    {
        // Positive: every n-th frame is kept. Negative: frames are kept at random, two of three.
        var random = new Random(-pattern);
        var all = Steps(25, (4, 0.03f), (6, 0.9f), (3, 0.1f), (8, 0.8f), (5, 0.02f))
            .Select(step => (step.Item1, Math.Clamp(step.Item2 + (0.1f * (random.NextSingle() - 0.5f)), 0, 1)))
            .ToList();
        var kept = all.Where((_, i) => pattern > 0 ? i % pattern == 0 : random.Next(3) > 0).ToList();

        var (expected, events) = (Track(all), Track(kept));

        Assert.Equal(4, expected.Count);
        Assert.Equal(expected.Select(change => change.IsPerson), events.Select(change => change.IsPerson));
        Assert.All(
            expected.Zip(events),
            pair => Assert.InRange((pair.First.Time - pair.Second.Time).Duration(), TimeSpan.Zero, Options.Smoothing)
        );
    }

    [
        Theory,
        InlineData(0.5, 0.6, 0.4),
        InlineData(0.02, 0.12, 0.01),
        InlineData(0.98, 0.99, 0.88),
        InlineData(0, 0.1, 0),
        InlineData(1, 1, 0.9)
    ]
    public void Both_limits_are_within_reach_whatever_the_threshold(double threshold, double enter, double leave)
    {
        var tracker = new PresenceTracker(threshold, Options);

        Assert.Equal(enter, tracker.Enter, 1e-12);
        Assert.Equal(leave, tracker.Leave, 1e-12);
    }

    [Fact]
    public void Without_smoothing_and_hysteresis_every_answer_decides()
    {
        var events = Track([(0, 0.9f), (1, 0.1f), (2, 0.5f)], Options with { Smoothing = TimeSpan.Zero, Hysteresis = 0 });

        Assert.Equal(
            ["person since 0.0 s, 0.90", "nobody since 1.0 s, 0.10", "person since 2.0 s, 0.50"],
            events.Select(change => change.ToString())
        );
    }

    [Fact]
    public void Time_that_runs_backwards_and_options_out_of_range_are_refused()
    {
        var tracker = new PresenceTracker(0.5, Options);
        tracker.Add(new FramePrediction(0, TimeSpan.FromSeconds(2), default));

        Assert.Contains(
            "Frame 1 is of 1 s, the one before it of 2 s",
            Assert.Throws<ArgumentException>(() => tracker.Add(new FramePrediction(1, TimeSpan.FromSeconds(1), default))).Message
        );
        Assert.Throws<ArgumentException>(() => new PresenceTracker(0.5, Options with { Hysteresis = 1 }));
        Assert.Throws<ArgumentException>(() => new PresenceTracker(0.5, Options with { Smoothing = TimeSpan.FromMinutes(2) }));
        Assert.Throws<ArgumentException>(() => new PresenceTracker(double.NaN, Options));
    }

    private static IEnumerable<(double, float)> Steps(int rate, params (double Seconds, float Probability)[] steps) =>
        steps
            .SelectMany(step => Enumerable.Repeat(step.Probability, (int)(step.Seconds * rate)))
            .Select((probability, i) => (i / (double)rate, probability));

    private static List<PersonEvent> Track(IEnumerable<(double Time, float Probability)> answers, WatchOptions? options = null)
    {
        var tracker = new PresenceTracker(0.5, options ?? Options);
        return
        [
            .. answers
                .Select(
                    (answer, i) =>
                        tracker.Add(
                            new FramePrediction(
                                i,
                                TimeSpan.FromSeconds(answer.Time),
                                new PersonPrediction(answer.Probability, answer.Probability >= 0.5)
                            )
                        )
                )
                .OfType<PersonEvent>(),
        ];
    }
}
