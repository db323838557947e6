using MLNetPerson.Packaging;
using MLNetPerson.Training.Detection;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Benchmarks.Boxes;

/// <summary>Makes <c>models/person-boxes</c>, the detector that works from a clone.</summary>
internal static class ReadyDetector
{
    public static void Run(string[] _)
    {
        var (training, heldOut) = (BoxData.Thinned(BoxData.Both("train")), BoxData.Both("dev"));
        var result = DetectorMaker
            .MakeAsync(
                training,
                heldOut,
                new DetectorOptions
                {
                    Out = BoxData.Package,
                    Name = "person-boxes",
                    Recipe = DetectorRecipe.Open(DetectorRecipe.DefaultName),
                },
                new Steps()
            )
            .GetAwaiter()
            .GetResult();
        Console.WriteLine($"{result.Report}; fitted in {result.FitSeconds:0.0} s; {result.Frontier!.Chosen}");
        var encodings = DetectorQuantizer.Quantize(
            ModelPackage.OpenDetector(BoxData.Package),
            BoxData.Samples(training),
            heldOut,
            new QuantizeOptions { Encodings = [PackageEncoding.Int8, PackageEncoding.Int8Portable], Calibration = 200 },
            new QuantizeSteps()
        );
        foreach (var one in encodings.Written)
        {
            Console.WriteLine($"{one.Encoding}: {one.Bytes / 1e6:0.00} MB, AP50 {one.Ap50:0.0000} ({one.Points:+0.00;-0.00} points)");
        }

        Console.WriteLine($"refused: {string.Join("; ", encodings.Refused)}");
    }

    /// <summary>Every step once.</summary>
    internal sealed class Steps : IProgress<RetrainProgress>
    {
        private string _step = "";

        public void Report(RetrainProgress value)
        {
            lock (this)
            {
                if (value.Step != _step)
                {
                    Console.Error.WriteLine($"{TimeProvider.System.GetUtcNow():HH:mm:ss} {_step = value.Step}");
                }
            }
        }
    }

    /// <summary>Every step once.</summary>
    internal sealed class QuantizeSteps : IProgress<QuantizeProgress>
    {
        private string _step = "";

        public void Report(QuantizeProgress value)
        {
            lock (this)
            {
                if (value.Step != _step)
                {
                    Console.Error.WriteLine($"{TimeProvider.System.GetUtcNow():HH:mm:ss} {_step = value.Step}");
                }
            }
        }
    }
}
