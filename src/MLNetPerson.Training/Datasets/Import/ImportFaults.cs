namespace MLNetPerson.Training.Datasets.Import;

/// <summary>Collects what is wrong in a source, so that one message names all of it.</summary>
internal sealed class ImportFaults(string source)
{
    private const int MostShown = 10;

    private readonly List<string> _shown = [];
    private int _count;

    public void Add(string where, string what)
    {
        if (_count++ < MostShown)
        {
            _shown.Add(where.Length == 0 ? what : $"{where}: {what}");
        }
    }

    public int Count => _count;

    /// <exception cref="DatasetException">There were faults.</exception>
    public void Throw()
    {
        if (_count > 0)
        {
            throw new DatasetException(
                $"'{source}' has {_count} {(_count == 1 ? "fault" : "faults")}: {string.Join("; ", _shown)}"
                    + $"{(_count > _shown.Count ? $"; and {_count - _shown.Count} more" : "")}. Nothing was imported."
            );
        }
    }
}
