using System.CommandLine;
using MLNetPerson.Images;

namespace MLNetPerson.Cli.Verbs;

/// <summary>The options that errors about <see cref="ImageLimits"/> name, on every verb that decodes pictures.</summary>
internal static class LimitOptions
{
    private static readonly string[] Verbs =
    [
        "demo",
        "retrain",
        "features",
        "quantize",
        "evaluate",
        "predict",
        "bench",
        "export",
        "curate",
    ];

    private static readonly (Option<long?> Option, string Limit)[] Options =
    [
        (Limit("--max-pixels", "largest picture, in pixels", new ImageLimits().MaxPixels), nameof(ImageLimits.MaxPixels)),
        (
            Limit(
                "--max-pixels-held",
                "the same for pictures that are decoded whole in memory: WebP, GIF, BMP, AVIF, progressive JPEG, interlaced PNG",
                new ImageLimits().MaxPixelsHeld
            ),
            nameof(ImageLimits.MaxPixelsHeld)
        ),
        (Limit("--max-bytes", "largest picture file, in bytes", new ImageLimits().MaxBytes), nameof(ImageLimits.MaxBytes)),
        (Limit("--max-frames", "most frames or pages of a picture file", new ImageLimits().MaxFrames), nameof(ImageLimits.MaxFrames)),
    ];

    /// <summary>Adds the options to the verbs.</summary>
    public static RootCommand On(RootCommand root)
    {
        foreach (var verb in root.Subcommands.Where(verb => Verbs.Contains(verb.Name)))
        {
            foreach (var (option, _) in Options)
            {
                verb.Add(option);
            }
        }

        return root;
    }

    /// <summary>Makes what was typed the default of all limits of this process, and says what is wrong with it, or null.</summary>
    public static string? Apply(ParseResult parsed)
    {
        if (parsed.Errors.Count > 0)
        {
            return null; // the parser says so
        }

        foreach (var (option, limit) in Options)
        {
            if (parsed.GetResult(option) is { Implicit: false } && parsed.GetValue(option) is { } value)
            {
                AppContext.SetData($"MLNetPerson.{limit}", value);
            }
        }

        return new ImageLimits().Fault();
    }

    private static Option<long?> Limit(string name, string what, long otherwise) =>
        new(name)
        {
            Description = $"{what}; {otherwise} where left out",
            HelpName = "count",
            Recursive = true,
        };
}
