using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Tuning.Batches;

namespace MLNetPerson.Tuning;

/// <summary>Models whose answers are learned beside the labels: packages of this product, or ONNX files of one uint8 picture and one
/// probability.</summary>
/// <remarks>G. Hinton et al., Distilling the knowledge in a neural network, 2015.</remarks>
internal sealed class Teachers : IDisposable
{
    private readonly List<(OnnxModel Model, ImageSpec Spec, string Name)> _models = [];

    /// <summary>Opens them all before any slow work.</summary>
    /// <exception cref="TuningException">One is missing, damaged, or answers another question.</exception>
    public Teachers(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            _models.Add(Directory.Exists(path) ? OpenPackage(path) : OpenFile(path));
        }
    }

    /// <summary>Whether there is any.</summary>
    public bool Any => _models.Count > 0;

    /// <summary>The mean answer for a picture in memory, as one varied it. Range [0, 1]. Called from several threads.</summary>
    public double Answer(RgbImage image, Augmentation drawn) =>
        _models.Average(teacher =>
        {
            var pixels = new byte[teacher.Spec.ByteCount];
            drawn.Render(image, teacher.Spec, pixels);
            return Run(teacher.Model, teacher.Spec, pixels);
        });

    /// <summary>The mean answers for whole pictures; NaN where a picture cannot be read.</summary>
    public double[] Answers(IReadOnlyList<Sample> samples, ImageLimits limits, Action<int> done, CancellationToken cancellation)
    {
        var reader = new ImageReader(limits);
        var answers = new double[samples.Count];
        var count = 0;
        Parallel.For(
            0,
            samples.Count,
            new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount },
            i =>
            {
                try
                {
                    var bytes = reader.ReadBytes(samples[i].Path);
                    answers[i] = _models.Average(teacher =>
                    {
                        var pixels = new byte[teacher.Spec.ByteCount];
                        reader.ReadResized(bytes, teacher.Spec, pixels, samples[i].File);
                        return Run(teacher.Model, teacher.Spec, pixels);
                    });
                }
                catch (ImageException)
                {
                    answers[i] = double.NaN;
                }

                done(Interlocked.Increment(ref count));
            }
        );
        return answers;
    }

    /// <inheritdoc/>
    public void Dispose() => _models.ForEach(teacher => teacher.Model.Dispose());

    private static double Run(OnnxModel model, ImageSpec spec, byte[] pixels)
    {
        var answer = new float[1];
        model.Run<byte>(pixels, [1, spec.Height, spec.Width, 3], answer);
        return answer[0];
    }

    private static (OnnxModel, ImageSpec, string) OpenPackage(string path)
    {
        if (!ModelPackage.TryOpen(path, out var package, out var problem))
        {
            throw new TuningException($"Teacher '{path}' cannot be used: {problem}");
        }

        var encoding = package!.Encoding(PackageEncoding.Float32);
        return (OnnxModel.Load(package.ReadBytes(encoding.File), path), package.Manifest.Input.ToSpec(), path);
    }

    private static (OnnxModel, ImageSpec, string) OpenFile(string path)
    {
        OnnxModel model;
        try
        {
            model = OnnxModel.Load(path);
        }
        catch (OnnxModelException exception)
        {
            throw new TuningException(
                $"Teacher '{path}' cannot be used: {exception.Message} Name the folder of a package, or an ONNX file.",
                exception
            );
        }

        return
            model.Inputs is [{ Kind: TensorKind.UInt8, Shape: [_, var height and > 0, var width and > 0, 3] }]
            && model.Outputs is [{ Kind: TensorKind.Float, Shape: [_, 1] or [_] }]
            ? (model, new ImageSpec((int)width, (int)height), path)
            : throw new TuningException(
                $"Teacher '{path}' answers another question: it takes {string.Join(", ", model.Inputs)} and gives "
                    + $"{string.Join(", ", model.Outputs)}. "
                    + "One picture, uint8 [N, height, width, 3], and one probability of a person, float [N, 1], are expected; other "
                    + "networks need a package around them."
            );
    }
}
