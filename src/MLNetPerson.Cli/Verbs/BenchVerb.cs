using System.CommandLine;
using MLNetPerson.Benchmarking;
using MLNetPerson.Cli.Terminal;
using MLNetPerson.Images;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Quantization;

namespace MLNetPerson.Cli.Verbs;

/// <summary><c>mlnetperson bench PACKAGE</c>.</summary>
internal static class BenchVerb
{
    /// <summary>The least number of starts of which quickest and slowest enclose the median 95 times in 100.</summary>
    private const int EnoughStarts = 6;

    public static Command Create()
    {
        var (package, encoding, json) = (CommonOptions.Package(), CommonOptions.Encoding(), CommonOptions.Json());
        package.Arity = ArgumentArity.ZeroOrOne;
        encoding.Description = "time this encoding alone; all of the package where left out";
        var threads = new Option<int[]>("--threads")
        {
            Description = "threads that share a prediction, several with spaces between; one and all cores where left out",
            AllowMultipleArgumentsPerToken = true,
            HelpName = "count",
        };
        var seconds = new Option<double>("--seconds")
        {
            Description = "time for each measurement; slow models get more, until 95th percentiles have intervals",
            DefaultValueFactory = _ => new BenchmarkOptions().Seconds,
        };
        var starts = new Option<int>("--starts")
        {
            Description = "processes started to measure cold start and memory of each row",
            DefaultValueFactory = _ => EnoughStarts,
            HelpName = "count",
        };
        var picture = new Option<string?>("--picture")
        {
            Description = "picture to ask about; a drawn 640 x 480 JPEG where left out",
            HelpName = "file",
        };
        var fresh = new Option<bool>("--fresh") { Description = "measure start and memory of this process alone", Hidden = true };
        var sizes = new SizesBench(package, threads, seconds, json);
        var verb = new Command(
            "bench",
            "Measure how fast a package is on this machine, encoding by encoding; or what other sizes of its input would cost and "
                + "give.\n\nExample: mlnetperson bench my-model --threads 1 2 4\nExample: mlnetperson bench person --encoding int8 "
                + "--threads 1 --seconds 0.2\nExample: mlnetperson bench my-model --sizes 96,128,160,192,224 --data pictures/ "
                + "--encodings int8 --plot sizes.svg"
        )
        {
            package,
            encoding,
            threads,
            seconds,
            starts,
            picture,
            json,
            fresh,
        };
        sizes.AddTo(verb);
        verb.SetAction(
            (args, cancellation) =>
                Guard.RunAsync(() =>
                {
                    if (sizes.IsAsked(args))
                    {
                        return sizes.RunAsync(
                            args,
                            new Option[] { encoding, picture, starts }.FirstOrDefault(option =>
                                args.GetResult(option) is { Implicit: false }
                            ),
                            cancellation
                        );
                    }

                    var options = new BenchmarkOptions
                    {
                        Encodings = args.GetValue(encoding) is { } name ? [name] : [],
                        Threads = [.. args.GetValue(threads) ?? []],
                        Seconds = args.GetValue(seconds),
                    };
                    var count = args.GetValue(starts);
                    if (Join(options.Fault(), count is >= 1 and <= 1000 ? null : $"{count} starts are outside 1 to 1000") is { } fault)
                    {
                        throw new QuantizationException($"Options of bench have faults: {fault}.");
                    }

                    var folder =
                        args.GetValue(package)
                        ?? throw new PackageException("bench needs the folder of a package; only --sizes does without one, by --recipe.");
                    if (args.GetValue(fresh))
                    {
                        FreshProcess.Answer(folder, options.Encodings[0], options.Threads[0], args.GetRequiredValue(picture)!);
                        return Task.FromResult(ExitCodes.Done);
                    }

                    WithPicture(
                        args.GetValue(picture),
                        asked =>
                        {
                            var opened = ModelPackage.Open(folder);
                            var timings = PackageBenchmark.Run(opened, [asked], options, Console.Error.WriteLine, cancellation);
                            Console.Error.WriteLine($"cold starts: {count} of each");
                            BenchOutput.Write(
                                opened,
                                timings,
                                FreshProcess.Measure(folder, timings, asked, count, cancellation),
                                args.GetValue(json)
                            );
                        }
                    );
                    return Task.FromResult(ExitCodes.Done);
                })
        );
        return verb;
    }

    private static string? Join(params string?[] faults) => faults.OfType<string>().ToList() is [_, ..] all ? string.Join("; ", all) : null;

    /// <summary>The drawn picture is a file for as long as it is asked about: reading is a part of what is measured.</summary>
    private static void WithPicture(string? picture, Action<string> work)
    {
        if (picture is not null)
        {
            work(picture);
            return;
        }

        var folder = Directory.CreateTempSubdirectory("mlnetperson-bench-").FullName;
        try
        {
            var file = Path.Combine(folder, "drawn.jpg");
            File.WriteAllBytes(file, ImageWriter.EncodeJpeg(DrawnPicture.Scene(640, 480)));
            work(file);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
