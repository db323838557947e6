using System.Collections.Immutable;

namespace MLNetPerson.Training.Import;

/// <summary>Collects the boxes of one picture: faults are told, or boxes cut, as the import's options say.</summary>
internal sealed class SourceBoxes(int width, int height, bool clip, ImportFaults faults)
{
    private readonly ImmutableArray<PersonBox>.Builder _boxes = ImmutableArray.CreateBuilder<PersonBox>();

    public ImmutableArray<PersonBox> All => _boxes.ToImmutable();

    /// <param name="where">For the message.</param>
    /// <param name="box">Pixels.</param>
    public void Add(string where, PersonBox box)
    {
        if (width < 1 || height < 1)
        {
            return; // The picture is missing or unreadable, which is told for the picture.
        }

        if (!clip && box.Fault(width, height) is { } fault)
        {
            faults.Add(where, fault);
        }
        else if (box.Clip(width, height) is { Area: > 0 } inside)
        {
            _boxes.Add(inside);
        }
    }
}
