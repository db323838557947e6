using System.Runtime.CompilerServices;
using MLNetPerson.Prediction;

namespace MLNetPerson.Streaming;

/// <summary>Streams of frames for every classifier.</summary>
public static class PersonClassifierExtensions
{
    /// <summary>Answers for every frame, in order, and disposes it; the next frame is asked for when the answer has been taken.</summary>
    /// <param name="classifier">Answers.</param>
    /// <param name="frames">For example of <see cref="RawVideo.ReadAsync"/>, or a camera library's.</param>
    /// <param name="cancellation">Ends the stream.</param>
    public static async IAsyncEnumerable<FramePrediction> PredictFramesAsync(
        this IPersonClassifier classifier,
        IAsyncEnumerable<VideoFrame> frames,
        [EnumeratorCancellation] CancellationToken cancellation = default
    )
    {
        await foreach (var frame in frames.WithCancellation(cancellation).ConfigureAwait(false))
        {
            var prediction = await classifier.PredictAsync(frame.Rgb, frame.Width, frame.Height, cancellation).ConfigureAwait(false);

            // Not where it was given up: a worker may be reading its memory still.
            frame.Dispose();
            yield return new FramePrediction(frame.Index, frame.Time, prediction);
        }
    }
}
