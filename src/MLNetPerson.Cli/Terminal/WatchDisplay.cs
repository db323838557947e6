using System.Diagnostics;
using System.Globalization;
using MLNetPerson.Streaming;

namespace MLNetPerson.Cli.Terminal;

/// <summary>One line on stderr that is written over and over: who is there, how sure, frames per second. On a terminal only.</summary>
internal sealed class WatchDisplay : IProgress<WatchStatus>
{
    private const int BarLength = 20;

    /// <summary>ANSI: to the line's start, and clear it.</summary>
    private const string ClearLine = "\r\e[2K";

    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(0.2);

    private readonly bool _isTerminal = !Console.IsErrorRedirected;
    private long _written;

    public void Report(WatchStatus value)
    {
        if (!_isTerminal || (_written != 0 && Stopwatch.GetElapsedTime(_written) < BetweenLines))
        {
            return;
        }

        _written = Stopwatch.GetTimestamp();
        var filled = (int)Math.Round(value.Smoothed * BarLength);
        Console.Error.Write(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{ClearLine}{(value.IsPerson ? "person" : "none"),-7}{new string('█', filled)}{new string('░', BarLength - filled)} "
                    + $"{value.Smoothed:0.00}  {value.FramesPerSecond:0.0} frames/s, {value.Dropped} of {value.Answered + value.Dropped} "
                    + $"dropped, {value.Time:hh\\:mm\\:ss}"
            )
        );
    }

    /// <summary>Makes room for other lines.</summary>
    public void Clear()
    {
        if (_isTerminal && _written != 0)
        {
            Console.Error.Write(ClearLine);
            _written = 0;
        }
    }
}
