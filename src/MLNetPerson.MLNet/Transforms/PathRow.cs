using Microsoft.ML.Data;

namespace MLNetPerson.MLNet.Transforms;

/// <summary>A row's picture by path, with the configuration.</summary>
internal sealed class PathRow
{
    [ColumnName(Temporary.Path)]
    public ReadOnlyMemory<char> Path { get; set; }

    [ColumnName(Temporary.Config)]
    public ReadOnlyMemory<char> Config { get; set; }
}
