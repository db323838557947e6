using System.Diagnostics;
using MLNetPerson.Prediction;

namespace MLNetPerson.Serving;

/// <summary>One caller's picture, waiting for its answer.</summary>
internal sealed class Question : TaskCompletionSource<PersonPrediction>
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly string _name;
    private readonly (int Width, int Height)? _size;

    /// <param name="bytes">An encoded picture, or [height, width, 3] pixels.</param>
    /// <param name="name">What to call it in an error.</param>
    /// <param name="size">Of pixels; null for an encoded picture.</param>
    public Question(ReadOnlyMemory<byte> bytes, string name, (int Width, int Height)? size)
        : base(TaskCreationOptions.RunContinuationsAsynchronously) // a caller's code must not run on a worker
    {
        (_bytes, _name, _size) = (bytes, name, size);
    }

    /// <summary>When it was asked; of <see cref="Stopwatch.GetTimestamp"/>.</summary>
    public long Asked { get; } = Stopwatch.GetTimestamp();

    /// <summary>The answer; or the end of waiting for it, as soon as the caller gives up.</summary>
    public async Task<PersonPrediction> AnswerAsync(CancellationToken cancellation)
    {
        using var giveUp = cancellation.UnsafeRegister(static (question, token) => ((Question)question!).TrySetCanceled(token), this);
        return await Task.ConfigureAwait(false);
    }

    /// <summary>Brings the picture to what the model takes.</summary>
    /// <exception cref="Images.ImageException">Not a picture that can be decoded within the limits.</exception>
    public void Decode(PersonClassifier classifier, Span<byte> pixels)
    {
        if (_size is { } size)
        {
            Images.ImageReader.Resize(_bytes.Span, size.Width, size.Height, classifier.Input, pixels);
        }
        else
        {
            classifier.Decode(_bytes.Span, pixels, _name);
        }
    }
}
