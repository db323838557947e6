using System.CommandLine;
using MLNetPerson.Benchmarks;
using MLNetPerson.Benchmarks.Boxes;
using MLNetPerson.Benchmarks.Curation;
using MLNetPerson.Benchmarks.Devices;
using MLNetPerson.Benchmarks.Tuning;

// What is measured, and where it goes: models/results/. Run with MLNETPERSON_DATA set to the folder with voc2007/.
return new RootCommand("Measures what the README says. Each verb writes a results file; README tables are generated from those.")
{
    Verb("cost", "pictures per second, memory, warm retrain, overhead of Predict, as ratios", CostBenchmark.Run),
    Verb("recipes", "accuracy, size and latency of every recipe on VOC2007", RecipeBenchmark.Run),
    Verb("trainers", "ML.NET's trainer beside this project's own: accuracy, largest difference, time, bytes", TrainersBenchmark.Run),
    Verb("curation", "cost of import, checks and searches; planted copies and flipped labels found", CurationBenchmark.Run),
    Verb("curation-slices", "fairness540 and VOC2007 by slice", SlicesBenchmark.Run),
    Verb("curation-sizes", "what leaving small persons out of training does", SizesBenchmark.Run),
    Verb("curation-learning", "labels chosen by 'curate next' against labels drawn", LearningBenchmark.Run),
    Verb("quantization", "accuracy, size and speed of every encoding on VOC2007, three seeds", QuantizationBenchmark.Run),
    Verb("person", "makes models/person, the ready model", ReadyModel.Run),
    Verb("picture", "the README's picture: drawn scenes and the ready model's answers", ReadmePicture.Run),
    Verb("serving", "many callers of one package: pictures per second against the best batches, waiting, memory", ServingBenchmark.Run),
    Verb("netvips", "this project's own P/Invoke to libvips against NetVips: pictures per second, in turns", NetVipsBenchmark.Run),
    Verb("watch", "frames per second of watch, and its memory", WatchBenchmark.Run),
    Verb("emulated", "what encodings answer on an emulated processor without VNNI", EmulatedBenchmark.Run),
    Verb("integer-sums", "exact and fast sums of 8-bit products on this processor: accuracy and time", IntegerSumsBenchmark.Run),
    Verb(
        "mlnet",
        "the classic chain of ML.NET against the careful one: accuracy, pictures per second, threads, memory",
        MLNetBenchmark.Run
    ),
    Verb("arm64", "what encodings answer on ARM kernels, emulated", Arm64Benchmark.Run),
    Verb("devices", "one bundle's golden answers on this processor, on one without VNNI and on ARM, both emulated", DevicesBenchmark.Run),
    Verb("sizes", "accuracy, time and bytes of recipe light at eight sizes of input, and what budgets choose", InputSizesBenchmark.Run),
    Verb(
        "decoders",
        "every picture in a folder, decoded here and by ImageMagick: mean difference in levels, refusals",
        DecodersBenchmark.Run
    ),
    Verb("tuning", "tunes a recipe on voc2007 and pool and writes a row: TRIAL RECIPE FOLDER [key=value ...]", TuningBenchmark.Run),
    Verb(
        "tuning-cost",
        "memory over 10,000 steps of tuning, what pictures cost, the pace beside PyTorch's: [python=/usr/bin/python3]",
        TuningCostBenchmark.Run
    ),
    Verb(
        "tuning-qat",
        "integers of a tuned package before and after quantization-aware training: PACKAGE [key=value ...]",
        RecoveryBenchmark.Run
    ),
    Verb(
        "scale",
        "lists of 10 thousand to 10 million rows, extraction by shards, retrains of up to a million cached rows: time and memory",
        ScaleBenchmark.Run
    ),
    Verb("person-boxes", "makes models/person-boxes, the ready detector", ReadyDetector.Run),
    Verb("boxes", "average precision of the published detector and of the ready one, on VOC2007 and pool", BoxesBenchmark.Run),
    Verb("boxes-products", "products of the person-only graph against all classes, at every recipe's size", BoxesBenchmark.Products),
    Verb("boxes-nms", "thresholds of suppression on VOC2007 and pool: the frontier as CSV and picture", BoxesBenchmark.Suppression),
    Verb("boxes-small", "what leaving small persons out of the fit does", SmallBoxesBenchmark.Run),
    Verb("boxes-time", "the detector's int8 against the classifier 'accurate', in turns", BoxesTiming.Run),
    Verb("child", "internal: one measured run in a process of its own", ChildProcess.Run),
    Verb("micro", "BenchmarkDotNet: decode, features, predict", _ => MicroBenchmarks.Run()),
}
    .Parse(args)
    .Invoke();

static Command Verb(string name, string description, Action<string[]> run)
{
    var rest = new Argument<string[]>("arguments") { Arity = ArgumentArity.ZeroOrMore };
    var verb = new Command(name, description) { rest };
    verb.SetAction(arguments => run(arguments.GetValue(rest) ?? []));
    return verb;
}
