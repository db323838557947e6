using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Import;

/// <summary>Collects what is wrong in a source, so that one message names all of it.</summary>
internal sealed class ImportFaults(string source)
{
    private readonly List<string> _shown = [];
    private int _count;

    public void Add(string where, string what)
    {
        if (_count++ < FaultList.MostShown)
        {
            _shown.Add(where.Length == 0 ? what : $"{where}: {what}");
        }
    }

    public int Count => _count;

    /// <summary>Reads every picture, so that one message names all faults.</summary>
    /// <param name="described">What the source says of each picture.</param>
    /// <param name="read">The picture; null where it is a fault, which it has added.</param>
    /// <param name="cancellation">Ends the work between two pictures.</param>
    /// <exception cref="DatasetException">There were faults.</exception>
    public List<AnnotatedPicture> Collect<T>(IEnumerable<T> described, Func<T, AnnotatedPicture?> read, CancellationToken cancellation)
    {
        List<AnnotatedPicture> pictures = [];
        foreach (var one in described)
        {
            cancellation.ThrowIfCancellationRequested();
            if (read(one) is { } picture)
            {
                pictures.Add(picture);
            }
        }

        Throw();
        return pictures;
    }

    /// <exception cref="DatasetException">There were faults.</exception>
    public void Throw()
    {
        if (_count > 0)
        {
            throw new DatasetException(
                FaultList.Text($"'{source}' has {_count} {(_count == 1 ? "fault" : "faults")}", _shown, "Nothing was imported.", _count)
            );
        }
    }
}
