using System.Diagnostics;
using System.Formats.Tar;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using MLNetPerson.Files;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Heads;
using MLNetPerson.Training.Retraining;
using MLNetPerson.Work;
using Parquet;
using Parquet.Schema;

namespace MLNetPerson.Benchmarks;

/// <summary>
/// What pictures cost as they become many, each run in a process of its own: reading lists, extracting from tar archives, and fitting on
/// cached features. models/README.md fits cost = a + b · n to it. Arguments: lists=10000000 extract=16000 retrain=1000000 shards=40000
/// width=960
/// rounds=3; a part with 0 is left out, and its rows of an earlier run stay.
/// </summary>
internal static class ScaleBenchmark
{
    private const string File = "scale.csv";
    private const int PicturesPerArchive = 500;
    private const int RowsPerList = 100_000;
    private const int Processes = 8;

    private static readonly string[] Columns = ["part", "n", "width", "seconds", "processorSeconds", "peakMegabytes", "machine"];

    public static void Run(string[] arguments)
    {
        var options = arguments.Select(argument => argument.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        var folder = options.GetValueOrDefault("folder") ?? Directory.CreateTempSubdirectory("mlnetperson-scale-").FullName;
        Directory.CreateDirectory(folder);
        try
        {
            var (lists, extract, retrain, shards) = (
                Number("lists", 10_000_000),
                Number("extract", 16_000),
                Number("retrain", 1_000_000),
                Number("shards", 40_000)
            );
            foreach (var kind in lists > 0 ? new[] { "csv", "parquet" } : [])
            {
                for (var rows = 10_000; rows <= lists; rows *= 10)
                {
                    var list = Lists(folder, kind, rows);
                    Row($"list-{kind}", rows, 0, ChildProcess.Start("scale", "list", list));
                }
            }

            for (var pictures = extract / 16; extract > 0 && pictures <= extract; pictures *= 2)
            {
                Row(
                    "extract",
                    pictures,
                    Network().Width,
                    Extract(Archives(folder, pictures), Path.Combine(folder, $"cache-{pictures}"), [Shard.Whole], 0)
                );
            }

            for (var rows = retrain / 8; retrain > 0 && rows <= retrain; rows *= 2)
            {
                Retrain(folder, rows, Number("width", 960));
            }

            if (shards > 0)
            {
                Shards(folder, shards, Number("rounds", 3));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        int Number(string name, int otherwise) =>
            options.TryGetValue(name, out var given) ? int.Parse(given, CultureInfo.InvariantCulture) : otherwise;
    }

    /// <summary>One measured run: what it does, and then its time, memory and processor time.</summary>
    public static void Child(string[] arguments)
    {
        var watch = Stopwatch.StartNew();
        switch (arguments)
        {
            case ["list", var path]:
                var (count, persons) = (0L, 0L);
                foreach (var sample in SampleStream.Read(path))
                {
                    count++;
                    persons += sample.IsPerson ? 1 : 0;
                }

                Console.WriteLine($"{count} samples, {persons} persons");
                break;
            case ["extract", var path, var cache, var shard, var threads]:
                ShardedExtraction.Run(
                    Network(),
                    SampleStream.Read(path),
                    Shard.Parse(shard),
                    new FeatureOptions { SharedFolder = cache, Parallelism = int.Parse(threads, CultureInfo.InvariantCulture) }
                );
                break;
            case ["retrain", var lists, var cache, var recipe, var package]:
                var result = Retrainer
                    .RetrainAsync(
                        DatasetReader.Read(lists),
                        null,
                        new RetrainOptions
                        {
                            Out = package,
                            Recipe = RecipeCatalog.Open(recipe),
                            Solver = new BuiltinSolver(),
                            // Whatever its size the table lies on disk, so that all sizes go one way.
                            Features = new FeatureOptions
                            {
                                SharedFolder = cache,
                                MostTableBytes = 0,
                                TableFolder = Path.Combine(Path.GetDirectoryName(package)!, "tables"),
                            },
                        },
                        new Steps(watch)
                    )
                    .GetAwaiter()
                    .GetResult();
                Console.WriteLine(
                    $"{result.Samples} samples, {result.FromCache} from the cache, accuracy {result.Evaluation.Accuracy.Value}"
                );
                break;
            default:
                throw new ArgumentException($"unknown child '{string.Join(' ', arguments)}'");
        }

        var seconds = watch.Elapsed.TotalSeconds;
        using var self = Process.GetCurrentProcess();
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{seconds} {self.PeakWorkingSet64 / 1e6} {self.TotalProcessorTime.TotalSeconds}")
        );
    }

    private static FeatureNetwork Network()
    {
        var recipe = RecipeCatalog.Open(RecipeCatalog.DefaultName);
        return FeatureNetworkBuilder
            .BuildAsync(BackboneCatalog.Open(recipe.Backbone), recipe.Input, recipe.Features)
            .GetAwaiter()
            .GetResult();
    }

    /// <summary>Lists of made-up rows: one file, as often as it takes under new names.</summary>
    private static string Lists(string folder, string kind, int rows)
    {
        var place = Path.Combine(folder, $"lists-{kind}-{rows}");
        Directory.CreateDirectory(place);
        var first = Path.Combine(place, $"00000.{kind}");
        var perFile = Math.Min(rows, RowsPerList);
        var names = Enumerable.Range(0, perFile).Select(row => $"folder/{row % 1000:000}/{row:000000000}.jpg");
        if (kind == "csv")
        {
            System.IO.File.WriteAllLines(
                first,
                names
                    .Select((name, row) => $"{name},{row % 2},{(row % 5 == 0 ? "test" : "train")},{Hash(row)}")
                    .Prepend("file,label,split,sha256")
            );
        }
        else
        {
            WriteParquet(first, [.. names]).GetAwaiter().GetResult();
        }

        Repeat(first, kind, rows / perFile);
        return place;
    }

    private static void Repeat(string first, string ending, int times)
    {
        for (var i = 1; i < times; i++)
        {
            System.IO.File.CreateSymbolicLink(Path.Combine(Path.GetDirectoryName(first)!, $"{i:00000}.{ending}"), first);
        }
    }

    private static async Task WriteParquet(string path, string[] names)
    {
        var (file, label, split, hash) = (
            new DataField<string>("file"),
            new DataField<int>("label"),
            new DataField<string>("split"),
            new DataField<string>("sha256")
        );
        await using var stream = System.IO.File.Create(path);
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(file, label, split, hash), stream);
        using var group = writer.CreateRowGroup();
        await group.WriteAsync(file, names);
        await group.WriteAsync<int>(label, Enumerable.Range(0, names.Length).Select(row => row % 2).ToArray().AsMemory());
        await group.WriteAsync(split, names.Select((_, row) => row % 5 == 0 ? "test" : "train").ToArray());
        await group.WriteAsync(hash, names.Select((_, row) => Hash(row)).ToArray());
        group.CompleteValidate();
    }

    private static string Hash(int row) => Sha256Text.OfBytes(BitConverter.GetBytes(row));

    /// <summary>Tar archives of photographs, repeated under new names, with their hashes beside them.</summary>
    private static string Archives(string folder, int pictures)
    {
        var place = Path.Combine(folder, $"archives-{pictures}");
        Directory.CreateDirectory(place);
        var photos = BenchmarkData.Photos().Samples;
        var perArchive = Math.Min(pictures, PicturesPerArchive);
        var distinct = Math.Min(pictures / perArchive, photos.Length / perArchive);
        for (var archive = 0; archive < pictures / perArchive; archive++)
        {
            var path = Path.Combine(place, $"train-{archive:00000}.tar");
            if (archive >= distinct)
            {
                System.IO.File.CreateSymbolicLink(path, Path.Combine(place, $"train-{archive % distinct:00000}.tar"));
                continue;
            }

            using var stream = System.IO.File.Create(path);
            using var tar = new TarWriter(stream, TarEntryFormat.Ustar);
            for (var i = 0; i < perArchive; i++)
            {
                var photo = photos[(archive * perArchive) + i];
                var bytes = System.IO.File.ReadAllBytes(photo.Path);
                Add(tar, $"{i:000000}.jpg", bytes);
                Add(
                    tar,
                    $"{i:000000}.json",
                    Encoding.UTF8.GetBytes($"{{\"label\":{(photo.IsPerson ? 1 : 0)},\"sha256\":\"{Sha256Text.OfBytes(bytes)}\"}}")
                );
            }
        }

        return place;

        static void Add(TarWriter tar, string name, byte[] bytes) =>
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) });
    }

    /// <summary>Processes side by side; wall time of all, processor time together, memory of the largest.</summary>
    private static ChildProcess.Outcome Extract(string archives, string cache, Shard[] shards, int threads)
    {
        var watch = Stopwatch.StartNew();
        var outcomes = new ChildProcess.Outcome[shards.Length];
        Parallel.For(
            0,
            shards.Length,
            new ParallelOptions { MaxDegreeOfParallelism = shards.Length },
            i =>
                outcomes[i] = ChildProcess.Start(
                    "scale",
                    "extract",
                    archives,
                    cache,
                    shards[i].ToString(),
                    threads.ToString(CultureInfo.InvariantCulture)
                )
        );
        var seconds = watch.Elapsed.TotalSeconds;
        Directory.Delete(cache, recursive: true);
        return new ChildProcess.Outcome(
            shards.Length == 1 ? outcomes[0].Seconds : seconds,
            outcomes.Max(outcome => outcome.PeakMegabytes),
            outcomes.Sum(outcome => outcome.ProcessorSeconds)
        );
    }

    /// <summary>Eight processes with a thread each against one process with two, in turns.</summary>
    private static void Shards(string folder, int pictures, int rounds)
    {
        ThreadPool.SetMinThreads(2 * Processes, Processes);
        var archives = Archives(folder, pictures);
        Shard[] all = [.. Enumerable.Range(1, Processes).Select(number => new Shard(number, Processes))];
        var (one, eight) = (new List<(double, double)>(), new List<(double, double)>());
        var memory = (One: 0.0, Eight: 0.0);
        for (var round = 0; round < rounds; round++)
        {
            var whole = Extract(archives, Path.Combine(folder, "cache-one"), [Shard.Whole], Environment.ProcessorCount);
            var parts = Extract(archives, Path.Combine(folder, "cache-eight"), all, 1);
            one.Add((whole.Seconds, whole.ProcessorSeconds));
            eight.Add((parts.Seconds, parts.ProcessorSeconds));
            memory = (Math.Max(memory.One, whole.PeakMegabytes), Math.Max(memory.Eight, parts.PeakMegabytes));
        }

        var width = Network().Width;
        Row("shards-one", pictures, width, Outcome(one, memory.One));
        Row("shards-eight", pictures, width, Outcome(eight, memory.Eight));

        static ChildProcess.Outcome Outcome(List<(double Seconds, double Processor)> runs, double memory) =>
            new(Timing.Median(runs.Select(run => run.Seconds)), memory, Timing.Median(runs.Select(run => run.Processor)));
    }

    /// <summary>Made-up features in a cache, lists with their hashes, and a retrain that finds no picture.</summary>
    private static void Retrain(string folder, int rows, int width)
    {
        var (lists, cache) = (Path.Combine(folder, $"rows-{rows}"), Path.Combine(folder, $"features-{rows}"));
        Directory.CreateDirectory(lists);
        var recipe = Path.Combine(folder, "scale.recipe.json");
        System.IO.File.WriteAllText(
            recipe,
            """
            {
              "name": "scale", "backbone": "mobilenetv2-coco-ssd", "input": { "width": 224, "height": 224, "resize": "squash" },
              "features": [ { "tap": "expand_14", "pooling": "average", "window": 3 } ], "head": { "calibration": "platt" }, "threshold": "cost=1"
            }
            """
        );
        var opened = width == 960 ? RecipeCatalog.Open(recipe) : RecipeCatalog.Open(RecipeCatalog.DefaultName);
        var network = FeatureNetworkBuilder
            .BuildAsync(BackboneCatalog.Open(opened.Backbone), opened.Input, opened.Features)
            .GetAwaiter()
            .GetResult();
        SharedCache.Open(cache, network, mayCreate: true);
        MakeUp(lists, cache, rows, network.Width);

        // What was just written is on disk, so that the measured run does not wait for it.
        using (var sync = Process.Start("sync"))
        {
            sync.WaitForExit();
        }

        Row(
            "retrain",
            rows,
            network.Width,
            ChildProcess.Start(
                "scale",
                "retrain",
                lists,
                cache,
                width == 960 ? recipe : RecipeCatalog.DefaultName,
                Path.Combine(folder, "package")
            )
        );
        Directory.Delete(cache, recursive: true);
        Directory.Delete(lists, recursive: true);
    }

    /// <summary>Rows that hang together as a network's do: mixtures of some patterns, rectified, and labels that a direction decides with
    /// noise.</summary>
    private static void MakeUp(string lists, string cache, int rows, int width)
    {
        const int Patterns = 512;
        var random = new Random(17);
        var patterns = Enumerable
            .Range(0, Patterns)
            .Select(_ => Enumerable.Range(0, width).Select(_ => (float)(random.NextDouble() * random.NextDouble() * 3)).ToArray())
            .ToArray();
        var decides = Enumerable.Range(0, width).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray();
        var perFile = (rows + 7) / 8;
        Parallel.For(
            0,
            8,
            file =>
            {
                var own = new Random(100 + file);
                var row = new float[width];
                using var records = FeatureCache.Records(cache, width, null);
                using var list = new StreamWriter(Path.Combine(lists, $"{file}.csv"));
                list.WriteLine("file,label,sha256");
                for (var i = file * perFile; i < Math.Min(rows, (file + 1) * perFile); i++)
                {
                    Array.Clear(row);
                    for (var part = 0; part < 4; part++)
                    {
                        System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(
                            patterns[own.Next(Patterns)],
                            (float)own.NextDouble(),
                            row,
                            row
                        );
                    }

                    // A value of its own here and there, or rows would span no more directions than there are patterns.
                    for (var noise = 0; noise < width / 16; noise++)
                    {
                        row[own.Next(width)] += (float)own.NextDouble();
                    }

                    var score = System.Numerics.Tensors.TensorPrimitives.Dot((ReadOnlySpan<float>)row, decides);
                    var noisy = score + (4 * (own.NextDouble() - 0.5));
                    var hash = SHA256.HashData(BitConverter.GetBytes(i));
                    list.WriteLine(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"made-up/{i:00000000}.jpg,{(noisy > 0 ? 1 : 0)},{Convert.ToHexStringLower(hash)}"
                        )
                    );
                    records.Write(hash, MemoryMarshal.AsBytes(row.AsSpan()));
                }
            }
        );
    }

    /// <summary>Replaces one row of the results, so that parts can be measured at different times.</summary>
    private static void Row(string part, int n, int width, ChildProcess.Outcome outcome)
    {
        var path = BenchmarkData.Results(File);
        var key = string.Create(CultureInfo.InvariantCulture, $"{part},{n},");
        var row = string.Create(
            CultureInfo.InvariantCulture,
            $"{key}{width},{outcome.Seconds:0.000},{outcome.ProcessorSeconds:0.000},{outcome.PeakMegabytes:0.0},\"{Machine.Text}\""
        );
        Console.WriteLine(row);
        var rows = System.IO.File.Exists(path) ? System.IO.File.ReadAllLines(path).Skip(1) : [];
        AtomicFile.WriteText(
            path,
            string.Join(
                '\n',
                rows.Where(line => !line.StartsWith(key, StringComparison.Ordinal))
                    .Append(row)
                    .OrderBy(line => line.Split(',')[0], StringComparer.Ordinal)
                    .ThenBy(line => int.Parse(line.Split(',')[1], CultureInfo.InvariantCulture))
                    .Prepend(string.Join(',', Columns))
            ) + "\n"
        );
    }

    private sealed class Steps(Stopwatch watch) : IProgress<RetrainProgress>
    {
        private string _last = "";

        public void Report(RetrainProgress value)
        {
            if (value.Step != _last)
            {
                _last = value.Step;
                using var self = Process.GetCurrentProcess();
                Console.Error.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{watch.Elapsed.TotalSeconds,8:0.0} s {self.PeakWorkingSet64 / 1e6,7:0} MB  {value.Step}"
                    )
                );
            }
        }
    }
}
