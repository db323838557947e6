using MLNetPerson.Inference;
using MLNetPerson.Packaging;

namespace MLNetPerson.Prediction;

/// <summary>The float model with the outputs that explain it. Its session is made when it is first asked for: most applications never
/// do.</summary>
/// <param name="package">An open package.</param>
/// <param name="threads">That share one run.</param>
internal sealed class ActivationModel(ModelPackage package, int threads) : IDisposable
{
    private readonly Lock _gate = new();
    private OnnxModel? _model;
    private bool _disposed;

    /// <summary>Runs one picture.</summary>
    /// <param name="pixels">[height, width, 3] bytes of the package's input.</param>
    /// <returns>The package's own description, and contributions, logit and bias as it names them.</returns>
    /// <exception cref="PackageException">The package has nothing to explain with, or has changed since it was opened.</exception>
    /// <exception cref="OnnxModelException">ONNX Runtime does not take the model.</exception>
    public (PackageExplanation Explanation, float[] Contributions, float Logit, float Bias, float Probability) Run(Memory<byte> pixels)
    {
        var manifest = package.Manifest;
        var explanation =
            manifest.Explanation
            ?? throw new PackageException(
                $"Package '{package.Folder}' has no activation maps: it was written by {manifest.CreatedBy} without them. Write it again "
                    + $"with 'retrain'; the model will be the same."
            );
        var outputs = Open(explanation)
            .Run(
                pixels,
                [1, manifest.Input.Height, manifest.Input.Width, 3],
                [explanation.Map, explanation.Logit, explanation.Bias, manifest.Output.Tensor]
            );
        return outputs[0].Values.Length == explanation.Width * explanation.Height
            ? (explanation, outputs[0].Values, outputs[1].Values[0], outputs[2].Values[0], outputs[3].Values[0])
            : throw new PackageException(
                $"'{explanation.File}' in '{package.Folder}' gives a map of {outputs[0].Values.Length} places; the manifest promises "
                    + $"{explanation.Width} x {explanation.Height}. Export the package again."
            );
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _model?.Dispose();
        }
    }

    private OnnxModel Open(PackageExplanation explanation)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(PersonClassifier));
            return _model ??= Load(explanation);
        }
    }

    private OnnxModel Load(PackageExplanation explanation)
    {
        var model = package.Encoding(PackageEncoding.Float32).File;
        byte[] joined = [.. package.ReadBytes(model), .. package.ReadBytes(explanation.File)];
        return OnnxModel.Load(joined, $"{package.PathOf(model)} and {explanation.File}", new OnnxModelOptions { Threads = threads });
    }
}
